"""Decisions in a viewer's scope, and what becomes of what they change."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.models import Debrief, DebriefTeam, Decision, DecisionState, Remark
from callcoach.debriefs.queries.debriefs import led_by
from callcoach.errors import NotFound
from callcoach.extensions import db

#: What the page of decisions shows: ``open``, those of them that are late, or what is closed.
STATES = ("open", "overdue", "closed")
#: Most rows of a list: more than a team decides in a year.
MOST = 200


def get_decision(viewer: Viewer, decision_id: int) -> Decision:
    """A decision of a debrief that the viewer leads.

    Raises:
        NotFound: there is none.
    """
    decision = db.session.get(Decision, decision_id)
    if decision is None or not can_lead(viewer, decision.debrief):
        raise NotFound("There is no such decision.")
    return decision


def get_led_or_own(viewer: Viewer, decision_id: int) -> Decision:
    """A decision of a debrief that the viewer leads, or one that is theirs to see to.

    Raises:
        NotFound: there is none.
    """
    decision = db.session.get(Decision, decision_id)
    if decision is not None and can_lead(viewer, decision.debrief):
        return decision
    if decision is None or not _is_own(viewer, decision):
        raise NotFound("There is no such decision.")
    return decision


def get_remark(viewer: Viewer, remark_id: int) -> Remark:
    """A remark of a debrief that the viewer leads, taken away or not.

    Raises:
        NotFound: there is none.
    """
    remark = db.session.get(Remark, remark_id)
    debrief = db.session.get(Debrief, remark.debrief_id) if remark is not None else None
    if remark is None or debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such remark.")
    return remark


def owners(debrief: Debrief) -> list[User]:
    """Who may be given a decision of a debrief, by name: its host, and whoever answers for its teams
    or works in them; of a one-to-one its two.
    """
    people = [User.id == debrief.host_id]
    if debrief.agent_id is not None:
        people.append(User.id == debrief.agent_id)
    else:
        members = select(Membership.user_id).where(Membership.team_id.in_(sorted(debrief.team_ids)))
        roles = (Role.AGENT.value, Role.SUPERVISOR.value, Role.TEAM_LEAD.value)
        people.append(and_(User.role.in_(roles), User.id.in_(members)))
    return list(
        db.session.scalars(
            select(User).where(User.is_enabled.is_(True), or_(*people)).order_by(User.name, User.id)
        )
    )


def decisions_of(debrief: Debrief) -> list[Decision]:
    """What was decided in a debrief, in the order in which it was."""
    return list(
        db.session.scalars(
            _shown().where(Decision.debrief_id == debrief.id).order_by(Decision.id)
        ).unique()
    )


def open_before(viewer: Viewer, debrief: Debrief) -> list[Decision]:
    """Open decisions of earlier debriefs of the same series or of one of its teams; what is due
    first comes first. One-to-ones and debriefs of teams are kept apart: what is agreed with one
    agent is not told to a team.
    """
    shares_team = exists().where(
        DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.in_(sorted(debrief.team_ids))
    )
    related: ColumnElement[bool] = shares_team
    if debrief.agent_id is not None:
        kind = and_(Debrief.agent_id == debrief.agent_id, Debrief.host_id == debrief.host_id)
    else:
        kind = Debrief.agent_id.is_(None)
        if debrief.series_id is not None:
            related = or_(shares_team, Debrief.series_id == debrief.series_id)
    # Of a debrief of other teams as well: what was decided there comes back to who answers for all
    within = or_(
        led_by(viewer),
        ~exists().where(
            DebriefTeam.debrief_id == Debrief.id,
            DebriefTeam.team_id.not_in(sorted(debrief.team_ids)),
        ),
    )
    wanted = (
        _shown()
        .where(
            Decision.state == DecisionState.OPEN.value,
            Decision.debrief_id != debrief.id,
            Debrief.starts_at < debrief.starts_at,
            related,
            within,
            kind,
        )
        .order_by(Decision.due_on.is_(None), Decision.due_on, Decision.id)
    )
    return list(db.session.scalars(wanted.limit(MOST)).unique())


def list_decisions(
    viewer: Viewer, *, state: str = "open", own: bool = False, today: date
) -> list[Decision]:
    """Decisions of debriefs that the viewer leads, and those that they own.

    Args:
        state: one of `STATES`.
        own: only those that the viewer sees to.
        today: what is due before is late.
    """
    mine = Decision.owner_id == viewer.user_id
    statement = _shown().where(mine if own else or_(mine, led_by(viewer)))
    if state == "closed":
        statement = statement.where(Decision.state != DecisionState.OPEN.value).order_by(
            Decision.closed_at.desc(), Decision.id.desc()
        )
    else:
        statement = statement.where(Decision.state == DecisionState.OPEN.value).order_by(
            Decision.due_on.is_(None), Decision.due_on, Decision.id
        )
        if state == "overdue":
            statement = statement.where(Decision.due_on < today)
    return list(db.session.scalars(statement.limit(MOST)).unique())


def _is_own(viewer: Viewer, decision: Decision) -> bool:
    return (
        viewer.user_id is not None
        and decision.owner_id == viewer.user_id
        and decision.deleted_at is None
    )


def _shown() -> Select[Decision]:
    return (
        select(Decision)
        .join(Decision.debrief)
        .where(Decision.deleted_at.is_(None))
        .options(
            joinedload(Decision.owner),
            joinedload(Decision.item),
            joinedload(Decision.debrief),
            joinedload(Decision.request),
            joinedload(Decision.objective),
            joinedload(Decision.drill),
            joinedload(Decision.note),
        )
    )
