"""D20, reformulation: the agent gives back what the prospect said, in other words.

Source: TIPPING.md §4.1, D20 (content overlap with the prospect's words, not a bare echo).

Does not detect: a rephrasing that shares no word and no opener with what was said.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import content_words

#: Shared content words from which it is more than chance.
SHARED = 2
#: A bare echo has few words of its own (TIPPING.md §4.1, D20).
MIN_WORDS = 8


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that rephrase the prospect's last turns."""
    for moment in scene.moments:
        turn = moment.turn
        if moment.last is None or words_in(turn) < MIN_WORDS:
            continue
        told = frozenset().union(*(content_words(said.text) for said in moment.before[-3:]))
        own = content_words(turn.text)
        shared = len(told & own)
        hits = scene.hits(turn, "reformulating")
        if not hits and shared < SHARED + 1:
            continue
        strength = 0.15 + 0.25 * bool(hits) + 0.1 * (len(hits) > 1) + 0.1 * clamp(shared / 4)
        strength += 0.15 * bool(hits and hits[0].first <= 3) + 0.1 * (not scene.is_asking(turn))
        strength -= 0.2 * scene.has(turn, "proposing") + 0.1 * scene.is_asking(moment.last)
        if strength < 0.25:
            continue
        hit = hits[0] if hits else None
        yield Candidate(
            "D20",
            Cause.REFORMULATION,
            turn.index,
            hit.start_s if hit else turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(moment.last),
                quote(turn),
                measure("shared", shared, "words", None, turn),
            ),
            severity=2,
            values={},
        )


DETECTOR = Detector("D20", Cause.REFORMULATION, detect)
