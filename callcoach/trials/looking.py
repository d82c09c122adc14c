"""The daily look: asked for when a trial starts, and again by each look while it runs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.extensions import db, utc_now
from callcoach.jobs.operations import enqueue
from callcoach.trials.models import Trial, TrialLook
from callcoach.trials.queries import results_of, today_of, zone_of

LOOK = "trials.look"
RECOUNT = "trials.recount"
#: Hour of the trial's zone at which the day before is looked at: calls of the evening are read.
_AT = time(3, 0)


def subject_of(trial_id: int, day: date) -> str:
    """Each look is a job of its own, so that one cannot hold up the next."""
    return f"trial:{trial_id}:{day:%Y-%m-%d}"


def trial_and_day(subject: str) -> tuple[int, date]:
    """What `subject_of` was made from."""
    _, trial_id, day = subject.split(":")
    return int(trial_id), date.fromisoformat(day)


def plan_look(trial: Trial) -> None:
    """Ask for the look of the next night, which looks at today."""
    day = today_of(trial)
    at = datetime.combine(day + timedelta(days=1), _AT, zone_of(trial))
    enqueue(LOOK, subject_of(trial.id, day), viewer=Viewer.system(), not_before=at)


def ask_for_recount(trial: Trial) -> None:
    """Have all calls of a trial counted anew by a worker: there may be thousands."""
    enqueue(RECOUNT, f"trial:{trial.id}", viewer=Viewer.system(), again=True)


def take_look(trial: Trial, day: date) -> TrialLook | None:
    """Write down how a trial stands after a day; None before it has started. A look taken again
    takes the place of the first.
    """
    results = results_of(trial, day)
    if results is None or trial.started_on is None or day < trial.started_on:
        return None
    look = db.session.scalar(
        select(TrialLook).where(TrialLook.trial_id == trial.id, TrialLook.day == day)
    )
    if look is None:
        look = TrialLook(trial_id=trial.id, day=day, figures={})
        db.session.add(look)
    look.figures, look.at = results.to_dict(), utc_now()
    db.session.flush()
    return look
