"""Whether the sound of a campaign's calls is played to somebody. Pure: no database, no request.

Agents listen on telephones of their own. Where the campaign keeps sound off them, no address gives
any: neither a whole call nor a moment of one. Where it wants names and numbers beeped out, the moment
of a note on their own call is played in that variant, and nothing else.
"""

from __future__ import annotations

from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import AgentAudio
from callcoach.errors import N_, NotAllowed

#: What the page says in the place of the player, and the answer to whoever asks all the same.
READ_ONLY = N_("On this campaign, agents read the words; the sound of calls is not played to them.")


class WithSound(Protocol):
    """What is looked at: a campaign."""

    @property
    def agent_audio(self) -> str: ...


def hears_calls(viewer: Viewer, campaign: WithSound) -> bool:
    """Everybody but agents; agents where the campaign says so.

    "Redacted" does not: the plain sound must never stand in for the beeped one.
    """
    return viewer.role is not Role.AGENT or campaign.agent_audio == AgentAudio.YES


def hears_beeped(viewer: Viewer, campaign: WithSound) -> bool:
    """Whether moments of calls are played to somebody with names and numbers beeped out, and not
    otherwise. Whole calls never are.
    """
    return viewer.role is Role.AGENT and campaign.agent_audio == AgentAudio.REDACTED


def require_sound(viewer: Viewer, campaign: WithSound) -> None:
    """Let pass whoever may hear; scope is the caller's to judge.

    Raises:
        NotAllowed: an agent, on a campaign whose sound is kept off their telephones.
    """
    if not hears_calls(viewer, campaign):
        raise NotAllowed(READ_ONLY)
