"""Background work of trials: the daily look."""

from __future__ import annotations

from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.trials import looking
from callcoach.trials.models import Trial, TrialState
from callcoach.trials.operations import counting, leading
from callcoach.trials.queries import today_of


@task(looking.LOOK)
def look_at_trial(context: JobContext) -> None:
    """Count a trial's calls anew, write down how it stands, who says what today, and ask for the
    next look. Every part may be done twice: rows are found again, and a day has one look.
    """
    trial_id, day = looking.trial_and_day(context.subject)
    with context.writing():
        trial = db.session.get(Trial, trial_id)
        if trial is None or trial.state != TrialState.RUNNING:
            return
        counting.recount(trial)
    with context.writing(final=True):
        trial = db.session.get(Trial, trial_id)
        if trial is None or trial.state != TrialState.RUNNING:
            return
        looking.take_look(trial, day)
        if leading.end_if_overtaken(trial):
            return
        counting.assign_day(trial, today_of(trial))
        looking.plan_look(trial)
