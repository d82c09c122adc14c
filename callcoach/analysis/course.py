"""How one moment stands in the whole course of its call, as plain numbers.

What `reaction` and `surroundings` compare is near: the turns just before and after. A prospect who is
always talkative, always dry or always joking then looks as if each of his longer or shorter turns
were an answer to the agent. Here each change is held against how much this prospect varies in this
call anyway, and against all that came before: a turn of the call is a change that is large for this
call, and that stays.

Does not use: anything of other calls, or of other people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p, sqrt
from statistics import fmean, pstdev

from callcoach.analysis.engagement import observe
from callcoach.analysis.model import Turn
from callcoach.analysis.reaction import AGAINST, FOR, polarity
from callcoach.analysis.scene import Moment, Scene, length_s, once
from callcoach.analysis.text import questions

#: Prospect turns looked at on each side: what lasts, and still of this part of a long call.
REACH = 6
#: Added to a spread, so that few alike turns do not make a small change look large.
LEAST_SPREAD = 0.25
#: Changes are compared within this many spreads.
CAP = 4.0


@dataclass(frozen=True, slots=True)
class _Said:
    """What one prospect turn is like: length (log seconds), polarity, questions, participation."""

    length: float
    polarity: float
    asks: float
    against: float
    favour: float
    part: float


@dataclass(frozen=True, slots=True)
class _Whole:
    """The prospect's turns of a call, and how they vary in it."""

    said: Mapping[int, _Said]
    length: float
    length_spread: float
    polarity_spread: float
    part_spread: float


@once
def _whole(scene: Scene) -> _Whole:
    part = {item.turn: item.value for item in observe(scene)}
    turns: dict[int, Turn] = {}
    for moment in scene.moments:
        for turn in (*moment.before[-1:], *moment.after[:1]):
            turns[turn.index] = turn
    said = {
        index: _Said(
            log1p(length_s(turn)),
            polarity(scene, turn),
            float(min(2, len(questions(turn.text)))),
            float(any(scene.has(turn, name) for name in AGAINST)),
            float(any(scene.has(turn, name) for name in FOR)),
            part.get(index, 0.0),
        )
        for index, turn in turns.items()
    }
    each = list(said.values())
    return _Whole(
        said,
        fmean(one.length for one in each) if each else 0.0,
        _spread([one.length for one in each]),
        _spread([one.polarity for one in each]),
        _spread([one.part for one in each]),
    )


def course(scene: Scene, moment: Moment) -> dict[str, float]:
    """The numbers of one moment; names are stable, they key the fitted weights."""
    whole = _whole(scene)
    before, after = _sides(whole, moment)
    following = whole.said.get(moment.next.index) if moment.next else None
    last = whole.said.get(moment.last.index) if moment.last else None
    shifts = _shifts(whole, moment)
    numbers = {
        "course_length_next": _beside(following, whole),
        "course_length_last": _beside(last, whole),
        "course_length_shift": shifts["length"],
        "course_part_shift": shifts["part"],
        "course_polarity_shift": _shift(
            [one.polarity for one in before], [one.polarity for one in after], whole.polarity_spread
        ),
        "course_asks_shift": _gain([one.asks for one in before], [one.asks for one in after]),
        "course_against_before": _mean([one.against for one in before]),
        "course_against_later": _mean([one.against for one in after]),
        "course_favour_before": _mean([one.favour for one in before]),
        "course_favour_later": _mean([one.favour for one in after]),
        "course_usual_length": whole.length,
        "course_length_spread": whole.length_spread,
        "course_polarity_spread": whole.polarity_spread,
        "course_part_spread": whole.part_spread,
    }
    for name, most in _strongest(scene).items():
        numbers[f"course_{name}_most"] = most
        numbers[f"course_{name}_share"] = abs(shifts[name]) / most if most > 0 else 0.0
    return numbers


@once
def _strongest(scene: Scene) -> Mapping[str, float]:
    """The largest shift of the call, whichever way, in lengths and in participation."""
    whole = _whole(scene)
    each = [_shifts(whole, moment) for moment in scene.moments]
    return {
        name: max((abs(shifts[name]) for shifts in each), default=0.0)
        for name in ("length", "part")
    }


def _sides(whole: _Whole, moment: Moment) -> tuple[list[_Said], list[_Said]]:
    """The prospect's turns before and after, within reach."""
    before = [whole.said[t.index] for t in moment.before[-REACH:] if t.index in whole.said]
    after = [whole.said[t.index] for t in moment.after[:REACH] if t.index in whole.said]
    return before, after


def _shifts(whole: _Whole, moment: Moment) -> Mapping[str, float]:
    """How far lengths and participation shift at a moment."""
    before, after = _sides(whole, moment)
    return {
        "length": _shift(
            [one.length for one in before], [one.length for one in after], whole.length_spread
        ),
        "part": _shift(
            [one.part for one in before], [one.part for one in after], whole.part_spread
        ),
    }


def _beside(one: _Said | None, whole: _Whole) -> float:
    if one is None:
        return 0.0
    return _clip((one.length - whole.length) / (whole.length_spread + LEAST_SPREAD))


def _shift(before: Sequence[float], after: Sequence[float], spread: float) -> float:
    """The difference of means in standard errors, as Welch's t with the spread of the whole call."""
    if not before or not after:
        return 0.0
    error = (spread + LEAST_SPREAD) * sqrt(1 / len(before) + 1 / len(after))
    return _clip((fmean(after) - fmean(before)) / error)


def _gain(before: Sequence[float], after: Sequence[float]) -> float:
    return _mean(after) - _mean(before) if before and after else 0.0


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _spread(values: Sequence[float]) -> float:
    return pstdev(values) if len(values) > 1 else 0.0


def _clip(value: float) -> float:
    return max(-CAP, min(CAP, value))
