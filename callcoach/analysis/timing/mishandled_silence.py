"""D06/D07, mishandled silence: dead air before the agent speaks, or the prospect's thinking filled.

Source: TIPPING.md §4.1, D06 (3 s of mutual silence is the 99th percentile on the telephone, call
maxima reach 5.3 s at p90) and D07 (resuming before the prospect could answer).

Does not detect: a hold that was announced, or silence that the prospect makes by looking
something up (see `useful_silence`).
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, words_in

#: Silence before the agent's turn: dead air from, full at (TIPPING.md §4.1, D06).
DEAD_AIR_FROM_S = 2.6
DEAD_AIR_FULL_S = 5.0
#: The agent left less than this to a prospect who was thinking (TIPPING.md §4.1, D07: 1.5 s).
FILLED_WITHIN_S = 1.5
#: Fewer words than this leave the prospect the floor.
MIN_WORDS = 6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers after dead air and answers that fill a thinking pause."""
    for moment in scene.moments:
        candidate = _dead_air(scene, moment) or _filled(scene, moment)
        if candidate is not None:
            yield candidate


def is_thinking(scene: Scene, turn: Turn | None) -> bool:
    """Whether the prospect said that a moment is needed, or broke off while counting."""
    return turn is not None and (
        scene.has(turn, "thinking") or (turn.text.endswith(("…", "...")) and words_in(turn) <= 12)
    )


def _dead_air(scene: Scene, moment: Moment) -> Candidate | None:
    if moment.exchange_in is None or moment.exchange_in.latency_s < DEAD_AIR_FROM_S:
        return None
    latency = moment.exchange_in.latency_s
    if words_in(moment.turn) < MIN_WORDS and not scene.has(moment.turn, "filler"):
        return None
    if is_thinking(scene, moment.last) and not scene.is_asking(moment.last):
        return None
    strength = 0.35 + 0.45 * clamp(
        (latency - DEAD_AIR_FROM_S) / (DEAD_AIR_FULL_S - DEAD_AIR_FROM_S)
    )
    strength += 0.2 * scene.has(moment.turn, "filler") + 0.1 * scene.is_asking(moment.last)
    return _candidate(moment, clamp(strength), latency, "dead_air", DEAD_AIR_FROM_S)


def _filled(scene: Scene, moment: Moment) -> Candidate | None:
    exchange = moment.exchange_in
    if (
        exchange is None
        or exchange.latency_s > FILLED_WITHIN_S
        or not is_thinking(scene, moment.last)
    ):
        return None
    if words_in(moment.turn) < MIN_WORDS or scene.is_asking(moment.last):
        return None
    strength = (
        0.35 + 0.3 * scene.has(moment.last, "thinking") + 0.25 * scene.has(moment.turn, "filler")
    )
    if scene.has(moment.turn, "inviting", "acknowledging"):
        strength -= 0.3
    return _candidate(moment, clamp(strength), exchange.latency_s, "filled", FILLED_WITHIN_S)


def _candidate(
    moment: Moment, strength: float, latency: float, variant: str, bound: float
) -> Candidate:
    turn = moment.turn
    evidence = [measure(f"silence_{variant}", max(latency, 0.0), "s", bound, turn)]
    if moment.last is not None and moment.last.text:
        evidence.append(quote(moment.last))
    return Candidate(
        "D06" if variant == "dead_air" else "D07",
        Cause.MISHANDLED_SILENCE,
        turn.index,
        turn.start_s,
        turn.end_s,
        strength,
        (*evidence, quote(turn)),
        severity=2,
        variant=variant,
        values={"silence": round(max(latency, 0.0), 1)},
    )


DETECTOR = Detector("D06", Cause.MISHANDLED_SILENCE, detect)
