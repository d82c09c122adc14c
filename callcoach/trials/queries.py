"""Reads of trials, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.calls.models import Call, CallKind, Outcome, Turn
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library.document import Line
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion
from callcoach.trials.access import (
    can_include_team,
    can_include_teams,
    can_lead_trials,
    says_trial_words,
)
from callcoach.trials.assigning import arm_place
from callcoach.trials.figures import Counted, Past, Results, past_figures, work_out
from callcoach.trials.models import (
    Assigning,
    Measure,
    Trial,
    TrialCall,
    TrialDay,
    TrialState,
)
from callcoach.trials.planning import Plan

#: How far back past calls tell what to plan with.
PAST = timedelta(weeks=8)
#: Time after the prospect's first words after which they count as having stayed.
STAYS_MS = 60_000
_NEXT_STEPS = (Outcome.MEETING, Outcome.CALLBACK, Outcome.EMAIL)
_NO_TRIAL = "There is no such trial."


def get_led_campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign whose trials the viewer leads.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not can_lead_trials(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound("This campaign does not exist, or is not one of yours.")
    return campaign


def get_trial(viewer: Viewer, trial_id: int) -> Trial:
    """One trial of a campaign whose trials the viewer leads: to be read. What is done with it asks
    `require_teams` too.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    trial = db.session.get(Trial, trial_id)
    if trial is None:
        raise NotFound(_NO_TRIAL)
    campaign = trial.line.script.campaign
    if not can_lead_trials(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound(_NO_TRIAL)
    return trial


def require_teams(viewer: Viewer, trial: Trial) -> None:
    """Refuse what concerns the people of a trial to who does not answer for all of its teams.

    Raises:
        NotAllowed: one of its teams is not the viewer's.
    """
    if not can_include_teams(viewer, trial.team_ids):
        raise NotAllowed("Supervisors who answer for all its teams lead this trial.")


def list_trials(campaign: Campaign) -> Sequence[Trial]:
    """Trials of a campaign that the viewer leads, the newest first."""
    return db.session.scalars(
        select(Trial)
        .join(Trial.line)
        .join(ScriptLine.script)
        .where(Script.campaign_id == campaign.id)
        .options(selectinload(Trial.arms), joinedload(Trial.line))
        .order_by(Trial.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class Triable:
    """A line in force that can be put on trial: its row, its words, the version that says it."""

    row: ScriptLine
    line: Line
    version: ScriptVersion


def triable_lines(campaign: Campaign, team_ids: Collection[int]) -> list[Triable]:
    """Lines that all these teams say now in the same words, in reading order."""
    now = utc_now()
    versions = [version_in_force(campaign.id, team_id, now) for team_id in sorted(team_ids)]
    if not versions or any(version is None for version in versions):
        return []
    first = versions[0]
    assert first is not None
    others = [version.document for version in versions[1:] if version is not None]
    rows = {
        row.key: row
        for row in db.session.scalars(
            select(ScriptLine).where(ScriptLine.script_id == first.script_id)
        )
    }
    found = []
    for line in first.document.lines():
        same = all((other := each.line(line.key)) and other.text == line.text for each in others)
        if same and line.key in rows and line.text.strip():
            found.append(Triable(rows[line.key], line, first))
    return found


def teams_with_words(campaign: Campaign, teams: Collection[Team]) -> list[Team]:
    """Those of some teams that have a version in force."""
    now = utc_now()
    return [team for team in teams if version_in_force(campaign.id, team.id, now) is not None]


def teams_to_include(viewer: Viewer, campaign: Campaign) -> list[Team]:
    """Teams that call for a campaign and that the viewer may have take part."""
    ids = [link.team_id for link in campaign.teams if can_include_team(viewer, link.team_id)]
    query = select(Team).where(Team.id.in_(ids), Team.is_archived.is_(False))
    return list(db.session.scalars(query.order_by(Team.name)))


def agents_of(team_ids: Collection[int]) -> Sequence[int]:
    """Enabled agents of some teams."""
    return db.session.scalars(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id.in_(team_ids), User.role == Role.AGENT, User.is_enabled)
        .distinct()
        .order_by(User.id)
    ).all()


def trials_of_lines(script_id: int, keys: Collection[str]) -> dict[str, list[Trial]]:
    """Trials of some lines of a script by the lines' keys, the newest first."""
    rows = db.session.scalars(
        select(Trial)
        .join(Trial.line)
        .where(ScriptLine.script_id == script_id, ScriptLine.key.in_(keys))
        .options(selectinload(Trial.arms), joinedload(Trial.line))
        .order_by(Trial.id.desc())
    )
    found: dict[str, list[Trial]] = {}
    for trial in rows:
        found.setdefault(trial.line.key, []).append(trial)
    return found


def rows_of_lines(script_id: int, keys: Collection[str]) -> dict[str, int]:
    """Ids of lines by their keys."""
    rows = db.session.execute(
        select(ScriptLine.key, ScriptLine.id).where(
            ScriptLine.script_id == script_id, ScriptLine.key.in_(keys)
        )
    )
    return {row.key: row.id for row in rows}


def running_of(script_id: int, team_id: int) -> list[Trial]:
    """Trials of a script's lines that run in a team."""
    rows = db.session.scalars(
        select(Trial)
        .join(Trial.line)
        .where(ScriptLine.script_id == script_id, Trial.state == TrialState.RUNNING)
    )
    return [trial for trial in rows if team_id in trial.team_ids]


def concluded_in(version_ids: Collection[int]) -> Sequence[Trial]:
    """Trials whose conclusions stand in the history of some versions, the oldest first."""
    return db.session.scalars(
        select(Trial)
        .where(Trial.version_id.in_(version_ids), Trial.state == TrialState.CONCLUDED)
        .options(selectinload(Trial.arms))
        .order_by(Trial.ended_on, Trial.id)
    ).all()


def plan_of(trial: Trial) -> Plan:
    """What was supposed before the start."""
    supposed = trial.result.get("plan", {})
    return Plan(
        baseline=trial.baseline,
        least_difference=trial.least_difference,
        calls_per_day=float(supposed["calls_per_day"]),
        icc=float(supposed["icc"]),
        arms=len(trial.arms),
        alpha=trial.alpha,
        power=trial.power,
    )


def zone_of(trial: Trial) -> ZoneInfo:
    """Zone by which the trial's own days are counted: its first team's."""
    team = db.session.get(Team, trial.team_ids[0]) if trial.team_ids else None
    return ZoneInfo(team.timezone if team else "UTC")


def today_of(trial: Trial, now: datetime | None = None) -> date:
    return (now or utc_now()).astimezone(zone_of(trial)).date()


def day_of(call: Call) -> date:
    """Day on which a call took place, in the zone of its team."""
    return call.started_at.astimezone(ZoneInfo(call.team.timezone)).date()


def place_on(trial: Trial, agent_id: int, day: date) -> int:
    """Place of the arm that an agent says on a day of a trial that has started."""
    if trial.started_on is None:
        raise ValueError(f"trial {trial.id} has not started")
    return arm_place(
        trial.seed,
        agent_id,
        day,
        started_on=trial.started_on,
        arms=len(trial.arms),
        assigning=Assigning(trial.assigning),
    )


@dataclass(frozen=True, slots=True)
class Today:
    """What an agent says of one line today.

    Args:
        key: of the line.
        is_control: the words in force.
    """

    trial: Trial
    key: str
    text: str
    is_control: bool


def words_of_today(viewer: Viewer, now: datetime | None = None) -> list[Today]:
    """The agent's wordings of today, one for each trial that runs in a team of theirs."""
    if not says_trial_words(viewer) or viewer.user_id is None:
        return []
    found = []
    for trial in db.session.scalars(
        select(Trial)
        .where(Trial.state == TrialState.RUNNING)
        .options(selectinload(Trial.arms), joinedload(Trial.line))
        .order_by(Trial.id)
    ):
        day = today_of(trial, now)
        if trial.started_on is None or day < trial.started_on:
            continue
        if viewer.team_ids.isdisjoint(trial.team_ids):
            continue
        arm = trial.arms[place_on(trial, viewer.user_id, day)]
        found.append(Today(trial, trial.line.key, arm.text, arm.place == 0))
    return found


def concluded_for(viewer: Viewer, limit: int = 5) -> list[Trial]:
    """Trials of the agent's teams that were concluded, the newest first."""
    trials = db.session.scalars(
        select(Trial).where(Trial.state == TrialState.CONCLUDED).order_by(Trial.ended_on.desc())
    )
    return [t for t in trials if not viewer.team_ids.isdisjoint(t.team_ids)][:limit]


def conditions_of(campaign_id: int, team_ids: Collection[int]) -> tuple[object, ...]:
    """Which calls can be counted: read, not put aside, and with the person looked for."""
    return (
        Call.campaign_id == campaign_id,
        Call.team_id.in_(team_ids),
        Call.agent_id.is_not(None),
        Call.deleted_at.is_(None),
        # Not by its state: a call that is analysed anew goes on counting by what was last read
        Call.current_analysis_id.is_not(None),
        Call.kind == CallKind.TARGET,
    )


def has_succeeded(measure: Measure, call: Call) -> bool:
    """Whether a call is a success by a measure."""
    if measure is Measure.MEETING:
        return call.outcome == Outcome.MEETING
    if measure is Measure.NEXT_STEP:
        return call.outcome in _NEXT_STEPS
    return bool(_stayed([call]))


def _stayed(calls: Sequence[Call]) -> set[int]:
    """Analyses in which the prospect speaks again a minute after their first words."""
    ids = [call.current_analysis_id for call in calls if call.current_analysis_id]
    rows = db.session.execute(
        select(Turn.analysis_id)
        .where(Turn.analysis_id.in_(ids), Turn.speaker == "prospect")
        .group_by(Turn.analysis_id)
        .having(func.max(Turn.end_ms) - func.min(Turn.start_ms) >= STAYS_MS)
    )
    return {row[0] for row in rows}


def past_of(campaign: Campaign, team_ids: Collection[int], measure: Measure) -> Past:
    """What the calls of the last weeks suggest for a plan."""
    calls = db.session.scalars(
        select(Call)
        .where(*conditions_of(campaign.id, team_ids), Call.started_at >= utc_now() - PAST)  # type: ignore[arg-type]
        .options(joinedload(Call.team))
    ).all()
    stayed = _stayed(calls) if measure is Measure.STAYS else set()
    totals: Counter[tuple[int | None, date]] = Counter()
    successes: Counter[tuple[int | None, date]] = Counter()
    for call in calls:
        key = (call.agent_id, day_of(call))
        totals[key] += 1
        if measure is Measure.STAYS:
            successes[key] += call.current_analysis_id in stayed
        else:
            successes[key] += has_succeeded(measure, call)
    return past_figures([(totals[key], successes[key]) for key in totals])


def counted_of(trial: Trial) -> list[Counted]:
    """The calls counted in a trial, without those that were put aside since."""
    rows = db.session.execute(
        select(
            TrialDay.agent_id,
            TrialDay.day,
            TrialDay.arm_id,
            TrialCall.said_arm_id,
            TrialCall.has_succeeded,
        )
        .join(TrialCall.day)
        .join(TrialCall.call)
        .where(TrialCall.trial_id == trial.id, Call.deleted_at.is_(None))
        .order_by(TrialDay.day, TrialDay.agent_id, TrialCall.id)
    )
    places = {arm.id: arm.place for arm in trial.arms}
    return [
        Counted(agent, day, places[arm], places.get(said) if said else None, succeeded)
        for agent, day, arm, said, succeeded in rows
    ]


def results_of(trial: Trial, last_day: date | None = None) -> Results | None:
    """How a trial stands after a day; None before it has started.

    Args:
        last_day: the last whole day; yesterday, or the day it ended, unless told.
    """
    if trial.started_on is None:
        return None
    is_over = trial.ended_on is not None
    last = last_day or trial.ended_on or today_of(trial) - timedelta(days=1)
    return work_out(
        plan_of(trial),
        counted_of(trial),
        assigning=Assigning(trial.assigning),
        started_on=trial.started_on,
        last_day=last,
        is_over=is_over,
    )


def agent_days_of(trial: Trial) -> list[tuple[date, int, int, int, int, int]]:
    """Day, number of the agent, place of the day's arm, calls, calls in which it was heard,
    successes; the agents are numbered by a draw that differs from trial to trial.
    """
    rows = counted_of(trial)
    agents = sorted(
        {row.agent for row in rows},
        key=lambda agent: sha256(f"{trial.seed}:{agent}".encode()).digest(),
    )
    numbers = {agent: number for number, agent in enumerate(agents, start=1)}
    found: dict[tuple[date, int], list[Counted]] = {}
    for row in rows:
        found.setdefault((row.day, numbers[row.agent]), []).append(row)
    return [
        (
            day,
            number,
            group[0].arm,
            len(group),
            sum(row.said == row.arm for row in group),
            sum(row.has_succeeded for row in group),
        )
        for (day, number), group in sorted(found.items())
    ]
