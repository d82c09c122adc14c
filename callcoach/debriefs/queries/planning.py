"""What the pages of planning list: debriefs a viewer leads, and for whom they may plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.debriefs.access import can_lead, leads_one_to_ones, prepares
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, DebriefTeam
from callcoach.debriefs.queries.debriefs import led_by
from callcoach.debriefs.queries.planned import LATE
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.web.paging import Page, paginate

PER_PAGE = 20
#: What one tab of the list shows.
TABS = {
    "coming": (DebriefState.PLANNED, DebriefState.RUNNING),
    "held": (DebriefState.DONE,),
    "skipped": (DebriefState.SKIPPED,),
}
KINDS = ("team", "one_to_one")
#: How long before its time a debrief that was not prepared is one to do something about.
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; "" and None mean any."""

    tab: str = "coming"
    team_id: int | None = None
    kind: str = ""


def require_leader(viewer: Viewer) -> Viewer:
    """Whoever prepares no debriefs has no list of them.

    Raises:
        NotFound: agents and sponsors, who are not told that there is one.
    """
    if not prepares(viewer):
        raise NotFound("There is no such page.")
    return viewer


def list_led(viewer: Viewer, filters: Filters) -> Page[Debrief]:
    """What the viewer leads: coming ones the soonest first, with what runs before all; others the
    newest first.
    """
    wanted = (
        select(Debrief)
        .where(*_conditions(viewer, filters), Debrief.state.in_(TABS[filters.tab]))
        .options(
            selectinload(Debrief.teams).joinedload(DebriefTeam.team),
            joinedload(Debrief.agent),
            joinedload(Debrief.host),
            joinedload(Debrief.series),
        )
    )
    if filters.tab == "coming":
        is_running = (Debrief.state == DebriefState.RUNNING).desc()
        ordered = wanted.order_by(is_running, Debrief.starts_at, Debrief.id)
    else:
        ordered = wanted.order_by(Debrief.starts_at.desc(), Debrief.id.desc())
    return paginate(db.session(), ordered, per_page=PER_PAGE)


def counts(viewer: Viewer, filters: Filters) -> dict[str, int]:
    """How many each tab has under the other filters."""
    found = db.session.execute(
        select(Debrief.state, func.count())
        .where(*_conditions(viewer, filters))
        .group_by(Debrief.state)
    )
    by_state = {str(state): count for state, count in found}
    return {tab: sum(by_state.get(str(s), 0) for s in states) for tab, states in TABS.items()}


def agendas(debrief_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Items and their minutes, by debrief; none for an empty agenda."""
    found = db.session.execute(
        select(AgendaItem.debrief_id, func.count(), func.sum(AgendaItem.minutes))
        .where(AgendaItem.debrief_id.in_(sorted(debrief_ids)))
        .group_by(AgendaItem.debrief_id)
    )
    return {
        debrief_id: (count, int(minutes or 0)) for debrief_id, count, minutes in found if debrief_id
    }


def count_to_do(viewer: Viewer) -> int:
    """Debriefs the viewer leads that ask for something: one that runs; one that is soon and has no
    agenda; one whose time has passed and of which nobody said what became of it. Of one-to-ones only
    their own.
    """
    if not prepares(viewer):
        return 0
    now = utc_now()
    is_planned = Debrief.state == DebriefState.PLANNED
    is_empty = ~exists().where(AgendaItem.debrief_id == Debrief.id)
    asks = or_(
        Debrief.state == DebriefState.RUNNING,
        is_planned & (Debrief.starts_at < now - LATE),
        is_planned & (Debrief.starts_at < now + SOON) & is_empty,
    )
    own = or_(Debrief.agent_id.is_(None), Debrief.host_id == viewer.user_id)
    return db.session.scalar(select(func.count(Debrief.id)).where(led_by(viewer), own, asks)) or 0


def get_deleted(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief to bring back, deleted or not; judged as one that is led.

    Raises:
        NotFound: there is none.
    """
    debrief = db.session.get(Debrief, debrief_id)
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def teams_for(viewer: Viewer, keep: Collection[int] = ()) -> Sequence[Team]:
    """Teams the viewer plans debriefs for, by name; `keep` although archived."""
    wanted = select(Team).where(or_(Team.is_archived.is_(False), Team.id.in_(sorted(keep))))
    if not viewer.sees_everything:
        wanted = wanted.where(Team.id.in_(sorted(viewer.team_ids)))
    return db.session.scalars(wanted.order_by(Team.name, Team.id)).all()


def agents_for(viewer: Viewer) -> Sequence[User]:
    """Agents the viewer may meet alone, by name.

    Raises:
        NotAllowed: the floor's leads meet nobody alone.
    """
    if not leads_one_to_ones(viewer):
        raise NotAllowed("One-to-ones are planned by supervisors.")
    wanted = select(User).where(User.role == Role.AGENT.value, User.is_enabled.is_(True))
    works = select(Membership.user_id).join(Team).where(Team.is_archived.is_(False))
    if not viewer.sees_everything:
        works = works.where(Membership.team_id.in_(sorted(viewer.team_ids)))
    return db.session.scalars(wanted.where(User.id.in_(works)).order_by(User.name, User.id)).all()


def _conditions(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    found = [led_by(viewer)]
    if filters.team_id is not None:
        found.append(
            exists().where(
                DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id == filters.team_id
            )
        )
    if filters.kind:
        alone = Debrief.agent_id.is_not(None)
        found.append(alone if filters.kind == "one_to_one" else ~alone)
    return found
