"""D09, ignored objection: an objection gets argument or the next point, no reception.

Source: TIPPING.md §4.1, D09 (no acknowledgement, question or taking-up after an objection).

Does not detect: objections in words that no list knows, or an answer given much later. A short "no"
to a question, an objection that is withdrawn in the same breath, and one that comes with the
good-bye (the agent had no chance) are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap

#: An answer this short to a question is polite, not an objection, words.
SHORT_NO = 3


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers that pass over an objection."""
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = scene.hits(last, "objection") + scene.hits(last, "rebuke")
        if last is None or not objections or _is_none(scene, moment):
            continue
        if words_in(turn) < scene.bound("ignored_objection.reply_words"):
            continue
        taken = overlap(last.text, turn.text)
        limit = scene.bound("ignored_objection.taken_ratio")
        acknowledged = scene.has(turn, "acknowledging", "adjusting", "reformulating")
        approved = bool(scene.context_hits(turn, "approved"))
        strength = 0.4 + 0.1 * (len(objections) > 1) + 0.25 * scene.opens_with_but(turn)
        strength += 0.15 * scene.has(turn, "deaf") + 0.1 * (not scene.is_asking(turn))
        strength -= 0.35 * (acknowledged or approved) + 0.2 * (taken >= limit)
        if strength < 0.2:
            continue
        yield Candidate(
            "D09",
            Cause.IGNORED_OBJECTION,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last, hit=objections[0]),
                quote(turn),
                measure("taken_up", taken, "ratio", limit, turn),
            ),
            severity=_severity(scene, moment, objections, partly=taken >= limit),
            values={"words": objections[0].quote},
        )


def _is_none(scene: Scene, moment: Moment) -> bool:
    """Objections that call for no answer, or leave no chance to give one."""
    last = moment.last
    earlier = scene.moments[moment.place - 1].turn if moment.place else None
    if scene.is_asking(earlier) and words_in(last) <= SHORT_NO:
        return True
    if scene.has(last, "withdrawing"):
        return True
    return not moment.after and scene.has(last, "exit", "closing")


def _severity(scene: Scene, moment: Moment, objections: tuple[Hit, ...], *, partly: bool) -> int:
    """3 when the same objection comes back, 1 when some of it was taken up."""
    said = {hit.phrase for hit in objections}
    if any(f" {phrase} " in scene.read(later).text for later in moment.after for phrase in said):
        return 3
    return 1 if partly else 2


DETECTOR = Detector("D09", Cause.IGNORED_OBJECTION, detect)
