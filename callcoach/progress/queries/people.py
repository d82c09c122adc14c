"""An agent's own page, for the agent and, later, for who coaches them: the same, never more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Membership, Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, CallKind, Decision, Verdict
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note
from callcoach.drills.models import Assignment
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.access import can_coach, follows, is_agent
from callcoach.progress.models import (
    BeforeAfter,
    CoachingPeriod,
    Objective,
    Recheck,
    RecheckState,
    SharingConsent,
)
from callcoach.progress.queries.pairs import my_pairs
from callcoach.progress.queries.rechecks import my_rechecks

#: What "a month ago" means, in days.
MONTH = timedelta(days=30)
#: Weeks of regularity that the page shows.
WEEKS = 8
#: A figure about a person is that person's alone for so long, unless they opened it.
FIRST = timedelta(days=1)
_OPENED = "progress.opened"
_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Week:
    """One week: whether there was something of a kind."""

    starts_on: date
    is_on: bool


@dataclass(frozen=True, slots=True)
class Constancy:
    """Regularity over weeks: of calls, of notes read, of drills; no amounts, so no peaks."""

    calls: Sequence[Week]
    notes: Sequence[Week]
    drills: Sequence[Week]

    @property
    def weeks_with_something(self) -> int:
        kinds = zip(self.calls, self.notes, self.drills, strict=True)
        return sum(any(week.is_on for week in weeks) for weeks in kinds)


@dataclass(frozen=True, slots=True)
class Own:
    """What there is on the page, as of `until`."""

    agent: User
    until: datetime
    held: list[Recheck]
    held_longer: list[Recheck]
    drills: list[Assignment]
    constancy: Constancy
    pairs: list[BeforeAfter]
    objectives: list[Objective]
    periods: list[CoachingPeriod]


def require_follower(viewer: Viewer) -> Viewer:
    """Let pass who follows notes and coaches agents.

    Raises:
        NotFound: there is no such page for the viewer.
    """
    if not follows(viewer):
        raise NotFound("There is no such page.")
    return viewer


def own_page(viewer: Viewer) -> Own:
    """The agent's own page, as of now.

    Raises:
        NotFound: the viewer is no agent.
    """
    if not is_agent(viewer) or viewer.user_id is None:
        raise NotFound("There is no such page.")
    return _page(db.session.get_one(User, viewer.user_id), viewer, utc_now())


def page_of(viewer: Viewer, agent_id: int) -> Own:
    """The page of an agent as they have it, for who coaches them: up to when the agent last opened
    it, or to a day ago; without what stems from notes that the viewer may not read, such as those
    of another team that the agent is in.

    Raises:
        NotFound: there is no such agent in the viewer's teams.
    """
    agent = get_agent(viewer, agent_id)
    opened = db.session.scalar(
        select(func.max(AccessEvent.at)).where(
            AccessEvent.subject_kind == "user",
            AccessEvent.subject_id == agent.id,
            AccessEvent.actor_id == agent.id,
            AccessEvent.action == _OPENED,
        )
    )
    until = utc_now() - FIRST
    page = _page(agent, viewer_of(agent), max(until, opened) if opened else until)
    return replace(
        page,
        held=[item for item in page.held if _reads(viewer, item)],
        held_longer=[item for item in page.held_longer if _reads(viewer, item)],
        pairs=[
            pair
            for pair in page.pairs
            if _reads(viewer, pair.recheck) and can_read_call(viewer, pair.after_call)
        ],
    )


def get_agent(viewer: Viewer, agent_id: int) -> User:
    """An agent whom the viewer coaches.

    Raises:
        NotFound: there is none.
    """
    agent = db.session.get(User, agent_id)
    if agent is None or agent.role != Role.AGENT or not _coaches(viewer, agent_id):
        raise NotFound("There is no such person.")
    return agent


def agents_of(viewer: Viewer) -> list[User]:
    """Agents whom the viewer coaches, by name."""
    if not follows(viewer):
        return []
    statement = select(User).where(User.role == Role.AGENT, User.is_enabled.is_(True))
    if not viewer.sees_everything:
        teams = sorted(viewer.team_ids)
        statement = statement.where(User.memberships.any(Membership.team_id.in_(teams)))
    return list(db.session.scalars(statement.order_by(User.name, User.id)))


def my_consents(viewer: Viewer) -> list[SharingConsent]:
    """Moments that the agent was asked for, newest first."""
    if not is_agent(viewer):
        return []
    return list(
        db.session.scalars(
            select(SharingConsent)
            .join(SharingConsent.call)
            .where(
                SharingConsent.agent_id == viewer.user_id,
                Call.deleted_at.is_(None),
                Call.agent_id == viewer.user_id,
            )
            .order_by(SharingConsent.asked_at.desc(), SharingConsent.id.desc())
        )
    )


def count_asked(viewer: Viewer) -> int:
    """What waits for an agent's word: objectives to agree on, moments to share, periods to know."""
    if not is_agent(viewer):
        return 0
    open_objectives = select(func.count()).where(
        Objective.agent_id == viewer.user_id,
        Objective.agreed_at.is_(None),
        Objective.closed_at.is_(None),
        Objective.counter_text == "",
    )
    untold = select(func.count()).where(
        CoachingPeriod.agent_id == viewer.user_id,
        CoachingPeriod.told_at.is_(None),
        CoachingPeriod.cancelled_at.is_(None),
        CoachingPeriod.ends_on >= utc_now().date(),
    )
    asked = [c for c in my_consents(viewer) if not (c.given_at or c.refused_at)]
    counts = (db.session.scalar(open_objectives), db.session.scalar(untold))
    return sum(count or 0 for count in counts) + len(asked)


def get_my_consent(viewer: Viewer, consent_id: int) -> SharingConsent:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    for consent in my_consents(viewer):
        if consent.id == consent_id:
            return consent
    raise NotFound("There is no such question.")


def get_objective(viewer: Viewer, objective_id: int) -> Objective:
    """An objective of an agent whom the viewer coaches, or their own.

    Raises:
        NotFound: there is none.
    """
    objective = db.session.get(Objective, objective_id)
    if objective is None or not (
        _is_own(viewer, objective.agent_id) or _coaches(viewer, objective.agent_id)
    ):
        raise NotFound("There is no such objective.")
    return objective


def get_consent(viewer: Viewer, consent_id: int) -> SharingConsent:
    """A question to an agent whom the viewer coaches.

    Raises:
        NotFound: there is none.
    """
    consent = db.session.get(SharingConsent, consent_id)
    if consent is None or not _coaches(viewer, consent.agent_id):
        raise NotFound("There is no such question.")
    return consent


def _reads(viewer: Viewer, recheck: Recheck) -> bool:
    return can_read_note(viewer, recheck.note, recheck.note.call)


def _is_own(viewer: Viewer, agent_id: int) -> bool:
    return is_agent(viewer) and agent_id == viewer.user_id


def _coaches(viewer: Viewer, agent_id: int) -> bool:
    agent = db.session.get(User, agent_id)
    return agent is not None and can_coach(viewer, [m.team_id for m in agent.memberships])


@dataclass(frozen=True, slots=True)
class Measured:
    """How far an objective is.

    Args:
        value: what was counted, in its unit; None when there is nothing to count yet.
        total: out of how many calls; 0 where nothing is shared out.
        agents: of how many agents it was counted.
    """

    value: float | None
    total: int = 0
    agents: int = 0


def measured(objective: Objective) -> Measured:
    """Count what an objective is about, within its days."""
    start, end = _bounds(objective)
    return counted(
        objective.measure,
        objective.subject,
        (start, end),
        calls=(Call.agent_id == objective.agent_id, Call.campaign_id == objective.campaign_id),
        given=(Assignment.agent_id == objective.agent_id,),
    )


def counted(
    measure: str,
    subject: str,
    days: tuple[datetime, datetime],
    *,
    calls: Sequence[ColumnElement[bool]],
    given: Sequence[ColumnElement[bool]],
) -> Measured:
    """Count what an objective is about, of one agent or of several.

    Args:
        measure, subject: as `Objective` has them.
        days: from when until when, half-open.
        calls, given: whose calls and whose drills count.
    """
    start, end = days
    if measure == "drills":
        done = db.session.scalars(
            select(Assignment.agent_id).where(
                *given,
                Assignment.done_at >= start,
                Assignment.done_at < end,
                Assignment.cancelled_at.is_(None),
            )
        ).all()
        return Measured(float(len(done)), agents=len(set(done)))
    is_counted = (
        *calls,
        Call.kind == CallKind.TARGET.value,
        Call.deleted_at.is_(None),
        Call.started_at >= start,
        Call.started_at < end,
    )
    found = db.session.scalars(
        select(Call).where(*is_counted).options(joinedload(Call.current_analysis))
    ).all()
    if measure == "calls":
        return Measured(float(len(found)), agents=_count_agents(found))
    if measure == "figure":
        values = [
            (call, call.current_analysis.figures.get(subject, {}).get("value"))
            for call in found
            if call.current_analysis is not None
        ]
        known = [(call, value) for call, value in values if value is not None]
        if not known:
            return Measured(None)
        middle = float(median(value for _, value in known))
        return Measured(middle, len(known), _count_agents([call for call, _ in known]))
    if measure == "cause":
        # Only what a person confirmed: what was merely detected is no figure about anybody
        confirmed = db.session.scalars(
            select(Verdict.call_id)
            .join(Call, Call.id == Verdict.call_id)
            .where(
                *is_counted,
                Verdict.cause == subject,
                Verdict.decision == Decision.CONFIRMED.value,
                Verdict.withdrawn_at.is_(None),
            )
            .distinct()
        ).all()
        return Measured(float(len(confirmed)), len(found), _count_agents(found))
    return Measured(None)


def _count_agents(calls: Iterable[Call]) -> int:
    return len({call.agent_id for call in calls if call.agent_id is not None})


def _bounds(objective: Objective) -> tuple[datetime, datetime]:
    zone = _zone(objective.agent)
    start = datetime.combine(objective.starts_on, datetime.min.time(), zone)
    end = datetime.combine(objective.ends_on + timedelta(days=1), datetime.min.time(), zone)
    return start, end


def _page(agent: User, owner: Viewer, until: datetime) -> Own:
    rechecks = [
        recheck
        for recheck in my_rechecks(owner)
        if recheck.state == RecheckState.HELD
        and recheck.closed_at is not None
        and recheck.closed_at <= until
    ]
    month_ago = until - MONTH
    done = db.session.scalars(
        select(Assignment)
        .where(
            Assignment.agent_id == agent.id,
            Assignment.cancelled_at.is_(None),
            Assignment.done_at > month_ago,
            Assignment.done_at <= until,
        )
        .options(joinedload(Assignment.drill))
        .order_by(Assignment.done_at.desc(), Assignment.id.desc())
    ).all()
    return Own(
        agent=agent,
        until=until,
        held=[r for r in rechecks if r.closed_at is not None and r.closed_at > month_ago],
        held_longer=[r for r in rechecks if r.closed_at is not None and r.closed_at <= month_ago],
        drills=list(done),
        constancy=_constancy(agent, until),
        pairs=[p for p in my_pairs(owner) if p.confirmed_at and p.confirmed_at <= until],
        objectives=_objectives(agent),
        periods=_periods(agent),
    )


def _constancy(agent: User, until: datetime) -> Constancy:
    zone = _zone(agent)
    monday = _monday(until.astimezone(zone).date())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    since = datetime.combine(mondays[0], datetime.min.time(), zone)

    def weeks(moments: Iterable[datetime | None]) -> list[Week]:
        days = {_monday(moment.astimezone(zone).date()) for moment in moments if moment}
        return [Week(day, day in days) for day in mondays]

    calls = select(Call.started_at).where(
        Call.agent_id == agent.id,
        Call.deleted_at.is_(None),
        Call.started_at >= since,
        Call.started_at <= until,
    )
    notes = select(Note.read_at).where(
        Note.agent_id == agent.id, Note.read_at >= since, Note.read_at <= until
    )
    drills = select(Assignment.done_at).where(
        Assignment.agent_id == agent.id, Assignment.done_at >= since, Assignment.done_at <= until
    )
    return Constancy(
        weeks(db.session.scalars(calls)),
        weeks(db.session.scalars(notes)),
        weeks(db.session.scalars(drills)),
    )


def _objectives(agent: User) -> list[Objective]:
    """Open ones first, then those closed within a month."""
    return list(
        db.session.scalars(
            select(Objective)
            .where(
                Objective.agent_id == agent.id,
                Objective.closed_at.is_(None) | (Objective.closed_at > utc_now() - MONTH),
            )
            .order_by(Objective.closed_at.is_not(None), Objective.ends_on, Objective.id)
        )
    )


def _periods(agent: User) -> list[CoachingPeriod]:
    """Announced ones that run or come."""
    return list(
        db.session.scalars(
            select(CoachingPeriod)
            .where(
                CoachingPeriod.agent_id == agent.id,
                CoachingPeriod.cancelled_at.is_(None),
                CoachingPeriod.ends_on >= utc_now().date(),
            )
            .options(joinedload(CoachingPeriod.campaign))
            .order_by(CoachingPeriod.starts_on, CoachingPeriod.id)
        )
    )


def _zone(agent: User) -> ZoneInfo:
    return ZoneInfo(agent.timezone or _ZONE)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
