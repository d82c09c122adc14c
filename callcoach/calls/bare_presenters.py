"""A call as people judge it unprompted: its sound and its words, and nothing that was found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcoach.calls.call_presenters import player_data
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call


def bare_data(
    call: Call, turns: Sequence[ShownTurn], words: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """What the player draws; no curve and no moment: they would lead the ear.

    Args:
        words: what the page's script says.
        **more: what that script needs besides.
    """
    bare = player_data(
        duration_ms=call.duration_ms,
        analysis=call.current_analysis,
        turns=turns,
        shown_moments=(),
        with_engagement=False,
    )
    nothing: dict[str, list[Any]] = {name: [] for name in ("notes", "requests", "breaks", "holds")}
    return {**bare, **nothing, "words": dict(words), **more}
