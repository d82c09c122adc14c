"""Background work of planning: the coming debriefs of series, and what was deleted is forgotten."""

from __future__ import annotations

from callcoach.debriefs.models import DebriefSeries
from callcoach.debriefs.operations import series as rituals
from callcoach.debriefs.operations.forgetting import forget
from callcoach.debriefs.operations.planning import FORGET
from callcoach.extensions import db, utc_now
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task(rituals.LOOK)
def plan_series(context: JobContext) -> None:
    """Ask for tomorrow's look, then plan what is not planned yet. Both may be done twice: a day has
    one look, and a week of a ritual one debrief. An archived ritual is looked at no more.
    """
    series_id = int(context.subject.split(":")[1])
    with context.writing():  # first: should this look fail, the next one comes all the same
        series = db.session.get(DebriefSeries, series_id)
        if series is None or series.archived_at is not None:
            return
        rituals.plan_look(series)
    with context.writing(final=True):
        series = db.session.get(DebriefSeries, series_id)
        if series is not None:
            rituals.plan_ahead(series, utc_now())


@task(FORGET)
def forget_debrief(context: JobContext) -> None:
    """A deleted debrief goes for good, unless it was brought back. Run again it finds nothing."""
    _kind, debrief_id, version = context.subject.split(":")
    with context.writing(final=True):
        forget(int(debrief_id), int(version))
