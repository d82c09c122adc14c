"""Sounds that leave the floor: beeped, and served only after `queries.content_of` let them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from callcoach.accounts.access import Viewer
from callcoach.calls.media_views import is_played, send_file
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.privacy import sounds
from callcoach.privacy.models import Redaction
from callcoach.sponsors import log
from callcoach.sponsors.queries import Content
from callcoach.storage.models import StoredFile
from callcoach.web import filters

#: What is played around the words of a moment, milliseconds before and after them.
BEFORE_MS, AFTER_MS = 8_000, 12_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a released call: all that asking for its sound takes.

    Args:
        start_ms, end_ms: half-open, from the start of the recording.
    """

    redaction_id: int
    start_ms: int
    end_ms: int
    has_agent_voice: bool


@dataclass(frozen=True, slots=True)
class SoundView:
    """A sound on a page.

    Args:
        state: ``ready``, ``writing`` or ``gone``.
        status_url: where to ask whether it is written.
        length: as people read it.
    """

    state: str
    url: str
    status_url: str
    length: str


def around(start_ms: int, end_ms: int, duration_ms: int) -> tuple[int, int]:
    """What is played around some words, within the call and no longer than an excerpt may be.

    >>> around(5000, 9000, 60000)
    (0, 21000)
    """
    first = max(0, start_ms - BEFORE_MS)
    return first, min(end_ms + AFTER_MS, duration_ms, first + sounds.MAX_EXCERPT_MS)


def stretch_of(content: Content, start_ms: int, end_ms: int) -> Stretch:
    """What is played of a call around some words."""
    bounds = around(start_ms, end_ms, content.call.duration_ms)
    return Stretch(content.redaction.id, *bounds, content.has_agent_voice)


def find(content: Content, stretch: Stretch) -> StoredFile | None:
    """The sound of a stretch once it is written."""
    return sounds.find_excerpt(
        content.redaction, stretch.start_ms, stretch.end_ms, stretch.has_agent_voice
    )


def find_whole(content: Content) -> StoredFile | None:
    """The whole call once it is written."""
    return sounds.whole(content.redaction, content.has_agent_voice)


def excerpt_view(
    content: Content, start_ms: int, end_ms: int, endpoint: str, **ids: int
) -> SoundView:
    """Where the sound of a moment is.

    Args:
        endpoint: of the sound; that of its state has ``_status`` after it.
    """
    stretch = stretch_of(content, start_ms, end_ms)
    state = "ready" if find(content, stretch) is not None else _unwritten(content)
    return _view(state, stretch.end_ms - stretch.start_ms, endpoint, ids)


def whole_view(content: Content, endpoint: str, **ids: int) -> SoundView:
    """Where the sound of a whole call is."""
    state = "ready" if find_whole(content) is not None else _unwritten(content)
    return _view(state, content.call.duration_ms, endpoint, ids)


def _unwritten(content: Content) -> str:
    cut = sounds.cut_of(content.redaction, None, None, agent_voice=content.has_agent_voice)
    return "writing" if cut is not None else "gone"


def _view(state: str, length_ms: int, endpoint: str, ids: dict[str, Any]) -> SoundView:
    return SoundView(
        state=state,
        url=url_for(endpoint, **ids),
        status_url=url_for(f"{endpoint}_status", **ids),
        length=filters.clock(length_ms),
    )


def ask_for(wanted: Iterable[Stretch]) -> None:
    """Have sounds written that are not there yet, at the end of a reading request."""
    stretches = list(wanted)
    if not stretches:
        return
    db.session.rollback()
    with write_transaction():
        for stretch in stretches:
            redaction = db.session.get(Redaction, stretch.redaction_id)
            if redaction is not None:
                sounds.ensure_excerpt(
                    redaction, stretch.start_ms, stretch.end_ms, stretch.has_agent_voice
                )
        db.session.commit()


def serve(
    viewer: Viewer, content: Content, file: StoredFile | None, action: str, subject: tuple[str, int]
) -> Response:
    """Answer with a sound; one listening of the client's is one line of the log. Never kept by the
    browser: devices are shared, and a redaction may be withdrawn.

    Raises:
        NotFound: there is none.
    """
    if file is None:
        raise NotFound("The audio of this call is not there.")
    kind, number = subject
    campaign = content.call.campaign
    response = send_file(file)
    response.headers["Cache-Control"] = "private, no-store"
    is_due = is_played(response) and not log.was_written(viewer, action, kind, number)
    if is_due:
        log.write_after_reading(viewer, campaign, action, kind, number)
    else:
        db.session.rollback()
    return response
