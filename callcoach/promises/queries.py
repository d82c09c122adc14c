"""Reads of promises. What a call is judged against does not depend on who looks; what people read
is scoped by a `Viewer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, Promise
from callcoach.campaigns.queries import get_campaign, visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.promises.access import can_decide, can_propose, can_read_version, reads_proposals
from callcoach.promises.labels import KINDS
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.script_library.models import ScriptRelease, ScriptVersion
from callcoach.script_library.queries import script_of

#: Place of a kind on a page.
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def _versions() -> Select[PromiseVersion]:
    return (
        select(PromiseVersion)
        .join(PromiseVersion.promise)
        .options(
            joinedload(PromiseVersion.promise),
            joinedload(PromiseVersion.script_version),
            joinedload(PromiseVersion.proposed_by),
            joinedload(PromiseVersion.decided_by),
        )
    )


def in_force_at(campaign_id: int, at: datetime) -> list[PromiseVersion]:
    """The versions in force in a campaign at a moment, by kind and age."""
    found = db.session.scalars(
        _versions()
        .where(
            Promise.campaign_id == campaign_id,
            PromiseVersion.state == ProposalState.APPROVED,
            PromiseVersion.is_removal.is_(False),
            PromiseVersion.in_force_from <= at,
            or_(PromiseVersion.in_force_until.is_(None), PromiseVersion.in_force_until > at),
        )
        .order_by(PromiseVersion.promise_id)
    )
    return sorted(found, key=lambda version: _ORDER[version.kind])


def for_call(call: Call) -> list[PromiseVersion]:
    """What a call is judged against: the versions in force when it took place."""
    return in_force_at(call.campaign_id, call.started_at)


def with_script(version: ScriptVersion) -> list[PromiseVersion]:
    """The promises in force with a version of the script: from its first release on, those that
    came with it included; for one that was never released, those in force now and those that are
    approved to come with it.
    """
    campaign_id = version.script.campaign_id
    now = utc_now()
    start = db.session.scalar(
        select(ScriptRelease.starts_at)
        .where(ScriptRelease.version_id == version.id, ScriptRelease.starts_at <= now)
        .order_by(ScriptRelease.starts_at)
        .limit(1)
    )
    own = db.session.scalars(
        _versions().where(
            PromiseVersion.script_version_id == version.id,
            PromiseVersion.state == ProposalState.APPROVED,
        )
    ).all()
    if start is not None:
        return in_force_at(campaign_id, max([start, *(v.in_force_from or start for v in own)]))
    coming = {each.promise_id: each for each in own}
    found = [coming.pop(each.promise_id, each) for each in in_force_at(campaign_id, now)]
    kept = [each for each in (*found, *coming.values()) if not each.is_removal]
    return sorted(kept, key=lambda each: _ORDER[each.kind])


def get_version(viewer: Viewer, version_id: int) -> PromiseVersion:
    """One version of a promise.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    version = db.session.scalar(_versions().where(PromiseVersion.id == version_id))
    if version is None or not can_read_version(viewer, version.promise.campaign, version):
        raise NotFound("There is no such promise.")
    return version


def get_promise(viewer: Viewer, campaign_id: int, promise_id: int) -> Promise:
    """One promise of a campaign that the viewer reads; one that was never in force is known to its
    authors and to the sponsor only.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    campaign = get_campaign(viewer, campaign_id)
    promise = db.session.get(Promise, promise_id)
    if promise is None or promise.campaign_id != campaign.id:
        raise NotFound("There is no such promise.")
    if not readable_versions(viewer, promise):
        raise NotFound("There is no such promise.")
    return promise


def readable_versions(viewer: Viewer, promise: Promise) -> list[PromiseVersion]:
    """The history of a promise as far as the viewer reads it, newest first."""
    found = db.session.scalars(
        _versions()
        .where(PromiseVersion.promise_id == promise.id)
        .order_by(PromiseVersion.number.desc())
    )
    return [each for each in found if can_read_version(viewer, promise.campaign, each)]


def proposal_of(promise: Promise) -> PromiseVersion | None:
    """The version of a promise that waits for the sponsor."""
    return db.session.scalar(
        _versions().where(
            PromiseVersion.promise_id == promise.id,
            PromiseVersion.state == ProposalState.PROPOSED,
        )
    )


def in_force_of(promise: Promise) -> PromiseVersion | None:
    """The version of a promise that is in force now."""
    return db.session.scalar(
        _versions()
        .where(
            PromiseVersion.promise_id == promise.id,
            PromiseVersion.state == ProposalState.APPROVED,
            PromiseVersion.is_removal.is_(False),
            PromiseVersion.in_force_from.is_not(None),
            PromiseVersion.in_force_until.is_(None),
        )
        .order_by(PromiseVersion.number.desc())
        .limit(1)
    )


def proposals(viewer: Viewer, campaign: Campaign) -> list[PromiseVersion]:
    """What waits for the sponsor in a campaign, longest first; nothing for whom it does not
    concern.
    """
    if not reads_proposals(viewer, campaign):
        return []
    return list(
        db.session.scalars(
            _versions()
            .where(
                Promise.campaign_id == campaign.id,
                PromiseVersion.state == ProposalState.PROPOSED,
            )
            .order_by(PromiseVersion.proposed_at, PromiseVersion.id)
        )
    )


def proposals_of(
    viewer: Viewer, *states: ProposalState, since: datetime | None = None
) -> list[PromiseVersion]:
    """Proposals in some states of the campaigns that the viewer writes for, longest first; what was
    proposed again since is left out.

    Args:
        since: only what waits, or was decided from then on.
    """
    later = aliased(PromiseVersion)
    query = _versions().where(
        Promise.campaign_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id)),
        PromiseVersion.state.in_(states),
        ~exists().where(
            later.promise_id == PromiseVersion.promise_id, later.number > PromiseVersion.number
        ),
    )
    if since is not None:
        query = query.where(
            PromiseVersion.decided_at.is_(None) | (PromiseVersion.decided_at >= since)
        )
    found = db.session.scalars(query.order_by(PromiseVersion.proposed_at, PromiseVersion.id))
    return [
        each
        for each in found
        if not each.promise.campaign.is_archived and can_propose(viewer, each.promise.campaign)
    ]


def turned_down(viewer: Viewer, campaign: Campaign) -> list[PromiseVersion]:
    """What the sponsor declined, or was taken back, and nobody has proposed again, newest first."""
    found = [
        version
        for version in proposals_of(viewer, ProposalState.DECLINED, ProposalState.WITHDRAWN)
        if version.promise.campaign_id == campaign.id
    ]
    return sorted(found, key=lambda each: each.id, reverse=True)


def coming(viewer: Viewer, campaign: Campaign) -> list[PromiseVersion]:
    """What is approved and comes into force with a version of the script that is not released."""
    if not reads_proposals(viewer, campaign):
        return []
    found = db.session.scalars(
        _versions()
        .where(
            Promise.campaign_id == campaign.id,
            PromiseVersion.state == ProposalState.APPROVED,
            PromiseVersion.in_force_from.is_(None),
        )
        .order_by(PromiseVersion.decided_at, PromiseVersion.id)
    )
    return [each for each in found if not _is_overtaken(each)]


def retired(campaign: Campaign) -> Sequence[Promise]:
    """Promises of a campaign that the viewer reads that were in force once and are not any more, by
    text.
    """
    was_in_force = select(PromiseVersion.promise_id).where(
        PromiseVersion.in_force_until.is_not(None)
    )
    return db.session.scalars(
        select(Promise)
        .where(
            Promise.campaign_id == campaign.id,
            Promise.is_in_force.is_(False),
            Promise.id.in_(was_in_force),
        )
        .order_by(Promise.text)
    ).all()


def waiting_for(viewer: Viewer) -> list[PromiseVersion]:
    """Versions that the viewer may approve now, those that wait longest first."""
    found = db.session.scalars(
        _versions()
        .where(
            Promise.campaign_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id)),
            PromiseVersion.state == ProposalState.PROPOSED,
        )
        .order_by(PromiseVersion.proposed_at, PromiseVersion.id)
    )
    return [
        version
        for version in found
        if not version.promise.campaign.is_archived
        and can_decide(viewer, version.promise.campaign, script_of(version.promise.campaign))
    ]


def _is_overtaken(version: PromiseVersion) -> bool:
    """Whether a later version of the promise came into force first."""
    later = select(PromiseVersion.id).where(
        PromiseVersion.promise_id == version.promise_id,
        PromiseVersion.number > version.number,
        PromiseVersion.in_force_from.is_not(None),
    )
    return db.session.scalar(later.limit(1)) is not None
