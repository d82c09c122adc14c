"""Stretches of a call as sound: which are written."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Excerpt
from callcoach.calls.subjects import EXCERPT, excerpt_subject
from callcoach.extensions import db
from callcoach.jobs.queries import find_job, has_failed


def find_excerpt(call: Call, start_ms: int, end_ms: int) -> Excerpt | None:
    """The row of a stretch of a call, whether its file is written or not; None before anybody
    asked for it. Whether the viewer may hear it is judged by the caller.
    """
    found: Excerpt | None = db.session.scalar(
        select(Excerpt).where(
            Excerpt.call_id == call.id, Excerpt.start_ms == start_ms, Excerpt.end_ms == end_ms
        )
    )
    return found


def stretch_state(
    viewer: Viewer, call: Call, start_ms: int, end_ms: int
) -> tuple[str, Excerpt | None]:
    """What can be played of a stretch, without asking for it: as for `find_excerpt` the caller
    judges whether the viewer may hear it.

    Returns:
        ``ready``, ``writing`` while a worker has it to write or nobody has asked for it, ``failed``
        when the last try came to nothing, or ``gone`` when there is no audio or the stretch is
        empty; and its row, once there is one.
    """
    recording = call.recording
    if recording is None or recording.playback_id is None or start_ms >= end_ms:
        return "gone", None
    excerpt = find_excerpt(call, start_ms, end_ms)
    if excerpt is None:
        return "writing", None
    if excerpt.file_id is not None:
        return "ready", excerpt
    job = find_job(viewer, excerpt_subject(excerpt.id), EXCERPT)
    return "failed" if has_failed(job) else "writing", excerpt
