"""Reads the calls that a frame chooses among: all of a campaign and period, whoever looks.

A sample stands for the whole campaign; which calls are in it must not depend on whose teams the
person who draws it answers for.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, select

from callcoach.audits.frames import Candidate, Frame, Population, moments_of, population_of
from callcoach.audits.models import Audit, AuditCall, LeftOut
from callcoach.calls.models import Call, CallState, Outcome, Recording
from callcoach.campaigns.models import Promise
from callcoach.extensions import db
from callcoach.promises.models import PromiseVersion, ProposalState


def candidates(campaign_id: int, starts_on: date, ends_on: date) -> list[Candidate]:
    """Every call of the campaign in the period that was imported, by id."""
    start, end = moments_of(starts_on, ends_on)
    objected = set(db.session.scalars(objections()))
    in_force = _in_force(campaign_id)
    rows = db.session.execute(
        select(
            Call.id,
            Call.agent_id,
            Call.team_id,
            Call.kind,
            Call.outcome,
            Call.duration_ms,
            Call.state,
            Call.started_at,
            Call.deleted_at,
            Call.current_analysis_id,
            Recording.playback_id,
            Recording.audio_deleted_at,
        )
        .outerjoin(Recording, Recording.call_id == Call.id)
        .where(Call.campaign_id == campaign_id, Call.started_at >= start, Call.started_at < end)
        .order_by(Call.id)
    )
    return [
        Candidate(
            call_id=row.id,
            agent_id=row.agent_id,
            team_id=row.team_id,
            kind=str(row.kind),
            outcome=str(Outcome(row.outcome).value),
            duration_ms=row.duration_ms,
            has_promise=any(_covers(stretch, row.started_at) for stretch in in_force),
            has_transcript=row.state == CallState.READY and row.current_analysis_id is not None,
            has_audio=row.playback_id is not None and row.audio_deleted_at is None,
            is_put_aside=row.deleted_at is not None,
            has_objection=row.id in objected,
        )
        for row in rows
    ]


def objections() -> Select[int | None]:
    """Ids of calls whose prospect objected, in whatever audit that came up: no outsider hears them
    any more.
    """
    return select(AuditCall.call_id).where(
        AuditCall.left_out == LeftOut.OBJECTION, AuditCall.call_id.is_not(None)
    )


def population(campaign_id: int, starts_on: date, ends_on: date, frame: Frame) -> Population:
    """The frame as it is now."""
    return population_of(candidates(campaign_id, starts_on, ends_on), frame)


def population_now(audit: Audit) -> Population:
    """What an audit would be drawn from now."""
    frame = Frame.from_dict(audit.frame)
    return population(audit.campaign_id, audit.starts_on, audit.ends_on, frame)


def promises_in_force(campaign_id: int, starts_on: date, ends_on: date) -> list[PromiseVersion]:
    """Versions of promises that calls of the period are judged by, those of one day included."""
    start, end = moments_of(starts_on, ends_on)
    return [
        version
        for version in _versions(campaign_id)
        if version.in_force_from is not None
        and version.in_force_from < end
        and (version.in_force_until is None or version.in_force_until > start)
    ]


def _versions(campaign_id: int) -> list[PromiseVersion]:
    """Every version that ever came into force."""
    return list(
        db.session.scalars(
            select(PromiseVersion)
            .join(Promise, Promise.id == PromiseVersion.promise_id)
            .where(
                Promise.campaign_id == campaign_id,
                PromiseVersion.state == ProposalState.APPROVED,
                PromiseVersion.is_removal.is_(False),
                PromiseVersion.in_force_from.is_not(None),
            )
            .order_by(PromiseVersion.promise_id, PromiseVersion.number)
        )
    )


def _in_force(campaign_id: int) -> list[tuple[datetime, datetime | None]]:
    return [
        (version.in_force_from, version.in_force_until)
        for version in _versions(campaign_id)
        if version.in_force_from is not None
    ]


def _covers(stretch: tuple[datetime, datetime | None], moment: datetime) -> bool:
    start, end = stretch
    return start <= moment and (end is None or moment < end)
