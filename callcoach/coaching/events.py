"""What others are told: a note was sent, or is something else by now.

Subscribers run inside the transaction that sends it; they work through ``db.session``, flush and
must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.coaching.models import Note

Subscriber = Callable[[Note], None]
#: The note, and whether what it says to the agent is another text now.
ChangeSubscriber = Callable[[Note, bool], None]

_sent: list[Subscriber] = []
_changed: list[ChangeSubscriber] = []


def on_note_sent(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _sent:
        _sent.append(subscriber)
    return subscriber


def note_sent(note: Note) -> None:
    """A note was sent to whoever it is for."""
    for subscriber in _sent:
        subscriber(note)


def on_note_changed(subscriber: ChangeSubscriber) -> ChangeSubscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _changed:
        _changed.append(subscriber)
    return subscriber


def note_changed(note: Note, *, says_else: bool = False) -> None:
    """A note was edited, put aside, brought back, or taken back into a draft."""
    for subscriber in _changed:
        subscriber(note, says_else)
