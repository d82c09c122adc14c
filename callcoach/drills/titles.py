"""What a drill is called, for whoever looks: its title quotes what was said in a call."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.drills.access import can_read_words
from callcoach.drills.anonymising import names_in, redact
from callcoach.drills.models import Drill


def title_for(viewer: Viewer, drill: Drill | None) -> str:
    """The title of a drill that the viewer may know of: for an agent without the names of
    colleagues' calls, for the others only when all calls in it are theirs to open; else "".
    """
    if drill is None:
        return ""
    if viewer.role is Role.AGENT:
        return redact(drill.title, names_in_others(drill, viewer.user_id))
    return drill.title if can_read_words(viewer, drill.calls) else ""


def names_in_others(drill: Drill, agent_id: int | None) -> list[str]:
    """Whom the words of colleagues' calls in a drill may name; none when all calls are the agent's
    own.
    """
    others: list[Call] = [call for call in drill.calls if call.agent_id != agent_id]
    return [name for call in others for name in names_in(call)]
