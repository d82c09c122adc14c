"""D15, bookish: stilted, written or calqued phrases in speech.

Source: TIPPING.md §4.1, D14 (bookish words, 3 per 100 words) and D15 (calques).

Does not detect: long sentences without any listed phrase, or words the prospect used first.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in

#: Phrases per 100 words that read like a letter (TIPPING.md §4.1, D14).
DENSITY = 3.0


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with written phrases, the stronger the denser."""
    for moment in scene.moments:
        turn = moment.turn
        said = {hit.phrase for other in moment.before for hit in scene.hits(other, "bookish")}
        hits = [hit for hit in scene.hits(turn, "bookish") if hit.phrase not in said]
        words = words_in(turn)
        if not hits or words < 6:
            continue
        density = 100 * len(hits) / words
        strength = 0.2 + 0.3 * clamp(density / (3 * DENSITY)) + 0.25 * clamp((len(hits) - 1) / 2)
        strength = strength * max(hit.score for hit in hits)
        if density < DENSITY and len(hits) < 2:
            strength *= 0.6
        yield Candidate(
            "D15",
            Cause.BOOKISH,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            (
                quote(turn, hit=hits[0]),
                measure("bookish", len(hits), "count", None, turn),
            ),
            severity=1,
            values={"words": hits[0].quote},
        )


DETECTOR = Detector("D15", Cause.BOOKISH, detect)
