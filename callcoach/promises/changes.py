"""What rooms above are told: the promises in force of a campaign are others from now on.

Subscribers run inside the transaction that changes it; they work through ``db.session``, flush and
must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.extensions import Registry
from callcoach.promises.models import PromiseVersion

#: Takes the version that came into force, or that retired its promise; its `in_force_from` says
#: since when: calls from then on are judged otherwise.
Changed = Callable[[PromiseVersion], None]

_changed: Registry[Changed] = Registry()

on_in_force_changed = _changed.add


def in_force_changed(version: PromiseVersion) -> None:
    """A version came into force."""
    for subscriber in _changed:
        subscriber(version)
