"""What rooms above are told: words or details of a call have changed, a moment was judged, or a tag
renamed.

Subscribers run inside the transaction that changes them, so that what they keep is never behind;
they work through ``db.session``, flush and must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Verdict

Subscriber = Callable[[Call], None]
Judged = Callable[[Call, Verdict], None]
Renamed = Callable[[Viewer, str, str], None]

_subscribers: list[Subscriber] = []
_judged: list[Judged] = []
_renamed: list[Renamed] = []
_purged: list[Subscriber] = []
_described: list[Subscriber] = []


def on_words_changed(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)
    return subscriber


def words_changed(call: Call) -> None:
    """A new analysis was published, channels were exchanged, or a turn was corrected."""
    for subscriber in _subscribers:
        subscriber(call)


def on_details_changed(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _described:
        _described.append(subscriber)
    return subscriber


def details_changed(call: Call) -> None:
    """Somebody changed what kind of call it is, whose, for what campaign, or how it ended."""
    for subscriber in _described:
        subscriber(call)


def on_judged(subscriber: Judged) -> Judged:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _judged:
        _judged.append(subscriber)
    return subscriber


def moment_judged(call: Call, verdict: Verdict) -> None:
    """A verdict was given, given a reason, or taken back (``withdrawn_at`` tells)."""
    for subscriber in _judged:
        subscriber(call, verdict)


def on_tag_renamed(subscriber: Renamed) -> Renamed:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _renamed:
        _renamed.append(subscriber)
    return subscriber


def tag_renamed(viewer: Viewer, old: str, new: str) -> None:
    """Somebody gave a tag another name on all calls in their scope."""
    for subscriber in _renamed:
        subscriber(viewer, old, new)


def on_purged(subscriber: Subscriber) -> Subscriber:
    """Register a function, as a decorator; once, however often its module is imported."""
    if subscriber not in _purged:
        _purged.append(subscriber)
    return subscriber


def call_purged(call: Call) -> None:
    """A call is about to be deleted with all that hangs on it: files of other rooms go too."""
    for subscriber in _purged:
        subscriber(call)
