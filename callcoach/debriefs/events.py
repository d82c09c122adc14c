"""What others are told of debriefs: an item was before the team, a debrief has ended, or goes on.

Subscribers run inside the transaction in which it happens; they work through ``db.session``, flush
and must not commit. Each ``on_…`` registers one, as a decorator. Whoever subscribes copes with being
told twice.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.debriefs.models import AgendaItem, Debrief
from callcoach.extensions import Registry

ItemSubscriber = Callable[[AgendaItem], None]
DebriefSubscriber = Callable[[Debrief], None]

_shown: Registry[ItemSubscriber] = Registry()
_ended: Registry[DebriefSubscriber] = Registry()
_reopened: Registry[DebriefSubscriber] = Registry()

on_item_shown = _shown.add
on_ended = _ended.add
on_reopened = _reopened.add


def item_shown(item: AgendaItem) -> None:
    """An item was opened before the audience of its debrief."""
    for subscriber in _shown:
        subscriber(item)


def ended(debrief: Debrief) -> None:
    """A debrief was concluded."""
    for subscriber in _ended:
        subscriber(debrief)


def reopened(debrief: Debrief) -> None:
    """A debrief that was concluded goes on."""
    for subscriber in _reopened:
        subscriber(debrief)
