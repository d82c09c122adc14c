"""Scores flagged tipping points against truth, the same way everywhere.

A flag and a truth point of the same valence may match when their starts lie within `TOLERANCE_S`
or the flag starts inside the truth turn, widened by `TURN_MARGIN_S`. Matching is one to one, the
nearest pair first. A loose tolerance fakes success (TIPPING.md §0.8), so the chance line, what as
many flags thrown at random would reach, stands beside every score.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from callcoach.analysis.model import CallAnalysis, TippingPoint, Valence
from callcoach.analysis.truth import Truth, TruthPoint

#: Distance between starts that still counts as the same moment, seconds.
TOLERANCE_S = 5.0
#: Margin around the truth turn, seconds.
TURN_MARGIN_S = 1.0
#: Random placements averaged for the chance line, and their seed.
CHANCE_ROUNDS = 200
CHANCE_SEED = 20260901

Flags = Sequence[TippingPoint] | CallAnalysis
Near = Callable[["Flag", TruthPoint], bool]


@dataclass(frozen=True, slots=True)
class Flag:
    """The part of a tipping point that is scored."""

    start_s: float
    valence: Valence
    cause: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one call or of all; ratios are None where nothing could be counted."""

    flagged: int
    truth: int
    matched: int

    @property
    def precision(self) -> float | None:
        return self.matched / self.flagged if self.flagged else None

    @property
    def recall(self) -> float | None:
        return self.matched / self.truth if self.truth else None

    @property
    def f1(self) -> float | None:
        total = self.flagged + self.truth
        return 2 * self.matched / total if total else None

    def __add__(self, other: Score) -> Score:
        return Score(
            self.flagged + other.flagged, self.truth + other.truth, self.matched + other.matched
        )

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "precision": self.precision, "recall": self.recall, "f1": self.f1}


EMPTY = Score(0, 0, 0)


@dataclass(frozen=True, slots=True)
class CallScore:
    """One call's scores.

    Args:
        score: at 5 s or turn, the headline rule.
        by_time, by_turn: each half of the rule alone.
        any_valence: pairs matched in place whatever the valence, and of these how many agree.
        same_cause: of the headline matches, how many name the same cause.
        chance_f1: F1 of as many flags at random places, None without flags or truth.
    """

    name: str
    score: Score
    by_time: Score
    by_turn: Score
    placed: int
    same_valence: int
    same_cause: int
    chance_matched: float
    negative: Score
    positive: Score

    @property
    def is_clean(self) -> bool:
        """A call in which nothing turns."""
        return self.score.truth == 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All calls and their total."""

    calls: tuple[CallScore, ...] = field(default_factory=tuple)

    def total(self, part: str = "score") -> Score:
        """Sum over calls of one part: score, by_time, by_turn, negative or positive."""
        return sum((getattr(call, part) for call in self.calls), EMPTY)

    @property
    def valence_accuracy(self) -> float | None:
        return _ratio(self.calls, "same_valence", "placed")

    @property
    def cause_accuracy(self) -> float | None:
        matched = self.total().matched
        return sum(call.same_cause for call in self.calls) / matched if matched else None

    @property
    def chance_f1(self) -> float | None:
        total = self.total()
        counted = total.flagged + total.truth
        return 2 * sum(call.chance_matched for call in self.calls) / counted if counted else None

    @property
    def flags_per_clean_call(self) -> float | None:
        """Mean number of flags on calls without any truth point: the lower, the better."""
        clean = [call.score.flagged for call in self.calls if call.is_clean]
        return sum(clean) / len(clean) if clean else None

    def to_dict(self) -> dict[str, Any]:
        """A JSON object: per call and in total, with the chance line."""
        return {
            "tolerance_s": TOLERANCE_S,
            "turn_margin_s": TURN_MARGIN_S,
            "calls": [
                {"name": call.name, **call.score.to_dict(), "same_cause": call.same_cause}
                for call in self.calls
            ],
            "total": {
                **self.total().to_dict(),
                "by_time": self.total("by_time").to_dict(),
                "by_turn": self.total("by_turn").to_dict(),
                "negative": self.total("negative").to_dict(),
                "positive": self.total("positive").to_dict(),
                "valence_accuracy": self.valence_accuracy,
                "cause_accuracy": self.cause_accuracy,
                "chance_f1": self.chance_f1,
                "flags_per_clean_call": self.flags_per_clean_call,
            },
        }


def _ratio(calls: Sequence[CallScore], part: str, whole: str) -> float | None:
    total = sum(getattr(call, whole) for call in calls)
    return sum(getattr(call, part) for call in calls) / total if total else None


def evaluate(items: Iterable[tuple[str, Flags, Truth]]) -> Evaluation:
    """Score every call; `items` pairs a name and its flags with the truth."""
    return Evaluation(tuple(_score_call(name, flags, truth) for name, flags, truth in items))


def near_time(flag: Flag, point: TruthPoint) -> bool:
    """Starts within the tolerance."""
    return abs(flag.start_s - point.start_s) <= TOLERANCE_S


def near_turn(flag: Flag, point: TruthPoint) -> bool:
    """The flag starts inside the truth turn, margin included."""
    return point.turn_start_s - TURN_MARGIN_S <= flag.start_s <= point.turn_end_s + TURN_MARGIN_S


def near_either(flag: Flag, point: TruthPoint) -> bool:
    """The headline rule."""
    return near_time(flag, point) or near_turn(flag, point)


def match(
    flags: Sequence[Flag],
    points: Sequence[TruthPoint],
    near: Near = near_either,
    *,
    any_valence: bool = False,
) -> list[tuple[int, int]]:
    """One-to-one pairs (flag index, point index), nearest starts first."""
    pairs = sorted(
        (abs(flag.start_s - point.start_s), i, j)
        for i, flag in enumerate(flags)
        for j, point in enumerate(points)
        if (any_valence or flag.valence is point.valence) and near(flag, point)
    )
    used_flags: set[int] = set()
    used_points: set[int] = set()
    found: list[tuple[int, int]] = []
    for _, i, j in pairs:
        if i not in used_flags and j not in used_points:
            used_flags.add(i)
            used_points.add(j)
            found.append((i, j))
    return found


def _score_call(name: str, flags: Flags, truth: Truth) -> CallScore:
    points = flags.tipping_points if isinstance(flags, CallAnalysis) else flags
    shown = [Flag(point.start_s, point.valence, point.cause.value) for point in points]
    pairs = match(shown, truth.points)
    placed = match(shown, truth.points, any_valence=True)

    def score(near: Near) -> Score:
        return Score(len(shown), len(truth.points), len(match(shown, truth.points, near)))

    def of_valence(valence: Valence) -> Score:
        return Score(
            sum(flag.valence is valence for flag in shown),
            sum(point.valence is valence for point in truth.points),
            sum(shown[i].valence is valence for i, _ in pairs),
        )

    return CallScore(
        name=name,
        score=Score(len(shown), len(truth.points), len(pairs)),
        by_time=score(near_time),
        by_turn=score(near_turn),
        placed=len(placed),
        same_valence=sum(shown[i].valence is truth.points[j].valence for i, j in placed),
        same_cause=sum(shown[i].cause == truth.points[j].cause.value for i, j in pairs),
        chance_matched=_chance(shown, truth),
        negative=of_valence(Valence.NEGATIVE),
        positive=of_valence(Valence.POSITIVE),
    )


def _chance(flags: Sequence[Flag], truth: Truth) -> float:
    """Mean matches when the same flags, valences kept, start anywhere in the call."""
    if not flags or not truth.points:
        return 0.0
    source = random.Random(f"{CHANCE_SEED}:{truth.id}")
    total = 0
    for _ in range(CHANCE_ROUNDS):
        thrown = [
            Flag(source.uniform(0.0, truth.duration_s), flag.valence, flag.cause) for flag in flags
        ]
        total += len(match(thrown, truth.points))
    return total / CHANCE_ROUNDS


def render_table(evaluation: Evaluation) -> str:
    """A plain-text table: a line a call, then TOTAL, chance and the other measures."""
    width = max([len("TOTAL"), *(len(call.name) for call in evaluation.calls)])
    lines = [f"{'call':<{width}}  flags  truth  match   prec.  recall     F1"]
    lines += [_line(call.name, call.score, width) for call in evaluation.calls]
    lines.append(_line("TOTAL", evaluation.total(), width))
    lines.append("")
    for label, part in (
        ("by start time alone (5 s)", "by_time"),
        ("by turn alone (1 s margin)", "by_turn"),
        ("negative points", "negative"),
        ("positive points", "positive"),
    ):
        lines.append(_line(label, evaluation.total(part), 28))
    lines.append(f"{'chance line, F1':<28}  {_show(evaluation.chance_f1)}")
    lines.append(f"{'valence accuracy, in place':<28}  {_show(evaluation.valence_accuracy)}")
    lines.append(f"{'cause accuracy, matched':<28}  {_show(evaluation.cause_accuracy)}")
    lines.append(f"{'flags per call without any':<28}  {_show(evaluation.flags_per_clean_call)}")
    return "\n".join(lines)


def _line(name: str, score: Score, width: int) -> str:
    return (
        f"{name:<{width}}  {score.flagged:5d}  {score.truth:5d}  {score.matched:5d}"
        f"  {_show(score.precision)}  {_show(score.recall)}  {_show(score.f1)}"
    )


def _show(value: float | None) -> str:
    return "     –" if value is None else f"{value:6.2f}"
