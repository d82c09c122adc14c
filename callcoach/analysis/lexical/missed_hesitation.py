"""D08, missed hesitation: a doubt was audible in the words, and the agent moved on.

Source: TIPPING.md §4.1, D08: two cues among hedges, an unfinished sentence and an unusual delay;
silence alone never counts (Campione & Véronis). Recognition drops "euh", so hesitation shows in
hedges and delays.

Does not detect: a hesitation carried by the voice alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in
from callcoach.analysis.text import overlap

#: Delay, in robust standard deviations of this side's delays, that is a cue (TIPPING.md §4.1, D08).
LATE_Z = 2.0
#: Content overlap from which the doubt was taken up (TIPPING.md §4.1, D08).
TAKEN_UP = 0.2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that pass over a hesitant prospect turn."""
    late = {e.after for e in scene.conversation.exchanges if e.z >= LATE_Z}
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or words_in(last) < 3 or words_in(turn) < 5 or scene.is_asking(last):
            continue
        hedges = scene.hits(last, "hesitation")
        broken = last.text.endswith(("…", "..."))
        cues = min(len(hedges), 3) + broken + (last.index in late)
        if cues < 2 and not broken:
            continue
        taken = overlap(last.text, turn.text)
        received = scene.has(turn, "acknowledging", "adjusting", "reformulating", "inviting")
        strength = (
            0.15
            + 0.12 * min(cues, 4)
            + 0.2 * scene.has(turn, "deaf")
            + 0.1 * scene.has(turn, "proposing")
        )
        strength -= 0.25 * received + 0.15 * (taken >= TAKEN_UP)
        if strength < 0.25:
            continue
        hit = hedges[0] if hedges else None
        yield Candidate(
            "D08",
            Cause.MISSED_HESITATION,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=hit),
                quote(turn),
                measure("hesitation", cues, "count", 2.0, last),
            ),
            severity=2,
            values={"words": hit.quote if hit else quote(last).quote},
        )


DETECTOR = Detector("D08", Cause.MISSED_HESITATION, detect)
