"""What rooms above are told: words or details of a call have changed, a moment was judged, or a tag
renamed.

Subscribers run inside the transaction that changes them, so that what they keep is never behind;
they work through ``db.session``, flush and must not commit. Each ``on_…`` registers one, as a
decorator.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Verdict
from callcoach.extensions import Registry

Subscriber = Callable[[Call], None]
Judged = Callable[[Call, Verdict], None]
Renamed = Callable[[Viewer, str, str], None]

_words: Registry[Subscriber] = Registry()
_details: Registry[Subscriber] = Registry()
_judged: Registry[Judged] = Registry()
_renamed: Registry[Renamed] = Registry()
_purged: Registry[Subscriber] = Registry()

on_words_changed = _words.add
on_details_changed = _details.add
on_judged = _judged.add
on_tag_renamed = _renamed.add
on_purged = _purged.add


def words_changed(call: Call) -> None:
    """A new analysis was published, channels were exchanged, or a turn was corrected."""
    for subscriber in _words:
        subscriber(call)


def details_changed(call: Call) -> None:
    """Somebody changed what kind of call it is, whose, or for what campaign."""
    for subscriber in _details:
        subscriber(call)


def moment_judged(call: Call, verdict: Verdict) -> None:
    """A verdict was given, given a reason, or taken back (``withdrawn_at`` tells)."""
    for subscriber in _judged:
        subscriber(call, verdict)


def tag_renamed(viewer: Viewer, old: str, new: str) -> None:
    """Somebody gave a tag another name on all calls in their scope."""
    for subscriber in _renamed:
        subscriber(viewer, old, new)


def call_purged(call: Call) -> None:
    """A call is about to be deleted with all that hangs on it: files of other rooms go too."""
    for subscriber in _purged:
        subscriber(call)
