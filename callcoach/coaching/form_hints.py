"""What rooms above say in the form of a note that asks for a change, before it is sent: one sentence
each. A room registers when its views are imported.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.extensions import Registry

#: The call that the note is on -> a sentence in the reader's language, "" for none.
Hint = Callable[[Viewer, Call], str]

_hints: Registry[Hint] = Registry()

add_form_hint = _hints.add


def form_hints(viewer: Viewer, call: Call) -> list[str]:
    """The sentences, in the order in which they were registered."""
    return [sentence for hint in _hints if (sentence := hint(viewer, call))]
