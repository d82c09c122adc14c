"""Whether somebody may hear the moment of a note, and what an agent lets colleagues hear at all.

Whoever hears the call hears it. Colleagues read a good moment without hearing it, unless its agent
said yes: they would know the voice. The yes is kept by a room above, which registers how to ask
for it here; as long as nothing is registered, nobody has said yes to anything.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.sound import hears_beeped, hears_calls
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.extensions import Registry

#: call id, start and end in milliseconds -> whether a yes in force covers all of it.
Consents = Callable[[int, int, int], bool]

_sources: Registry[Consents] = Registry()

#: Registers where a yes is kept, as a decorator.
on_consent_asked = _sources.add


def is_consented(call_id: int, start_ms: int, end_ms: int) -> bool:
    """Whether the agent of a call lets colleagues hear this stretch of it, now."""
    return any(source(call_id, start_ms, end_ms) for source in _sources)


def is_shared(note: Note) -> bool:
    """Whether the agent lets colleagues hear all that is played with a note, now: its moment with
    what led to it and what came of it.
    """
    start_ms, end_ms = excerpt_bounds(note)
    end_ms = min(end_ms, note.call.duration_ms)
    return is_consented(note.call_id, start_ms, end_ms)


def may_hear(viewer: Viewer, note: Note) -> bool:
    """Whether the viewer may hear the moment of a note.

    To colleagues only plain sound is played, and only where the campaign lets telephones play it.
    """
    call = note.call
    if not can_read_note(viewer, note, call):
        return False
    if can_read_call(viewer, call):
        return hears_calls(viewer, call.campaign)
    return call.campaign.agent_audio == AgentAudio.YES and is_shared(note)


def may_hear_beeped(viewer: Viewer, note: Note) -> bool:
    """Whether the viewer may hear the moment of a note with names and numbers beeped out, and not
    otherwise: the agent whose call it is. Colleagues know the voice all the same, and hear nothing.
    """
    call = note.call
    return (
        hears_beeped(viewer, call.campaign)
        and can_read_call(viewer, call)
        and can_read_note(viewer, note, call)
    )
