"""The rule on simulated trials: false alarms, power, and what it advises."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import beta

from callcoach.errors import InvalidInput
from callcoach.trials.assigning import arm_place
from callcoach.trials.models import Assigning
from callcoach.trials.planning import Advice, Plan, judge
from callcoach.trials.sequential import build_path, interval
from callcoach.trials.simulation import (
    Floor,
    alarms,
    findings,
    naive_alarms,
    simulate,
)

TRIALS = 1500
DAYS = 60
#: Few agents, few calls a day, and calls that resemble each other twice over.
SMALL_FLOOR = Floor(agents=4, calls_per_day=5.0, share=0.15, agent_icc=0.08, day_icc=0.05)


def _upper_bound(count: int, total: int) -> float:
    """Clopper and Pearson's 97.5 % bound of a share."""
    return float(beta.ppf(0.975, count + 1, total - count))


@pytest.mark.parametrize(("arms", "block"), [(2, 2), (2, 1), (3, 3)])
def test_daily_looks_at_nothing_raise_few_false_alarms(arms: int, block: int) -> None:
    plan = Plan(0.15, 0.08, calls_per_day=5.0, icc=0.05, arms=arms)
    outcomes = simulate(
        SMALL_FLOOR, trials=TRIALS, days=DAYS, arms=arms, block=block, effect=0.0, seed=7
    )
    count = int(alarms(outcomes, plan).sum())
    assert _upper_bound(count, TRIALS) <= plan.alpha, f"{count} of {TRIALS}"
    # on the very same outcomes, testing every day as if it were the only day alarms one in four
    assert naive_alarms(outcomes).mean() > 0.20


@pytest.mark.parametrize("block", [2, 1])
def test_the_planned_days_find_the_planned_difference(block: int) -> None:
    plan = Plan(0.2, 0.08, calls_per_day=8.0, icc=0.05)
    floor = Floor()
    days = -(-plan.needed_days * plan.arms // floor.agents)
    outcomes = simulate(floor, trials=600, days=days, arms=2, block=block, effect=0.08, seed=11)
    assert findings(outcomes, plan).mean() == pytest.approx(plan.power, abs=0.06)
    low, high = interval(outcomes.paths(plan)[0], plan.rho, plan.alpha_each)
    held = ((low <= 0.08) & (high >= 0.08)).all(axis=-1)
    assert held.mean() >= 0.95, "the interval holds the truth at all looks together"
    assert plan.needed_at_once < plan.needed_days < 2 * plan.needed_at_once


def test_what_happened_before_the_draw_does_not_matter() -> None:
    """An agent who does well on all their days says nothing of the wording."""
    days = 40
    calls = np.full((2, days), 10)
    successes = np.stack([np.full(days, 9), np.full(days, 1)])
    arms = np.tile([0, 1], (2, days // 2))
    path = build_path(calls, successes, arms, variant=1, block=2, baseline=0.5)
    assert path.score[-1] == pytest.approx(0, abs=1e-9)
    assert path.estimate[-1] == pytest.approx(0, abs=1e-9)


def _path_of(control: int, variant: int, turns: int = 60) -> np.ndarray:
    rng = np.random.default_rng(3)
    order = rng.random((4, turns, 2)).argsort(axis=-1).reshape(4, -1)
    return np.stack([np.where(order == 1, variant, control), order])


@pytest.mark.parametrize(
    ("control", "variant", "advice"),
    [
        (1, 3, Advice.BETTER),
        (3, 1, Advice.WORSE),
        (2, 2, Advice.NO_GAIN),
    ],
)
def test_the_rule_says_enough(control: int, variant: int, advice: Advice) -> None:
    plan = Plan(0.2, 0.08, calls_per_day=10.0)
    successes, arms = _path_of(control, variant)
    calls = np.full_like(successes, 10)
    path = build_path(calls, successes, arms, variant=1, block=2, baseline=0.2)
    verdict = judge(plan, [path], 10)
    assert verdict.advice is advice
    assert verdict.variant == (1 if advice is Advice.BETTER else None)


def test_it_goes_on_and_gives_up_at_the_planned_end() -> None:
    plan = Plan(0.2, 0.08, calls_per_day=8.0)
    outcomes = simulate(Floor(), trials=1, days=6, arms=2, block=2, effect=0.0, seed=5)
    path = outcomes.paths(plan)[0]
    one = type(path)(*(getattr(path, name)[0] for name in path.__dataclass_fields__))
    early = judge(plan, [one], 18)
    assert early.advice is Advice.GO_ON
    assert early.chance is not None and 0.1 < early.chance < 0.95
    assert judge(plan, [one], plan.needed_days).advice is Advice.FUTILE
    assert judge(plan, [], 0).advice is Advice.GO_ON


def test_each_agent_says_each_wording_once_in_a_turn() -> None:
    start = date(2026, 9, 14)  # a Monday

    def place(agent: int, n: int, method: Assigning = Assigning.ROTATION) -> int:
        day = start + timedelta(days=n)
        return arm_place(42, agent, day, started_on=start, arms=2, assigning=method)

    weekdays = [n for n in range(28) if n % 7 < 5]
    for agent in range(1, 9):
        said = [place(agent, n) for n in weekdays]
        assert all({said[i], said[i + 1]} == {0, 1} for i in range(0, len(said), 2))
        assert place(agent, 5) == place(agent, 6) == place(agent, 4), "the weekend is Friday's"
    firsts = [place(agent, 0) for agent in range(1, 201)]
    assert 70 < sum(firsts) < 130, "who begins with which is drawn"
    drawn = [place(agent, n, Assigning.DRAWN) for agent in range(1, 21) for n in range(28)]
    assert 230 < sum(drawn) < 330


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Plan(0.9, 0.2, calls_per_day=8.0)
    with pytest.raises(InvalidInput):
        Plan(0.2, 0.001, calls_per_day=8.0)
    smaller, larger = (Plan(0.2, d, calls_per_day=8.0).needed_days for d in (0.05, 0.10))
    assert smaller > 3 * larger
