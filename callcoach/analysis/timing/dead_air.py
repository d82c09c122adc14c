"""D06, dead air: a silence that nobody announced, before the agent's answer or after a statement.

Source: TIPPING.md §4.1, D06 (3 s of mutual silence is the 99th percentile on the telephone, call
maxima reach 5.3 s at p90; after a question 5 s).

Does not detect: a hold that was announced, a silence in which the prospect looks something up or
thinks, and one after which the prospect speaks at length (see `useful_silence`).
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Speaker, Turn
from callcoach.analysis.scene import Moment, Scene, length_s, words_in

#: Fewer words than this leave the prospect the floor.
MIN_WORDS = 6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns after dead air, and statements that dead air follows."""
    floor = scene.conversation.floor
    following = {turn.index: floor[i + 1] for i, turn in enumerate(floor[:-1])}
    for moment in scene.moments:
        found = _before(scene, moment) or _after(scene, moment, following.get(moment.turn.index))
        if found is not None:
            yield found


def _before(scene: Scene, moment: Moment) -> Candidate | None:
    """Silence between the prospect's turn and the agent's answer."""
    start, full = scene.bound("dead_air.before_s"), scene.bound("dead_air.full_s")
    if moment.exchange_in is None or moment.exchange_in.latency_s < start:
        return None
    latency, turn = moment.exchange_in.latency_s, moment.turn
    if words_in(turn) < MIN_WORDS and not scene.has(turn, "filler"):
        return None
    if scene.is_thinking(moment.last) and not scene.is_asking(moment.last):
        return None
    if _is_announced(scene, moment.last, turn):
        return None
    strength = 0.35 + 0.45 * clamp((latency - start) / max(full - start, 0.5))
    strength += 0.2 * scene.has(turn, "filler") + 0.1 * scene.is_asking(moment.last)
    evidence = [measure("silence_dead_air", latency, "s", start, turn)]
    if moment.last is not None and moment.last.text:
        evidence.append(quote(moment.last))
    return Candidate(
        "D06",
        Cause.MISHANDLED_SILENCE,
        turn.index,
        turn.start_s,
        turn.end_s,
        clamp(strength),
        (*evidence, quote(turn)),
        severity=2 + (latency >= scene.bound("dead_air.grave_s")),
        variant="dead_air",
        values={"silence": round(latency, 1)},
    )


def _after(scene: Scene, moment: Moment, follows: Turn | None) -> Candidate | None:
    """Mutual silence after the agent's turn."""
    turn = moment.turn
    if follows is None or words_in(turn) < MIN_WORDS:
        return None
    asks = scene.is_asking(turn)
    start = scene.bound("dead_air.after_question_s" if asks else "dead_air.after_s")
    silence = round(
        max(
            (
                min(gap.end_s, follows.start_s) - max(gap.start_s, turn.end_s)
                for gap in scene.conversation.silences
                if gap.end_s > turn.end_s and gap.start_s < follows.start_s
            ),
            default=0.0,
        ),
        3,
    )
    if silence < start or _is_announced(scene, turn, follows):
        return None
    if follows.speaker is Speaker.PROSPECT and (
        length_s(follows) >= scene.bound("useful_silence.answer_s") or scene.is_thinking(follows)
    ):
        return None
    if scene.has(turn, "inviting") or scene.is_thinking(moment.last) or not follows.words:
        return None  # left on purpose, or a voice that could not be read: the silence may be none
    full, grave = scene.bound("dead_air.full_s"), scene.bound("dead_air.grave_s")
    return Candidate(
        "D06",
        Cause.MISHANDLED_SILENCE,
        turn.index,
        turn.start_s,
        turn.end_s,
        clamp(0.2 + 0.4 * clamp((silence - start) / max(grave - start, 1.0))),
        (measure("silence_after", silence, "s", start, turn), quote(turn)),
        severity=1 + (silence >= full) + (silence >= grave),
        variant="after",
        values={"silence": round(silence, 1)},
    )


def _is_announced(scene: Scene, *turns: Turn | None) -> bool:
    """Whether anybody said that a wait is coming, or looks something up."""
    return any(scene.has(turn, "holding", "consulting") for turn in turns)


DETECTOR = Detector("D06", Cause.MISHANDLED_SILENCE, detect)
