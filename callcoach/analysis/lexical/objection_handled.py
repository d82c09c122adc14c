"""P1, objection handled: an objection is received and answered on its own ground.

Source: TIPPING.md §4.1, D09's counterpart: acknowledgement, taking-up of the prospect's own words,
an answer; and §1 (the best wait before they answer an objection).

Does not detect: whether the argument is true. Where the prospect repeats the same objection at once,
or refuses, it was not handled.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers that receive an objection and take it up."""
    wait_s = scene.bound("objection_handled.wait_s")
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = scene.hits(last, "objection") + scene.hits(last, "refusal")
        if last is None or not objections or _stands(scene, moment, objections):
            continue
        if words_in(turn) < scene.bound("objection_handled.reply_words"):
            continue
        received = scene.hits(turn, "acknowledging") + scene.hits(turn, "adjusting")
        taken = overlap(last.text, turn.text)
        waited = moment.exchange_in.latency_s if moment.exchange_in else 0.0
        strength = 0.25 + 0.2 * bool(received) + 0.1 * (len(received) > 1)
        strength += 0.5 * clamp(taken, 0.0, 0.3) + 0.1 * (waited >= wait_s)
        strength += 0.1 * (words_in(turn) >= 20) - 0.15 * scene.has(turn, "deaf")
        evidence = [
            quote(last, hit=objections[0]),
            quote(turn, hit=received[0] if received else None),
        ]
        if waited >= wait_s:
            evidence.append(measure("waited", waited, "s", wait_s, turn))
        yield Candidate(
            "P1",
            Cause.OBJECTION_HANDLED,
            turn.index,
            received[0].start_s if received else turn.start_s,
            turn.end_s,
            clamp(strength),
            tuple(evidence),
            severity=2,
            values={"words": objections[0].quote},
        )


def _stands(scene: Scene, moment: Moment, objections: tuple[Hit, ...]) -> bool:
    """Whether the objection stands after the answer: said again at once, or a plain refusal."""
    answer = moment.next
    if answer is None:
        return False
    text = scene.read(answer).text
    again = any(f" {hit.phrase} " in text for hit in objections)
    return again or scene.has(answer, "refusal")


DETECTOR = Detector("P1", Cause.OBJECTION_HANDLED, detect)
