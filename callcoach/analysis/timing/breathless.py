"""D01, breathless stretch: the agent speaks without leaving the pause in which one could come in.

Source: TIPPING.md §4.1, D01: no pause of 0.3 s for 8 s (95th percentile of spoken French 7.6 s),
12 s (99th percentile 11.7 s) or 16 s.

Does not detect: how long the floor is held (D02), or how fast one speaks (D03). Voice without words
(noise, music on the line) is no speech; a gap that only the other side's voice fills is a pause.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene
from callcoach.analysis.timing.stretches import longest_stretch


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with a stretch that nobody could break into."""
    start, clear, grave = (
        scene.bound(f"breathless.{name}_s") for name in ("from", "clear", "grave")
    )
    for moment in scene.moments:
        turn = moment.turn
        if moment.length_s < start:
            continue
        stretch = longest_stretch(scene, turn)
        length = stretch.duration_s
        if length < start:
            continue
        yield Candidate(
            "D01",
            Cause.MONOLOGUE,
            turn.index,
            stretch.start_s,
            stretch.end_s,
            clamp(0.2 + 0.4 * clamp((length - start) / max(grave - start, 1.0))),
            (measure("breathless", length, "s", start, turn), quote(turn)),
            severity=1 + (length >= clear) + (length >= grave),
            variant="breathless",
            values={"length": round(length)},
        )


DETECTOR = Detector("D01", Cause.MONOLOGUE, detect)
