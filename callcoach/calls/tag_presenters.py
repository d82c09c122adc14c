"""Tags as the pages of calls print them."""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.calls import queries
from callcoach.calls.access import can_tag_call, sees_tags
from callcoach.calls.models import Call
from callcoach.calls.tags import MAX_LENGTH, MAX_PER_CALL


@dataclass(frozen=True, slots=True)
class TagPanel:
    """Tags of one call, and what the field that adds another offers.

    Args:
        suggestions: other tags of the viewer's calls.
        can_add: the viewer may put a tag on the call, and it may have one more.
    """

    call_id: int
    tags: list[str]
    suggestions: list[str]
    can_tag: bool
    can_add: bool
    max_length: int = MAX_LENGTH


def tag_panel(viewer: Viewer, call: Call) -> TagPanel | None:
    """None for who sees no tags."""
    if not sees_tags(viewer):
        return None
    tags = queries.tags_of(viewer, [call]).get(call.id, [])
    can_tag = can_tag_call(viewer, call)
    known = [tag.name for tag in queries.known_tags(viewer)] if can_tag else []
    return TagPanel(
        call_id=call.id,
        tags=tags,
        suggestions=[name for name in known if name not in tags],
        can_tag=can_tag,
        can_add=can_tag and len(tags) < MAX_PER_CALL,
    )
