"""D19, failed opening: the prospect has to ask who is calling, or about what.

Source: TIPPING.md §4.1, D19: in the first 30 s the agent gave no name with a company, or no reason,
and the prospect asks for it; graver when the call is over within 35 s. It names the cause
`ambiguous_claim`, because not saying who calls or why misleads; an opening that fails for another
reason (not interested) is none of its business.

Does not detect: a switchboard that always asks, a wrong number, a bad line.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lanes import ms
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene
from callcoach.analysis.text import tokens


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield the agent's turn after which the prospect has to ask, once a call."""
    units = scene.conversation.units
    if not units:
        return
    began, ended = units[0].start_s, max(unit.end_s for unit in units)
    limit, lost = scene.bound("failed_opening.window_s"), scene.bound("failed_opening.lost_s")
    named = reasoned = False
    for moment in scene.moments:
        turn, answer = moment.turn, moment.next
        if ms(turn.start_s - began) > limit:
            return
        named = named or _names_caller(scene, moment.turn.text) or scene.has(turn, "introducing")
        reasoned = reasoned or scene.has(turn, "stating_reason")
        asked = scene.hits(answer, "asking_who")
        if answer is None or not asked or (named and reasoned):
            continue
        if scene.has(answer, "screening", "wrong_number", "bad_line"):
            return
        passed = round(answer.start_s - began, 3)
        yield Candidate(
            "D19",
            Cause.AMBIGUOUS_CLAIM,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(0.35 + 0.15 * (not named) + 0.15 * (not reasoned)),
            (
                quote(turn),
                quote(answer, kind="answer", hit=asked[0]),
                measure("opening", passed, "s", limit, turn),
            ),
            severity=3 if ended - began < lost else 2,
            variant="opening",
            values={"words": asked[0].quote},
        )
        return


def _names_caller(scene: Scene, text: str) -> bool:
    """Whether the campaign or a word of its own vocabulary is named."""
    said = f" {' '.join(tokens(text))} "
    names = (scene.context.campaign, *scene.context.vocabulary)
    return any(name and f" {' '.join(tokens(name))} " in said for name in names)


DETECTOR = Detector("D19", Cause.AMBIGUOUS_CLAIM, detect)
