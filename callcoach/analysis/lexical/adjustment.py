"""P3, adjustment: the agent owns up, slows down or changes the subject to restore the relation.

Source: TIPPING.md §4.3, "rattrapé" (a fault, then the prospect comes back within three turns).

Does not detect: a change of manner without any word for it. A first turn that nobody minded
has nothing to mend, and a change after which the prospect refuses restored nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, mean_length_s


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that own up or change course, strongest after a cold or rebuking prospect."""
    cold_s = scene.bound("adjustment.cold_s")
    for moment in scene.moments:
        turn = moment.turn
        hits = scene.hits(turn, "adjusting")
        if not hits or not moment.before or scene.has(moment.next, "refusal"):
            continue
        recent = moment.before[-2:]
        cold = any(
            scene.has(said, "rebuke", "exit", "brushoff", "refusal", "doubt") for said in recent
        )
        if moment.place == 0 and not cold:
            continue
        mean_s = round(mean_length_s(recent), 3)
        strength = 0.3 + 0.25 * cold + 0.15 * (len(hits) > 1) + 0.1 * (mean_s < cold_s)
        strength += 0.1 * scene.is_asking(turn)
        evidence = [quote(moment.before[-1]), quote(turn, hit=hits[0])]
        if mean_s < cold_s:
            evidence.append(measure("short_before", mean_s, "s", cold_s, moment.before[-1]))
        yield Candidate(
            "P3",
            Cause.ADJUSTMENT,
            turn.index,
            hits[0].start_s,
            turn.end_s,
            clamp(strength),
            tuple(evidence),
            severity=2,
            values={"words": hits[0].quote},
        )


DETECTOR = Detector("P3", Cause.ADJUSTMENT, detect)
