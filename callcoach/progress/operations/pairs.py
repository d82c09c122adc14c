"""Before and after: the moment of a note, and the agent's first later success that was heard."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.queries import turns_of
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.errors import Conflict, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.access import can_follow
from callcoach.progress.models import BeforeAfter, Heard, Recheck, RecheckListen

#: What is heard around the success: what led to it, and how the prospect took it.
LEAD_IN_MS, LEAD_OUT_MS = 8000, 8000


def propose(recheck: Recheck) -> BeforeAfter | None:
    """The pair of a recheck that holds: its moment, and the first later call by lot in which the
    situation arose and a person heard that it held. None when no such moment can be played.
    """
    existing = db.session.scalar(
        select(BeforeAfter).where(BeforeAfter.recheck_id == recheck.id).limit(1)
    )
    if existing is not None:
        return existing
    success = db.session.scalar(
        select(RecheckListen)
        .join(RecheckListen.call)
        .where(
            RecheckListen.recheck_id == recheck.id,
            RecheckListen.is_before.is_(False),
            RecheckListen.is_drawn.is_(True),
            RecheckListen.heard == Heard.HELD.value,
            RecheckListen.start_ms.is_not(None),
        )
        .order_by(RecheckListen.heard_at, RecheckListen.id)
        .limit(1)
    )
    if success is None or success.start_ms is None or success.end_ms is None:
        return None
    pair = BeforeAfter(
        recheck_id=recheck.id,
        after_call_id=success.call_id,
        after_channel=success.channel or 0,
        after_start_ms=success.start_ms,
        after_end_ms=success.end_ms,
        after_quote=_said(success),
    )
    db.session.add(pair)
    db.session.flush()
    return pair


def confirm(viewer: Viewer, pair: BeforeAfter) -> BeforeAfter:
    """The supervisor says that both are worth hearing; the agent is told.

    Raises:
        NotFound, NotAllowed: the note is not the viewer's to follow.
    """
    _require_follower(viewer, pair)
    if pair.confirmed_at is None:
        pair.confirmed_at, pair.confirmed_by_id = utc_now(), viewer.user_id
        record(viewer.user_id, "pair.confirmed", subject_kind="pair", subject_id=pair.id)
        notices.notify(
            pair.recheck.agent_id, "progress.pair", subject_of(pair), "/my/progress#pairs"
        )
        for part in ("before", "after"):
            ask_for_sound(viewer, pair, part)
    db.session.flush()
    return pair


def unconfirm(viewer: Viewer, pair: BeforeAfter) -> BeforeAfter:
    """Take a confirmation back, unless the agent keeps the pair; raises as `confirm`.

    Raises:
        Conflict: it is the agent's now.
    """
    _require_follower(viewer, pair)
    if pair.kept_at is not None:
        raise Conflict("The agent keeps this pair; it is theirs now.")
    pair.confirmed_at = pair.confirmed_by_id = pair.offered_at = None
    notices.take_back("progress.pair", subject_of(pair))
    db.session.flush()
    return pair


def keep(viewer: Viewer, pair: BeforeAfter, *, undo: bool = False) -> BeforeAfter:
    """The agent keeps a pair, or lets it go; what is let go is offered to nobody.

    Raises:
        NotFound: it is not the viewer's, or was not confirmed.
    """
    _require_owner(viewer, pair)
    if undo:
        pair.kept_at = pair.offered_at = None
    else:
        pair.kept_at = pair.kept_at or utc_now()
    db.session.flush()
    return pair


def offer(viewer: Viewer, pair: BeforeAfter, *, undo: bool = False) -> BeforeAfter:
    """The agent offers a pair to the debrief, or takes that back; raises as `keep`."""
    _require_owner(viewer, pair)
    if undo:
        pair.offered_at = None
    else:
        pair.kept_at = pair.kept_at or utc_now()
        pair.offered_at = pair.offered_at or utc_now()
    record(viewer.user_id, "pair.offered", subject_kind="pair", subject_id=pair.id, undo=undo)
    db.session.flush()
    return pair


def bounds_of(pair: BeforeAfter, part: str) -> tuple[int, int]:
    """What is played: ``before`` or ``after``, milliseconds of its call."""
    if part == "before":
        return excerpt_bounds(pair.recheck.note)
    return max(0, pair.after_start_ms - LEAD_IN_MS), pair.after_end_ms + LEAD_OUT_MS


def ask_for_sound(viewer: Viewer, pair: BeforeAfter, part: str) -> None:
    """Have a worker write one of the two, once; nothing when its audio is gone."""
    call = pair.recheck.note.call if part == "before" else pair.after_call
    start_ms, end_ms = bounds_of(pair, part)
    if call.deleted_at is None and start_ms < min(end_ms, call.duration_ms):
        ensure_excerpt(viewer, call, start_ms, end_ms)


def subject_of(pair: BeforeAfter) -> str:
    """What notices about a pair are about."""
    return f"pair:{pair.id}"


def _said(listen: RecheckListen) -> str:
    start_ms, end_ms = listen.start_ms or 0, listen.end_ms or 0
    said = [
        turn.text
        for turn in turns_of(listen.call)
        if turn.channel == listen.channel and turn.start_ms < end_ms and turn.end_ms > start_ms
    ]
    return " ".join(text for text in said if text)


def _require_follower(viewer: Viewer, pair: BeforeAfter) -> None:
    _lock(pair)
    note = pair.recheck.note
    if not can_follow(viewer, note, note.call):
        raise NotAllowed("Supervisors confirm pairs; ask yours.")


def _lock(pair: BeforeAfter) -> None:
    """One at a time: what the agent keeps is not taken back beneath them."""
    db.session.flush()
    db.session.refresh(pair, with_for_update={"of": BeforeAfter})


def _require_owner(viewer: Viewer, pair: BeforeAfter) -> None:
    _lock(pair)
    if viewer.user_id is None or pair.recheck.agent_id != viewer.user_id:
        raise NotFound("There is no such pair.")
    if pair.confirmed_at is None:
        raise NotFound("There is no such pair.")
