"""What this room learns from those below: notes that were sent, calls that are ready, verdicts."""

from __future__ import annotations

from callcoach.calls.events import on_details_changed, on_judged, on_words_changed
from callcoach.calls.models import Call, Verdict
from callcoach.coaching.events import on_note_sent
from callcoach.coaching.models import Note
from callcoach.progress.operations import following, hearing


@on_note_sent
def follow_note(note: Note) -> None:
    """A note that asks for a change is followed from now on."""
    following.start_recheck(note)


@on_words_changed
def call_was_read(call: Call) -> None:
    """A new analysis, exchanged channels, a corrected turn: what counts is what it says now."""
    following.follow_call(call)


@on_details_changed
def call_was_described(call: Call) -> None:
    """Another kind, agent or campaign: it may belong to other rechecks now."""
    following.follow_call(call)


@on_judged
def moment_was_judged(call: Call, verdict: Verdict) -> None:
    """Whoever judges a flag has heard it."""
    hearing.follow_verdict(call, verdict)
