"""Announced coaching periods: for named agents, told beforehand, with a daily quota and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.accounts.queries import name_of
from callcoach.campaigns.models import Campaign
from callcoach.drills.queries.library import agents_for
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.access import follows
from callcoach.progress.models import CoachingPeriod
from callcoach.web.filters import local_date

#: Longest period, in days: an announced exception, not a way to record everything (the French
#: data protection authority forbids recording without end).
MAX_DAYS = 31
#: Most calls a day.
MAX_DAILY = 10
MAX_REASON = 500


def announce(
    viewer: Viewer,
    campaign: Campaign,
    agent_ids: Sequence[int],
    *,
    starts_on: date | None,
    ends_on: date | None,
    daily_quota: int,
    reason: str,
) -> list[CoachingPeriod]:
    """Announce a period to agents; each is told now, and it begins for none who was not.

    Raises:
        NotFound: the viewer does not coach them.
        InvalidInput: days, quota or reason are missing or out of range; or it would begin today.
    """
    if not follows(viewer):
        raise NotFound("There is no such page.")
    agents = {agent.id: agent for agent in agents_for(viewer, campaign)}
    if not agent_ids:
        raise InvalidInput("Choose at least one agent.", field="agents")
    if set(agent_ids) - agents.keys():
        raise NotFound("There is no such person.")
    if starts_on is None or ends_on is None or ends_on < starts_on:
        raise InvalidInput("Say from which day to which day.", field="starts_on")
    if starts_on <= utc_now().date():
        raise InvalidInput(
            "Agents are told beforehand: it begins tomorrow at the earliest.", field="starts_on"
        )
    if (ends_on - starts_on).days >= MAX_DAYS:
        raise InvalidInput(
            "A coaching period lasts at most %(days)s days.", field="ends_on", days=MAX_DAYS
        )
    if not 1 <= daily_quota <= MAX_DAILY:
        raise InvalidInput(
            "Between 1 and %(most)s calls a day.", field="daily_quota", most=MAX_DAILY
        )
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= MAX_REASON:
        raise InvalidInput("Say why: the agent reads it.", field="reason")
    found = []
    _lock(agent_ids)
    for agent_id in dict.fromkeys(agent_ids):
        if _overlaps(agent_id, campaign.id, starts_on, ends_on):
            raise Conflict("One of them has a coaching period in these days already.")
        period = CoachingPeriod(
            agent_id=agent_id,
            campaign_id=campaign.id,
            author_id=viewer.user_id,
            starts_on=starts_on,
            ends_on=ends_on,
            daily_quota=daily_quota,
            reason=reason,
        )
        db.session.add(period)
        db.session.flush()
        _tell(viewer, period)
        record(viewer.user_id, "period.announced", subject_kind="period", subject_id=period.id)
        found.append(period)
    return found


def cancel(viewer: Viewer, period: CoachingPeriod, *, undo: bool = False) -> CoachingPeriod:
    """Call a period off, or announce it again as it was.

    Raises:
        Conflict: it is over, or others have taken its days.
    """
    if undo:
        _lock([period.agent_id])
        if period.ends_on < utc_now().date() or _overlaps(
            period.agent_id, period.campaign_id, period.starts_on, period.ends_on
        ):
            raise Conflict("These days are taken or past; announce a new period.")
        period.cancelled_at = None
        if period.told_at is None:
            _tell(viewer, period)
    elif period.cancelled_at is None:
        period.cancelled_at = utc_now()
        notices.take_back("progress.period", subject_of(period))
        record(viewer.user_id, "period.cancelled", subject_kind="period", subject_id=period.id)
    db.session.flush()
    return period


def mark_told(viewer: Viewer) -> None:
    """The agent has their page before them: what was announced to them has now been told."""
    for period in db.session.scalars(
        select(CoachingPeriod).where(
            CoachingPeriod.agent_id == viewer.user_id,
            CoachingPeriod.told_at.is_(None),
            CoachingPeriod.cancelled_at.is_(None),
        )
    ):
        period.told_at = utc_now()
        notices.mark_subject_seen(viewer, subject_of(period))
    db.session.flush()


def is_running(period: CoachingPeriod, day: date) -> bool:
    """Whether more calls may be recorded on a day: within it, and not before the agent knew."""
    if period.told_at is None or period.cancelled_at is not None:
        return False
    return max(period.starts_on, period.told_at.date()) <= day <= period.ends_on


def subject_of(period: CoachingPeriod) -> str:
    """What notices about a period are about."""
    return f"period:{period.id}"


def _tell(viewer: Viewer, period: CoachingPeriod) -> None:
    notices.notify(
        period.agent_id,
        "progress.period",
        subject_of(period),
        "/my/progress#periods",
        name=name_of(viewer.user_id),
        start=local_date(period.starts_on),
        end=local_date(period.ends_on),
    )


def _lock(agent_ids: Iterable[int]) -> None:
    """One at a time for an agent, in one order: two who announce the same days would both find them
    free.
    """
    wanted = select(User.id).where(User.id.in_(set(agent_ids))).order_by(User.id)
    db.session.execute(wanted.with_for_update(of=User, key_share=True))


def _overlaps(agent_id: int, campaign_id: int, starts_on: date, ends_on: date) -> bool:
    found = db.session.scalar(
        select(CoachingPeriod.id)
        .where(
            CoachingPeriod.agent_id == agent_id,
            CoachingPeriod.campaign_id == campaign_id,
            CoachingPeriod.cancelled_at.is_(None),
            CoachingPeriod.starts_on <= ends_on,
            CoachingPeriod.ends_on >= starts_on,
        )
        .limit(1)
    )
    return found is not None
