"""D17, overpromise: an absolute or forbidden claim about the offer.

Source: TIPPING.md §4.1, D17. A phrase that the campaign forbids is certain; absolutes are weaker,
and a negation or a condition in the same turn cancels them. A phrase the campaign approved never
counts.

Does not detect: a false figure in moderate words; that is for the sponsor's audit.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import FORBIDDEN, Candidate, Detector, clamp, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in

#: Words that take an absolute back (TIPPING.md §4.1, D17: negation, conditional).
CANCELS = (
    " pas garanti",
    " ne vous garanti",
    " ne garanti",
    " je ne vous promets",
    " promets pas",
    " jusqu a ",
    " ca depend ",
    " environ ",
    " en general ",
)


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield claims that promise more than can be held."""
    for moment in scene.moments:
        turn = moment.turn
        forbidden = scene.context_hits(turn, "forbidden")
        if forbidden:
            yield _candidate(
                scene, turn.index, hits=forbidden, strength=0.95, severity=3, variant=FORBIDDEN
            )
            continue
        approved = scene.context_hits(turn, "approved")
        hits = [h for h in scene.hits(turn, "absolute") if not any(_inside(h, a) for a in approved)]
        text = scene.read(turn).text
        if not hits or words_in(turn) < 5 or any(word in text for word in CANCELS):
            continue
        strength = 0.3 + 0.2 * clamp((len(hits) - 1) / 2) + 0.1 * scene.is_asking(moment.last)
        strength += 0.1 * scene.has(moment.last, "objection")
        yield _candidate(
            scene, turn.index, hits=hits, strength=clamp(strength), severity=2, variant=""
        )


def _inside(hit: Hit, other: Hit) -> bool:
    return other.first <= hit.first and hit.last <= other.last


def _candidate(
    scene: Scene,
    index: int,
    *,
    hits: tuple[Hit, ...] | list[Hit],
    strength: float,
    severity: int,
    variant: str,
) -> Candidate:
    turn = scene.conversation.turns[index]
    return Candidate(
        "D17",
        Cause.OVERPROMISE,
        index,
        hits[0].start_s,
        hits[-1].end_s,
        strength,
        tuple(quote(turn, hit=hit) for hit in hits[:3]),
        severity=severity,
        variant=variant,
        values={"words": hits[0].quote},
    )


DETECTOR = Detector("D17", Cause.OVERPROMISE, detect)
