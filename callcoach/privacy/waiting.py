"""Which calls wait for their redaction to be released: rooms above register where they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from callcoach.accounts.access import Viewer
from callcoach.extensions import Registry


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that somebody waits for.

    Args:
        call_id: of the call; those outside the viewer's scope, and those released, are left out.
        why: what for, in the reader's language.
        since: when it was asked for.
    """

    call_id: int
    why: str
    since: datetime


Source = Callable[[Viewer], Iterable[Wanted]]

_sources: Registry[Source] = Registry()

#: Registers a source, as a decorator; earlier ones come first.
add_source = _sources.add


def wanted_by(viewer: Viewer) -> list[Wanted]:
    """Every call that is waited for, each once: by the first source that names it, longest first."""
    seen: set[int] = set()
    wanted: list[Wanted] = []
    for source in _sources:
        for item in sorted(source(viewer), key=lambda item: (item.since, item.call_id)):
            if item.call_id not in seen:
                seen.add(item.call_id)
                wanted.append(item)
    return wanted
