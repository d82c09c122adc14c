"""What this room learns from calls: their words, kind, agent, campaign or outcome changed."""

from __future__ import annotations

from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.models import Call
from callcoach.trials.operations.counting import count_call


@on_words_changed
def call_was_read(call: Call) -> None:
    """What was said is what the newest transcript says, with people's corrections."""
    count_call(call)


@on_details_changed
def call_was_described(call: Call) -> None:
    """It may belong to another agent-day, to none, or have come out otherwise."""
    count_call(call)
