"""What rooms above are told: the analysis has read how a call stands to its promises.

Subscribers run inside the transaction that keeps it; they work through ``db.session``, flush and must
not commit. A call is checked again when its words, its promises or the engine change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from callcoach.calls.models import Call
from callcoach.extensions import Registry
from callcoach.promises.models import PromiseCheck

Checked = Callable[[Call, Sequence[PromiseCheck]], None]

_checked: Registry[Checked] = Registry()

on_checked = _checked.add


def call_checked(call: Call, checks: Sequence[PromiseCheck]) -> None:
    """The checks of a call were replaced by `checks`."""
    for subscriber in _checked:
        subscriber(call, checks)
