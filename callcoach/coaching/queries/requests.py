"""Listening requests: what agents asked, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.coaching.access import can_read_request
from callcoach.coaching.models import ListeningRequest
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.web.paging import Page, paginate

#: Requests on a page.
PER_PAGE = 20


def list_my_requests(viewer: Viewer, number: int | None = None) -> Page[ListeningRequest]:
    """What the viewer asked for: answers not read yet first, then the newest.

    Empty for everybody but agents.
    """
    unread = ListeningRequest.answered_at.is_not(None) & ListeningRequest.seen_at.is_(None)
    statement = (
        _readable(viewer)
        .where(_is_own(viewer))
        .order_by(unread.desc(), ListeningRequest.created_at.desc(), ListeningRequest.id.desc())
    )
    return paginate(db.session(), statement, number, PER_PAGE)


def requests_on(viewer: Viewer, call: Call) -> list[ListeningRequest]:
    """What was asked about a call, in the order of the call, the call as a whole first; agents see
    their own, those who answer for the team all. Nothing that was taken back.
    """
    statement = (
        _readable(viewer)
        .where(ListeningRequest.call_id == call.id)
        .order_by(func.coalesce(ListeningRequest.start_ms, -1), ListeningRequest.id)
    )
    return list(db.session.scalars(statement).unique())


def get_request(
    viewer: Viewer, request_id: int, *, include_withdrawn: bool = False
) -> ListeningRequest:
    """A request that the viewer may read.

    Raises:
        NotFound: there is none, it was taken back, or it lies outside the viewer's scope.
    """
    found = db.session.get(ListeningRequest, request_id)
    if found is None or (found.withdrawn_at is not None and not include_withdrawn):
        raise NotFound("There is no such request.")
    call = next(iter(calls.calls_by_id(viewer, [found.call_id])), None)
    if call is None or not can_read_request(viewer, found, call):
        raise NotFound("There is no such request.")
    return found


def requests_by_id(viewer: Viewer, numbers: Iterable[int]) -> list[ListeningRequest]:
    """Those of `numbers` that the viewer may read."""
    statement = _readable(viewer).where(ListeningRequest.id.in_(list(numbers)))
    return list(db.session.scalars(statement).unique())


def count_new_answers(viewer: Viewer) -> int:
    """How many of the viewer's requests were answered and not looked at since."""
    if viewer.role is not Role.AGENT:
        return 0
    statement = (
        select(func.count())
        .select_from(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            _is_own(viewer),
            ListeningRequest.answered_at.is_not(None),
            ListeningRequest.seen_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
    )
    return db.session.scalar(statement) or 0


def _readable(viewer: Viewer) -> Select[ListeningRequest]:
    return (
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            calls.in_scope(viewer),
            Call.deleted_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
            _is_own(viewer) if viewer.role is Role.AGENT else true(),
        )
        .options(
            contains_eager(ListeningRequest.call),
            joinedload(ListeningRequest.agent),
            joinedload(ListeningRequest.answered_by),
            joinedload(ListeningRequest.note),
        )
    )


def _is_own(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.role is not Role.AGENT:
        return false()
    return ListeningRequest.agent_id == viewer.user_id
