"""Listening requests: an agent marks a moment or a call, a supervisor answers."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls import operations as calls
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, Turn
from callcoach.coaching.access import can_request_listening
from callcoach.coaching.models import ListeningRequest, Note, RequestAnswer
from callcoach.coaching.operations import telling
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

#: Longest question and answer, in characters.
MAX_TEXT_LENGTH = 500
#: Open requests on one call: more would not be listened to one by one.
MAX_OPEN_PER_CALL = 10
#: "It turned here" is pressed just after hearing it: the moment is what was said just before.
BEFORE_MARK_MS = 4000


def request_listening(
    viewer: Viewer,
    call: Call,
    *,
    at_ms: int | None = None,
    text: str = "",
) -> ListeningRequest:
    """Ask for a call, or for one moment of it, to be listened to.

    Args:
        at_ms: where the playhead was when the agent said "it turned here"; None for the whole
            call. The moment becomes the turn being said there, or `BEFORE_MARK_MS` before it.
        text: what the agent wants to know.

    Raises:
        NotFound: the call is not the viewer's.
        NotAllowed: only agents ask; supervisors listen.
        InvalidInput: the text is too long, or the moment lies outside the call.
        Conflict: the same was asked already, or too much is waiting on this call.
    """
    calls.require_visible(viewer, call)
    if not can_request_listening(viewer, call):
        raise NotAllowed("Agents ask for their calls to be listened to.")
    request = ListeningRequest(call_id=call.id, agent_id=viewer.user_id, text=_checked(text))
    if at_ms is not None:
        _place(request, call, at_ms)
    _check_room(request)
    db.session.add(request)
    db.session.flush()
    record(
        viewer.user_id,
        "listening.requested",
        subject_kind="listening_request",
        subject_id=request.id,
        call=call.id,
    )
    telling.listening_asked(viewer, call, request)
    return request


def withdraw_request(viewer: Viewer, request: ListeningRequest) -> ListeningRequest:
    """Take a request back; `restore_request` asks again.

    Raises:
        NotFound: it is not the viewer's own.
        Conflict: it has been answered.
    """
    _require_own(viewer, request)
    if request.answered_at is not None:
        raise Conflict("Your supervisor has answered already.")
    request.withdrawn_at = request.withdrawn_at or utc_now()
    db.session.flush()
    telling.listening_withdrawn(request)
    return request


def restore_request(viewer: Viewer, request: ListeningRequest) -> ListeningRequest:
    """Ask again for what was taken back.

    Raises:
        NotFound: it is not the viewer's own.
        Conflict: the same was asked anew meanwhile, or too much is waiting on this call.
    """
    _require_own(viewer, request)
    if request.withdrawn_at is not None:
        _check_room(request)
        request.withdrawn_at = None
        telling.listening_asked(viewer, request.call, request)
    db.session.flush()
    return request


def answer_request(
    viewer: Viewer,
    request: ListeningRequest,
    answer: RequestAnswer | str,
    *,
    text: str = "",
    note: Note | None = None,
) -> ListeningRequest:
    """Tell the agent that somebody listened. A later answer takes the place of an earlier one.

    Raises:
        NotFound: outside the viewer's scope, or taken back.
        NotAllowed: visible, but not theirs to answer.
        InvalidInput: not an answer, or the text is too long.
    """
    calls.require_judge(viewer, request.call)
    if request.withdrawn_at is not None:
        raise NotFound("The agent has taken this request back.")
    try:
        request.answer = RequestAnswer(answer)
    except ValueError:
        raise InvalidInput("There is no such answer.") from None
    request.answer_text = _checked(text)
    request.answered_at = utc_now()
    request.answered_by_id = viewer.user_id
    request.note_id = note.id if note is not None else None
    request.seen_at = None
    record(
        viewer.user_id,
        "listening.answered",
        subject_kind="listening_request",
        subject_id=request.id,
        call=request.call_id,
    )
    db.session.flush()
    telling.listening_answered(viewer, request)
    return request


def reopen_request(viewer: Viewer, request: ListeningRequest) -> ListeningRequest:
    """Undo an answer: the request waits again.

    Raises:
        NotFound, NotAllowed: as `answer_request`.
        Conflict: the agent has read the answer.
    """
    calls.require_judge(viewer, request.call)
    if request.seen_at is not None:
        raise Conflict("The agent has read the answer already.")
    request.answer = request.answered_at = request.answered_by_id = request.note_id = None
    request.answer_text = ""
    db.session.flush()
    telling.listening_reopened(request)
    return request


def mark_answers_seen(viewer: Viewer, requests: list[ListeningRequest]) -> None:
    """The agent has the answers before them."""
    for request in requests:
        if request.agent_id == viewer.user_id and request.answered_at is not None:
            request.seen_at = request.seen_at or utc_now()
            notices.mark_subject_seen(viewer, f"request:{request.id}")
    db.session.flush()


def _check_room(request: ListeningRequest) -> None:
    """Raises `Conflict` when the same waits already, or as much as can be listened to."""
    waiting = db.session.scalars(
        select(ListeningRequest).where(
            ListeningRequest.call_id == request.call_id,
            ListeningRequest.agent_id == request.agent_id,
            ListeningRequest.answered_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
        )
    ).all()
    if any(item.start_ms == request.start_ms for item in waiting):
        raise Conflict("You have asked for this already; your supervisor will find it.")
    if len(waiting) >= MAX_OPEN_PER_CALL:
        raise Conflict("Ten moments of this call are waiting already; take one back first.")


def _place(request: ListeningRequest, call: Call, at_ms: int) -> None:
    if not 0 <= at_ms <= call.duration_ms:
        raise InvalidInput("This moment lies outside the call.")
    request.channel = 0
    request.start_ms, request.end_ms = max(0, at_ms - BEFORE_MARK_MS), max(1, at_ms)
    if call.current_analysis_id is None:
        return
    # A mark comes a little after what it is about: the turn under way, or the last one said
    turn = db.session.scalar(
        select(Turn)
        .where(
            Turn.analysis_id == call.current_analysis_id,
            Turn.start_ms <= at_ms,
            Turn.end_ms > at_ms - 3 * BEFORE_MARK_MS,
        )
        .order_by((Turn.end_ms > at_ms).desc(), Turn.start_ms.desc())
        .limit(1)
    )
    if turn is None:
        return
    request.channel = turn.channel
    request.start_ms = max(turn.start_ms, min(at_ms, turn.end_ms) - 3 * BEFORE_MARK_MS)
    request.end_ms = max(request.start_ms + 1, min(turn.end_ms, at_ms + BEFORE_MARK_MS))
    words = [
        word[0]
        for word in turn.words
        if request.start_ms <= (word[1] + word[2]) / 2 < request.end_ms
    ]
    request.quote = "".join(words).strip() or turn.text


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidInput("Write %(limit)s characters at most.", limit=MAX_TEXT_LENGTH)
    return text


def _require_own(viewer: Viewer, request: ListeningRequest) -> None:
    is_own = request.agent_id == viewer.user_id
    if not is_own or not can_read_call(viewer, request.call) or request.call.deleted_at is not None:
        raise NotFound("There is no such request.")
