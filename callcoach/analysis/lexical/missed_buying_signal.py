"""D11, missed buying signal: the prospect asks or projects, the agent passes on.

Source: TIPPING.md §4.1, D11 (price, lead time, how, references, availability; the reply neither
answers nor proposes a next step).

Does not detect: whether the answer was right; a price question used as an objection looks the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield replies to a buying signal that change the subject."""
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        signals = scene.hits(last, "buying")
        if last is None or moment.place == 0 or words_in(turn) < 4:
            continue
        asked = scene.is_asking(last)
        if not signals and not (asked and len(moment.before) > 1):
            continue
        proposed = scene.has(turn, "proposing")
        deaf = scene.has(turn, "deaf")
        taken = overlap(last.text, turn.text)
        strength = 0.2 + 0.15 * bool(signals) + 0.25 * deaf + 0.1 * (taken < 0.05)
        strength += 0.15 * (scene.is_asking(turn) and asked) - 0.2 * proposed
        strength -= 0.15 * scene.has(turn, "acknowledging")
        if strength < 0.25:
            continue
        hit = signals[0] if signals else None
        yield Candidate(
            "D11",
            Cause.MISSED_BUYING_SIGNAL,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (quote(last, hit=hit), quote(turn)),
            severity=2,
            values={"words": hit.quote if hit else quote(last).quote},
        )


DETECTOR = Detector("D11", Cause.MISSED_BUYING_SIGNAL, detect)
