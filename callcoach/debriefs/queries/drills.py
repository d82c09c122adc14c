"""Drills that may be put on an agenda, to do together."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.campaigns.models import CampaignTeam
from callcoach.drills.models import Drill, DrillStep
from callcoach.drills.queries.library import in_library
from callcoach.errors import NotFound
from callcoach.extensions import db


def can_offer(viewer: Viewer) -> ColumnElement[bool]:
    """As a condition on `Drill`: the library of whoever makes drills; for the floor's leads, who
    have no library, drills of their teams' campaigns that quote no call but their teams'.
    """
    if viewer.role is not Role.TEAM_LEAD:
        return in_library(viewer)
    mine = sorted(viewer.team_ids)
    calling = select(CampaignTeam.campaign_id).where(CampaignTeam.team_id.in_(mine))
    # Whose an erased call was is not known any more
    foreign = Drill.steps.any(
        or_(DrillStep.call_id.is_(None), DrillStep.call.has(Call.team_id.not_in(mine)))
    )
    return and_(Drill.campaign_id.in_(calling), ~foreign)


def get_drill(viewer: Viewer, drill_id: int) -> Drill:
    """A drill that the viewer may put on an agenda.

    Raises:
        NotFound: there is none.
    """
    drill = db.session.scalars(
        select(Drill)
        .where(Drill.id == drill_id, can_offer(viewer))
        .options(joinedload(Drill.campaign), selectinload(Drill.steps).joinedload(DrillStep.call))
    ).one_or_none()
    if drill is None:
        raise NotFound("There is no such drill.")
    return drill
