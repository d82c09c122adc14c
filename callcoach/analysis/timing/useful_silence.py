"""P2, useful silence: the agent leaves the prospect time, and the prospect uses it.

Source: TIPPING.md §4.1, D07's counterpart (leave three seconds, the answer comes) and §1: silence
of 3 s is the 99th percentile, so leaving it is a choice.

Does not detect: why the prospect was silent; one who says that he looks something up, and a wait
that was announced, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, length_s, words_in
from callcoach.analysis.timing.interruption import line_delay_s


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns after which, or around which, silence was left and a long answer came."""
    from_s, full_s = scene.bound("useful_silence.left_s"), scene.bound("useful_silence.full_s")
    delay = line_delay_s(scene)
    for moment in scene.moments:
        answer, turn = moment.next, moment.turn
        if answer is None or moment.exchange_out is None:
            continue
        if length_s(answer) < scene.bound("useful_silence.answer_s"):
            continue
        left = max(moment.exchange_out.latency_s - delay, 0.0)
        waited = max(moment.exchange_in.latency_s, 0.0) if moment.exchange_in else 0.0
        short = words_in(turn) <= scene.bound("useful_silence.short_words")
        total = round(left + (waited if short else 0.0), 3)
        asks = scene.is_asking(turn)
        if total < from_s or not (short or asks):
            continue
        if scene.has(turn, "holding") or scene.has(moment.last, "holding"):
            continue
        if scene.has(answer, "consulting") or scene.has(moment.last, "consulting"):
            continue
        strength = 0.3 + 0.4 * clamp((total - from_s) / max(full_s - from_s, 0.5))
        strength += 0.2 * short * (not asks)
        strength += 0.15 * (scene.is_thinking(moment.last) or scene.has(moment.last, "hesitation"))
        yield Candidate(
            "P2",
            Cause.USEFUL_SILENCE,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                measure("silence_left", total, "s", from_s, turn),
                quote(turn),
                quote(answer, kind="answer"),
            ),
            severity=2,
            values={"silence": round(total, 1)},
        )


DETECTOR = Detector("P2", Cause.USEFUL_SILENCE, detect)
