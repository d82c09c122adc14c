"""Plan a trial, start it, end it, write down what was learnt."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.analysis.text import fold
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.script_library.document import MAX_LINE
from callcoach.script_library.models import ScriptLine
from callcoach.trials import looking, queries
from callcoach.trials.heard import can_be_told_apart
from callcoach.trials.models import Assigning, Measure, Trial, TrialArm, TrialState
from callcoach.trials.planning import MOST_ARMS, MOST_DAYS, Plan
from callcoach.trials.queries import Triable
from callcoach.trials.wording_check import what_waits

#: Why a trial ended by itself.
WORDS_CHANGED, NEEDS_APPROVAL = "words_changed", "needs_approval"
MAX_NAME = 160
MAX_CONCLUSION = 4000
#: Longest time between planning and the first day.
_FARTHEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a supervisor wants to try.

    Args:
        line_id: of the `ScriptLine`.
        wordings: the variants; the words in force stand against them by themselves.
        plan: with as many arms as wordings, and one.
    """

    name: str
    line_id: int
    wordings: Sequence[str]
    team_ids: Sequence[int]
    measure: Measure
    assigning: Assigning
    plan: Plan


def plan_trial(viewer: Viewer, campaign: Campaign, proposal: Proposal) -> Trial:
    """Write a trial down; nobody says anything else before it is started.

    Raises:
        NotFound: a team is not one of the viewer's.
        InvalidInput: a wording is empty, too long, like another, or needs approval first; the
            trial would take too long; the teams do not say the line in the same words.
    """
    offered = {team.id for team in queries.teams_to_include(viewer, campaign)}
    teams = sorted(set(proposal.team_ids))
    if not teams:
        raise InvalidInput("Choose the teams that take part.", field="teams")
    if not offered.issuperset(teams):
        raise NotFound("There is no such team.")
    triable = _triable(campaign, teams, proposal.line_id)
    wordings = [text.strip() for text in proposal.wordings if text.strip()]
    _check_wordings(campaign, triable, wordings)
    if proposal.plan.arms != len(wordings) + 1:
        raise ValueError(f"a plan for {proposal.plan.arms} arms, {len(wordings)} variants")
    needed = proposal.plan.needed_days
    if needed > MOST_DAYS:
        raise InvalidInput(
            "It would take %(days)s agent-days of each wording: look for a larger difference.",
            field="least_difference",
            days=needed,
        )
    name = " ".join(proposal.name.split())
    if len(name) > MAX_NAME:
        raise InvalidInput("The name is too long.", field="name")
    trial = Trial(
        line_id=triable.row.id,
        name=name or triable.line.text[:60],
        measure=proposal.measure,
        assigning=proposal.assigning,
        baseline=proposal.plan.baseline,
        least_difference=proposal.plan.least_difference,
        alpha=proposal.plan.alpha,
        power=proposal.plan.power,
        needed_days=needed,
        seed=secrets.randbelow(2**31),
        team_ids=teams,
        author_id=viewer.user_id,
        result={
            "plan": {"calls_per_day": proposal.plan.calls_per_day, "icc": proposal.plan.icc},
        },
        arms=[
            TrialArm(place=i, text=text) for i, text in enumerate([triable.line.text, *wordings])
        ],
    )
    db.session.add(trial)
    db.session.flush()
    _log(viewer, "trial.planned", trial, seed=trial.seed)
    return trial


def start(viewer: Viewer, trial: Trial, on: date) -> Trial:
    """Have the agents say the words of their day from a day on.

    Args:
        on: tomorrow at the earliest: today's calls were begun with the words in force.

    Raises:
        NotAllowed: not all of its teams are the viewer's.
        StaleVersion: the words in force are not those any more that it was planned with.
        InvalidInput: a day that is past or far; a wording that needs approval by now.
        Conflict: it has started, or another trial runs on the line.
    """
    queries.require_teams(viewer, trial)
    _lock(trial)
    if trial.state != TrialState.PLANNED:
        raise Conflict("This trial has started already.")
    _refuse_overlap(trial)
    today = queries.today_of(trial)
    if not today < on <= today + _FARTHEST:
        raise InvalidInput("Choose one of the next ninety days.", field="starts_on")
    campaign = trial.line.script.campaign
    triable = _triable(campaign, trial.team_ids, trial.line_id)
    if triable.line.text != trial.arms[0].text:
        raise StaleVersion(
            "The words in force have changed since it was planned: plan the trial anew.",
            theirs=triable.line.text,
        )
    _check_wordings(campaign, triable, [arm.text for arm in trial.arms[1:]])
    trial.state, trial.started_on = TrialState.RUNNING, on
    trial.version_id = triable.version.id
    trial.row_version += 1
    db.session.flush()
    looking.plan_look(trial)
    _log(viewer, "trial.started", trial)
    return trial


def stop(viewer: Viewer, trial: Trial) -> Trial:
    """End it today; its calls go on being counted until the conclusion.

    Raises:
        NotAllowed: not all of its teams are the viewer's.
        Conflict: it does not run.
    """
    queries.require_teams(viewer, trial)
    _lock(trial)
    if trial.state != TrialState.RUNNING:
        raise Conflict("This trial does not run.")
    # Before its first day when that is to come: then no day of it is counted
    trial.state, trial.ended_on = TrialState.STOPPED, queries.today_of(trial)
    trial.row_version += 1
    db.session.flush()
    _log(viewer, "trial.stopped", trial)
    return trial


def end_if_overtaken(trial: Trial) -> bool:
    """End a running trial whose control is not what its teams say any more, or of which a wording
    has to be approved by now: what follows would compare something else, or must not be said.

    Returns:
        Whether it was ended.
    """
    if trial.state != TrialState.RUNNING:
        return False
    why = _overtaken(trial)
    if why is None:
        return False
    stop(Viewer.system(), trial)
    # What was said on the day of the change is neither the one nor the other
    trial.ended_on = queries.today_of(trial) - timedelta(days=1)
    trial.result = {**trial.result, "ended_because": why}
    db.session.flush()
    looking.ask_for_recount(trial)
    return True


def conclude(viewer: Viewer, trial: Trial, text: str) -> Trial:
    """Write down what was learnt, with the figures as they stand now, into the history of the
    version that was in force.

    Raises:
        NotAllowed: not all of its teams are the viewer's.
        Conflict: it still runs, or is concluded.
        InvalidInput: nothing was written, or too much.
    """
    queries.require_teams(viewer, trial)
    _lock(trial)
    if trial.state != TrialState.STOPPED:
        raise Conflict("Stop the trial first.")
    words = text.strip()
    if not words or len(words) > MAX_CONCLUSION:
        raise InvalidInput("Write in a few sentences what was learnt.", field="conclusion")
    results = queries.results_of(trial)
    trial.state, trial.conclusion = TrialState.CONCLUDED, words
    trial.result = {**trial.result, "figures": results.to_dict() if results else {}}
    trial.row_version += 1
    db.session.flush()
    _log(viewer, "trial.concluded", trial)
    return trial


def step_back(viewer: Viewer, trial: Trial, expected: str) -> Trial:
    """Take a conclusion back, or have a trial that was stopped today run on.

    Args:
        expected: state that is taken back, as the asker saw it: asked twice, it is done once.

    Raises:
        NotAllowed: not all of its teams are the viewer's.
        Conflict: there is nothing to take back, nobody said its words for a day or more, or
            another trial runs on the line by now.
    """
    queries.require_teams(viewer, trial)
    _lock(trial)
    if trial.state != expected:
        raise Conflict("There is nothing to take back.")
    if trial.state == TrialState.CONCLUDED:
        trial.state = TrialState.STOPPED
    elif trial.state == TrialState.STOPPED:
        _refuse_overlap(trial)
        if _overtaken(trial):
            raise Conflict("The words in force have changed: plan a trial of the new ones.")
        if trial.ended_on != queries.today_of(trial):
            # The days in between would count, and nobody was given words on them
            raise Conflict("An end is taken back on the same day only: plan the trial anew.")
        trial.state, trial.ended_on = TrialState.RUNNING, None
        looking.plan_look(trial)
    else:
        raise Conflict("There is nothing to take back.")
    trial.row_version += 1
    db.session.flush()
    looking.ask_for_recount(trial)
    _log(viewer, "trial.stepped_back", trial, state=str(trial.state))
    return trial


def discard(viewer: Viewer, trial: Trial) -> None:
    """Drop a plan that was never started.

    Raises:
        NotAllowed: not all of its teams are the viewer's.
        NotFound: it was dropped at the same moment.
        Conflict: it has started.
    """
    queries.require_teams(viewer, trial)
    _lock(trial)
    if trial.state != TrialState.PLANNED:
        raise Conflict("This trial has started; stop it and conclude it.")
    _log(viewer, "trial.discarded", trial)
    db.session.delete(trial)
    db.session.flush()


def _lock(trial: Trial) -> None:
    """Read a trial anew and hold it until the end of the transaction.

    Raises:
        NotFound: it was dropped at the same moment.
    """
    # Whoever starts another trial on this line waits here too
    db.session.execute(
        select(ScriptLine.id).where(ScriptLine.id == trial.line_id).with_for_update()
    )
    fresh = select(Trial).where(Trial.id == trial.id).with_for_update()
    if db.session.scalar(fresh.execution_options(populate_existing=True)) is None:
        raise NotFound("There is no such trial.")


def _overtaken(trial: Trial) -> str | None:
    """Why a trial cannot go on: its control is said no more, or a wording waits for approval."""
    campaign = trial.line.script.campaign
    lines = queries.triable_lines(campaign, trial.team_ids)
    triable = next((each for each in lines if each.row.id == trial.line_id), None)
    if triable is None or triable.line.text != trial.arms[0].text:
        return WORDS_CHANGED
    if any(what_waits(campaign, triable, arm.text) for arm in trial.arms[1:]):
        return NEEDS_APPROVAL
    return None


def _triable(campaign: Campaign, team_ids: Sequence[int], line_id: int) -> Triable:
    for each in queries.triable_lines(campaign, team_ids):
        if each.row.id == line_id:
            return each
    raise InvalidInput(
        "The teams do not all say this line in the same words now; choose another, or fewer teams.",
        field="line",
    )


def _check_wordings(campaign: Campaign, triable: Triable, wordings: Sequence[str]) -> None:
    if not 1 <= len(wordings) < MOST_ARMS:
        raise InvalidInput("Write one to three other wordings.", field="wordings")
    if any(len(text) > MAX_LINE for text in wordings):
        raise InvalidInput("A wording is too long.", field="wordings")
    every = [triable.line.text, *wordings]
    if len({fold(text) for text in every}) < len(every):
        raise InvalidInput("Two wordings are the same.", field="wordings")
    if not can_be_told_apart(every):
        raise InvalidInput(
            "These wordings are too alike to be told apart in calls; change more than a word or two.",
            field="wordings",
        )
    for text in wordings:
        if waits := what_waits(campaign, triable, text):
            raise InvalidInput(
                "“%(text)s” touches what the sponsor has to approve (%(phrase)s): put it into a "
                "version, as a variant or as the line, and have that approved first.",
                field="wordings",
                text=text,
                phrase=next((each.phrase for each in waits if each.phrase), triable.line.text),
            )


def _refuse_overlap(trial: Trial) -> None:
    other = db.session.scalar(
        select(Trial.name).where(
            Trial.line_id == trial.line_id,
            Trial.id != trial.id,
            Trial.state == TrialState.RUNNING,
        )
    )
    if other is not None:
        raise Conflict("Another trial runs on this line: %(name)s. End it first.", name=other)


def _log(viewer: Viewer, action: str, trial: Trial, **detail: object) -> None:
    record(viewer.user_id, action, subject_kind="trial", subject_id=trial.id, **detail)
