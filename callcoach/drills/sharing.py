"""Who may hear what of a drill, asked of the database; a colleague's voice with that colleague's yes
alone (`callcoach.coaching.sharing`).
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.calls.sound import hears_calls
from callcoach.campaigns.models import AgentAudio, Campaign
from callcoach.coaching.access import can_read_note
from callcoach.coaching.sharing import is_consented
from callcoach.drills.access import can_hear_step, makes_drills
from callcoach.drills.models import DrillStep
from callcoach.extensions import Registry

#: id of a file -> whether it was recorded for everybody who calls for the campaign.
OpenExamples = Callable[[int], bool]

_open_examples: Registry[OpenExamples] = Registry()

#: Registers whose spoken examples are meant for everybody of a campaign, as a decorator.
on_example_asked = _open_examples.add


def may_hear(viewer: Viewer, call: Call | None, start_ms: int, end_ms: int) -> bool:
    """`can_hear_step` for a stretch of a call, asked of the database."""
    if call is None or call.deleted_at is not None:
        return False
    return can_hear_step(
        viewer,
        call,
        is_allowed=True,
        # The yes is given for playing it to the agent's team, not to whoever has the drill to do
        is_shared=call.team_id in viewer.team_ids and is_consented(call.id, start_ms, end_ms),
        on_telephones=plays_on_telephones(call.campaign),
    )


def may_hear_step(viewer: Viewer, step: DrillStep) -> bool:
    """Whether the viewer, who may read or do the drill, may hear the prospect's line of a step."""
    call = step.call
    if call is None or (viewer.role == "agent" and not step.is_audible):
        return False
    return may_hear(viewer, call, step.start_ms, step.end_ms)


def may_hear_example(viewer: Viewer, step: DrillStep) -> bool:
    """Whether the viewer, who may read or do the drill, may hear its spoken example.

    It is the voice of a note, which speaks to whom that note is for: nobody hears it here who may
    not hear it there. A note that was put aside since changes nothing. A voice that was recorded for
    a whole campaign (`on_example_asked`) is heard by all who have the drill to do.
    """
    if step.example_file_id is None:
        return False
    call, note = step.call, step.drill.note
    campaign = call.campaign if call is not None else step.drill.campaign
    if campaign is not None and not hears_calls(viewer, campaign):
        return False
    if note is not None:
        return can_read_note(viewer, note, note.call)
    if is_for_everybody(step.example_file_id):
        return True
    return makes_drills(viewer) or (call is not None and call.agent_id == viewer.user_id)


def is_for_everybody(file_id: int) -> bool:
    """Whether a spoken example was recorded for a whole campaign, and so is about no call."""
    return any(is_open(file_id) for is_open in _open_examples)


def plays_on_telephones(campaign: Campaign) -> bool:
    """Calls with names beeped out are written by whoever plays notes; a drill has none, and so
    gives the words alone wherever the plain sound is not for agents' telephones.
    """
    return campaign.agent_audio == AgentAudio.YES
