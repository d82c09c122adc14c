"""Reads of a team's page, in a viewer's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.debriefs.models import Decision
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.drills.models import Assignment
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.models import BeforeAfter, Recheck
from callcoach.progress.queries.people import Measured, counted
from callcoach.team_life.access import can_keep, can_read
from callcoach.team_life.models import TeamObjective, TeamStandard

#: How long a remarkable moment stands on the page: a week, so that Monday morning is not empty.
REMARKABLE_FOR = timedelta(days=7)
#: Moments that the page shows.
MOST_MOMENTS = 8
#: How long what was closed or retired stays in sight.
RECENT = timedelta(days=30)
#: Agents of whom at least something about the calls was counted, or it would be a figure about one
#: of them: with two, each knows the other's.
LEAST_AGENTS = 3


@dataclass(frozen=True, slots=True)
class TeamMeasure:
    """How far a team's objective is; nothing is told of fewer than `LEAST_AGENTS` agents."""

    found: Measured
    is_too_few: bool


def get_team(viewer: Viewer, team_id: int) -> Team:
    """A team whose page the viewer reads.

    Raises:
        NotFound: there is none.
    """
    team = db.session.get(Team, team_id)
    if team is None or not can_read(viewer, team.id):
        raise NotFound("There is no such team.")
    return team


def get_kept_team(viewer: Viewer, team_id: int) -> Team:
    """A team on whose page the viewer writes.

    Raises:
        NotFound: there is none.
    """
    team = db.session.get(Team, team_id)
    if team is None or not can_keep(viewer, team.id):
        raise NotFound("There is no such team.")
    return team


def my_teams(viewer: Viewer) -> list[Team]:
    """The teams that an agent is in, by name.

    Raises:
        NotFound: the viewer is no agent.
    """
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    return list(
        db.session.scalars(
            select(Team)
            .where(Team.id.in_(sorted(viewer.team_ids)), Team.is_archived.is_(False))
            .order_by(Team.name, Team.id)
        )
    )


def standards_of(team: Team) -> list[TeamStandard]:
    """Those in force, in their order."""
    return list(
        db.session.scalars(
            select(TeamStandard)
            .where(TeamStandard.team_id == team.id, TeamStandard.retired_at.is_(None))
            .options(joinedload(TeamStandard.decision).joinedload(Decision.debrief))
            .order_by(TeamStandard.position, TeamStandard.id)
        )
    )


def retired_of(team: Team) -> list[TeamStandard]:
    """Those that were in force, latest first."""
    return list(
        db.session.scalars(
            select(TeamStandard)
            .where(TeamStandard.team_id == team.id, TeamStandard.retired_at.is_not(None))
            .order_by(TeamStandard.retired_at.desc(), TeamStandard.id.desc())
            .limit(20)
        )
    )


def get_standard(viewer: Viewer, standard_id: int) -> TeamStandard:
    """A standard of a team on whose page the viewer writes.

    Raises:
        NotFound: there is none.
    """
    standard = db.session.get(TeamStandard, standard_id)
    if standard is None or not can_keep(viewer, standard.team_id):
        raise NotFound("There is no such standard.")
    return standard


def decision_for(viewer: Viewer, team: Team, decision_id: int | None) -> Decision | None:
    """A decision of a debrief of this team that the viewer led, to make a standard of; None when
    none is named.

    Raises:
        NotFound: there is none.
    """
    if not decision_id:
        return None
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.deleted_at is not None:
        raise NotFound("There is no such decision.")
    debrief = get_led(viewer, decision.debrief_id)
    if team.id not in debrief.team_ids or debrief.is_one_to_one:
        raise NotFound("There is no such decision.")
    return decision


def objectives_of(team: Team) -> list[TeamObjective]:
    """Open ones first, then those closed lately."""
    return list(
        db.session.scalars(
            select(TeamObjective)
            .where(
                TeamObjective.team_id == team.id,
                TeamObjective.closed_at.is_(None) | (TeamObjective.closed_at > utc_now() - RECENT),
            )
            .options(joinedload(TeamObjective.campaign), joinedload(TeamObjective.author))
            .order_by(TeamObjective.closed_at.is_not(None), TeamObjective.ends_on, TeamObjective.id)
        )
    )


def get_objective(viewer: Viewer, objective_id: int) -> TeamObjective:
    """An objective of a team on whose page the viewer writes.

    Raises:
        NotFound: there is none.
    """
    objective = db.session.get(TeamObjective, objective_id)
    if objective is None or not can_keep(viewer, objective.team_id):
        raise NotFound("There is no such objective.")
    return objective


def measured(objective: TeamObjective) -> TeamMeasure:
    """Count what a team aims at, within its days, in all of its calls together."""
    zone = ZoneInfo(objective.team.timezone)
    start = datetime.combine(objective.starts_on, datetime.min.time(), zone)
    end = datetime.combine(objective.ends_on + timedelta(days=1), datetime.min.time(), zone)
    members = select(Membership.user_id).where(Membership.team_id == objective.team_id)
    calls = [Call.team_id == objective.team_id]
    if objective.campaign_id is not None:
        calls.append(Call.campaign_id == objective.campaign_id)
    found = counted(
        objective.measure,
        objective.subject,
        (start, end),
        calls=calls,
        given=(Assignment.agent_id.in_(members),),
    )
    is_about_how = objective.measure in ("cause", "figure")
    few = is_about_how and found.value is not None and found.agents < LEAST_AGENTS
    return TeamMeasure(found, is_too_few=few)


def campaigns_of(team: Team) -> list[Campaign]:
    """Open campaigns that a team calls for, by name."""
    return list(
        db.session.scalars(
            select(Campaign)
            .join(CampaignTeam, CampaignTeam.campaign_id == Campaign.id)
            .where(CampaignTeam.team_id == team.id, Campaign.is_archived.is_(False))
            .options(joinedload(Campaign.sponsor))
            .order_by(Campaign.name, Campaign.id)
        )
    )


def require_campaign(team: Team, campaign_id: int | None) -> int | None:
    """A campaign that a team calls for, or none for all of them.

    Raises:
        NotFound: it does not call for this one.
    """
    if not campaign_id:
        return None
    if campaign_id not in {campaign.id for campaign in campaigns_of(team)}:
        raise NotFound("There is no such campaign.")
    return campaign_id


def remarkable_notes(team: Team) -> list[Note]:
    """Moments to keep that were shown to the whole team within a week, newest first. Everybody who
    reads the page reads these.
    """
    return list(
        db.session.scalars(
            select(Note)
            .join(Note.call)
            .where(
                Call.team_id == team.id,
                Call.deleted_at.is_(None),
                Note.deleted_at.is_(None),
                Note.aim == NoteAim.KEEP.value,
                Note.visibility == Visibility.TEAM.value,
                Note.sent_at > utc_now() - REMARKABLE_FOR,
            )
            .order_by(Note.sent_at.desc(), Note.id.desc())
            .limit(MOST_MOMENTS)
        )
    )


def offered_pairs(team: Team) -> list[BeforeAfter]:
    """Befores and afters that agents of the team offered within a week, newest first."""
    pairs = db.session.scalars(
        select(BeforeAfter)
        .join(BeforeAfter.after_call)
        .join(BeforeAfter.recheck)
        .where(
            Call.team_id == team.id,
            Call.deleted_at.is_(None),
            BeforeAfter.confirmed_at.is_not(None),
            BeforeAfter.offered_at > utc_now() - REMARKABLE_FOR,
        )
        .options(joinedload(BeforeAfter.recheck).joinedload(Recheck.note))
        .order_by(BeforeAfter.offered_at.desc(), BeforeAfter.id.desc())
    )
    return [
        pair
        for pair in pairs
        if pair.recheck.note.deleted_at is None
        and pair.recheck.note.call.deleted_at is None
        and pair.recheck.note.call.team_id == team.id
    ][:MOST_MOMENTS]


def has_agents(team: Team) -> bool:
    """Whether more than one agent calls in the team: of one alone regularity is theirs."""
    found = db.session.scalars(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id == team.id, User.role == Role.AGENT.value)
        .limit(2)
    ).all()
    return len(found) > 1
