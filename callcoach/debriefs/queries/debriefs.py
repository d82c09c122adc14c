"""Debriefs in a viewer's scope."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.debriefs.access import attends, can_lead, can_read, leads_teams, prepares
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefTeam
from callcoach.errors import NotFound
from callcoach.extensions import db


def led_by(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_lead` as a condition on `Debrief`."""
    if viewer.sees_everything:
        return true()
    if not prepares(viewer):
        return false()
    mine = sorted(viewer.team_ids)
    has_team = exists().where(DebriefTeam.debrief_id == Debrief.id)
    has_other = exists().where(
        DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.not_in(mine)
    )
    is_theirs = or_(Debrief.agent_id.is_(None), Debrief.host_id == viewer.user_id)
    return and_(has_team, ~has_other, is_theirs)


def attended_by(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_attend` as a condition on `Debrief`."""
    if not attends(viewer):
        return false()
    in_team = exists().where(
        DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.in_(sorted(viewer.team_ids))
    )
    return or_(Debrief.agent_id == viewer.user_id, and_(Debrief.agent_id.is_(None), in_team))


def get_led(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief that the viewer leads.

    Raises:
        NotFound: there is none.
    """
    debrief = db.session.get(Debrief, debrief_id)
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def get_readable(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief that the viewer leads or attends.

    Raises:
        NotFound: there is none.
    """
    debrief = db.session.get(Debrief, debrief_id)
    if debrief is None or not can_read(viewer, debrief):
        raise NotFound("There is no such debrief.")
    return debrief


def get_item(viewer: Viewer, item_id: int) -> AgendaItem:
    """An item of a debrief that the viewer leads, or one that waits for a team of theirs.

    Raises:
        NotFound: there is none.
    """
    item = db.session.get(AgendaItem, item_id)
    if item is not None:
        if item.debrief is not None and can_lead(viewer, item.debrief):
            return item
        if item.team_id is not None and leads_teams(viewer, {item.team_id}):
            return item
    raise NotFound("There is no such item.")


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
