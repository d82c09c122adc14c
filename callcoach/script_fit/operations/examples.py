"""Moments of real calls pinned to a line: said like this, or not like this."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls import queries as calls
from callcoach.calls.access import can_judge_call
from callcoach.calls.models import Call
from callcoach.calls.operations import ensure_excerpt
from callcoach.coaching.note_moments import Span, channel_between, quote_of
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import PinnedExample
from callcoach.script_library.models import ScriptLine

#: Longest example, milliseconds: somebody reading the script listens to a line and its answer, not
#: to a passage.
MAX_EXAMPLE_MS = 60_000
#: Longest caption, characters: a sentence read on a phone.
MAX_CAPTION = 300


def pin(
    viewer: Viewer,
    line: ScriptLine,
    call: Call,
    start_ms: int,
    end_ms: int,
    *,
    is_good: bool,
    caption: str,
) -> PinnedExample:
    """Pin a moment to a line. Whether colleagues hear it is the agent's to say.

    Args:
        start_ms, end_ms: exact bounds, half-open; cut to the call.
        caption: why it is an example.

    Raises:
        NotFound: the line is not the viewer's to work on, or the call not theirs to judge.
        InvalidInput: the call is of another campaign, or the stretch is empty or too long.
    """
    if not works_on(viewer, line.script.campaign):
        raise NotFound("There is no such line.")
    if call.deleted_at is not None or not can_judge_call(viewer, call):
        raise NotFound("There is no such call.")
    if call.campaign_id != line.script.campaign_id:
        raise InvalidInput("This call belongs to another campaign.")
    caption = caption.strip()
    if len(caption) > MAX_CAPTION:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_CAPTION)
    start_ms, end_ms = max(0, start_ms), min(end_ms, call.duration_ms)
    if not 0 < end_ms - start_ms <= MAX_EXAMPLE_MS:
        raise InvalidInput(
            "An example lasts %(limit)s seconds at most.", limit=MAX_EXAMPLE_MS // 1000
        )
    turns = calls.turns_of(call)
    span = Span(channel_between(turns, start_ms, end_ms), start_ms, end_ms)
    example = PinnedExample(
        line_id=line.id,
        call_id=call.id,
        start_ms=start_ms,
        end_ms=end_ms,
        is_good=is_good,
        quote=quote_of(turns, span),
        caption=caption,
        pinned_by_id=viewer.user_id,
    )
    db.session.add(example)
    db.session.flush()
    ensure_excerpt(viewer, call, start_ms, end_ms)
    record(
        viewer.user_id,
        "example.pinned",
        subject_kind="example",
        subject_id=example.id,
        call=call.id,
        line=line.id,
    )
    return example


def unpin(viewer: Viewer, example: PinnedExample, *, undo: bool = False) -> PinnedExample:
    """Take an example off its line; with `undo`, put it back.

    Raises:
        NotFound: it is not the viewer's to work on.
    """
    if not works_on(viewer, example.line.script.campaign):
        raise NotFound("There is no such example.")
    example.removed_at = None if undo else example.removed_at or utc_now()
    record(
        viewer.user_id,
        "example.restored" if undo else "example.removed",
        subject_kind="example",
        subject_id=example.id,
    )
    db.session.flush()
    return example


def ask_for_sound(viewer: Viewer, example: PinnedExample) -> None:
    """See that a worker writes the sound, where there is any; the caller judged who may hear it."""
    if example.start_ms < example.call.duration_ms:
        ensure_excerpt(viewer, example.call, example.start_ms, example.end_ms)
