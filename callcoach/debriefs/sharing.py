"""Whether the moment of an item is played, or only read: asked at each time, never remembered.

Colleagues know the voice. Before a team a moment is played with its agent's yes alone, which covers
the whole stretch and can be withdrawn at any time; without it the text is shown, or the supervisor
reads it aloud. Whoever prepares hears it for themselves as they hear the call.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.sound import hears_calls
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.sharing import is_consented
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.models import AgendaItem, Debrief


def has_sound(item: AgendaItem) -> bool:
    """Whether there is anything to play: the recording is there, and the call was not put aside."""
    call = item.call
    return (
        call is not None
        and call.deleted_at is None
        and item.start_ms is not None
        and item.end_ms is not None
        and call.recording is not None
        and call.recording.playback_id is not None
    )


def is_set_aside(item: AgendaItem) -> bool:
    """Its call was put aside, or erased since: then not even the words are shown."""
    return item.erased_at is not None or (
        item.call is not None and item.call.deleted_at is not None
    )


def is_consented_to(item: AgendaItem) -> bool:
    """Whether the agent of the moment lets colleagues hear all of the stretch, now."""
    if item.call_id is None or item.start_ms is None or item.end_ms is None:
        return False
    return is_consented(item.call_id, item.start_ms, item.end_ms)


def plays_before(debrief: Debrief, item: AgendaItem) -> bool:
    """Whether the moment may be played before the audience of a debrief.

    In a one-to-one the agent hears a call of their own; before a team only with the agent's yes.
    """
    if not has_sound(item):
        return False
    call = item.call
    if debrief.agent_id is not None and call is not None and call.agent_id == debrief.agent_id:
        return True
    return is_consented_to(item)


def may_prehear(viewer: Viewer, item: AgendaItem) -> bool:
    """Whether who prepares may hear the moment for themselves."""
    return has_sound(item) and item.call is not None and can_read_call(viewer, item.call)


def may_play_live(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> bool:
    """Whether the viewer may be sent the moment's sound in, or after, the debrief: who leads plays it
    before all; an agent who attends hears it on a telephone of their own only where the campaign
    lets telephones play calls.
    """
    if item.debrief_id != debrief.id or not plays_before(debrief, item):
        return False
    if can_lead(viewer, debrief):
        return True
    call = item.call
    if call is None or not can_attend(viewer, debrief):
        return False
    if call.agent_id == viewer.user_id:
        return hears_calls(viewer, call.campaign)
    return call.team_id in viewer.team_ids and call.campaign.agent_audio == AgentAudio.YES


def names_agent(item: AgendaItem) -> bool:
    """Whether colleagues are told whose it is: something good, and its agent lets it be heard, or
    offered it to the debrief. A difficult moment is nobody's.
    """
    is_offered = item.pair is not None and item.pair.offered_at is not None
    return is_offered or (item.is_good and is_consented_to(item))
