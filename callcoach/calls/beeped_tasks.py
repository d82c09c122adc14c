"""Background work: a stretch of a call with names and numbers beeped out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from callcoach.analysis.model import Segment
from callcoach.analysis.redaction import find
from callcoach.calls.beeped import KIND, Recipe, find_beeped, outdated, recipe_of
from callcoach.calls.mapping import to_s
from callcoach.calls.models import Call, Transcript
from callcoach.calls.subjects import BEEPED, beeped_stretch_of
from callcoach.calls.tasks import AUDIO_GONE, PLAYBACK_MEDIA_TYPE, put, work_folder
from callcoach.errors import JobFailed
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.pipeline import TranscriptData
from callcoach.speech.beeps import spans_to_beep
from callcoach.speech.playback import write_excerpt
from callcoach.storage import StoredContent, get_store
from callcoach.storage.operations import delete_file, register_derived


@task(BEEPED)
def write_beeped(context: JobContext) -> None:
    """Write the stretch as its words stand now; nothing when it is there, or cannot be made.

    When the words change meanwhile, the next who wants it asks again: this file is not theirs.
    """
    with context.reading():
        recipe = _recipe(context, db.session.get(Call, beeped_stretch_of(context.subject)[0]))
        if recipe is None or find_beeped(recipe) is not None:
            return
        said = db.session.get_one(Transcript, recipe.transcript_id).data
    try:
        content = _cut(context, recipe, said)
    except FileNotFoundError as error:
        raise JobFailed(AUDIO_GONE, retryable=False) from error
    with context.writing(final=True):
        call: Call | None = db.session.scalar(
            select(Call)
            .where(Call.id == beeped_stretch_of(context.subject)[0])
            .with_for_update(of=Call)
        )
        if _recipe(context, call) != recipe:
            return  # deleted, or said otherwise, meanwhile: the file without a row is swept
        for row in outdated(recipe):
            delete_file(row)
        register_derived(content, kind=KIND, media_type=PLAYBACK_MEDIA_TYPE)


def _recipe(context: JobContext, call: Call | None) -> Recipe | None:
    _call_id, start_ms, end_ms = beeped_stretch_of(context.subject)
    return recipe_of(call, start_ms, end_ms) if call is not None else None


def _cut(context: JobContext, recipe: Recipe, said: Mapping[str, Any]) -> StoredContent:
    start_s, end_s = to_s(recipe.start_ms), to_s(recipe.end_ms)
    spans = spans_to_beep(
        TranscriptData.from_dict(said).tracks,
        start_s,
        end_s,
        names=recipe.names,
        spared=recipe.spared,
        covered=_corrected(recipe),
    )
    with work_folder(context) as folder, get_store().local_copy(recipe.source_key) as source:
        path = write_excerpt(source, start_s, end_s, folder / "beeped.m4a", beeped=spans)
        return put(path, recipe.key)


def _corrected(recipe: Recipe) -> list[Segment]:
    """Turns of which somebody wrote down what must not be heard. Their words carry no times, so
    that the whole turn is covered.
    """
    return [
        Segment(to_s(start_ms), to_s(end_ms))
        for start_ms, end_ms, text in recipe.corrections
        if find(text, names=recipe.names, spared=recipe.spared)
    ]
