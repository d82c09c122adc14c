"""What clients looked at: written for every access, read by administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record, was_recorded
from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.campaigns.models import Campaign, Sponsor
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.sponsors.access import can_answer, can_read_log
from callcoach.sponsors.queries import reach_of

#: What every line of this room begins with.
PREFIX = "portal."

#: What was done, as the page says it.
ACTIONS: Mapping[str, LazyString] = {
    "portal.opened": _l("opened the portal"),
    "portal.matrix": _l("read the alignment"),
    "portal.moments": _l("opened the moments of a promise"),
    "portal.audit": _l("read an audit"),
    "portal.call": _l("read a call"),
    "portal.call_heard": _l("played a call"),
    "portal.finding": _l("read a finding"),
    "portal.finding_heard": _l("played a moment"),
    "portal.commented": _l("commented on a finding"),
    "portal.agreed": _l("agreed with a finding"),
    "portal.contested": _l("contested a finding"),
    "portal.withdrew": _l("took a remark back"),
    "portal.restored": _l("put a remark back"),
    "portal.calibrated": _l("answered in a joint calibration"),
    "portal.incidents": _l("read the list of incidents"),
    "portal.incident": _l("read an incident"),
    "portal.incident_heard": _l("played the moment of an incident"),
    "portal.incident_commented": _l("commented on an incident"),
    "portal.report": _l("downloaded a report"),
    "portal.wording": _l("read where a new wording is said"),
    "portal.wording_call": _l("read a call with a new wording"),
    "portal.wording_heard": _l("played a call with a new wording"),
}


def write(
    viewer: Viewer,
    campaign: Campaign,
    action: str,
    subject_kind: str,
    subject_id: int,
    **detail: str,
) -> None:
    """Add a line for one of the client's own people; nothing for who only looks in. Not committed."""
    if can_answer(reach_of(viewer, campaign)):
        record(
            viewer.user_id,
            PREFIX + action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            campaign=campaign.id,
            sponsor=campaign.sponsor_id,
            **detail,
        )


def write_after_reading(
    viewer: Viewer,
    campaign: Campaign,
    action: str,
    subject_kind: str,
    subject_id: int,
    **detail: str,
) -> None:
    """As `write`, at the end of a reading request: its transaction ends first, since one that read
    and then writes is refused by SQLite when another writer committed in between.
    """
    campaign_id = campaign.id
    db.session.rollback()
    with write_transaction():
        again = db.session.get_one(Campaign, campaign_id)
        write(viewer, again, action, subject_kind, subject_id, **detail)
        db.session.commit()


def was_written(viewer: Viewer, action: str, subject_kind: str, subject_id: int) -> bool:
    """Whether there is such a line of the last minutes: a player fetches one sound in many parts."""
    return was_recorded(
        viewer.user_id, PREFIX + action, subject_kind=subject_kind, subject_id=subject_id
    )


def opened(
    viewer: Viewer, campaign: Campaign, action: str, subject_kind: str, ids: Sequence[int]
) -> set[int]:
    """Which of some things the viewer has opened; for who looks in, those anybody of the client's
    has.
    """
    query = select(AccessEvent.subject_id).where(
        AccessEvent.action == PREFIX + action,
        AccessEvent.subject_kind == subject_kind,
        AccessEvent.subject_id.in_(ids),
    )
    if can_answer(reach_of(viewer, campaign)):
        query = query.where(AccessEvent.actor_id == viewer.user_id)
    return {number for number in db.session.scalars(query) if number is not None}


@dataclass(frozen=True, slots=True)
class LogFilters:
    """What the log is narrowed to; None narrows nothing.

    Args:
        since, until: calendar days in Europe/Paris, both included.
    """

    sponsor_id: int | None = None
    user_id: int | None = None
    since: date | None = None
    until: date | None = None


_ZONE = ZoneInfo("Europe/Paris")


def lines(viewer: Viewer, filters: LogFilters) -> Select[AccessEvent]:
    """Lines of this room, newest first.

    Raises:
        NotFound: the viewer is no administrator.
    """
    require_log(viewer)
    query = select(AccessEvent).where(AccessEvent.action.startswith(PREFIX, autoescape=True))
    if filters.sponsor_id is not None:
        query = query.where(AccessEvent.detail["sponsor"].as_integer() == filters.sponsor_id)
    if filters.user_id is not None:
        query = query.where(AccessEvent.actor_id == filters.user_id)
    if filters.since is not None:
        query = query.where(AccessEvent.at >= _midnight(filters.since))
    if filters.until is not None:
        query = query.where(AccessEvent.at < _midnight(filters.until + timedelta(days=1)))
    return query.order_by(AccessEvent.at.desc(), AccessEvent.id.desc())


def require_log(viewer: Viewer) -> None:
    """Raises:
    NotFound: the viewer is no administrator.
    """
    if not can_read_log(viewer):
        raise NotFound("There is no such page.")


def sponsors_to_offer() -> Sequence[Sponsor]:
    """Client companies, by name."""
    return db.session.scalars(select(Sponsor).order_by(Sponsor.name)).all()


def people_to_offer() -> Sequence[User]:
    """People of the clients, by name."""
    return db.session.scalars(
        select(User).where(User.role == Role.SPONSOR).order_by(User.name, User.id)
    ).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _ZONE)
