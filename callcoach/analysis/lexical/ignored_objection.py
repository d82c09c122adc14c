"""D05/D09, ignored objection: an objection gets argument or the next point, no reception.

Source: TIPPING.md §4.1, D09 (no acknowledgement, question or taking-up after an objection) and D05
(the reflex "oui mais").

Does not detect: objections in words that no list knows, or an answer given much later.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap

#: Content overlap from which the objection was taken up (TIPPING.md §4.1, D09, D08: 0.2).
TAKEN_UP = 0.2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers that pass over an objection."""
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = scene.hits(last, "objection") + scene.hits(last, "rebuke")
        if last is None or not objections or words_in(turn) < 5:
            continue
        taken = overlap(last.text, turn.text)
        acknowledged = scene.has(turn, "acknowledging", "adjusting", "reformulating")
        but = (
            scene.read(turn)
            .text.lstrip()
            .startswith(("oui mais", "oui apres", "oui oui", "non mais"))
        )
        strength = 0.4 + 0.1 * (len(objections) > 1) + 0.25 * but + 0.15 * scene.has(turn, "deaf")
        strength += (
            0.1 * (not scene.is_asking(turn)) - 0.35 * acknowledged - 0.2 * (taken >= TAKEN_UP)
        )
        if strength < 0.2:
            continue
        yield Candidate(
            "D09",
            Cause.IGNORED_OBJECTION,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (quote(last, hit=objections[0]), quote(turn)),
            severity=2,
            values={"words": objections[0].quote},
        )


DETECTOR = Detector("D09", Cause.IGNORED_OBJECTION, detect)
