"""Which team, agent and campaign a recording belongs to, from what its metadata say.

Names are compared folded (no accents, no case); agents are also known by their telephony ids and
sign-in names. What is not said is taken from what leaves no choice: the agent's only team, the
team's only campaign. Anything else is refused with a sentence, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer, can_import_calls
from callcoach.accounts.models import Role, Team, User
from callcoach.calls.access import can_import_into
from callcoach.calls.metadata import CallMetadata, fold
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotAllowed
from callcoach.extensions import db


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a call belongs; `language` is the campaign's."""

    team_id: int
    agent_id: int | None
    campaign_id: int
    language: str


def place_call(viewer: Viewer, known: CallMetadata) -> Placement:
    """Find team, agent and campaign.

    Raises:
        InvalidInput: one cannot be found, does not fit the others, or nothing tells it.
        NotAllowed: the viewer may not import into the team.
    """
    if not can_import_calls(viewer):
        raise NotAllowed("Supervisors and team leads import calls; ask yours.")
    agent = _find_agent(viewer, known)
    team = _find_team(viewer, known, agent)
    if not can_import_into(viewer, team.id):
        raise NotAllowed("You may import calls into your own teams only.")
    if agent is not None and team.id not in _team_ids(agent):
        raise InvalidInput(
            "%(agent)s is not in the team %(team)s.", agent=agent.name, team=team.name
        )
    campaign = _find_campaign(known, team)
    return Placement(team.id, agent.id if agent else None, campaign.id, campaign.language)


def _find_agent(viewer: Viewer, known: CallMetadata) -> User | None:
    if known.agent_id is None and not known.agent:
        return None
    agents = db.session.scalars(
        select(User)
        .where(User.role == Role.AGENT)
        .options(selectinload(User.telephony_ids), selectinload(User.memberships))
    ).all()
    if not viewer.sees_everything:
        agents = [agent for agent in agents if viewer.team_ids & _team_ids(agent)]
    if known.agent_id is not None:
        found = [agent for agent in agents if agent.id == known.agent_id]
    else:
        wanted = fold(known.agent)
        # The strongest kind of name that matches anybody decides
        kinds: tuple[Callable[[User], Iterable[str]], ...] = (
            lambda agent: (item.value for item in agent.telephony_ids),
            lambda agent: (agent.login,),
            lambda agent: (agent.name,),
        )
        found = []
        for names in kinds:
            found = [agent for agent in agents if wanted in map(fold, names(agent))]
            if found:
                break
    if len(found) > 1 and (known.team or known.team_id):
        team = _named_team(known)
        found = [agent for agent in found if team.id in _team_ids(agent)]
    if not found:
        raise InvalidInput(
            "There is no agent “%(agent)s”. Correct the name, or add it to the agent’s telephony "
            "ids.",
            agent=known.agent or str(known.agent_id),
        )
    if len(found) > 1:
        raise InvalidInput(
            "Several agents are called “%(agent)s”; write a telephony id or a sign-in name.",
            agent=known.agent,
        )
    return found[0]


def _find_team(viewer: Viewer, known: CallMetadata, agent: User | None) -> Team:
    if known.team or known.team_id is not None:
        return _named_team(known)
    if agent is not None:
        choices = sorted(_team_ids(agent))
        if len(choices) == 1:
            return db.session.get_one(Team, choices[0])
        raise InvalidInput(
            "%(agent)s is in several teams or in none: say which team.", agent=agent.name
        )
    if not viewer.sees_everything and len(viewer.team_ids) == 1:
        return db.session.get_one(Team, next(iter(viewer.team_ids)))
    raise InvalidInput("Neither an agent nor a team is known for this recording: say one of them.")


def _named_team(known: CallMetadata) -> Team:
    teams = db.session.scalars(select(Team).where(Team.is_archived.is_(False))).all()
    if known.team_id is not None:
        found = [team for team in teams if team.id == known.team_id]
    else:
        found = [team for team in teams if fold(team.name) == fold(known.team)]
    if len(found) != 1:
        raise InvalidInput("There is no team “%(team)s”.", team=known.team or str(known.team_id))
    return found[0]


def _find_campaign(known: CallMetadata, team: Team) -> Campaign:
    campaigns = [
        campaign
        for campaign in db.session.scalars(
            select(Campaign).options(joinedload(Campaign.sponsor), selectinload(Campaign.teams))
        )
        if team.id in {link.team_id for link in campaign.teams}
    ]
    found = campaigns
    if known.campaign_id is not None:
        found = [item for item in found if item.id == known.campaign_id]
    elif known.campaign:
        found = [item for item in found if fold(item.name) == fold(known.campaign)]
    else:
        found = [item for item in found if not item.is_archived]
    if known.sponsor:
        found = [item for item in found if fold(item.sponsor.name) == fold(known.sponsor)]
    if len(found) == 1:
        return found[0]
    name = known.campaign or str(known.campaign_id or "") or known.sponsor
    if not found and name:
        raise InvalidInput(
            "The team %(team)s has no campaign “%(campaign)s”.", team=team.name, campaign=name
        )
    if name:
        raise InvalidInput(
            "The team %(team)s has several campaigns for “%(campaign)s”: say sponsor and campaign.",
            team=team.name,
            campaign=name,
        )
    raise InvalidInput(
        "The team %(team)s has %(count)s open campaigns: say which one.",
        team=team.name,
        count=str(len(found)),
    )


def _team_ids(agent: User) -> frozenset[int]:
    return frozenset(membership.team_id for membership in agent.memberships)
