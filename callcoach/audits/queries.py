"""Reads of audits, scoped by a `Viewer`: outside the scope an audit does not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.audits.access import can_read_audits_of, sees_audits
from callcoach.audits.models import (
    Audit,
    AuditCall,
    AuditState,
    FindingRemark,
    Judgement,
    SampleState,
)
from callcoach.audits.results import Judged, Results, SampleFacts, monday_of, results
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, CampaignTeam, PromiseKind
from callcoach.campaigns.queries import visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.promises.models import PromiseVersion


def visible_audits(viewer: Viewer) -> Select[Audit]:
    """Audits the viewer may read on the floor's side; none for leads, agents and sponsors."""
    query = select(Audit)
    if viewer.sees_everything:
        return query
    teams = viewer.team_ids if sees_audits(viewer) else frozenset()
    calling = select(CampaignTeam.campaign_id).where(CampaignTeam.team_id.in_(sorted(teams)))
    return query.where(Audit.campaign_id.in_(calling))


def audited_campaigns(viewer: Viewer) -> Sequence[Campaign]:
    """Living campaigns of which the viewer may draw audits, by name."""
    if not sees_audits(viewer):
        return []
    query = visible_campaigns(viewer).where(Campaign.is_archived.is_(False))
    return db.session.scalars(
        query.options(selectinload(Campaign.sponsor)).order_by(Campaign.name)
    ).all()


def list_audits(viewer: Viewer, campaign: Campaign) -> list[Audit]:
    """Audits of one campaign, the newest first."""
    query = visible_audits(viewer).where(Audit.campaign_id == campaign.id)
    return list(
        db.session.scalars(
            query.options(selectinload(Audit.calls)).order_by(Audit.created_at.desc(), Audit.id)
        )
    )


def get_audit(viewer: Viewer, audit_id: int) -> Audit:
    """One audit.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    audit = db.session.scalar(visible_audits(viewer).where(Audit.id == audit_id))
    if audit is None:
        raise NotFound("This audit does not exist, or is not one of yours.")
    return audit


def get_campaign_to_audit(viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign whose messages the viewer may audit.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    campaign = db.session.scalar(visible_campaigns(viewer).where(Campaign.id == campaign_id))
    if campaign is None or not can_read_audits_of(
        viewer, [link.team_id for link in campaign.teams]
    ):
        raise NotFound("This campaign does not exist, or is not one of yours.")
    return campaign


def get_sampled(viewer: Viewer, sampled_id: int) -> AuditCall:
    """One drawn call of an audit of the viewer's, whatever became of it.

    Raises:
        NotFound: there is none, or its audit is outside the viewer's scope.
    """
    sampled = db.session.scalar(
        select(AuditCall).where(
            AuditCall.id == sampled_id,
            AuditCall.audit_id.in_(visible_audits(viewer).with_only_columns(Audit.id)),
        )
    )
    if sampled is None:
        raise NotFound("This call is not of an audit of yours.")
    return sampled


def get_finding(viewer: Viewer, judgement_id: int) -> Judgement:
    """One judgement of an audit of the viewer's.

    Raises:
        NotFound: there is none, or its audit is outside the viewer's scope.
    """
    finding = db.session.scalar(
        select(Judgement)
        .join(AuditCall, AuditCall.id == Judgement.audit_call_id)
        .where(
            Judgement.id == judgement_id,
            AuditCall.audit_id.in_(visible_audits(viewer).with_only_columns(Audit.id)),
        )
    )
    if finding is None:
        raise NotFound("This finding does not exist, or is not one of yours.")
    return finding


def get_remark(viewer: Viewer, remark_id: int) -> FindingRemark:
    """One remark under a finding of the viewer's audits.

    Raises:
        NotFound: there is none, or its audit is outside the viewer's scope.
    """
    said = db.session.scalar(
        select(FindingRemark)
        .join(Judgement, Judgement.id == FindingRemark.judgement_id)
        .join(AuditCall, AuditCall.id == Judgement.audit_call_id)
        .where(
            FindingRemark.id == remark_id,
            AuditCall.audit_id.in_(visible_audits(viewer).with_only_columns(Audit.id)),
        )
    )
    if said is None:
        raise NotFound("This comment does not exist, or is not one of yours.")
    return said


def sampled_calls(audit: Audit) -> list[AuditCall]:
    """The sample as it stands, in the order of the draw."""
    return [one for one in audit.calls if one.state == SampleState.SAMPLED]


def judged_rows(audit_ids: Collection[int]) -> list[Judged]:
    """Rows for `results.results`: judgements of sampled calls that are wholly judged, each call
    once however many of the audits sampled it (`newest_only`).

    In the order of the promises, then of the draw, so that the same audit always gives the same.
    """
    found = db.session.execute(
        select(Judgement, AuditCall, PromiseVersion)
        .join(AuditCall, AuditCall.id == Judgement.audit_call_id)
        .join(PromiseVersion, PromiseVersion.id == Judgement.promise_version_id)
        .where(
            AuditCall.audit_id.in_(sorted(audit_ids)),
            AuditCall.state == SampleState.SAMPLED,
            AuditCall.judged_at.is_not(None),
        )
        .order_by(
            PromiseVersion.promise_id,
            PromiseVersion.number,
            AuditCall.audit_id,
            AuditCall.position,
        )
    ).all()
    kept = {one.id for one in newest_only([finding for finding, _sampled, _version in found])}
    return [_row(*one) for one in found if one[0].id in kept]


def newest_only(findings: Sequence[Judgement]) -> list[Judgement]:
    """Findings of several audits put together, in their order: a call counts once for each promise.

    Where several audits sampled it, the one that was closed last counts. A call that was erased
    cannot be recognised any more: it stays with each.
    """
    last: dict[tuple[int, int], tuple[float, int]] = {}
    ages: list[tuple[tuple[int, int], tuple[float, int]]] = []
    for finding in findings:
        sampled = finding.sampled
        # no call has a negative id
        which = sampled.call_id if sampled.call_id is not None else -sampled.id
        closed = sampled.audit.closed_at
        key = which, finding.promise_version_id
        age = closed.timestamp() if closed is not None else 0.0, sampled.audit_id
        ages.append((key, age))
        last[key] = max(last.get(key, age), age)
    return [finding for finding, (key, age) in zip(findings, ages, strict=True) if last[key] == age]


def _row(finding: Judgement, sampled: AuditCall, version: PromiseVersion) -> Judged:
    return Judged(
        judgement_id=finding.id,
        sampled_id=sampled.id,
        version_id=version.id,
        kind=PromiseKind(version.kind),
        standing=finding.final,
        first=type(finding.final)(finding.standing),
        machine=type(finding.final)(finding.machine) if finding.machine else None,
        week=monday_of(sampled.called_on) if sampled.called_on else None,
        script_version_id=sampled.script_version_id,
    )


def results_of(audit: Audit) -> Results:
    """What the wholly judged calls of an audit say; show it as a result only once it is closed."""
    return results(judged_rows([audit.id]))


def facts_of(audit: Audit) -> SampleFacts:
    """How its sample came about and what became of it."""
    sample = sampled_calls(audit)
    left_out = [one for one in audit.calls if one.state == SampleState.REPLACED]
    taken = {one.replaces for one in audit.calls if one.replaces is not None}
    return SampleFacts(
        population=audit.population or 0,
        wanted=audit.size or 0,
        seed=audit.seed,
        sampled=len(sample),
        judged=sum(one.judged_at is not None for one in sample),
        erased=sum(one.call_id is None for one in sample),
        excluded=dict(Counter(reason for _id, reason in audit.drawn_from.get("excluded", []))),
        left_out=dict(Counter(str(one.left_out or "") for one in left_out)),
        unreplaced=sum(one.position not in taken for one in left_out),
        is_final=audit.state == AuditState.CLOSED,
    )


def versions_by_id(ids: Collection[int]) -> dict[int, PromiseVersion]:
    """Versions of promises by id."""
    found = db.session.scalars(select(PromiseVersion).where(PromiseVersion.id.in_(sorted(ids))))
    return {version.id: version for version in found}


def is_hidden_for_judging(call_id: int) -> bool:
    """Whether the call is sampled in an audit and not judged yet: its proposals must not show."""
    waiting = (
        select(AuditCall.id)
        .join(Audit, Audit.id == AuditCall.audit_id)
        .where(
            AuditCall.call_id == call_id,
            AuditCall.state == SampleState.SAMPLED,
            AuditCall.judged_at.is_(None),
            Audit.state == AuditState.DRAWN,
        )
        .limit(1)
    )
    return db.session.scalar(waiting) is not None


def calls_of(audit: Audit) -> dict[int, Call]:
    """Calls of its sample by id, without those that were erased."""
    ids = [one.call_id for one in audit.calls if one.call_id is not None]
    return {call.id: call for call in db.session.scalars(select(Call).where(Call.id.in_(ids)))}
