"""Sponsors and campaigns for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.campaigns.models import Campaign, CampaignTeam, Sponsor, SponsorSeat
from callcoach.extensions import db

_numbers = itertools.count(1)


def create_sponsor(seats: Sequence[User] = (), **values: Any) -> Sponsor:
    """A client company with its people."""
    sponsor = Sponsor(**{"name": f"Donneur d’ordre {next(_numbers)}", **values})
    sponsor.seats = [SponsorSeat(user_id=user.id) for user in seats]
    db.session.add(sponsor)
    db.session.commit()
    return sponsor


def create_campaign(
    teams: Sequence[Team] = (), sponsor: Sponsor | None = None, **values: Any
) -> Campaign:
    """A campaign for which `teams` call."""
    sponsor = sponsor or create_sponsor()
    campaign = Campaign(
        **{
            "name": f"Campagne {next(_numbers)}",
            "sponsor_id": sponsor.id,
            "vocabulary": [],
            **values,
        }
    )
    campaign.teams = [CampaignTeam(team_id=team.id) for team in teams]
    db.session.add(campaign)
    db.session.commit()
    return campaign
