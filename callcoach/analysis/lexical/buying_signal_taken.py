"""D12, buying signal taken: a buying question gets an answer and a next step.

Source: TIPPING.md §4.1, D12: the trigger of D11; an answer of 15 s or less, then a question or a
proposal, and a prospect who does not refuse.

Does not detect: whether the answer was right.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap

#: A shorter reply answers nothing.
MIN_WORDS = 4


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield short answers to a buying signal that lead on."""
    limit = scene.bound("buying_signal_taken.answer_s")
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        signals = scene.hits(last, "buying")
        asked = scene.is_asking(last)
        if last is None or moment.place == 0 or not (signals or asked):
            continue
        if words_in(turn) < MIN_WORDS or scene.has(moment.next, "refusal", "exit"):
            continue
        if scene.has(last, "objecting_price") and not scene.has(moment.next, "accepted", "warm"):
            continue
        proposed = scene.has(turn, "proposing")
        leads = proposed or scene.is_asking(turn)
        if not leads and scene.has(turn, "deaf"):
            continue
        strength = 0.15 + 0.15 * bool(signals) + 0.1 * asked + 0.2 * proposed + 0.1 * leads
        strength += 0.1 * (overlap(last.text, turn.text) > 0.1)
        strength -= 0.2 * (moment.length_s > limit) + 0.15 * scene.has(turn, "deaf")
        if strength < 0.25:
            continue
        hit = signals[0] if signals else None
        yield Candidate(
            "D12",
            Cause.BUYING_SIGNAL_TAKEN,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=hit),
                quote(turn),
                measure("answered", moment.length_s, "s", limit, turn),
            ),
            severity=2,
            values={"words": hit.quote if hit else quote(last).quote},
        )


DETECTOR = Detector("D12", Cause.BUYING_SIGNAL_TAKEN, detect)
