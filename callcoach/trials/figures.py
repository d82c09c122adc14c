"""What a trial shows, from the calls counted in it. Pure: rows in, figures out.

The main figures follow the draw (intention to treat): a call belongs to the wording of its
agent-day, whatever was said in it. "As said" stands beside them and may mislead: whoever says a
wording in spite of the day may do so when the call goes well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from callcoach.trials.assigning import block_size, days_between, slot_of
from callcoach.trials.models import Assigning
from callcoach.trials.planning import Plan, Verdict, judge
from callcoach.trials.sequential import Path, build_path, e_value, interval, turn_length

if TYPE_CHECKING:
    import pandas as pd

#: Confidence of the interval of one arm's share, at one moment.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Counted:
    """A call counted in a trial.

    Args:
        agent: any number that stands for the agent.
        day: in the zone of the agent's team.
        arm: place of the wording of that agent-day; 0 is the control.
        said: place of the wording that was heard; None when it was none of them.
    """

    agent: int
    day: date
    arm: int
    said: int | None
    has_succeeded: bool


@dataclass(frozen=True, slots=True)
class ArmFigures:
    """One wording: agent-days with at least one call, calls, successes, and the share of successes
    with its interval at `CONFIDENCE`, widened for calls of one agent-day resembling each other.
    """

    place: int
    days: int
    calls: int
    successes: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.successes / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A variant against the control, after each finished turn.

    Args:
        low, high, estimate: of the difference of shares; one entry a turn.
        e_value: evidence at the last turn against "it makes no difference".
    """

    place: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    estimate: tuple[float | None, ...]
    e_value: float


@dataclass(frozen=True, slots=True)
class Results:
    """All that a look shows.

    Args:
        arms: by the draw, finished turns only.
        as_said: by what was heard, finished turns only.
        as_drawn: calls in which the day's wording was heard, of all calls.
        turns: last day of each finished turn.
        waiting_days: agent-days with calls whose turn is not over.
    """

    arms: tuple[ArmFigures, ...]
    as_said: tuple[ArmFigures, ...]
    as_drawn: tuple[int, int]
    turns: tuple[date, ...]
    differences: tuple[Difference, ...]
    verdict: Verdict
    waiting_days: int

    @property
    def days_per_arm(self) -> int:
        """Finished agent-days of the arm that has fewest."""
        return min(arm.days for arm in self.arms)

    def to_dict(self) -> dict[str, Any]:
        """JSON types, for the log of looks."""
        return {
            "arms": [_arm_dict(arm) for arm in self.arms],
            "as_said": [_arm_dict(arm) for arm in self.as_said],
            "as_drawn": list(self.as_drawn),
            "differences": [
                {
                    "place": each.place,
                    "estimate": each.estimate[-1] if each.estimate else None,
                    "low": each.low[-1] if each.low else None,
                    "high": each.high[-1] if each.high else None,
                    "e_value": each.e_value,
                }
                for each in self.differences
            ],
            "turns": len(self.turns),
            "advice": self.verdict.advice.value,
            "variant": self.verdict.variant,
            "chance": self.verdict.chance,
        }


def work_out(
    plan: Plan,
    rows: Iterable[Counted],
    *,
    assigning: Assigning,
    started_on: date,
    last_day: date,
    is_over: bool,
) -> Results:
    """Figures and the rule's word after a day.

    Args:
        plan: as fixed before the start.
        last_day: the last whole day to count.
        is_over: no day follows it: a weekend's turn need not be waited for.
    """
    import pandas as pd  # slow to import, and every process of the site knows this room

    frame = pd.DataFrame(
        [(row.agent, row.day, row.arm, row.said, row.has_succeeded) for row in rows],
        columns=["agent", "day", "arm", "said", "success"],
    )
    counts = np.array([started_on <= day <= last_day for day in frame["day"]], dtype=bool)
    frame = frame[counts]
    block = block_size(plan.arms, assigning)
    slots = _slots_done(started_on, last_day, assigning, is_over=is_over)
    slots = turn_length(slots, block)
    slot = pd.Series(
        [slot_of(day, started_on, assigning) for day in frame["day"]],
        index=frame.index,
        dtype="int64",
    )
    frame = frame.assign(slot=slot)
    done = frame[frame["slot"] < slots]
    waiting = frame[frame["slot"] >= slots]
    ends = _turn_ends(started_on, last_day, assigning, block, slots // block)
    paths = _paths(plan, done, slots, block)
    differences = tuple(_difference(place, path, plan) for place, path in enumerate(paths, 1))
    arms = _by(done, "arm", plan)
    return Results(
        arms=arms,
        as_said=_by(done, "said", plan),
        as_drawn=(int((done["said"] == done["arm"]).sum()), len(done)),
        turns=ends,
        differences=differences,
        verdict=judge(plan, paths, min(arm.days for arm in arms)),
        waiting_days=_agent_days(waiting),
    )


def _slots_done(started_on: date, last_day: date, assigning: Assigning, *, is_over: bool) -> int:
    if last_day < started_on:
        return 0
    if is_over:
        return slot_of(last_day, started_on, assigning) + 1
    return slot_of(last_day + timedelta(days=1), started_on, assigning)


def _turn_ends(
    started_on: date, last_day: date, assigning: Assigning, block: int, turns: int
) -> tuple[date, ...]:
    last: dict[int, date] = {}
    for day in days_between(started_on, last_day):
        last[slot_of(day, started_on, assigning) // block] = day
    return tuple(last[turn] for turn in range(turns))


def _paths(plan: Plan, frame: pd.DataFrame, slots: int, block: int) -> list[Path]:
    import pandas as pd

    agents = sorted(set(frame["agent"])) or [0]
    index = pd.MultiIndex.from_product([agents, range(slots)], names=["agent", "slot"])
    table = (
        frame.groupby(["agent", "slot"])
        .agg(calls=("success", "size"), successes=("success", "sum"), arm=("arm", "first"))
        .reindex(index, fill_value=0)
    )

    def dense(name: str) -> np.ndarray:
        return table[name].to_numpy(dtype=np.int64).reshape(len(agents), slots)

    return [
        build_path(
            dense("calls"),
            dense("successes"),
            # Days without a call carry no weight, whatever arm they are given here
            dense("arm"),
            variant=variant,
            block=block,
            baseline=plan.baseline,
        )
        for variant in range(1, plan.arms)
    ]


def _difference(place: int, path: Path, plan: Plan) -> Difference:
    low, high = interval(path, plan.rho, plan.alpha_each)
    values = e_value(path, plan.rho)
    return Difference(
        place=place,
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
        estimate=tuple(None if np.isnan(each) else float(each) for each in path.estimate),
        e_value=float(values[-1]) if values.size else 1.0,
    )


def _by(frame: pd.DataFrame, column: str, plan: Plan) -> tuple[ArmFigures, ...]:
    return tuple(
        arm_figures(place, frame[frame[column] == place], plan) for place in range(plan.arms)
    )


def arm_figures(place: int, frame: pd.DataFrame, plan: Plan) -> ArmFigures:
    """Figures of the calls of one arm.

    The interval is Wilson's on as many independent calls as these are worth (Korn, Graubard 1998),
    by the spread of the agent-days' counts; a design effect below the plan's is not believed while
    there are few of them.
    """
    from statsmodels.stats.proportion import proportion_confint  # slow to import

    days = frame.groupby(["agent", "day"])["success"].agg(["size", "sum"])
    calls, successes = int(days["size"].sum()), int(days["sum"].sum())
    if not calls:
        return ArmFigures(place, 0, 0, 0, 0.0, 1.0)
    share = successes / calls
    effect = plan.design_effect
    if len(days) > 1 and 0 < share < 1:
        spread = float(((days["sum"] - share * days["size"]) ** 2).sum()) / calls**2
        found = spread * len(days) / (len(days) - 1) / (share * (1 - share) / calls)
        effect = max(1.0, found) if len(days) >= _FEW_DAYS else max(effect, found)
    worth = calls / effect
    low, high = proportion_confint(share * worth, worth, 1 - CONFIDENCE, method="wilson")
    return ArmFigures(place, len(days), calls, successes, float(low), float(high))


#: Agent-days below which their own spread says little.
_FEW_DAYS = 15


def _agent_days(frame: pd.DataFrame) -> int:
    return len(frame[["agent", "day"]].drop_duplicates())


def _arm_dict(arm: ArmFigures) -> dict[str, Any]:
    return {
        "place": arm.place,
        "days": arm.days,
        "calls": arm.calls,
        "successes": arm.successes,
        "low": arm.low,
        "high": arm.high,
    }


@dataclass(frozen=True, slots=True)
class Past:
    """What past calls suggest for a plan.

    Args:
        share: of successes; None without calls.
        calls_per_day: of an agent-day with at least one; None without any.
        icc: intraclass correlation of agent-days (analysis of variance), 0 to `_MOST_ICC`; None
            where there are too few agent-days to tell.
    """

    calls: int
    agent_days: int
    share: float | None
    calls_per_day: float | None
    icc: float | None


_MOST_ICC = 0.3


def past_figures(days: Sequence[tuple[int, int]]) -> Past:
    """From calls and successes of past agent-days, each with at least one call."""
    calls, successes = (float(sum(each[i] for each in days)) for i in (0, 1))
    if not days:
        return Past(0, 0, None, None, None)
    share, count = successes / calls, len(days)
    icc = None
    if count >= _FEW_DAYS and calls > count and 0 < share < 1:
        between = sum(n * (s / n - share) ** 2 for n, s in days) / (count - 1)
        within = sum(s * (1 - s / n) for n, s in days) / (calls - count)
        size = (calls - sum(n * n for n, _ in days) / calls) / (count - 1)
        total = between + (size - 1) * within
        icc = min(max((between - within) / total, 0.0), _MOST_ICC) if total > 0 else None
    return Past(int(calls), count, share, calls / count, icc)
