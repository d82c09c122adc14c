"""D19, ambiguous claim: words that mislead about who calls or what is offered.

Source: TIPPING.md §4.1, D19 (the prospect asks who is calling, about what), and the campaign's own
list of ambiguous phrases.

Does not detect: a misleading claim in words that no list knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import LISTED, Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene

#: Misleading about the caller happens when he says who he is: the first turns weigh more.
OPENING_TURNS = 4


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with a phrase that the campaign or the packaged list calls misleading."""
    for moment in scene.moments:
        turn = moment.turn
        listed = scene.context_hits(turn, "ambiguous")
        hits = listed or scene.hits(turn, "ambiguous")
        if not hits:
            continue
        strength = (
            0.8 if listed else 0.3 + 0.2 * (moment.place < OPENING_TURNS) + 0.1 * (len(hits) > 1)
        )
        yield Candidate(
            "D19",
            Cause.AMBIGUOUS_CLAIM,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            (quote(turn, hit=hits[0]),),
            severity=3 if listed else 2,
            variant=LISTED if listed else "",
            values={"words": hits[0].quote},
        )


DETECTOR = Detector("D19", Cause.AMBIGUOUS_CLAIM, detect)
