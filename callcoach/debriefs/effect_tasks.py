"""Background work on effects: draw a team's calls and look for the sign in each."""

from __future__ import annotations

from callcoach.calls.events import on_details_changed, on_judged, on_words_changed
from callcoach.calls.models import Call, Verdict
from callcoach.debriefs.effect_models import Effect
from callcoach.debriefs.operations import effects
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task(effects.GATHER)
def gather_effect(context: JobContext) -> None:
    """Draw the calls of an effect and look for its sign, then keep that in one transaction.

    Safe to run again after a crash. An effect that is closed meanwhile keeps what it has.
    """
    effect_id = effects.effect_id_of(context.subject)
    with context.reading():
        effect = db.session.get(Effect, effect_id)
        is_open = effect is not None and effect.closed_at is None
        drawn = effects.look_at_calls(effect) if effect is not None and is_open else None
    with context.writing(final=True):
        kept = db.session.get(Effect, effect_id)
        if kept is not None and drawn is not None:
            effects.keep(kept, drawn)


@on_words_changed
def call_was_read(call: Call) -> None:
    """A call is ready, was analysed anew, or a turn was corrected."""
    effects.follow_call(call)


@on_details_changed
def call_was_described(call: Call) -> None:
    """Another kind, team or campaign: the lot falls anew."""
    effects.follow_call(call)


@on_judged
def moment_was_judged(call: Call, _verdict: Verdict) -> None:
    """A rejected flag no longer counts as found."""
    effects.follow_call(call)
