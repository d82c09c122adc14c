"""Drills and sets of the campaigns a viewer makes drills for, and who has them to do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, CampaignTeam, Sponsor
from callcoach.campaigns.queries import visible_campaigns
from callcoach.drills.access import can_be_given, makes_drills
from callcoach.drills.models import Assignment, Drill, DrillSet, DrillSetItem, DrillStep
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.web.paging import Page, paginate

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class DrillFilters:
    """What to list; "" and None mean any."""

    situation: str = ""
    kind: str = ""
    campaign_id: int | None = None
    archived: bool = False


def in_library(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_read_drill` as a condition on `Drill`; without drills that quote a call of another
    team: whoever may not open a call does not read its words here either.
    """
    if not makes_drills(viewer):
        return false()
    if viewer.sees_everything:
        return true()
    calling = select(CampaignTeam.campaign_id).where(
        CampaignTeam.team_id.in_(sorted(viewer.team_ids))
    )
    foreign = exists().where(
        DrillStep.drill_id == Drill.id,
        DrillStep.call_id == Call.id,
        Call.team_id.not_in(sorted(viewer.team_ids)),
    )
    return and_(Drill.campaign_id.in_(calling), ~foreign)


def require_maker(viewer: Viewer) -> None:
    """Whoever makes no drills has no library.

    Raises:
        NotFound: sponsors and agents, who are not told that there is one.
        NotAllowed: the floor's leads.
    """
    if makes_drills(viewer):
        return
    if viewer.role is Role.TEAM_LEAD:
        raise NotAllowed("Drills are made by the supervisors; you see what is due.")
    raise NotFound("There is no such page.")


def list_drills(
    viewer: Viewer, filters: DrillFilters | None = None, number: int | None = None
) -> Page[Drill]:
    """Drills of the viewer's campaigns, newest first."""
    filters = filters or DrillFilters()
    statement = (
        select(Drill)
        .where(in_library(viewer), _is_archived(filters.archived))
        .options(*_shown())
        .order_by(Drill.created_at.desc(), Drill.id.desc())
    )
    for column, value in (
        (Drill.situation, filters.situation),
        (Drill.kind, filters.kind),
        (Drill.campaign_id, filters.campaign_id),
    ):
        if value:
            statement = statement.where(column == value)
    return paginate(db.session(), statement, number, PER_PAGE)


def get_drill(viewer: Viewer, drill_id: int) -> Drill:
    """One drill of the library.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    drill = db.session.scalars(
        select(Drill).where(Drill.id == drill_id, in_library(viewer)).options(*_shown())
    ).one_or_none()
    if drill is None:
        raise NotFound("There is no such drill.")
    return drill


def get_step(viewer: Viewer, step_id: int) -> DrillStep:
    """A step of a drill that the viewer reads in the library, or has been given to do.

    Raises:
        NotFound: neither.
    """
    given = exists().where(
        Assignment.drill_id == Drill.id,
        Assignment.agent_id == viewer.user_id,
        Assignment.cancelled_at.is_(None),
    )
    readable = given if viewer.role is Role.AGENT else in_library(viewer)
    step = db.session.scalars(
        select(DrillStep).join(DrillStep.drill).where(DrillStep.id == step_id, readable)
    ).one_or_none()
    if step is None:
        raise NotFound("There is no such drill.")
    return step


def drills_of_note(viewer: Viewer, note_id: int) -> list[Drill]:
    """Drills made from a note."""
    return list(
        db.session.scalars(
            select(Drill)
            .where(Drill.note_id == note_id, in_library(viewer), Drill.archived_at.is_(None))
            .order_by(Drill.id)
        )
    )


def list_sets(viewer: Viewer, *, archived: bool = False) -> list[DrillSet]:
    """Sets and paths of the viewer's campaigns, by name."""
    return list(
        db.session.scalars(
            select(DrillSet)
            .where(_set_in_scope(viewer), _set_archived(archived))
            .options(*_set_shown())
            .order_by(DrillSet.is_immersion.desc(), func.lower(DrillSet.name), DrillSet.id)
        )
    )


def get_set(viewer: Viewer, set_id: int) -> DrillSet:
    """One set.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    found = db.session.scalars(
        select(DrillSet).where(DrillSet.id == set_id, _set_in_scope(viewer)).options(*_set_shown())
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such set.")
    return found


def get_item(drill_set: DrillSet, item_id: int) -> DrillSetItem:
    """A step of a set.

    Raises:
        NotFound: it is in none, or in another one.
    """
    for item in drill_set.items:
        if item.id == item_id:
            return item
    raise NotFound("There is no such step.")


def campaigns_of(viewer: Viewer) -> list[Campaign]:
    """Open campaigns the viewer makes drills for, by sponsor and name."""
    if not makes_drills(viewer):
        return []
    return list(
        db.session.scalars(
            visible_campaigns(viewer)
            .join(Campaign.sponsor)
            .where(Campaign.is_archived.is_(False))
            .options(joinedload(Campaign.sponsor))
            .order_by(Sponsor.name, Campaign.name)
        )
    )


def agents_for(viewer: Viewer, campaign: Campaign, calls: Collection[Call] = ()) -> list[User]:
    """Agents of the viewer's teams that call for a campaign, by name; of these, who may be given a
    drill that quotes `calls`.
    """
    if not makes_drills(viewer):
        return []
    calling = [link.team_id for link in campaign.teams]
    teams = calling if viewer.sees_everything else sorted(viewer.team_ids.intersection(calling))
    found = db.session.scalars(
        select(User)
        .where(
            User.role == Role.AGENT,
            User.is_enabled.is_(True),
            User.memberships.any(Membership.team_id.in_(teams)),
        )
        .options(selectinload(User.memberships))
        .order_by(User.name)
    )
    return [
        agent
        for agent in found
        if can_be_given(agent.id, [own.team_id for own in agent.memberships], calls)
    ]


def assignments_of_drill(viewer: Viewer, drill: Drill) -> list[Assignment]:
    """Who of the viewer's agents has this drill, by the day it is due; taken back ones left out."""
    return _assignments(viewer, Assignment.drill_id == drill.id)


def assignments_of_set(viewer: Viewer, drill_set: DrillSet) -> list[Assignment]:
    """Who of the viewer's agents has what of a set."""
    ids = [item.id for item in drill_set.items]
    return _assignments(viewer, Assignment.item_id.in_(ids))


def get_assignment(viewer: Viewer, assignment_id: int) -> Assignment:
    """What was given to an agent of the viewer's teams; also what was taken back.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    found = db.session.scalars(
        select(Assignment).where(Assignment.id == assignment_id, of_teams(viewer))
    ).one_or_none()
    if found is None or not makes_drills(viewer):
        raise NotFound("There is no such drill.")
    return found


def list_due(viewer: Viewer, *, limit: int = 200) -> list[Assignment]:
    """What the agents of a viewer's teams have to do, and what they did lately: by the day it is
    due. Whether a try was good is not in it, and it cannot be put in the order of people.
    """
    if not viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD):
        raise NotFound("There is no such page.")
    return list(
        db.session.scalars(
            select(Assignment)
            .where(
                of_teams(viewer), Assignment.cancelled_at.is_(None), Assignment.due_on.is_not(None)
            )
            .options(joinedload(Assignment.agent), joinedload(Assignment.drill))
            .order_by(Assignment.done_at.is_not(None), Assignment.due_on, Assignment.id)
            .limit(limit)
        )
    )


def of_teams(viewer: Viewer) -> ColumnElement[bool]:
    """Drills whose due date the viewer may follow, as a condition on `Assignment`: those of their
    teams' agents, for who plans or supervises them.
    """
    if viewer.sees_everything:
        return true()
    if not viewer.has_role(Role.SUPERVISOR, Role.TEAM_LEAD):
        return false()
    mine = select(Membership.user_id).where(Membership.team_id.in_(sorted(viewer.team_ids)))
    return Assignment.agent_id.in_(mine)


def team_names(user: User) -> str:
    """The teams somebody is in, to be read."""
    names = db.session.scalars(
        select(Team.name)
        .join(Membership, Membership.team_id == Team.id)
        .where(Membership.user_id == user.id)
        .order_by(Team.name)
    )
    return ", ".join(names)


def _assignments(viewer: Viewer, wanted: ColumnElement[bool]) -> list[Assignment]:
    if not makes_drills(viewer):
        return []
    statement: Select[Assignment] = (
        select(Assignment)
        .where(wanted, of_teams(viewer), Assignment.cancelled_at.is_(None))
        .options(joinedload(Assignment.agent))
        .order_by(
            Assignment.done_at.is_not(None),
            Assignment.due_on.is_(None),
            Assignment.due_on,
            Assignment.id,
        )
    )
    return list(db.session.scalars(statement))


def _shown() -> tuple[Any, ...]:
    return (
        joinedload(Drill.campaign).joinedload(Campaign.sponsor),
        joinedload(Drill.author),
        selectinload(Drill.steps).joinedload(DrillStep.call),
    )


def _set_shown() -> tuple[Any, ...]:
    return (
        joinedload(DrillSet.campaign).joinedload(Campaign.sponsor),
        selectinload(DrillSet.items).joinedload(DrillSetItem.drill),
    )


def _set_in_scope(viewer: Viewer) -> ColumnElement[bool]:
    if not makes_drills(viewer):
        return false()
    if viewer.sees_everything:
        return true()
    return DrillSet.campaign_id.in_(
        select(CampaignTeam.campaign_id).where(CampaignTeam.team_id.in_(sorted(viewer.team_ids)))
    )


def _is_archived(archived: bool) -> ColumnElement[bool]:
    return Drill.archived_at.is_not(None) if archived else Drill.archived_at.is_(None)


def _set_archived(archived: bool) -> ColumnElement[bool]:
    return DrillSet.archived_at.is_not(None) if archived else DrillSet.archived_at.is_(None)
