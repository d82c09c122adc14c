"""D08, missed hesitation: a doubt was audible, and the agent moved on.

Source: TIPPING.md §4.1, D08: two cues among hedges, an unfinished sentence, a filled pause or
drawn-out word of 0.5 s and an unusual delay (where each side has its channel); then an agent who
neither asks nor takes the doubt up and goes on for 5 s, or at once proposes a step. Silence alone
never counts (Campione & Véronis), and recognition drops "euh", so that one of the cues has to be in
the words or in the voice.

Does not detect: a doubt carried by the tone alone, or somebody who looks for a date.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap
from callcoach.analysis.timing.fillers import longest_filler_s

#: Fewer words of the prospect hold no hesitation that text could show; fewer of the agent, no reply.
MIN_SAID, MIN_REPLY = 3, 5
#: More hedges than this in one turn say nothing more.
MOST_HEDGES = 3


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that pass over a hesitant prospect turn."""
    late_z = scene.bound("missed_hesitation.late_z")
    needed = scene.bound("missed_hesitation.cues_count")
    filled_s = scene.bound("missed_hesitation.filled_s")
    conversation = scene.conversation
    late = {e.after for e in conversation.exchanges if e.z >= late_z and conversation.separate}
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or words_in(last) < MIN_SAID or words_in(turn) < MIN_REPLY:
            continue
        if scene.is_asking(last) or _looks_for_date(scene, last):
            continue
        hedges = scene.hits(last, "hesitation")
        broken = last.text.endswith(("…", "..."))
        filled = longest_filler_s(scene, last) >= filled_s
        cues = min(len(hedges), MOST_HEDGES) + broken + filled + (last.index in late)
        if not (hedges or broken or filled) or cues < needed or not _passes_over(scene, moment):
            continue
        strength = 0.2 + 0.12 * min(cues, 4) + 0.2 * scene.has(turn, "deaf")
        strength += 0.1 * scene.has(turn, "proposing") + 0.05 * (last.index in late)
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


def _looks_for_date(scene: Scene, said: Turn) -> bool:
    """Whether somebody thinks about a date or looks it up: "peut-être jeudi" is no doubt."""
    return scene.has(said, "accepted", "consulting", "unavailable")


def _passes_over(scene: Scene, moment: Moment) -> bool:
    """Whether the agent neither asks nor takes up what was said, and goes on.

    The question that comes with a proposal ("mardi ou mercredi ?") does not ask about the doubt.
    """
    turn, last = moment.turn, moment.last
    proposes = scene.has(turn, "proposing")
    if scene.has(turn, "acknowledging", "adjusting", "reformulating", "inviting"):
        return False
    if scene.is_asking(turn) and not proposes:
        return False
    if last is None:
        return False
    if overlap(last.text, turn.text) >= scene.bound("missed_hesitation.taken_ratio"):
        return False
    return proposes or moment.length_s >= scene.bound("missed_hesitation.reply_s")


def _is_lost(scene: Scene, moment: Moment) -> bool:
    """Whether a refusal follows soon."""
    until = moment.turn.end_s + scene.bound("missed_hesitation.lost_s")
    return any(said.start_s <= until and scene.has(said, "refusal") for said in moment.after)


DETECTOR = Detector("D08", Cause.MISSED_HESITATION, detect)
