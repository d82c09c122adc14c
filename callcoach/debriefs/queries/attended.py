"""Debriefs that an agent attends, in the order in which they matter on a phone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import can_attend
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, Decision, DecisionState
from callcoach.debriefs.queries.debriefs import attended_by, get_readable
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.web.paging import Page, paginate

#: One that was never begun stays among those to come for this long; so does one that was skipped.
STALE = timedelta(days=1)
PER_PAGE = 20


def get_attended(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief that the viewer takes part in.

    Raises:
        NotFound: there is none.
    """
    debrief = get_readable(viewer, debrief_id)
    if not can_attend(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def get_attended_item(viewer: Viewer, debrief_id: int, item_id: int) -> AgendaItem:
    """An item of it that was opened before everybody; what is still to come is not known to them.

    Raises:
        NotFound: there is none.
    """
    debrief = get_attended(viewer, debrief_id)
    item = next((item for item in debrief.items if item.id == item_id), None)
    if item is None or item.opened_at is None:
        raise NotFound("There is no such item.")
    return item


def list_running(viewer: Viewer) -> list[Debrief]:
    """Those that take place now, the latest first."""
    return list(
        db.session.scalars(
            _attended(viewer)
            .where(Debrief.state == DebriefState.RUNNING)
            .order_by(Debrief.starts_at.desc(), Debrief.id.desc())
        )
    )


def list_coming(viewer: Viewer) -> list[Debrief]:
    """Those to come, with those that were skipped, the next one first."""
    return list(
        db.session.scalars(
            _attended(viewer)
            .where(
                Debrief.state.in_((DebriefState.PLANNED, DebriefState.SKIPPED)),
                Debrief.starts_at > utc_now() - STALE,
            )
            .order_by(Debrief.starts_at, Debrief.id)
        )
    )


def list_held(viewer: Viewer) -> Page[Debrief]:
    """Those that took place, the latest first, by pages."""
    held = (
        _attended(viewer)
        .where(Debrief.state == DebriefState.DONE)
        .options(
            selectinload(Debrief.attendances),
            selectinload(Debrief.items).selectinload(AgendaItem.call),
        )
        .order_by(Debrief.starts_at.desc(), Debrief.id.desc())
    )
    return paginate(db.session(), held, per_page=PER_PAGE)


def list_my_decisions(viewer: Viewer) -> list[Decision]:
    """What debriefs gave the viewer to do and is not done, what is due first on top."""
    mine = (
        select(Decision)
        .where(
            Decision.owner_id == viewer.user_id,
            Decision.state == DecisionState.OPEN,
            Decision.deleted_at.is_(None),
        )
        .join(Debrief, Decision.debrief_id == Debrief.id)
        .where(attended_by(viewer), Debrief.state == DebriefState.DONE)
        .order_by(Decision.due_on.is_(None), Decision.due_on, Decision.id)
    )
    return list(db.session.scalars(mine))


def has_news(viewer: Viewer, subject: str) -> bool:
    """Whether the viewer has a notice about it that they have not seen."""
    return bool(
        db.session.scalar(
            select(Notice.id)
            .where(
                Notice.user_id == viewer.user_id,
                Notice.subject == subject,
                Notice.seen_at.is_(None),
            )
            .limit(1)
        )
    )


def _attended(viewer: Viewer) -> Select[tuple[Debrief]]:
    return select(Debrief).where(attended_by(viewer))
