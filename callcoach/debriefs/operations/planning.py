"""Planning debriefs: create, change, move, skip, and delete; each can be taken back.

What is planned is checked here, whoever asks: the pages, the series, the actions elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.debriefs.access import leads_one_to_ones, leads_teams
from callcoach.debriefs.models import (
    Debrief,
    DebriefSeries,
    DebriefState,
    DebriefTeam,
)
from callcoach.debriefs.operations import agenda, inviting
from callcoach.debriefs.queries.fitting import misfits
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs

#: Forgets a deleted debrief.
FORGET = "debriefs.forget"
#: How long a deleted debrief can be brought back.
KEPT_FOR = timedelta(days=1)
MAX_TITLE, MAX_PLACE, MAX_REASON = 120, 300, 300
#: Shortest and longest debrief, minutes; `queries.planned` counts on the longest.
MIN_MINUTES, MAX_MINUTES = 5, 240
#: "Now" may have been chosen a moment ago.
_JUST_NOW = timedelta(minutes=15)
#: Further ahead nobody plans a session by hand: it is a slip in the year.
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned of a debrief.

    Args:
        starts_at: aware.
        timezone: IANA zone in which the time was chosen.
        place: where, or the address of the video call.
        team_ids: the teams it is for; of a one-to-one those of the agent that the host answers for.
        agent_id: of a one-to-one, with whom.
    """

    title: str
    team_ids: frozenset[int]
    starts_at: datetime
    minutes: int
    timezone: str
    place: str = ""
    agent_id: int | None = None


def create(
    viewer: Viewer,
    *,
    title: str,
    team_ids: Collection[int] = (),
    starts_at: datetime,
    minutes: int = 30,
    timezone: str,
    place: str = "",
    series_id: int | None = None,
    agent_id: int | None = None,
    occurs_on: date | None = None,
) -> Debrief:
    """Plan a debrief; the viewer hosts it, the system on behalf of the host of its series.

    What waits for the teams goes on its agenda.

    Args:
        team_ids: may be empty for a one-to-one: then the agent's teams.
        occurs_on: the day of the series that it stands for.

    Raises:
        InvalidInput: something is missing or out of range; `field` names what.
        NotFound: a team, an agent or a series that is not the viewer's.
        NotAllowed: the floor's leads meet nobody alone.
    """
    teams = frozenset(team_ids)
    if agent_id is not None and not teams:
        teams = _teams_with(viewer, agent_id)
    plan = Plan(title, teams, starts_at, minutes, timezone, place, agent_id)
    series = _series_of(viewer, series_id)
    checked = _checked(viewer, plan)
    _require_near(checked.starts_at)
    host_id = viewer.user_id if series is None or viewer.user_id is not None else series.host_id
    debrief = Debrief(
        host_id=host_id,
        agent_id=checked.agent_id,
        occurs_on=occurs_on,
        series_id=series_id,
        state=DebriefState.PLANNED,
    )
    _write(debrief, checked)
    db.session.add(debrief)
    db.session.flush()
    record(viewer.user_id, "debrief.planned", subject_kind="debrief", subject_id=debrief.id)
    agenda.take_waiting(viewer, debrief)
    return debrief


def change(viewer: Viewer, debrief: Debrief, plan: Plan, *, based_on: int) -> Debrief:
    """Plan it otherwise. Whoever was invited is told when it moves, and new people are invited.

    Whom a one-to-one is with stays: it was prepared for them.

    Raises:
        InvalidInput, NotFound: as `create`.
        StaleVersion: it was changed since; `theirs` is how it stands.
        Conflict: it has begun, is over, or does not take place; or what is on its agenda is not for
            the agents of the new teams.
    """
    hold(debrief)
    _require_current(debrief, based_on)
    _require_planned(debrief)
    if debrief.agent_id is not None:
        plan = replace(plan, agent_id=debrief.agent_id, team_ids=debrief.team_ids)
    checked = _checked(viewer, replace(plan, agent_id=debrief.agent_id), debrief)
    if checked.starts_at != debrief.starts_at:
        _require_near(checked.starts_at)
    before = plan_of(debrief)
    if checked == before:
        return debrief
    _require_fitting(debrief, checked)
    told = inviting.before_change(debrief)
    if inviting.says(before) != inviting.says(checked):
        debrief.sequence += 1
    _write(debrief, checked)
    debrief.row_version += 1
    db.session.flush()
    record(viewer.user_id, "debrief.changed", subject_kind="debrief", subject_id=debrief.id)
    inviting.after_change(viewer, debrief, told)
    return debrief


def move(viewer: Viewer, debrief: Debrief, starts_at: datetime, *, based_on: int) -> Debrief:
    """Let it take place at another time; raises as `change`."""
    hold(debrief)
    return change(
        viewer, debrief, replace(plan_of(debrief), starts_at=starts_at), based_on=based_on
    )


def skip(viewer: Viewer, debrief: Debrief, reason: str, *, based_on: int) -> Debrief:
    """It does not take place; what was prepared stays with it until it is taken up again.

    Raises:
        InvalidInput: no reason, or too long a one.
        StaleVersion, Conflict: as `change`.
    """
    hold(debrief)
    _require_current(debrief, based_on)
    _require_planned(debrief)
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON:
        raise InvalidInput("Say in a few words why it does not take place.", field="reason")
    debrief.state, debrief.skip_reason = DebriefState.SKIPPED, reason
    debrief.sequence += 1
    debrief.row_version += 1
    db.session.flush()
    record(viewer.user_id, "debrief.skipped", subject_kind="debrief", subject_id=debrief.id)
    inviting.tell_skipped(debrief)
    return debrief


def reopen(viewer: Viewer, debrief: Debrief) -> Debrief:
    """It takes place after all; twice is once.

    Raises:
        Conflict: it was not skipped.
    """
    hold(debrief)
    if debrief.state == DebriefState.PLANNED:
        return debrief
    if debrief.state != DebriefState.SKIPPED:
        raise Conflict("This debrief was held: it cannot be planned again.")
    debrief.state, debrief.skip_reason = DebriefState.PLANNED, ""
    debrief.sequence += 1
    debrief.row_version += 1
    db.session.flush()
    record(viewer.user_id, "debrief.reopened", subject_kind="debrief", subject_id=debrief.id)
    inviting.tell_on_again(debrief)
    return debrief


def delete(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Take away what was planned by mistake; it can be brought back for a day.

    One of a series is skipped instead, with a reason: that it did not take place is part of how
    steadily the ritual is kept.

    Raises:
        Conflict: it has begun or is over, or is one of a series.
    """
    hold(debrief)
    if debrief.state not in (DebriefState.PLANNED, DebriefState.SKIPPED):
        raise Conflict("This debrief was held: it cannot be deleted.")
    if debrief.occurs_on is not None and debrief.series is not None:
        raise Conflict("This debrief is one of a series: skip it and say why.")
    put_away(viewer, debrief)
    return debrief


def put_away(viewer: Viewer, debrief: Debrief) -> None:
    """Delete it whatever it belongs to, and forget it later; those invited are told."""
    was_planned = debrief.state == DebriefState.PLANNED
    debrief.state = DebriefState.DELETED
    debrief.sequence += 1
    debrief.row_version += 1
    db.session.flush()
    record(viewer.user_id, "debrief.deleted", subject_kind="debrief", subject_id=debrief.id)
    if was_planned:
        inviting.tell_skipped(debrief)
    jobs.enqueue(
        FORGET,
        f"debrief:{debrief.id}:{debrief.row_version}",
        viewer=Viewer.system(),
        not_before=utc_now() + KEPT_FOR,
    )


def restore(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Bring a deleted one back as it was; twice is once."""
    hold(debrief)
    if debrief.state == DebriefState.DELETED:
        is_skipped = bool(debrief.skip_reason)
        debrief.state = DebriefState.SKIPPED if is_skipped else DebriefState.PLANNED
        debrief.sequence += 1
        debrief.row_version += 1
        db.session.flush()
        record(viewer.user_id, "debrief.restored", subject_kind="debrief", subject_id=debrief.id)
        if not is_skipped:
            inviting.tell_on_again(debrief)
    return debrief


def hold(debrief: Debrief) -> None:
    """Wait for whoever is changing it, and read it as it stands then."""
    db.session.flush()
    db.session.refresh(debrief, with_for_update={"of": Debrief})


def plan_of(debrief: Debrief) -> Plan:
    """How it is planned."""
    return Plan(
        title=debrief.title,
        team_ids=debrief.team_ids,
        starts_at=debrief.starts_at,
        minutes=debrief.minutes,
        timezone=debrief.timezone,
        place=debrief.place,
        agent_id=debrief.agent_id,
    )


def require_zone(name: str) -> ZoneInfo:
    """The zone of this name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput("There is no such time zone.", field="timezone") from None


def checked_words(title: str, place: str, minutes: int) -> tuple[str, str]:
    """Title and place, trimmed.

    Raises:
        InvalidInput: one is missing or too long, or the length is out of range.
    """
    title, place = " ".join(title.split()), " ".join(place.split())
    if not 1 <= len(title) <= MAX_TITLE:
        raise InvalidInput(
            "Give it a title of at most %(most)s characters.", field="title", most=MAX_TITLE
        )
    if len(place) > MAX_PLACE:
        raise InvalidInput(
            "Say where in at most %(most)s characters.", field="place", most=MAX_PLACE
        )
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise InvalidInput(
            "It lasts between %(least)s and %(most)s minutes.",
            field="minutes",
            least=MIN_MINUTES,
            most=MAX_MINUTES,
        )
    return title, place


def require_teams(viewer: Viewer, team_ids: Collection[int], known: Iterable[int] = ()) -> None:
    """Teams that the viewer answers for, in which somebody works.

    Args:
        known: teams that it is for already: they stay, archived or empty.

    Raises:
        InvalidInput: none was chosen, or nobody works in one.
        NotFound: one is not the viewer's, or there is none.
    """
    if not team_ids:
        raise InvalidInput("Choose at least one team.", field="team_ids")
    if not leads_teams(viewer, team_ids):
        raise NotFound("There is no such team.")
    new = set(team_ids) - set(known)
    teams = db.session.scalars(select(Team).where(Team.id.in_(sorted(new)))).all()
    if len(teams) != len(new) or any(team.is_archived for team in teams):
        raise NotFound("There is no such team.")
    peopled = peopled_teams(new)
    for team in teams:
        if team.id not in peopled:
            raise InvalidInput(
                "Nobody works in the team %(team)s yet: add its agents first.",
                field="team_ids",
                team=team.name,
            )


def peopled_teams(team_ids: Collection[int]) -> frozenset[int]:
    """Those of the teams that are not archived and in which an agent's account is open."""
    return frozenset(
        db.session.scalars(
            select(Membership.team_id)
            .join(User)
            .join(Team)
            .where(
                Membership.team_id.in_(sorted(team_ids)),
                Team.is_archived.is_(False),
                User.role == Role.AGENT.value,
                User.is_enabled.is_(True),
            )
        )
    )


def _checked(viewer: Viewer, plan: Plan, debrief: Debrief | None = None) -> Plan:
    title, place = checked_words(plan.title, plan.place, plan.minutes)
    require_zone(plan.timezone)
    if plan.agent_id is not None and debrief is None:
        _require_agent(viewer, plan.agent_id, plan.team_ids)
    require_teams(viewer, plan.team_ids, debrief.team_ids if debrief is not None else ())
    return replace(plan, title=title, place=place)


def _require_near(starts_at: datetime) -> None:
    now = utc_now()
    if starts_at < now - _JUST_NOW:
        raise InvalidInput("This time has passed: choose a later one.", field="starts_at")
    if starts_at > now + _FURTHEST:
        raise InvalidInput("This is more than a year ahead: check the date.", field="starts_at")


def _require_agent(viewer: Viewer, agent_id: int, team_ids: Collection[int]) -> None:
    if not leads_one_to_ones(viewer):
        raise NotAllowed("One-to-ones are planned by supervisors.")
    agent = db.session.get(User, agent_id)
    is_agent = agent is not None and agent.role == Role.AGENT and agent.is_enabled
    if not is_agent or not team_ids or not set(team_ids) <= _member_of(agent_id):
        raise NotFound("There is no such agent.")


def _teams_with(viewer: Viewer, agent_id: int) -> frozenset[int]:
    """The agent's teams that the viewer answers for; empty when there is none."""
    teams = _member_of(agent_id)
    return teams if viewer.sees_everything else teams & viewer.team_ids


def _member_of(user_id: int) -> frozenset[int]:
    return frozenset(
        db.session.scalars(
            select(Membership.team_id)
            .join(Team)
            .where(Membership.user_id == user_id, Team.is_archived.is_(False))
        )
    )


def _series_of(viewer: Viewer, series_id: int | None) -> DebriefSeries | None:
    if series_id is None:
        return None
    series = db.session.get(DebriefSeries, series_id)
    if series is None or not leads_teams(viewer, series.team_ids):
        raise NotFound("There is no such series.")
    return series


def _require_fitting(debrief: Debrief, plan: Plan) -> None:
    apart = misfits(debrief.items, debrief.team_ids, plan.team_ids)
    if apart:
        raise Conflict(
            "Some of its agenda is not for the agents of these teams. Take these items off first:"
            " %(items)s.",
            field="team_ids",
            items=", ".join(f"“{item.title}”" for item in apart),
        )


def _write(debrief: Debrief, plan: Plan) -> None:
    debrief.title, debrief.place = plan.title, plan.place
    debrief.starts_at, debrief.minutes = plan.starts_at, plan.minutes
    debrief.timezone = plan.timezone
    kept = {row.team_id: row for row in debrief.teams}
    debrief.teams = [
        kept.get(team_id) or DebriefTeam(team_id=team_id) for team_id in sorted(plan.team_ids)
    ]


def _require_current(debrief: Debrief, based_on: int) -> None:
    if debrief.row_version != based_on:
        raise StaleVersion(
            "Somebody changed this debrief in between: compare, then save yours or keep theirs.",
            theirs=plan_of(debrief),
            version=debrief.row_version,
        )


def _require_planned(debrief: Debrief) -> None:
    if debrief.state != DebriefState.PLANNED:
        raise Conflict("This debrief is not planned any more: it has begun, is over or skipped.")
