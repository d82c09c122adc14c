"""D20, open question: a question that cannot be answered by yes or a number, and a long answer.

Source: TIPPING.md §4.1, D20: an open question after which the prospect speaks for 5 s or more, with
new content. A question in a closed form that is answered at length counts for less.

Does not detect: a question that recognition turned into a statement. A long answer that only repeats
what was said is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, length_s, mean_length_s, new_content
from callcoach.analysis.text import questions, tokens

#: Strength of a question whose form is not known as open, but that was answered at length.
CLOSED_FORM = 0.1


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with an open question that got a developed answer."""
    from_s, full_s = scene.bound("open_question.answer_s"), scene.bound("open_question.full_s")
    for moment in scene.moments:
        turn, answer = moment.turn, moment.next
        asked = questions(turn.text)
        hits = scene.hits(turn, "open_question")
        if not asked or answer is None or length_s(answer) < from_s:
            continue
        if answer.words and new_content(answer, moment.before) < scene.bound(
            "open_question.new_words"
        ):
            continue
        words = " ".join(tokens(asked[-1]))
        hits = tuple(hit for hit in hits if hit.phrase in words) or hits[-1:]
        hit = hits[0] if hits else None
        gain = length_s(answer) - mean_length_s(moment.before[-2:])
        strength = 0.3 if hit else CLOSED_FORM
        strength += 0.3 * clamp((length_s(answer) - from_s) / max(full_s - from_s, 1.0))
        strength += 0.2 * clamp(gain / 8.0) - 0.15 * scene.has(turn, "proposing")
        yield Candidate(
            "D20",
            Cause.OPEN_QUESTION,
            turn.index,
            hit.start_s if hit else turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(turn, hit=hit),
                measure("answer", length_s(answer), "s", from_s, answer),
                quote(answer, kind="answer"),
            ),
            severity=2,
            values={"answer": round(length_s(answer))},
        )


DETECTOR = Detector("D20", Cause.OPEN_QUESTION, detect)
