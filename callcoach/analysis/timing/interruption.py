"""D04, interruption: the agent starts while the prospect is speaking, and the prospect stops.

Source: TIPPING.md §4.1, D04: overlap of 0.5 s or more after at least 1 s of speech, by more than an
interjection; 25 % of ordinary transitions overlap by 0.32 s, so short overlap proves nothing.

Does not detect: anything on a mixed recording, or an interruption that lets the other finish.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, last_words, measure, quote
from callcoach.analysis.model import Cause, Evidence
from callcoach.analysis.scene import Scene, words_in

#: Overlap from which the floor is taken, and at which there is no doubt (TIPPING.md §4.1, D04).
OVERLAP_FROM_S = 0.5
OVERLAP_FULL_S = 1.6
#: The prospect had been speaking this long (TIPPING.md §4.1, D04).
SPOKEN_S = 1.0
#: Fewer words are an echo or an assent.
MIN_WORDS = 3
#: Agreement that overlaps an end is co-operative (TIPPING.md §4.1, D04: "voilà", echo).
COOPERATIVE = 0.15


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns of the agent that begin inside the prospect's turn."""
    for moment in scene.moments:
        spoken, turn = moment.last, moment.turn
        if spoken is None or words_in(turn) < MIN_WORDS:
            continue
        overlap = spoken.end_s - turn.start_s
        if overlap < OVERLAP_FROM_S or turn.start_s - spoken.start_s < SPOKEN_S:
            continue
        if turn.end_s <= spoken.end_s:
            continue
        strength = 0.3 + 0.7 * clamp((overlap - OVERLAP_FROM_S) / (OVERLAP_FULL_S - OVERLAP_FROM_S))
        if scene.has(turn, "warm"):
            strength -= COOPERATIVE
        yield Candidate(
            "D04",
            Cause.INTERRUPTION,
            turn.index,
            turn.start_s,
            min(turn.end_s, turn.start_s + 4.0),
            clamp(strength),
            (
                measure("overlap", overlap, "s", OVERLAP_FROM_S, turn),
                Evidence("quote", last_words(spoken), None, "", None, spoken.start_s, spoken.end_s),
                quote(turn),
            ),
            severity=2
            + (overlap >= OVERLAP_FULL_S and scene.has(spoken, "objection", "disclosure")),
            values={"overlap": round(overlap, 1)},
        )


DETECTOR = Detector("D04", Cause.INTERRUPTION, detect, needs_channels=True)
