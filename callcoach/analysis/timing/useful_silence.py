"""Useful silence: the agent leaves the prospect time, and the prospect uses it.

Source: TIPPING.md §4.1, D07's counterpart (leave three seconds, the answer comes) and §1: silence
of 3 s is the 99th percentile, so leaving it is a choice.

Does not detect: why the prospect was silent; a prospect who fetches a paper looks the same unless
the words say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, length_s, words_in
from callcoach.analysis.timing.mishandled_silence import is_thinking

#: Silence left, from and full (TIPPING.md §1: mutual silence p99 3.1 s).
LEFT_FROM_S = 2.2
LEFT_FULL_S = 4.5
#: The prospect then speaks at least this long (TIPPING.md §4.1, D20: turn p75 4.6 to 4.9 s).
ANSWER_S = 4.5
#: A turn up to this many words leaves the floor by itself.
SHORT_WORDS = 6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns after which, or around which, silence was left and a long answer came."""
    for moment in scene.moments:
        answer = moment.next
        if answer is None or moment.exchange_out is None or length_s(answer) < ANSWER_S:
            continue
        left = max(moment.exchange_out.latency_s, 0.0)
        waited = max(moment.exchange_in.latency_s, 0.0) if moment.exchange_in else 0.0
        short = words_in(moment.turn) <= SHORT_WORDS
        total = left + (waited if short else 0.0)
        asks = scene.is_asking(moment.turn)
        if total < LEFT_FROM_S or not (short or asks):
            continue
        strength = 0.3 + 0.4 * clamp((total - LEFT_FROM_S) / (LEFT_FULL_S - LEFT_FROM_S))
        strength += 0.2 * short * (not asks)
        strength += 0.15 * (is_thinking(scene, moment.last) or scene.has(moment.last, "hesitation"))
        yield Candidate(
            "D07",
            Cause.USEFUL_SILENCE,
            moment.turn.index,
            moment.turn.start_s,
            moment.turn.end_s,
            clamp(strength),
            (
                measure("silence_left", total, "s", LEFT_FROM_S, moment.turn),
                quote(moment.turn),
                quote(answer, kind="answer"),
            ),
            severity=2,
            values={"silence": round(total, 1)},
        )


DETECTOR = Detector("D07", Cause.USEFUL_SILENCE, detect)
