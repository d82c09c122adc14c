"""What others are told: a note was sent, or is something else by now.

Subscribers run inside the transaction that sends it; they work through ``db.session``, flush and
must not commit. Each ``on_…`` registers one, as a decorator.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.coaching.models import Note
from callcoach.extensions import Registry

Subscriber = Callable[[Note], None]
#: The note, and whether what it says to the agent is another text now.
ChangeSubscriber = Callable[[Note, bool], None]

_sent: Registry[Subscriber] = Registry()
_changed: Registry[ChangeSubscriber] = Registry()

on_note_sent = _sent.add
on_note_changed = _changed.add


def note_sent(note: Note) -> None:
    """A note was sent to whoever it is for."""
    for subscriber in _sent:
        subscriber(note)


def note_changed(note: Note, *, says_else: bool = False) -> None:
    """A note was edited, put aside, brought back, or taken back into a draft."""
    for subscriber in _changed:
        subscriber(note, says_else)
