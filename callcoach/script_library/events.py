"""What rooms above are told: a version was published, is in force, or is not any more.

Subscribers run inside the transaction that changes it; they work through ``db.session``, flush and
must not commit.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.extensions import Registry
from callcoach.script_library.models import ScriptRelease, ScriptVersion

Published = Callable[[ScriptVersion], None]
Released = Callable[[ScriptRelease], None]

_published: Registry[Published] = Registry()
_put_in_force: Registry[Released] = Registry()
_ended: Registry[Released] = Registry()

on_published = _published.add
on_put_in_force = _put_in_force.add
on_release_ended = _ended.add


def version_published(version: ScriptVersion) -> None:
    """A version was approved, or published because nothing in it had to be."""
    for subscriber in _published:
        subscriber(version)


def put_in_force(release: ScriptRelease) -> None:
    """A release has started, once each: at once, or when its moment has come. One that starts in
    the past (the first of a team) says so by its ``starts_at``.
    """
    for subscriber in _put_in_force:
        subscriber(release)


def release_ended(release: ScriptRelease) -> None:
    """A release was withdrawn or suspended, perhaps before it had started; what is in force now is
    `in_force.version_in_force`.
    """
    for subscriber in _ended:
        subscriber(release)
