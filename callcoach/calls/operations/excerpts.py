"""Excerpts: stretches of a recording as small files of their own, written by a worker."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.calls.beeped import find_beeped, recipe_of
from callcoach.calls.models import Call, Excerpt
from callcoach.calls.subjects import BEEPED, EXCERPT, beeped_subject, excerpt_subject
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.jobs import operations as jobs

#: An excerpt lasts at most this long; a whole call is played from its own file.
MAX_EXCERPT_MS = 120_000


def ensure_excerpt(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> Excerpt | None:
    """The excerpt ``[start_ms, end_ms)`` of a call, cut to the recording; written soon if it is not
    there yet. None when the audio is gone, or was never readable.

    Whether the viewer may hear it is judged by the caller.

    Raises:
        InvalidInput: an empty stretch, or longer than `MAX_EXCERPT_MS`.
    """
    start_ms, end_ms = max(0, start_ms), min(end_ms, call.duration_ms)
    if not 0 < end_ms - start_ms <= MAX_EXCERPT_MS:
        raise InvalidInput(
            "An excerpt lasts from a moment to %(limit)s seconds.", limit=MAX_EXCERPT_MS // 1000
        )
    recording = call.recording
    if recording is None or recording.playback_id is None:
        return None
    wanted = select(Excerpt).where(
        Excerpt.call_id == call.id, Excerpt.start_ms == start_ms, Excerpt.end_ms == end_ms
    )
    excerpt: Excerpt | None = db.session.scalar(wanted)
    if excerpt is None:
        excerpt = Excerpt(call_id=call.id, start_ms=start_ms, end_ms=end_ms)
        try:
            with db.session.begin_nested():
                db.session.add(excerpt)
        except IntegrityError:  # somebody else asked at the same moment
            excerpt = db.session.scalars(wanted).one()
    if excerpt.file_id is None:
        jobs.enqueue(EXCERPT, excerpt_subject(excerpt.id), viewer=viewer, priority=20)
    return excerpt


def ensure_beeped(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> None:
    """Have ``[start_ms, end_ms)`` of a call, cut to the recording, written soon with names and
    numbers beeped out, if it is not there as its words stand now. Nothing happens when it cannot be:
    the audio has gone, or no words were recognised.

    Whether the viewer may hear it is judged by the caller.

    Raises:
        InvalidInput: longer than `MAX_EXCERPT_MS`: never a whole call.
    """
    start_ms, end_ms = max(0, start_ms), min(end_ms, call.duration_ms)
    if end_ms - start_ms > MAX_EXCERPT_MS:
        raise InvalidInput(
            "An excerpt lasts from a moment to %(limit)s seconds.", limit=MAX_EXCERPT_MS // 1000
        )
    recipe = recipe_of(call, start_ms, end_ms)
    if recipe is not None and find_beeped(recipe) is None:
        subject = beeped_subject(call.id, start_ms, end_ms)
        jobs.enqueue(BEEPED, subject, viewer=viewer, priority=20, again=True)
