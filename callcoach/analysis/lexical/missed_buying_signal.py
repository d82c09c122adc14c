"""D11, missed buying signal: the prospect asks or projects, the agent passes on.

Source: TIPPING.md §4.1, D11 (price, lead time, how, references, availability; the reply neither
answers nor proposes a next step).

Does not detect: whether the answer was right. A question about the price that is an objection, and
an answer in the campaign's approved words (no price by telephone, say), are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap

#: A shorter reply passes on to nothing yet.
MIN_WORDS = 4


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield replies to a buying signal that change the subject."""
    missed = 0
    limit = scene.bound("missed_buying_signal.taken_ratio")
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        signals = scene.hits(last, "buying")
        if last is None or moment.place == 0 or words_in(turn) < MIN_WORDS:
            continue
        asked = scene.is_asking(last)
        if not signals and not (asked and len(moment.before) > 1):
            continue
        if scene.has(last, "objecting_price", "refusal") or scene.context_hits(turn, "approved"):
            continue
        taken = overlap(last.text, turn.text)
        if taken >= limit and scene.has(turn, "proposing"):
            continue
        strength = 0.2 + 0.15 * bool(signals) + 0.25 * scene.has(turn, "deaf")
        strength += 0.1 * (taken < limit) + 0.15 * (scene.is_asking(turn) and asked)
        strength -= 0.2 * scene.has(turn, "proposing") + 0.15 * scene.has(turn, "acknowledging")
        if strength < 0.25:
            continue
        missed += 1
        hit = signals[0] if signals else None
        offered = scene.has(last, "accepted")
        yield Candidate(
            "D11",
            Cause.MISSED_BUYING_SIGNAL,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=hit),
                quote(turn),
                measure("taken_up", taken, "ratio", limit, turn),
            ),
            severity=2 + (missed >= 2 or offered),
            values={"words": hit.quote if hit else quote(last).quote},
        )


DETECTOR = Detector("D11", Cause.MISSED_BUYING_SIGNAL, detect)
