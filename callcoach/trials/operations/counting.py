"""Counting calls: which wording was drawn, which one was heard, and what came of it.

Everything here may run twice and at the same time: an agent's day is one row, a call of a trial is
one row, both found again and brought up to date.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from callcoach.calls.mapping import shown_turns
from callcoach.calls.models import AnalysisRun, Call, TurnCorrection
from callcoach.extensions import db, utc_now
from callcoach.script_library.models import Script, ScriptLine
from callcoach.trials.heard import wording_heard
from callcoach.trials.models import Measure, Trial, TrialCall, TrialDay, TrialState
from callcoach.trials.queries import (
    agents_of,
    conditions_of,
    day_of,
    has_succeeded,
    place_on,
    zone_of,
)

#: A concluded trial's figures stay what they were.
_OPEN = (TrialState.RUNNING, TrialState.STOPPED)


def count_call(call: Call) -> None:
    """Bring a call up to date in the trials that it belongs, or belonged, to."""
    known = select(TrialCall.trial_id).where(TrialCall.call_id == call.id)
    trials = db.session.scalars(
        select(Trial)
        .join(Trial.line)
        .join(ScriptLine.script)
        .where(
            Trial.state.in_(_OPEN),
            or_(Script.campaign_id == call.campaign_id, Trial.id.in_(known)),
        )
    ).all()
    for trial in trials:
        _count(trial, call)


def recount(trial: Trial, call_ids: Collection[int]) -> None:
    """Bring some calls of a trial up to date; nothing once it is concluded."""
    if trial.state not in _OPEN:
        return
    query = select(Call).where(Call.id.in_(call_ids))
    for call in db.session.scalars(query.options(joinedload(Call.team)).order_by(Call.id)):
        _count(trial, call)


def calls_of(trial: Trial) -> list[int]:
    """Numbers of the calls of the days of a trial, and of those that were counted in it."""
    if trial.started_on is None or trial.state not in _OPEN:
        return []
    campaign_id = trial.line.script.campaign_id
    # A day wider on each side: teams may be in other zones; `_count` looks at the day itself
    midnight = datetime.combine(trial.started_on, time(), zone_of(trial))
    known = select(TrialCall.call_id).where(TrialCall.trial_id == trial.id)
    query = select(Call.id).where(
        or_(
            Call.id.in_(known),
            db.and_(
                *conditions_of(campaign_id, trial.team_ids),
                Call.started_at >= midnight - timedelta(days=1),
            ),
        )
    )
    return list(db.session.scalars(query.order_by(Call.id)))


def assign_day(trial: Trial, day: date) -> None:
    """Write down who says what on a day, for every agent of the trial's teams."""
    if trial.started_on is None or day < trial.started_on or trial.state != TrialState.RUNNING:
        return
    for agent_id in agents_of(trial.team_ids):
        find_day(trial, agent_id, day)


def find_day(trial: Trial, agent_id: int, day: date) -> TrialDay:
    """The agent's day in a trial; written down when it is asked for first."""
    query = select(TrialDay).where(
        TrialDay.trial_id == trial.id, TrialDay.agent_id == agent_id, TrialDay.day == day
    )
    found = db.session.scalar(query)
    if found is not None:
        return found
    arm = trial.arms[place_on(trial, agent_id, day)]
    row = TrialDay(trial_id=trial.id, agent_id=agent_id, day=day, arm_id=arm.id)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # somebody else wrote it at the same moment, and drew the same
        return db.session.scalars(query).one()
    return row


def _count(trial: Trial, call: Call) -> None:
    day = _day_in(trial, call)
    if day is None or call.agent_id is None:
        db.session.execute(
            delete(TrialCall).where(TrialCall.trial_id == trial.id, TrialCall.call_id == call.id)
        )
        return
    agent_day = find_day(trial, call.agent_id, day)
    place = wording_heard(_said_in(call), [arm.text for arm in trial.arms])
    values = {
        "day_id": agent_day.id,
        "said_arm_id": None if place is None else trial.arms[place].id,
        "has_succeeded": has_succeeded(Measure(trial.measure), call),
    }
    query = select(TrialCall).where(TrialCall.trial_id == trial.id, TrialCall.call_id == call.id)
    row = db.session.scalar(query)
    if row is None:
        row = TrialCall(trial_id=trial.id, call_id=call.id, **values)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            row = db.session.scalars(query).one()
        else:
            return
    if any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.counted_at = utc_now()
        db.session.flush()


def _said_in(call: Call) -> list[str]:
    """What the agent said, with people's corrections. By the id: right after a new analysis the
    call still holds the one before.
    """
    run = db.session.get(AnalysisRun, call.current_analysis_id)
    if run is None:
        return []
    corrections = db.session.scalars(
        select(TurnCorrection).where(TurnCorrection.call_id == call.id)
    )
    turns = shown_turns(run.turns, corrections)
    return [turn.text for turn in turns if turn.speaker == "agent"]


def _day_in(trial: Trial, call: Call) -> date | None:
    """The day on which a call counts in a trial; None when it does not."""
    if trial.started_on is None:
        return None
    found = db.session.scalar(
        select(Call.id).where(
            Call.id == call.id,
            *conditions_of(trial.line.script.campaign_id, trial.team_ids),  # type: ignore[arg-type]
        )
    )
    if found is None:
        return None
    day = day_of(call)
    if day < trial.started_on or (trial.ended_on is not None and day > trial.ended_on):
        return None
    return day
