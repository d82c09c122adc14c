"""D13, self-belittling: the agent apologises for calling or makes the call small.

Source: TIPPING.md §4.1, D13 (apologetic opener, self-diminishing words), weak evidence by itself:
what the prospect does next decides.

Does not detect: politeness towards someone who said that the moment is bad.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene

OPENING_TURNS = 3


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield apologetic turns, the opening ones strongest."""
    for moment in scene.moments:
        turn = moment.turn
        hits = scene.hits(turn, "self_belittling")
        if not hits:
            continue
        strength = 0.35 + 0.2 * (moment.place < OPENING_TURNS) + 0.2 * clamp((len(hits) - 1) / 2)
        strength -= 0.2 * (moment.place >= 2 * OPENING_TURNS)
        yield Candidate(
            "D13",
            Cause.SELF_BELITTLING,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            tuple(quote(turn, hit=hit) for hit in hits[:3]),
            severity=1,
            values={"words": hits[0].quote},
        )


DETECTOR = Detector("D13", Cause.SELF_BELITTLING, detect)
