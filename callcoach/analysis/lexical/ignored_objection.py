"""D09, ignored objection: an objection gets argument or the next point, no reception.

Source: TIPPING.md §4.1, D09: over the agent's next two turns or 20 s there is no acknowledgement, no
question and no approved answer; argument on the objection's own ground without receiving it counts
for less, and the same objection again for more.

Does not detect: objections in words that no list knows, unless the agent answers them with "yes, but".
A short "no" to another question, an objection that is withdrawn at once or comes while a date is
agreed, and one that comes with the good-bye (the agent had no chance) are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import content_words, overlap, tokens
from callcoach.analysis.topics import OBJECTIONS, objections_in, topics

#: An answer this short to a question is polite, not an objection, words.
SHORT_NO = 3
#: Words of the prospect that a "yes, but" can contradict: the agent heard an objection in them.
CONTRADICTED = 8
#: Turns of the agent in which an objection may still be received.
REPLIES = 2
#: Share of a script line's content, and the least number of words, that make its answer said.
LINE_SHARE, LINE_WORDS = 0.5, 3


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield answers that pass over an objection."""
    limit = scene.bound("ignored_objection.taken_ratio")
    lines = [content_words(line.text) for line in scene.context.script_lines]
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = objections_in(scene, last)
        but = scene.opens_with_but(turn) and not scene.is_asking(last)
        but = but and words_in(last) >= CONTRADICTED
        if last is None or not (objections or but) or _is_none(scene, moment):
            continue
        if words_in(turn) < scene.bound("ignored_objection.reply_words"):
            continue
        if scene.has(turn, "closing"):
            continue
        at_once = _is_again(scene, moment.next, objections, last)
        if any(_receives(scene, reply, lines) for reply in _replies(scene, moment, again=at_once)):
            continue
        again = any(
            _is_again(scene, later.last, objections, last)
            for later in scene.moments[moment.place + 1 :]
        )
        again = again or any(_is_again(scene, each, objections, last) for each in moment.after)
        taken = overlap(last.text, turn.text)
        partly = taken >= limit
        known = bool(topics(scene, last, OBJECTIONS))
        strength = 0.3 + 0.15 * known + 0.25 * but + 0.2 * again
        strength += 0.15 * scene.has(turn, "deaf") - 0.2 * partly
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
                quote(last, hit=objections[0] if objections else None),
                quote(turn),
                measure("taken_up", taken, "ratio", limit, turn),
            ),
            severity=3 if again else 1 if partly else 2,
            values={"words": objections[0].quote if objections else quote(last).quote},
        )


def _is_none(scene: Scene, moment: Moment) -> bool:
    """Objections that call for no answer, or leave no chance to give one."""
    last = moment.last
    earlier = scene.moments[moment.place - 1].turn if moment.place else None
    if scene.is_asking(earlier) and words_in(last) <= SHORT_NO:
        return True
    if scene.has(last, "withdrawing", "accepted") or scene.has(moment.next, "withdrawing"):
        return True
    if moment.place == 0 and not topics(scene, last, OBJECTIONS):
        return True
    return not moment.after and scene.has(last, "exit", "closing", "refusal")


def _replies(scene: Scene, moment: Moment, *, again: bool) -> Sequence[Turn]:
    """The agent's turns that may receive the objection; the first one alone if it came back at once."""
    if moment.last is None or again:
        return (moment.turn,)
    until = moment.last.end_s + scene.bound("ignored_objection.within_s")
    later = scene.moments[moment.place + 1 : moment.place + REPLIES]
    return (moment.turn, *(each.turn for each in later if each.turn.start_s <= until))


def _receives(scene: Scene, reply: Turn, lines: Sequence[frozenset[str]]) -> bool:
    """Whether a turn acknowledges, asks (a slot is no such question) or gives an approved answer."""
    if scene.has(reply, "acknowledging", "adjusting", "reformulating", "inviting"):
        return True
    if scene.is_asking(reply) and not scene.has(reply, "proposing"):
        return True
    said = content_words(reply.text)
    return bool(scene.context_hits(reply, "approved")) or any(
        len(line) >= LINE_WORDS and len(line & said) >= LINE_SHARE * len(line) for line in lines
    )


def _is_again(scene: Scene, later: Turn | None, objections: Sequence[Hit], last: Turn) -> bool:
    """Whether a later turn of the prospect objects the same: the same class, or the same words."""
    if later is None:
        return False
    if topics(scene, later, OBJECTIONS) & topics(scene, last, OBJECTIONS):
        return True
    text = scene.read(later).text
    return any(f" {' '.join(tokens(hit.quote))} " in text for hit in objections)


DETECTOR = Detector("D09", Cause.IGNORED_OBJECTION, detect)
