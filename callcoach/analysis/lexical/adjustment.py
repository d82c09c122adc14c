"""Adjustment: the agent owns up, slows down or changes the subject to restore the relation.

Source: TIPPING.md §4.3, "rattrapé" (a fault, then the prospect comes back within three turns).

Does not detect: a change of manner without any word for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, mean_length_s


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that own up or change course, strongest after a cold or rebuking prospect."""
    for moment in scene.moments:
        turn = moment.turn
        hits = scene.hits(turn, "adjusting")
        if not hits or not moment.before:
            continue
        recent = moment.before[-2:]
        cold = any(
            scene.has(said, "rebuke", "exit", "brushoff", "refusal", "doubt") for said in recent
        )
        strength = 0.3 + 0.25 * cold + 0.15 * (len(hits) > 1) + 0.1 * (mean_length_s(recent) < 4.0)
        strength += 0.1 * scene.is_asking(turn)
        yield Candidate(
            "D20",
            Cause.ADJUSTMENT,
            turn.index,
            hits[0].start_s,
            turn.end_s,
            clamp(strength),
            (quote(moment.before[-1]), quote(turn, hit=hits[0])),
            severity=2,
            values={"words": hits[0].quote},
        )


DETECTOR = Detector("D20", Cause.ADJUSTMENT, detect)
