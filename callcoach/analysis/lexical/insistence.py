"""D10, insistence: the agent asks again after a refusal, without anything new.

Source: TIPPING.md §4.1, D10 (aggressive pressure damages trust, directive guidance does not): a
refusal or a brush-off of the last two prospect turns, then the same kind of request or a pressure
marker.

Does not detect: pressure by tone. One other way offered after a soft brush-off is weak on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene

#: A plain refusal weighs more than "send me a mail" (TIPPING.md §4.1, D10: soft brush-off).
REFUSED, BRUSHED = 0.45, 0.25
PRESSED, PROPOSED = 0.3, 0.2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield requests and pressure that follow a refusal."""
    for moment in scene.moments:
        turn = moment.turn
        recent = moment.before[-2:]
        refused = any(scene.has(said, "refusal") for said in recent)
        brushed = any(scene.has(said, "brushoff", "exit") for said in recent)
        pressed = scene.hits(turn, "insisting")
        proposed = scene.hits(turn, "proposing")
        if not (refused or brushed) or not (pressed or proposed):
            continue
        strength = max(REFUSED * refused, BRUSHED * brushed)
        strength += PRESSED * bool(pressed) + PROPOSED * bool(proposed)
        if scene.has(turn, "adjusting", "acknowledging"):
            strength -= 0.15
        hit = (pressed or proposed)[0]
        yield Candidate(
            "D10",
            Cause.INSISTENCE,
            turn.index,
            hit.start_s,
            turn.end_s,
            clamp(strength),
            (quote(recent[-1]), quote(turn, hit=hit)),
            severity=2 + (refused and bool(pressed)),
            variant="" if refused else "brushoff",
            values={"words": hit.quote},
        )


DETECTOR = Detector("D10", Cause.INSISTENCE, detect)
