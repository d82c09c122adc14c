"""Background work on recorded expressions. The task may die at any point and be run again."""

from __future__ import annotations

from callcoach.calls.mapping import context_of
from callcoach.coaching.tasks import SpokenFile, words_said
from callcoach.errors import N_
from callcoach.expressions import subjects
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.script_library.models import Expression

_GONE = N_("There is no recording of this expression.")


@task(subjects.TRANSCRIBE)
def transcribe_voice(context: JobContext) -> None:
    """The words of a recorded expression; nothing when another sound is in its place."""
    expression_id, file_id = subjects.voice_of(context.subject)
    with context.reading():
        expression = db.session.get(Expression, expression_id)
        voice = expression.voice_file if expression is not None else None
        if expression is None or voice is None or voice.id != file_id:
            return
        campaign = expression.campaign
        file = SpokenFile(voice.key, campaign.language, context_of(campaign), _GONE)
    text = words_said(context, file)
    with context.writing(final=True):
        expression = db.session.get(Expression, expression_id)
        if expression is not None and expression.voice_file_id == file_id:
            expression.voice_text = text
