"""D02, floor hogging: the agent holds the floor for long.

Source: TIPPING.md §4.1, D02 (floor held 30 s or more; call maxima on the telephone: median 16.5 s,
p90 29 s). Prospecting calls are short, so the ramp starts near the median and is full at the p90.
What the prospect asked for may take longer, and so may a first pitch that ends on a question.

Does not detect: a message left after a greeting, a hold, or whether what was said was worth its
length.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lanes import ms
from callcoach.analysis.model import Cause, Speaker
from callcoach.analysis.scene import Moment, Scene, length_s, words_in
from callcoach.analysis.text import is_question, sentences
from callcoach.analysis.timing.stretches import longest_stretch

#: A pitch belongs to the first agent turns.
PITCH_TURNS = 2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield one candidate for each stretch in which the agent keeps the floor."""
    start, full = scene.bound("monologue.floor_s"), scene.bound("monologue.full_s")
    breath = scene.bound("breathless.from_s")
    for moment in scene.moments:
        turn = moment.turn
        held = _held_s(scene, moment)
        if held < start or _is_message(scene, moment) or scene.has(turn, "holding"):
            continue
        factor = _factor(scene, moment)
        if held < start * factor:
            continue
        breathless = longest_stretch(scene, turn).duration_s
        strength = clamp((held / factor - start) / max(full - start, 1.0))
        strength = clamp(0.25 + 0.6 * strength + (0.15 if breathless >= breath else 0.0))
        severity = 1 + (held >= full * factor) + (held >= 1.5 * full * factor)
        yield Candidate(
            "D02",
            Cause.MONOLOGUE,
            turn.index,
            turn.start_s,
            turn.end_s,
            strength,
            (
                measure("floor_held", held, "s", round(start * factor, 1), turn),
                measure("breathless", breathless, "s", breath, turn),
                quote(turn),
            ),
            severity=min(3, severity + _is_unheard(scene, moment, held)),
            values={"held": round(held)},
        )


def _held_s(scene: Scene, moment: Moment) -> float:
    """How long the agent keeps the floor from this turn on, tries of the prospect not counting."""
    attempt_s = scene.bound("monologue.attempt_s")
    end = moment.turn.end_s
    for later in scene.moments[moment.place + 1 :]:
        entered = scene.moments[later.place - 1].next
        if entered is not None and (length_s(entered) > attempt_s or words_in(entered) > 4):
            break
        if ms(later.turn.start_s - end) > attempt_s + 1.0:
            break
        end = later.turn.end_s
    return ms(end - moment.turn.start_s)


def _factor(scene: Scene, moment: Moment) -> float:
    """How much longer than usual the floor may be held here."""
    if scene.is_asking(moment.last):
        return scene.bound("monologue.asked_ratio")
    parts = sentences(moment.turn.text)
    if moment.place < PITCH_TURNS and parts and is_question(parts[-1]):
        return scene.bound("monologue.pitch_ratio")
    return 1.0


def _is_message(scene: Scene, moment: Moment) -> bool:
    """Whether a machine was reached and nobody ever answers: a message is no monologue."""
    return not moment.after and any(
        scene.has(said, "opening_announcement") for said in moment.before
    )


def _is_unheard(scene: Scene, moment: Moment, held: float) -> bool:
    """Whether the prospect gave no sign at all during the last stretch of the held floor."""
    unheard_s = scene.bound("monologue.unheard_s")
    end = moment.turn.start_s + held
    return held >= unheard_s and not any(
        turn.speaker is Speaker.PROSPECT and end - unheard_s <= turn.start_s <= end - 0.5
        for turn in scene.conversation.turns
    )


DETECTOR = Detector("D02", Cause.MONOLOGUE, detect)
