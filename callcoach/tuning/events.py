"""What rooms above are told: a campaign's changes to the engine have changed.

Subscribers run inside the transaction; they flush and must not commit. `on_tuning_changed`
registers one, as a decorator.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.campaigns.models import Campaign
from callcoach.extensions import Registry
from callcoach.tuning.models import TuningChange

Subscriber = Callable[[Campaign, TuningChange], None]

_changed: Registry[Subscriber] = Registry()

on_tuning_changed = _changed.add


def tuning_changed(campaign: Campaign, change: TuningChange) -> None:
    """A line was written into the log."""
    for subscriber in _changed:
        subscriber(campaign, change)
