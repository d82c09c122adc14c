"""Debriefs in a viewer's scope."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.debriefs.access import attends, can_lead, can_read, leads_teams, prepares
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, DebriefTeam
from callcoach.errors import NotFound
from callcoach.extensions import db


def is_kept() -> ColumnElement[bool]:
    """Not deleted, as a condition on `Debrief`."""
    return Debrief.state != DebriefState.DELETED


def led_by(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_lead` as a condition on `Debrief`; without deleted ones."""
    if viewer.sees_everything:
        return is_kept()
    if not prepares(viewer):
        return false()
    mine = sorted(viewer.team_ids)
    has_team = exists().where(DebriefTeam.debrief_id == Debrief.id)
    has_other = exists().where(
        DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.not_in(mine)
    )
    is_theirs = or_(Debrief.agent_id.is_(None), Debrief.host_id == viewer.user_id)
    return and_(has_team, ~has_other, is_theirs, is_kept())


def attended_by(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_attend` as a condition on `Debrief`; without deleted ones."""
    if not attends(viewer):
        return false()
    in_team = exists().where(
        DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.in_(sorted(viewer.team_ids))
    )
    is_mine = or_(Debrief.agent_id == viewer.user_id, and_(Debrief.agent_id.is_(None), in_team))
    return and_(is_mine, is_kept())


def get_led(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief that the viewer leads.

    Raises:
        NotFound: there is none.
    """
    debrief = _find(debrief_id)
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def get_readable(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief that the viewer leads or attends.

    Raises:
        NotFound: there is none.
    """
    debrief = _find(debrief_id)
    if debrief is None or not can_read(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def get_item(viewer: Viewer, item_id: int) -> AgendaItem:
    """An item of a debrief that the viewer leads, or one that waits for a team of theirs; also one
    that was taken off there, which can be put back.

    Raises:
        NotFound: there is none.
    """
    item = db.session.get(AgendaItem, item_id)
    if item is not None:
        debrief = _find(item.debrief_id) if item.debrief_id is not None else None
        if debrief is not None and can_lead(viewer, debrief):
            return item
        if item.team_id is not None and leads_teams(viewer, {item.team_id}):
            return item
        if item.removed_at is not None:
            taken_off(viewer, item)
            return item
    raise NotFound("There is no such item.")


def taken_off(viewer: Viewer, item: AgendaItem) -> tuple[Debrief | None, int | None]:
    """The debrief that an item was taken off, or the team for which it waited.

    Raises:
        NotFound: it is gone, or the viewer does not lead it.
    """
    kind, _sep, number = item.removed_from.partition(":")
    if kind == "team" and leads_teams(viewer, {int(number)}):
        return None, int(number)
    debrief = db.session.get(Debrief, int(number)) if kind == "debrief" else None
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such item.")
    return debrief, None


def participants(debrief: Debrief) -> list[User]:
    """Who is expected: the agent of a one-to-one, or the agents of its teams whose accounts are
    open, by name.
    """
    wanted = select(User).where(User.is_enabled.is_(True)).order_by(User.name, User.id)
    if debrief.agent_id is not None:
        return list(db.session.scalars(wanted.where(User.id == debrief.agent_id)))
    members = select(Membership.user_id).where(Membership.team_id.in_(sorted(debrief.team_ids)))
    return list(
        db.session.scalars(wanted.where(User.role == Role.AGENT.value, User.id.in_(members)))
    )


def _find(debrief_id: int) -> Debrief | None:
    debrief = db.session.get(Debrief, debrief_id)
    return debrief if debrief is not None and debrief.state != DebriefState.DELETED else None
