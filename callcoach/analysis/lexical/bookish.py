"""D14, bookish: stilted, written phrases in speech.

Source: TIPPING.md §4.1, D14 (bookish words, 3 per 100 words and twice the prospect's own rate).

Does not detect: long sentences without any listed phrase, words that the prospect used first, legal
wording that has to be said, or a prospect who speaks that way too.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in

#: A turn needs this many words for a rate.
MIN_WORDS = 6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with written phrases, the stronger the denser."""
    dense = scene.bound("bookish.density_per_100")
    for moment in scene.moments:
        turn = moment.turn
        said = {hit.phrase for other in moment.before for hit in scene.hits(other, "bookish")}
        hits = [hit for hit in scene.hits(turn, "bookish") if hit.phrase not in said]
        words = words_in(turn)
        if not hits or words < MIN_WORDS or scene.has(turn, "legal", "quoting"):
            continue
        density = 100 * len(hits) / words
        if density < scene.bound("bookish.beside_ratio") * _own_density(scene, moment):
            continue
        strength = 0.2 + 0.3 * clamp(density / (3 * dense)) + 0.25 * clamp((len(hits) - 1) / 2)
        strength *= max(hit.score for hit in hits)
        if density < dense and len(hits) < 2:
            strength *= 0.6
        yield Candidate(
            "D14",
            Cause.BOOKISH,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            (
                *(quote(turn, hit=hit) for hit in hits[:2]),
                measure("bookish", round(density, 1), "per_100", dense, turn),
            ),
            severity=1,
            values={"words": hits[0].quote},
        )


def _own_density(scene: Scene, moment: Moment) -> float:
    """Written phrases per 100 words of what the prospect said before."""
    words = sum(words_in(said) for said in moment.before)
    hits = sum(len(scene.hits(said, "bookish")) for said in moment.before)
    return 100 * hits / words if words else 0.0


DETECTOR = Detector("D14", Cause.BOOKISH, detect)
