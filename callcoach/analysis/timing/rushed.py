"""D03, rushed: the agent speaks clearly faster than elsewhere in the call.

Source: TIPPING.md §4.1, D03: 12 % over one's own rate is the measurement error, 20 % is clear, and
7.8 syllables a second is fast for anyone (Rhapsodie p95). Syllables are counted on the recognised
text, so a turn that was recognised badly hides its pace.

Does not detect: naturally fast speakers (own baseline), numbers and addresses read out, legal
wording that has to be said.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.text import count_syllables, number_share
from callcoach.analysis.timing.stretches import longest_stretch

#: Excess at which there is no doubt (the measurement error three times over).
EXCESS_FULL = 1.35
#: Turns from this length on make the baseline.
BASELINE_TURN_S = 2.5
#: Turns that a baseline needs.
BASELINE_TURNS = 3
#: A stretch this long without a breath adds to the case (TIPPING.md §1: p90 6.0 s).
BREATH_S = 6.0


def turn_rate(scene: Scene, turn: Turn, minimum_s: float) -> float | None:
    """Syllables per second of voice in `turn`; None below `minimum_s` of voice or without words."""
    voiced = sum(unit.duration_s for unit in scene.conversation.units_of(turn))
    if voiced < minimum_s or not turn.words:
        return None
    return count_syllables(turn.text) / voiced


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns faster than the agent's own median by more than the measurement error."""
    rates = [
        rate
        for moment in scene.moments
        if (rate := turn_rate(scene, moment.turn, BASELINE_TURN_S)) is not None
    ]
    if len(rates) < BASELINE_TURNS:
        return
    usual = median(rates)
    from_ratio, clear_ratio = scene.bound("rushed.excess_ratio"), scene.bound("rushed.clear_ratio")
    for moment in scene.moments:
        turn = moment.turn
        rate = turn_rate(scene, turn, scene.bound("rushed.speech_s"))
        if rate is None or usual <= 0 or _is_read_out(scene, turn):
            continue
        excess = rate / usual
        fast = rate >= scene.bound("rushed.fast_rate") and excess > 1
        if excess < from_ratio and not fast:
            continue
        strength = clamp((excess - from_ratio) / max(EXCESS_FULL - from_ratio, 0.05))
        breath = longest_stretch(scene, turn).duration_s
        strength = clamp(0.2 + 0.6 * strength + 0.2 * (breath >= BREATH_S))
        severity = 1 + (excess >= clear_ratio or fast) + _is_after_objection(scene, moment)
        yield Candidate(
            "D03",
            Cause.RUSHED,
            turn.index,
            turn.start_s,
            turn.end_s,
            strength,
            (measure("rate", rate, "syll/s", round(usual, 2), turn), quote(turn)),
            severity=min(3, severity),
            values={"excess": round(100 * (excess - 1))},
        )


def _is_read_out(scene: Scene, turn: Turn) -> bool:
    """Numbers and legal wording are said fast by everybody."""
    return number_share(turn.text) >= scene.bound("rushed.numbers_ratio") or scene.has(
        turn, "legal"
    )


def _is_after_objection(scene: Scene, moment: Moment) -> bool:
    """Whether the prospect objected shortly before."""
    since = moment.turn.start_s - scene.bound("rushed.after_objection_s")
    return any(said.end_s >= since and scene.has(said, "objection") for said in moment.before)


DETECTOR = Detector("D03", Cause.RUSHED, detect)
