"""Background work: released calls, whole or in part, with what is struck beeped out."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from callcoach.analysis.model import Segment
from callcoach.calls.beeped import KIND
from callcoach.calls.mapping import to_s
from callcoach.calls.models import Call
from callcoach.calls.tasks import AUDIO_GONE, PLAYBACK_MEDIA_TYPE, put, work_folder
from callcoach.errors import JobFailed
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.privacy.models import Redaction
from callcoach.privacy.sounds import Cut, cut_of, find_cut
from callcoach.privacy.subjects import EXCERPT, SOUND, excerpt_of, redaction_id_of
from callcoach.speech.beeps import PADDING_S, merged
from callcoach.speech.playback import write_redacted
from callcoach.storage import StoredContent, get_store
from callcoach.storage.operations import register_derived


@task(SOUND)
def write_whole(context: JobContext) -> None:
    """Write the whole call, with the agent's voice and without it.

    Nothing is kept of a redaction that was withdrawn meanwhile: the files have no row then, and are
    swept.
    """
    redaction_id = redaction_id_of(context.subject)
    with context.reading():
        cuts = _wholes(redaction_id)
    if cuts is None:
        return
    voiced, text_only = cuts
    written = (
        _write(context, voiced, lambda part: context.progress(part / 2, "sound")),
        _write(context, text_only, lambda part: context.progress((1 + part) / 2, "sound")),
    )
    with context.writing(final=True):
        redaction = _locked(redaction_id)
        if redaction is None or _wholes(redaction_id) != cuts:
            return
        redaction.file, redaction.text_only_file = (
            register_derived(content, kind=KIND, media_type=PLAYBACK_MEDIA_TYPE)
            for content in written
        )


@task(EXCERPT)
def write_excerpt(context: JobContext) -> None:
    """Write one stretch; nothing when it is there, or cannot be made any more."""
    redaction_id, start_ms, end_ms, agent_voice = excerpt_of(context.subject)

    def wanted() -> Cut | None:
        redaction = db.session.get(Redaction, redaction_id)
        if redaction is None:
            return None
        return cut_of(redaction, start_ms, end_ms, agent_voice=agent_voice)

    with context.reading():
        cut = wanted()
        if cut is None or find_cut(cut) is not None:
            return
    content = _write(context, cut, lambda part: context.progress(part, "sound"))
    with context.writing(final=True):
        if _locked(redaction_id) is None or wanted() != cut:
            return
        register_derived(content, kind=KIND, media_type=PLAYBACK_MEDIA_TYPE)


def _wholes(redaction_id: int) -> tuple[Cut, Cut] | None:
    redaction = db.session.get(Redaction, redaction_id)
    if redaction is None:
        return None
    voiced = cut_of(redaction, None, None, agent_voice=True)
    text_only = cut_of(redaction, None, None, agent_voice=False)
    return (voiced, text_only) if voiced is not None and text_only is not None else None


def _locked(redaction_id: int) -> Redaction | None:
    """The redaction, while nobody withdraws it or deletes its call."""
    redaction: Redaction | None = db.session.get(Redaction, redaction_id)
    if redaction is not None:
        db.session.execute(
            select(Call.id).where(Call.id == redaction.call_id).with_for_update(of=Call)
        )
        db.session.refresh(redaction)
    return redaction


def _write(context: JobContext, cut: Cut, report: Callable[[float], None]) -> StoredContent:
    covered = merged(
        Segment(max(0.0, to_s(start) - PADDING_S), to_s(end) + PADDING_S)
        for start, end in cut.covered
    )
    silenced = merged(Segment(to_s(start), to_s(end)) for start, end in cut.silenced)
    try:
        with work_folder(context) as folder, get_store().local_copy(cut.source_key) as source:
            path = write_redacted(
                source,
                to_s(cut.start_ms),
                to_s(cut.end_ms),
                folder / "redacted.m4a",
                covered=covered,
                silenced=silenced,
                channel=cut.channel,
                report=report,
            )
            return put(path, cut.key)
    except FileNotFoundError as error:
        raise JobFailed(AUDIO_GONE, retryable=False) from error
