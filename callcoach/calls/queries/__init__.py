"""Reads of calls, always scoped by a `Viewer`."""

from callcoach.calls.queries.calls import (
    PER_PAGE,
    CallFilters,
    CallPage,
    FilterChoices,
    ImportChoices,
    call_ids,
    calls_by_id,
    current_analysis,
    filter_choices,
    get_call,
    get_turn,
    import_choices,
    list_calls,
    neighbours,
    turns_of,
)
from callcoach.calls.queries.excerpts import find_excerpt, stretch_state
from callcoach.calls.queries.flags import (
    has_verdict,
    is_held_back,
    is_of_held_back_kind,
    is_shown,
    is_visible,
)
from callcoach.calls.queries.moments import (
    count_tipping_points,
    get_point,
    get_verdict,
    visible_moments,
)
from callcoach.calls.queries.scope import in_scope
from callcoach.calls.queries.tags import TagUse, known_tags, tags_of

__all__ = [
    "PER_PAGE",
    "CallFilters",
    "CallPage",
    "FilterChoices",
    "ImportChoices",
    "TagUse",
    "call_ids",
    "calls_by_id",
    "count_tipping_points",
    "current_analysis",
    "filter_choices",
    "find_excerpt",
    "get_call",
    "get_point",
    "get_turn",
    "get_verdict",
    "has_verdict",
    "import_choices",
    "in_scope",
    "is_held_back",
    "is_of_held_back_kind",
    "is_shown",
    "is_visible",
    "known_tags",
    "list_calls",
    "neighbours",
    "stretch_state",
    "tags_of",
    "turns_of",
    "visible_moments",
]
