"""Reads around the sponsor's approval: what a version is judged against, why it waits, who is asked.

What a version is judged against does not depend on who looks; the lists are scoped by a `Viewer`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.campaigns.models import Campaign, PromiseKind, SponsorSeat
from callcoach.campaigns.queries import visible_campaigns
from callcoach.extensions import db
from callcoach.script_library import approval
from callcoach.script_library.access import can_approve
from callcoach.script_library.approval import Ground, GroundKind, Statement
from callcoach.script_library.document import Document
from callcoach.script_library.in_force import phrases_of
from callcoach.script_library.models import (
    PUBLISHED,
    DecisionKind,
    ExpressionKind,
    Script,
    ScriptDecision,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)

_KINDS = {
    PromiseKind.APPROVED: GroundKind.PROMISE,
    PromiseKind.CONDITIONAL: GroundKind.PROMISE,
    PromiseKind.POSITIONING: GroundKind.PROMISE,
    PromiseKind.DISCLOSURE: GroundKind.DISCLOSURE,
    PromiseKind.FORBIDDEN: GroundKind.FORBIDDEN,
    PromiseKind.AMBIGUOUS: GroundKind.AMBIGUOUS,
}

#: Published versions that the sponsor has approved, not those that asked nobody.
_APPROVED = (
    ScriptVersion.state.in_(PUBLISHED),
    or_(ScriptVersion.needed_approval.is_(None), ScriptVersion.needed_approval.is_(True)),
)


def statements_of(campaign: Campaign) -> list[Statement]:
    """The sponsor's phrases, and the expressions of the campaign that are forbidden."""
    found = [
        Statement(_KINDS[PromiseKind(promise.kind)], promise.text, promise.id)
        for promise in campaign.promises
    ]
    forbidden = phrases_of(campaign.id)[ExpressionKind.FORBIDDEN]
    known = {statement.text for statement in found}
    found += [Statement(GroundKind.FORBIDDEN, text) for text in forbidden if text not in known]
    return found


def approved_before(version: ScriptVersion) -> ScriptVersion | None:
    """What the sponsor approved last: before this version was published, or until now.

    Versions that needed no approval are passed over, however many: they are judged again together
    with what follows.
    """
    query = select(ScriptVersion).where(
        ScriptVersion.script_id == version.script_id,
        ScriptVersion.id != version.id,
        *_APPROVED,
    )
    if version.published_at is not None:
        query = query.where(ScriptVersion.published_at < version.published_at)
    return db.session.scalar(
        query.order_by(ScriptVersion.published_at.desc(), ScriptVersion.id.desc()).limit(1)
    )


def approved_last(script: Script) -> ScriptVersion | None:
    """What the sponsor approved last of a script, whatever is in force."""
    return db.session.scalar(
        select(ScriptVersion)
        .where(ScriptVersion.script_id == script.id, *_APPROVED)
        .order_by(ScriptVersion.published_at.desc(), ScriptVersion.id.desc())
        .limit(1)
    )


def grounds_of(version: ScriptVersion) -> tuple[Ground, ...]:
    """Why a version waits for the sponsor, or had to; nothing when it may enter force at once."""
    before = approved_before(version)
    return approval.grounds(
        before.document if before else None,
        version.document,
        statements_of(version.script.campaign),
        suspended_since(version, before),
    )


def suspended_since(version: ScriptVersion, before: ScriptVersion | None) -> list[Document]:
    """What other versions say that the sponsor has suspended since `before` was published."""
    query = (
        select(ScriptVersion)
        .join(ScriptVersion.decisions)
        .where(
            ScriptVersion.script_id == version.script_id,
            ScriptVersion.id != version.id,
            ScriptDecision.kind == DecisionKind.SUSPENDED,
        )
    )
    if before is not None and before.published_at is not None:
        query = query.where(ScriptDecision.at > before.published_at)
    return [found.document for found in db.session.scalars(query)]


def is_suspended(version: ScriptVersion) -> bool:
    """Whether the sponsor has suspended it."""
    return any(item.kind == DecisionKind.SUSPENDED for item in version.decisions)


def last_sent_back(version: ScriptVersion) -> ScriptDecision | None:
    """The decision that made it a draft again; None when it never was sent back."""
    if version.state != VersionState.DRAFT or not version.decisions:
        return None
    last = version.decisions[-1]
    return last if last.kind == DecisionKind.SENT_BACK else None


def seats_of(campaign: Campaign) -> Sequence[User]:
    """People of the sponsor's who may sign in, by name."""
    return db.session.scalars(
        select(User)
        .join(SponsorSeat, SponsorSeat.user_id == User.id)
        .where(
            SponsorSeat.sponsor_id == campaign.sponsor_id,
            User.role == Role.SPONSOR,
            User.is_enabled,
        )
        .order_by(User.name, User.id)
    ).all()


def asked_first(script: Script) -> list[User]:
    """Who is asked to approve: the approver, or everybody of the sponsor's where there is none."""
    people = list(seats_of(script.campaign))
    if script.approver_id is None:
        return people
    return [person for person in people if person.id == script.approver_id]


def people_of(campaign: Campaign, *roles: Role, team_ids: Sequence[int] = ()) -> list[User]:
    """People with one of these roles in the teams that call, or in some of them, by name."""
    wanted = list(team_ids) or [link.team_id for link in campaign.teams]
    return list(
        db.session.scalars(
            select(User)
            .where(
                User.role.in_(roles),
                User.is_enabled,
                User.id.in_(select(Membership.user_id).where(Membership.team_id.in_(wanted))),
            )
            .order_by(User.name, User.id)
        )
    )


def _versions(viewer: Viewer) -> list[ScriptVersion]:
    """Versions of the viewer's campaigns that somebody of the sponsor's has to do with, newest
    first; drafts only where they were sent back.
    """
    return list(
        db.session.scalars(
            select(ScriptVersion)
            .join(ScriptVersion.script)
            .join(Script.campaign)
            .where(
                Script.campaign_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id)),
                Campaign.is_archived.is_(False),
                or_(
                    ScriptVersion.state != VersionState.DRAFT,
                    ScriptVersion.decisions.any(ScriptDecision.kind == DecisionKind.SENT_BACK),
                ),
            )
            .options(
                joinedload(ScriptVersion.script).joinedload(Script.campaign),
                selectinload(ScriptVersion.decisions),
                selectinload(ScriptVersion.releases).joinedload(ScriptRelease.team),
            )
            .order_by(Script.campaign_id, ScriptVersion.number.desc())
        )
    )


def readable_by_sponsor(viewer: Viewer) -> list[ScriptVersion]:
    """What a person of the sponsor's may read: submitted and published, of their own campaigns."""
    return [item for item in _versions(viewer) if item.state != VersionState.DRAFT]


def waiting_for(viewer: Viewer) -> list[ScriptVersion]:
    """Versions that the viewer may approve now, those that wait longest first."""
    found = [
        version
        for version in _versions(viewer)
        if version.state == VersionState.SUBMITTED and can_approve(viewer, version.script)
    ]
    return sorted(found, key=_since)


def waiting_and_sent_back(viewer: Viewer) -> tuple[list[ScriptVersion], list[ScriptVersion]]:
    """What supervisors follow: versions that wait for the sponsor, longest first, and those that
    came back.
    """
    found = _versions(viewer)
    waiting = [version for version in found if version.state == VersionState.SUBMITTED]
    return sorted(waiting, key=_since), [item for item in found if last_sent_back(item)]


def _since(version: ScriptVersion) -> float:
    return version.submitted_at.timestamp() if version.submitted_at else 0.0
