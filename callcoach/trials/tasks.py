"""Background work of trials: the daily look, and counting all calls of a trial anew."""

from __future__ import annotations

from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.trials import looking
from callcoach.trials.models import Trial, TrialState
from callcoach.trials.operations import counting, leading
from callcoach.trials.queries import today_of

#: Calls counted in one transaction; on SQLite nobody else writes meanwhile.
SLICE = 50


@task(looking.LOOK)
def look_at_trial(context: JobContext) -> None:
    """Ask for the next look, count a trial's calls anew, write down how it stands and who says what
    today. Every part may be done twice: rows are found again, and a day has one look.
    """
    trial_id, day = looking.trial_and_day(context.subject)
    with context.writing():
        trial = db.session.get(Trial, trial_id)
        if trial is None or trial.state != TrialState.RUNNING:
            return
        # First: should this look fail, the next one comes all the same
        looking.plan_look(trial)
    _count_anew(context, trial_id)
    with context.writing(final=True):
        trial = db.session.get(Trial, trial_id)
        if trial is None or trial.state != TrialState.RUNNING:
            return
        looking.take_look(trial, day)
        if leading.end_if_overtaken(trial):
            return
        counting.assign_day(trial, today_of(trial))


@task(looking.RECOUNT)
def recount_trial(context: JobContext) -> None:
    """Bring all calls of a trial up to date; safe to run again."""
    _count_anew(context, int(context.subject.removeprefix("trial:")))


def _count_anew(context: JobContext, trial_id: int) -> None:
    with context.reading():
        trial = db.session.get(Trial, trial_id)
        call_ids = counting.calls_of(trial) if trial is not None else []
    for start in range(0, len(call_ids), SLICE):
        context.progress(start / len(call_ids), stage="counting")
        with context.writing():
            trial = db.session.get(Trial, trial_id)
            if trial is not None:
                counting.recount(trial, call_ids[start : start + SLICE])
