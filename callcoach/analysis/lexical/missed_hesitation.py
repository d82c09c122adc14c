"""D08, missed hesitation: a doubt was audible in the words, and the agent moved on.

Source: TIPPING.md §4.1, D08: two cues among hedges, an unfinished sentence and an unusual delay;
silence alone never counts (Campione & Véronis). Recognition drops "euh", so hesitation shows in
hedges and delays.

Does not detect: a hesitation carried by the voice alone, or somebody who looks for a date.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap

#: Fewer words of the prospect hold no hesitation that text could show; fewer of the agent, no reply.
MIN_SAID, MIN_REPLY = 3, 5


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that pass over a hesitant prospect turn."""
    late_z = scene.bound("missed_hesitation.late_z")
    needed = scene.bound("missed_hesitation.cues_count")
    late = {e.after for e in scene.conversation.exchanges if e.z >= late_z}
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or words_in(last) < MIN_SAID or words_in(turn) < MIN_REPLY:
            continue
        if scene.is_asking(last) or scene.has(last, "accepted", "consulting"):
            continue
        hedges = scene.hits(last, "hesitation")
        broken = last.text.endswith(("…", "..."))
        cues = min(len(hedges), 3) + broken + (last.index in late)
        if not (hedges or broken) or (cues < needed and not broken):
            continue
        taken = overlap(last.text, turn.text)
        received = scene.has(turn, "acknowledging", "adjusting", "reformulating", "inviting")
        strength = 0.15 + 0.12 * min(cues, 4) + 0.2 * scene.has(turn, "deaf")
        strength += 0.1 * scene.has(turn, "proposing") - 0.3 * received
        strength -= 0.15 * (taken >= scene.bound("missed_hesitation.taken_ratio"))
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
                measure("hesitation", float(cues), "count", needed, last),
            ),
            severity=2 + _is_lost(scene, moment),
            values={"words": hit.quote if hit else quote(last).quote},
        )


def _is_lost(scene: Scene, moment: Moment) -> bool:
    """Whether a refusal follows soon."""
    until = moment.turn.end_s + scene.bound("missed_hesitation.lost_s")
    return any(said.start_s <= until and scene.has(said, "refusal") for said in moment.after)


DETECTOR = Detector("D08", Cause.MISSED_HESITATION, detect)
