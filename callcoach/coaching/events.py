"""What rooms above are told: a note was sent.

Subscribers run inside the transaction that sends it; they work through ``db.session``, flush and
must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.coaching.models import Note

Subscriber = Callable[[Note], None]

_sent: list[Subscriber] = []


def on_note_sent(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _sent:
        _sent.append(subscriber)
    return subscriber


def note_sent(note: Note) -> None:
    """A note was sent to whoever it is for."""
    for subscriber in _sent:
        subscriber(note)
