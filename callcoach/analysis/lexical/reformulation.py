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

#: Signs of a rephrasing that add up to less are chance.
LEAST_STRENGTH = 0.25


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that rephrase the prospect's last turns, after which the prospect opens up."""
    limit = scene.bound("reformulation.shared_words")
    for moment in scene.moments:
        turn = moment.turn
        strength = rephrasing(scene, moment)
        if moment.last is None or not strength or not _opens(scene, moment):
            continue
        hits = scene.hits(turn, "reformulating")
        hit = hits[0] if hits else None
        yield Candidate(
            "D20",
            Cause.REFORMULATION,
            turn.index,
            hit.start_s if hit else turn.start_s,
            turn.end_s,
            strength,
            (
                quote(moment.last),
                quote(turn),
                measure("shared", float(_shared(moment)), "words", limit, turn),
            ),
            severity=2,
        )


def rephrasing(scene: Scene, moment: Moment) -> float:
    """How much the agent's turn rephrases the prospect's last three, in [0, 1], whatever follows.

    0 where it does not: too few words, neither an opener nor enough shared words, a mere echo, or
    signs too weak. Whether the prospect then opens up is the detector's question; the fusion asks
    both, because words that were not recognised are missing on either side.
    """
    turn = moment.turn
    if moment.last is None or words_in(turn) < scene.bound("reformulation.own_words"):
        return 0.0
    own, told = content_words(turn.text), _told(moment)
    shared = _shared(moment)
    hits = scene.hits(turn, "reformulating")
    is_echo = bool(own) and own <= told
    if is_echo or (not hits and shared < scene.bound("reformulation.shared_words")):
        return 0.0
    strength = 0.15 + 0.25 * bool(hits) + 0.1 * (len(hits) > 1) + 0.1 * clamp(shared / 4)
    strength += 0.15 * bool(hits and hits[0].first <= 3) + 0.1 * (not scene.is_asking(turn))
    strength -= 0.2 * scene.has(turn, "proposing") + 0.1 * scene.is_asking(moment.last)
    return clamp(strength) if strength >= LEAST_STRENGTH else 0.0


def _told(moment: Moment) -> frozenset[str]:
    return frozenset().union(*(content_words(said.text) for said in moment.before[-3:]))


def _shared(moment: Moment) -> int:
    return len(_told(moment) & content_words(moment.turn.text))


def _opens(scene: Scene, moment: Moment) -> bool:
    """Whether the prospect then speaks at length and tells something new, as far as it was read."""
    answer = moment.next
    if answer is None or length_s(answer) < scene.bound("reformulation.answer_s"):
        return False
    known = new_content(answer, moment.before)
    return not answer.words or known >= scene.bound("reformulation.new_words")


DETECTOR = Detector("D20", Cause.REFORMULATION, detect)
