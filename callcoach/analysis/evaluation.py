"""Scores flagged tipping points against truth, the same way everywhere; `scoreboard` words it.

A flag and a truth point of the same valence may match when their starts lie within `TOLERANCE_S`
or the flag starts inside the truth turn, widened by `TURN_MARGIN_S`. Matching is one to one, the
nearest pair first. A loose tolerance fakes success (TIPPING.md §0.8), so the chance line, what as
many flags thrown at random would reach, stands beside every score, and so do flags that need no
analysis. Intervals hold 95 % of a bootstrap by call, for the points of one call are not independent.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from math import log2
from typing import Any

from callcoach.analysis.lexicon import find, phrases, read_turn
from callcoach.analysis.model import CallAnalysis, Cause, Speaker, TippingPoint, Turn, Valence
from callcoach.analysis.truth import Truth, TruthPoint

#: Distance between starts that still counts as the same moment, seconds.
TOLERANCE_S = 5.0
#: Margin around the truth turn, seconds.
TURN_MARGIN_S = 1.0
#: Distances between starts that are reported beside each other, seconds (TIPPING.md §3).
TOLERANCES_S = (2.0, 5.0, 10.0)
#: Flags of a call that a supervisor looks at first (TIPPING.md §3: P@3).
FIRST = 3
#: Draws of the bootstrap by call, its seed, and the share of them that an interval leaves out.
BOOTSTRAP_ROUNDS = 1000
LEFT_OUT = 0.05
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
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class CauseCount:
    """What was flagged and marked of one cause.

    Args:
        flagged: flags that name it.
        in_place: of these, matched with a point of the same valence.
        right: of these, matched with a point of this very cause.
        truth: points that name it.
        found: of these, matched with a flag of any cause.
    """

    flagged: int = 0
    in_place: int = 0
    right: int = 0
    truth: int = 0
    found: int = 0

    def __add__(self, other: CauseCount) -> CauseCount:
        return CauseCount(
            self.flagged + other.flagged,
            self.in_place + other.in_place,
            self.right + other.right,
            self.truth + other.truth,
            self.found + other.found,
        )


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
        chance_matched: mean matches of as many flags at random places.
        at: by start alone, at each of `TOLERANCES_S`.
        first_shown, first_right: of the surest `FIRST` flags, how many there are and how many match.
        ranking: nDCG of the flags ordered by confidence, a match being worth its point's severity;
            None for a call without any point.
        causes: by cause.
        baselines: flags that need no analysis (`trivial_flags`), scored like the others; empty when
            only flags were given and no analysis.
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
    at: Mapping[float, Score] = field(default_factory=dict)
    first_shown: int = 0
    first_right: int = 0
    ranking: float | None = None
    causes: Mapping[Cause, CauseCount] = field(default_factory=dict)
    baselines: Mapping[str, Score] = field(default_factory=dict)

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

    @property
    def precision_at_first(self) -> float | None:
        """Share of each call's surest `FIRST` flags that match."""
        return _ratio(self.calls, "first_right", "first_shown")

    @property
    def ranking(self) -> float | None:
        """Mean nDCG of the calls that have points."""
        values = [call.ranking for call in self.calls if call.ranking is not None]
        return sum(values) / len(values) if values else None

    @property
    def causes(self) -> Mapping[Cause, CauseCount]:
        """Sums by cause, in the order of `Cause`; causes neither flagged nor marked included."""
        return {
            cause: sum((call.causes.get(cause, CauseCount()) for call in self.calls), CauseCount())
            for cause in Cause
        }

    @property
    def baselines(self) -> Mapping[str, Score]:
        """Sums of the trivial flags, over calls that have them."""
        names = dict.fromkeys(name for call in self.calls for name in call.baselines)
        return {
            name: sum((call.baselines.get(name, EMPTY) for call in self.calls), EMPTY)
            for name in names
        }

    def at(self, tolerance_s: float) -> Score:
        """By start alone, at one of `TOLERANCES_S`."""
        return sum((call.at.get(tolerance_s, EMPTY) for call in self.calls), EMPTY)

    def interval(self, part: str = "score") -> tuple[float, float] | None:
        """Where F1 of one part lies in 95 % of calls drawn again; None without calls or counts."""
        scores = [getattr(call, part) for call in self.calls]
        if self.total(part).f1 is None:
            return None
        source = random.Random(CHANCE_SEED)
        drawn: list[float] = []
        for _ in range(BOOTSTRAP_ROUNDS):
            f1 = sum(source.choices(scores, k=len(scores)), EMPTY).f1
            if f1 is not None:
                drawn.append(f1)
        drawn.sort()
        cut = int(LEFT_OUT / 2 * len(drawn))
        return drawn[cut], drawn[len(drawn) - 1 - cut]

    def to_dict(self) -> dict[str, Any]:
        """A JSON object: per call and in total, with the chance line and the trivial flags."""

        def full(part: str) -> dict[str, Any]:
            return {**self.total(part).to_dict(), "interval": self.interval(part)}

        return {
            "tolerance_s": TOLERANCE_S,
            "turn_margin_s": TURN_MARGIN_S,
            "calls": [
                {
                    "name": call.name,
                    **call.score.to_dict(),
                    "same_cause": call.same_cause,
                    "ranking": call.ranking,
                }
                for call in self.calls
            ],
            "total": {
                **full("score"),
                "by_time": self.total("by_time").to_dict(),
                "by_turn": self.total("by_turn").to_dict(),
                "at": {f"{limit:g}": self.at(limit).to_dict() for limit in TOLERANCES_S},
                "negative": full("negative"),
                "positive": full("positive"),
                "precision_at_3": self.precision_at_first,
                "ranking": self.ranking,
                "valence_accuracy": self.valence_accuracy,
                "cause_accuracy": self.cause_accuracy,
                "chance_f1": self.chance_f1,
                "flags_per_clean_call": self.flags_per_clean_call,
            },
            "causes": {cause.value: asdict(count) for cause, count in self.causes.items()},
            "baselines": {name: score.to_dict() for name, score in self.baselines.items()},
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
    shown = [
        Flag(point.start_s, point.valence, point.cause.value, point.confidence) for point in points
    ]
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
        at={limit: score(_within(limit)) for limit in TOLERANCES_S},
        first_shown=min(FIRST, len(shown)),
        first_right=len({i for i, _ in pairs} & set(_by_confidence(shown)[:FIRST])),
        ranking=_ranking(shown, truth, pairs),
        causes=_causes(shown, truth, pairs),
        baselines={
            name: Score(len(each), len(truth.points), len(match(each, truth.points)))
            for name, each in (
                trivial_flags(flags.turns) if isinstance(flags, CallAnalysis) else {}
            ).items()
        },
    )


def _within(limit_s: float) -> Near:
    return lambda flag, point: abs(flag.start_s - point.start_s) <= limit_s


def _by_confidence(flags: Sequence[Flag]) -> list[int]:
    return sorted(range(len(flags)), key=lambda i: (-flags[i].confidence, flags[i].start_s))


def _ranking(flags: Sequence[Flag], truth: Truth, pairs: Sequence[tuple[int, int]]) -> float | None:
    if not truth.points:
        return None
    worth = {i: truth.points[j].severity for i, j in pairs}
    best = sorted((point.severity for point in truth.points), reverse=True)
    return _gain([worth.get(i, 0) for i in _by_confidence(flags)]) / _gain(best)


def _gain(worth: Sequence[int]) -> float:
    """Discounted cumulative gain: what comes later counts for less."""
    return sum(value / log2(place + 2) for place, value in enumerate(worth))


def _causes(
    flags: Sequence[Flag], truth: Truth, pairs: Sequence[tuple[int, int]]
) -> dict[Cause, CauseCount]:
    matched = dict(pairs)
    counts: dict[Cause, CauseCount] = {}

    def add(cause: Cause, count: CauseCount) -> None:
        counts[cause] = counts.get(cause, CauseCount()) + count

    for i, flag in enumerate(flags):
        right = i in matched and truth.points[matched[i]].cause.value == flag.cause
        add(Cause(flag.cause), CauseCount(flagged=1, in_place=int(i in matched), right=int(right)))
    for j, point in enumerate(truth.points):
        add(point.cause, CauseCount(truth=1, found=int(j in matched.values())))
    return counts


def trivial_flags(turns: Sequence[Turn], language: str = "fr") -> dict[str, list[Flag]]:
    """Flags that need no analysis, by name: what a system must beat (TIPPING.md §3).

    Empty where the agent says nothing.
    """
    spoken = [turn for turn in turns if turn.words]
    agent = [turn for turn in spoken if turn.speaker is Speaker.AGENT]
    if not agent:
        return {}
    against = [phrases(name, language) for name in ("objection", "rebuke", "refusal")]
    answers = [
        turn
        for before, turn in pairwise(spoken)
        if turn.speaker is Speaker.AGENT
        and before.speaker is Speaker.PROSPECT
        and any(find(read_turn(before), wanted) for wanted in against)
    ]
    longest = max(agent, key=lambda turn: turn.end_s - turn.start_s)
    last_answered = [
        turn for turn in agent if any(other.start_s > turn.start_s for other in spoken)
    ]
    out = {
        "longest_agent_turn": [Flag(longest.start_s, Valence.NEGATIVE, "")],
        "first_objection": [Flag(turn.start_s, Valence.NEGATIVE, "") for turn in answers[:1]],
        "last_agent_turn": [
            Flag(turn.start_s, Valence.POSITIVE, "") for turn in last_answered[-1:]
        ],
    }
    out["these_three"] = [flag for each in out.values() for flag in each]
    out["every_agent_turn"] = [
        Flag(turn.start_s, valence, "") for turn in agent for valence in Valence
    ]
    return out


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
