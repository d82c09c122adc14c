"""What is in force: the one place that changes it, always from a version that was approved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Promise
from callcoach.extensions import db, utc_now
from callcoach.promises import changes
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations.rights import lock, log
from callcoach.script_library.models import ScriptRelease

#: What a promise takes over from the version that comes into force.
_CONTENT = ("kind", "text", "note", "nuances", "condition", "disclosure")


def enforce_when_due(version: PromiseVersion) -> bool:
    """Put an approved version in force: at once, or not before its version of the script is
    released (a release that has started already counts).

    Returns:
        Whether it is in force now.
    """
    if version.script_version_id is not None:
        released = select(ScriptRelease.id).where(
            ScriptRelease.version_id == version.script_version_id,
            ScriptRelease.starts_at <= utc_now(),
        )
        if db.session.scalar(released.limit(1)) is None:
            return False
    return enforce(version, version.decided_at or utc_now())


def enforce_with_release(release: ScriptRelease) -> None:
    """A version of the script was released: what was approved to come with it is in force, from
    then on, and not before it was approved. The first team decides; later ones change nothing.
    """
    lock(release.version.script.campaign)
    waiting = db.session.scalars(
        select(PromiseVersion)
        .where(
            PromiseVersion.script_version_id == release.version_id,
            PromiseVersion.state == ProposalState.APPROVED,
            PromiseVersion.in_force_from.is_(None),
        )
        .order_by(PromiseVersion.id)
    ).all()
    for version in waiting:
        starts_at = max(release.starts_at, version.decided_at or release.starts_at)
        # A release may be dated back: calls made under the earlier wording stay judged by it
        enforce(version, starts_at, replacing_from=utc_now())


def enforce(
    version: PromiseVersion, at: datetime, *, replacing_from: datetime | None = None
) -> bool:
    """Put an approved version in force from a moment on; what was in force ends then.

    Args:
        replacing_from: not before this moment where it replaces a version that is in force.

    Returns:
        False when a later version of the promise came into force first: this one never does.

    Raises:
        RuntimeError: it was never approved.
    """
    if version.state != ProposalState.APPROVED:
        raise RuntimeError(f"promise version {version.id} is not approved")
    earlier: PromiseVersion | None = None
    for other in db.session.scalars(
        select(PromiseVersion)
        .where(
            PromiseVersion.promise_id == version.promise_id,
            PromiseVersion.id != version.id,
            PromiseVersion.in_force_from.is_not(None),
        )
        .order_by(PromiseVersion.number)
    ):
        if other.number > version.number:
            return False
        if other.in_force_until is None and not other.is_removal:
            earlier = other
    if earlier is not None:
        at = max(at, earlier.in_force_from or at, replacing_from or at)
        earlier.in_force_until = at
    version.in_force_from = at
    _take_over(version.promise, version)
    log(Viewer.system(), "in_force", version, since=at.isoformat())
    db.session.flush()
    db.session.expire(version.promise.campaign, ["promises"])
    changes.in_force_changed(version)
    return True


def _take_over(promise: Promise, version: PromiseVersion) -> None:
    promise.is_in_force = not version.is_removal
    if not version.is_removal:
        for name in _CONTENT:
            setattr(promise, name, getattr(version, name))
