"""P4, commitment won: a concrete next step is proposed and the prospect takes it.

Source: TIPPING.md §4.2 (appointment: the strongest sign of participation) and D12 (proposal of a
slot).

Does not detect: an appointment that is named only in later turns. A day named to say that it does not
suit, and a refusal, are none; one that comes with "send me a mail" counts for less.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield proposals that the next prospect turn accepts."""
    won = False
    for moment in scene.moments:
        turn, answer = moment.turn, moment.next
        proposed = scene.hits(turn, "proposing")
        accepted = scene.hits(answer, "accepted")
        if answer is None or not proposed or not accepted:
            continue
        if scene.has(answer, "refusal") or (
            scene.has(answer, "unavailable") and len(accepted) == 1
        ):
            continue
        strength = 0.3 + 0.15 * clamp((len(proposed) - 1) / 2)
        strength += 0.15 * clamp((len(accepted) - 1) / 2) + 0.15 * scene.is_asking(turn)
        strength -= 0.3 * won + 0.2 * scene.has(answer, "brushoff")
        won = won or strength >= scene.bound("commitment_won.sure_ratio")
        yield Candidate(
            "P4",
            Cause.COMMITMENT_WON,
            turn.index,
            proposed[-1].start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(turn, hit=proposed[-1]),
                quote(answer, kind="answer", hit=accepted[0]),
                measure("accepted", float(len(accepted)), "count", 1.0, answer),
            ),
            severity=3,
            values={"words": proposed[-1].quote},
        )


DETECTOR = Detector("P4", Cause.COMMITMENT_WON, detect)
