"""D12, buying signal taken: a buying question gets an answer and a next step.

Source: TIPPING.md §4.1, D12: the trigger of D11; an answer of 15 s or less, then a question or a
proposal within 30 s, and a next turn of the prospect that is not negative.

Does not detect: whether the answer was right. A question about the price that is an objection is no
buying signal, unless the prospect comes round.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexical.missed_buying_signal import (
    MIN_WORDS,
    asks_about_offer,
    is_no_signal,
)
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.reaction import polarity
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap
from callcoach.analysis.topics import QUESTIONS, answers, topics


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield short answers to a buying signal that lead on."""
    limit = scene.bound("buying_signal_taken.answer_s")
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or moment.place == 0 or words_in(turn) < MIN_WORDS:
            continue
        signals = scene.hits(last, "buying")
        wanted = topics(scene, last, QUESTIONS)
        if not (signals or wanted or asks_about_offer(scene, last)) or moment.length_s > limit:
            continue
        if is_no_signal(scene, last) and not scene.has(moment.next, "accepted", "warm"):
            continue
        if polarity(scene, moment.next) < 0 or not answers(scene, last, turn):
            continue
        if not _leads_on(scene, moment, last):
            continue
        strength = 0.3 + 0.1 * bool(wanted) + 0.2 * scene.has(turn, "proposing")
        strength += 0.1 * (overlap(last.text, turn.text) > 0.1)
        strength += 0.1 * (polarity(scene, moment.next) > 0) - 0.15 * scene.has(turn, "deaf")
        hit = signals[0] if signals else None
        yield Candidate(
            "D12",
            Cause.BUYING_SIGNAL_TAKEN,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=hit),
                quote(turn),
                measure("answered", round(moment.length_s, 3), "s", limit, turn),
            ),
            severity=2,
            values={"words": hit.quote if hit else quote(last).quote},
        )


def _leads_on(scene: Scene, moment: Moment, last: Turn) -> bool:
    """Whether the agent asks or proposes in this turn or in another one soon after the signal."""
    until = last.end_s + scene.bound("buying_signal_taken.step_s")
    soon = takewhile(lambda each: each.turn.start_s <= until, scene.moments[moment.place :])
    return any(scene.is_asking(each.turn) or scene.has(each.turn, "proposing") for each in soon)


DETECTOR = Detector("D12", Cause.BUYING_SIGNAL_TAKEN, detect)
