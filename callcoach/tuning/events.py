"""What rooms above are told: a campaign's changes to the engine have changed.

Subscribers run inside the transaction; they flush and must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.campaigns.models import Campaign
from callcoach.tuning.models import TuningChange

Subscriber = Callable[[Campaign, TuningChange], None]

_subscribers: list[Subscriber] = []


def on_tuning_changed(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)
    return subscriber


def tuning_changed(campaign: Campaign, change: TuningChange) -> None:
    """A line was written into the log."""
    for subscriber in _subscribers:
        subscriber(campaign, change)
