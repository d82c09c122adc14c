"""D01/D02, monologue: the agent holds the floor for long, with or without a breath.

Source: TIPPING.md §4.1, D01 (no pause of 0.3 s for 8 s or more) and D02 (floor held 30 s or more;
call maxima on the telephone: median 16.5 s, p90 29 s). Prospecting calls are short, so the ramp
starts near the median and is full at the p90.

Does not detect: a voicemail greeting, a hold, or whether what was said was worth its length.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, length_s, words_in

#: Floor held from which a candidate is raised, and at which it is full (TIPPING.md §1, longest
#: monologue per call: p50 16.5 s, p90 29 s).
FLOOR_FROM_S = 16.0
FLOOR_FULL_S = 30.0
#: What the prospect asked for may take longer (TIPPING.md §4.1, D02: doubled; half as much again
#: here because the ramp starts lower).
ASKED_FACTOR = 1.4
#: A pause this long lets the other in (TIPPING.md §4.1, D01).
BREATH_S = 0.3
#: Speech without a breath that adds to the case (TIPPING.md §1: p95 7.6 s).
BREATHLESS_S = 8.0
#: A try of the prospect to come in is at most this long.
ATTEMPT_S = 1.6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield one candidate for each stretch in which the agent keeps the floor."""
    for moment in scene.moments:
        turn = moment.turn
        held = _held_s(scene, moment)
        factor = ASKED_FACTOR if scene.is_asking(moment.last) else 1.0
        if held < FLOOR_FROM_S * factor:
            continue
        breathless = longest_breath_s(scene, turn)
        strength = clamp((held / factor - FLOOR_FROM_S) / (FLOOR_FULL_S - FLOOR_FROM_S))
        strength = clamp(0.25 + 0.6 * strength + (0.15 if breathless >= BREATHLESS_S else 0.0))
        yield Candidate(
            "D02",
            Cause.MONOLOGUE,
            turn.index,
            turn.start_s,
            turn.end_s,
            strength,
            (
                measure("floor_held", held, "s", FLOOR_FULL_S, turn),
                measure("breathless", breathless, "s", BREATHLESS_S, turn),
                quote(turn),
            ),
            severity=1 + (held >= FLOOR_FULL_S * factor) + (held >= 1.5 * FLOOR_FULL_S * factor),
            values={"held": round(held)},
        )


def _held_s(scene: Scene, moment: Moment) -> float:
    """How long the agent keeps the floor from this turn on, tries of the prospect not counting."""
    end = moment.turn.end_s
    for later in scene.moments[moment.place + 1 :]:
        entered = scene.moments[later.place - 1].next
        if entered is not None and (length_s(entered) > ATTEMPT_S or words_in(entered) > 4):
            break
        if later.turn.start_s - end > ATTEMPT_S + 1.0:
            break
        end = later.turn.end_s
    return end - moment.turn.start_s


def longest_breath_s(scene: Scene, turn: Turn) -> float:
    """Longest stretch of `turn` without a pause of `BREATH_S`."""
    best, start, end = 0.0, None, 0.0
    for unit in scene.conversation.units_of(turn):
        if start is None or unit.start_s - end >= BREATH_S:
            start = unit.start_s
        end = unit.end_s
        best = max(best, end - start)
    return best


DETECTOR = Detector("D02", Cause.MONOLOGUE, detect)
