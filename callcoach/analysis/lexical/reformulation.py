"""D20, reformulation: the agent gives back what the prospect said, in other words.

Source: TIPPING.md §4.1, D20 (content overlap with the prospect's words, not a bare echo; the
prospect then speaks for 5 s or more and says at least three new words of content).

Does not detect: a rephrasing that shares no word and no opener with what was said, or a mere
repetition of the prospect's own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, length_s, new_content, words_in
from callcoach.analysis.text import content_words


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that rephrase the prospect's last turns."""
    limit = scene.bound("reformulation.shared_words")
    for moment in scene.moments:
        turn = moment.turn
        if moment.last is None or words_in(turn) < scene.bound("reformulation.own_words"):
            continue
        told = frozenset().union(*(content_words(said.text) for said in moment.before[-3:]))
        own = content_words(turn.text)
        shared = len(told & own)
        hits = scene.hits(turn, "reformulating")
        if (not hits and shared < limit) or (own and own <= told):
            continue
        strength = 0.15 + 0.25 * bool(hits) + 0.1 * (len(hits) > 1) + 0.1 * clamp(shared / 4)
        strength += 0.15 * bool(hits and hits[0].first <= 3) + 0.1 * (not scene.is_asking(turn))
        strength -= 0.2 * scene.has(turn, "proposing") + 0.1 * scene.is_asking(moment.last)
        if strength < 0.25 or not _opens(scene, moment):
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
                measure("shared", float(shared), "words", limit, turn),
            ),
            severity=2,
        )


def _opens(scene: Scene, moment: Moment) -> bool:
    """Whether the prospect then speaks at length and tells something new, as far as it was read."""
    answer = moment.next
    if answer is None or length_s(answer) < scene.bound("reformulation.answer_s"):
        return False
    known = new_content(answer, moment.before)
    return not answer.words or known >= scene.bound("reformulation.new_words")


DETECTOR = Detector("D20", Cause.REFORMULATION, detect)
