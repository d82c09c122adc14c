"""Reads of pinned examples: who sees them, who hears them, and how they are shown.

Colleagues hear a moment only with its agent's yes (`progress.sharing`); without it they read it,
with the names taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import queries as calls
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, Excerpt
from callcoach.calls.presenters import heading, spoken_duration
from callcoach.calls.sound import hears_calls
from callcoach.coaching.home_presenters import desk_url
from callcoach.drills.anonymising import names_in, redact
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.progress.sharing import is_shared, may_hear
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import PinnedExample
from callcoach.script_library.access import can_read_script
from callcoach.script_library.models import ScriptLine


@dataclass(frozen=True, slots=True)
class ExampleView:
    """An example as pages show it.

    Args:
        quote: without names for whoever does not read the call.
        sound: ``ready``, ``writing``, ``gone``, or ``silent`` for whoever may not hear it.
        is_shared: the agent lets colleagues hear it.
        about, call_url: the call, "" for whoever does not read it.
        is_before: in a briefing, it has the words that the line had before.
    """

    example_id: int
    is_good: bool
    quote: str
    caption: str
    language: str
    sound: str
    length: str
    url: str
    status: str
    is_shared: bool
    about: str
    call_url: str
    is_before: bool = False


def get_example(viewer: Viewer, example_id: int, *, include_removed: bool = False) -> PinnedExample:
    """An example that the viewer works with.

    Raises:
        NotFound: there is none.
    """
    example = db.session.get(PinnedExample, example_id)
    if (
        example is None
        or not works_on(viewer, example.line.script.campaign)
        or (example.removed_at is not None and not include_removed)
        or example.call.deleted_at is not None
    ):
        raise NotFound("There is no such example.")
    return example


def find_sound(viewer: Viewer, example_id: int) -> tuple[PinnedExample, str, Excerpt | None]:
    """An example that is shown to the viewer, with the state of its sound.

    Raises:
        NotFound: there is none for them.
    """
    example = db.session.get(PinnedExample, example_id)
    if example is None or example.removed_at is not None or not _is_shown(viewer, example):
        raise NotFound("There is no such example.")
    return example, *_sound(viewer, example)


def examples_of(viewer: Viewer, lines: Iterable[ScriptLine]) -> dict[int, list[ExampleView]]:
    """The examples pinned to lines, good ones first, by line id; those shown to the viewer."""
    found = db.session.scalars(
        select(PinnedExample)
        .join(PinnedExample.call)
        .where(
            PinnedExample.line_id.in_([line.id for line in lines]),
            PinnedExample.removed_at.is_(None),
            Call.deleted_at.is_(None),
        )
        .options(joinedload(PinnedExample.call), joinedload(PinnedExample.line))
        .order_by(PinnedExample.is_good.desc(), PinnedExample.id)
    )
    views: dict[int, list[ExampleView]] = {}
    for example in found:
        if _is_shown(viewer, example):
            views.setdefault(example.line_id, []).append(_view(viewer, example))
    return views


def examples_by_key(
    viewer: Viewer, script_id: int, keys: Sequence[str]
) -> dict[str, list[ExampleView]]:
    """As `examples_of`, for lines by their keys in the script."""
    lines = db.session.scalars(
        select(ScriptLine).where(ScriptLine.script_id == script_id, ScriptLine.key.in_(keys))
    ).all()
    found = examples_of(viewer, lines)
    return {line.key: found[line.id] for line in lines if line.id in found}


def _is_shown(viewer: Viewer, example: PinnedExample) -> bool:
    """Whoever works on the script or answers for its teams, and the agents who say it."""
    if viewer.role is Role.SPONSOR or example.call.deleted_at is not None:
        return False
    return can_read_script(viewer, example.line.script.campaign)


def _view(viewer: Viewer, example: PinnedExample) -> ExampleView:
    call = example.call
    reads = can_read_call(viewer, call)
    end_ms = min(example.end_ms, call.duration_ms)
    return ExampleView(
        example_id=example.id,
        is_good=example.is_good,
        quote=example.quote if reads else redact(example.quote, names_in(call)),
        caption=example.caption if reads else redact(example.caption, names_in(call)),
        language=call.language,
        sound=_sound(viewer, example)[0],
        length=spoken_duration(max(0, end_ms - example.start_ms)),
        url=url_for("script_fit.example_sound", example_id=example.id),
        status=url_for("script_fit.example_sound_status", example_id=example.id),
        is_shared=is_shared(call.id, example.start_ms, end_ms),
        about=heading(call) if reads else "",
        call_url=desk_url(call.id, example.start_ms) if reads else "",
    )


def _sound(viewer: Viewer, example: PinnedExample) -> tuple[str, Excerpt | None]:
    call = example.call
    end_ms = min(example.end_ms, call.duration_ms)
    hears = may_hear(viewer, call, example.start_ms, end_ms) and hears_calls(viewer, call.campaign)
    if not hears:
        return "silent", None
    if call.recording is None or call.recording.playback_id is None or example.start_ms >= end_ms:
        return "gone", None
    excerpt = calls.find_excerpt(call, example.start_ms, end_ms)
    if excerpt is None or excerpt.file_id is None:
        return "writing", excerpt
    return "ready", excerpt
