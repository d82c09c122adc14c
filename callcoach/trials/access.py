"""Who may see and lead trials. Pure predicates: no database, no request.

A trial is a question about words. Those who write them lead it; agents know the words of their day,
and nothing of how it stands: who knows speaks otherwise.
"""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.access import can_edit_campaign


def can_lead_trials(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Plan and read trials of a campaign for which `team_ids` call."""
    return can_edit_campaign(viewer, team_ids)


def can_include_team(viewer: Viewer, team_id: int) -> bool:
    """Have a team take part: one's own."""
    return viewer.sees_everything or team_id in viewer.team_ids


def can_include_teams(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Start, end and conclude a trial in which these teams take part, and read its agent-days."""
    return all(can_include_team(viewer, team_id) for team_id in team_ids)


def says_trial_words(viewer: Viewer) -> bool:
    """Is told which words are theirs today."""
    return viewer.role is Role.AGENT
