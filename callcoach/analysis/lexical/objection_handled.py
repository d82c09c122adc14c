"""Objection handled: an objection is received and answered on its own ground.

Source: TIPPING.md §4.1, D09's counterpart: acknowledgement, taking-up of the prospect's own words,
an answer; and §1 (the best wait before they answer an objection).

Does not detect: whether the argument is true.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap

#: A reception shorter than this answers nothing.
MIN_WORDS = 10


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers that receive an objection and take it up."""
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = scene.hits(last, "objection") + scene.hits(last, "refusal")
        if last is None or not objections or words_in(turn) < MIN_WORDS:
            continue
        received = scene.hits(turn, "acknowledging") + scene.hits(turn, "adjusting")
        taken = overlap(last.text, turn.text)
        waited = moment.exchange_in is not None and moment.exchange_in.latency_s >= 0.6
        strength = (
            0.25 + 0.2 * bool(received) + 0.1 * (len(received) > 1) + 0.5 * clamp(taken, 0.0, 0.3)
        )
        strength += 0.1 * waited + 0.1 * (words_in(turn) >= 20) - 0.15 * scene.has(turn, "deaf")
        yield Candidate(
            "D09",
            Cause.OBJECTION_HANDLED,
            turn.index,
            received[0].start_s if received else turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=objections[0]),
                quote(turn, hit=received[0] if received else None),
            ),
            severity=2,
            values={"words": objections[0].quote},
        )


DETECTOR = Detector("D09", Cause.OBJECTION_HANDLED, detect)
