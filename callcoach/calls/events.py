"""What rooms above are told: the words that a call shows have changed.

Subscribers run inside the transaction that changes them, so that what they keep is never behind;
they work through ``db.session``, flush and must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.calls.models import Call

Subscriber = Callable[[Call], None]

_subscribers: list[Subscriber] = []


def on_words_changed(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)
    return subscriber


def words_changed(call: Call) -> None:
    """A new analysis was published, channels were exchanged, or a turn was corrected."""
    for subscriber in _subscribers:
        subscriber(call)
