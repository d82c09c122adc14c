"""Trials as they could have come out, to check the rule on: seeded, in bulk. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from callcoach.trials.planning import Plan
from callcoach.trials.sequential import Ints, Path, build_path, e_value, interval


@dataclass(frozen=True, slots=True)
class Floor:
    """A floor on which trials take place.

    Args:
        agents: how many call.
        calls_per_day: conversations of an agent on a day, on average; they vary as counts do.
        share: of successes on the words in force, 0 to 1.
        agent_icc, day_icc: how much more calls of one agent, and of one agent-day, resemble each
            other than any two calls, 0 to 1.
    """

    agents: int = 6
    calls_per_day: float = 8.0
    share: float = 0.2
    agent_icc: float = 0.05
    day_icc: float = 0.03


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Simulated trials.

    Args:
        calls, successes, arms: shape (trials, agents, days).
        block: days in a turn.
    """

    calls: Ints
    successes: Ints
    arms: Ints
    block: int

    def paths(self, plan: Plan) -> list[Path]:
        """Each variant against the control."""
        return [
            build_path(
                self.calls,
                self.successes,
                self.arms,
                variant=variant,
                block=self.block,
                baseline=plan.baseline,
            )
            for variant in range(1, plan.arms)
        ]


def simulate(
    floor: Floor, *, trials: int, days: int, arms: int, block: int, effect: float, seed: int
) -> Outcomes:
    """Draw outcomes.

    Args:
        block: 1 draws each day on its own, `arms` takes turns.
        effect: what the first variant adds to the share of successes; the others add nothing.
    """
    source = np.random.default_rng(seed)
    size = (trials, floor.agents, days)
    if block == 1:
        drawn = source.integers(0, arms, size)
    else:
        turns = -(-days // block)
        order = source.random((trials, floor.agents, turns, block)).argsort(axis=-1)
        drawn = order.reshape(trials, floor.agents, -1)[..., :days]
    agents = _spread(source, np.full((trials, floor.agents, 1), floor.share), floor.agent_icc)
    shares = _spread(source, np.broadcast_to(agents, size), floor.day_icc)
    calls = source.poisson(floor.calls_per_day, size)
    chances = np.clip(shares + effect * (drawn == 1), 0.0, 1.0)
    return Outcomes(calls, source.binomial(calls, chances), drawn, block)


def _spread(source: np.random.Generator, means: np.ndarray, icc: float) -> np.ndarray:
    """Shares around `means` (beta), so that calls that have one in common correlate by `icc`."""
    if icc <= 0:
        return means
    weight = 1 / icc - 1
    return source.beta(np.maximum(means * weight, 1e-6), np.maximum((1 - means) * weight, 1e-6))


def alarms(outcomes: Outcomes, plan: Plan) -> np.ndarray:
    """Of each trial, whether a look after any turn said that some variant makes a difference."""
    found = np.zeros(outcomes.calls.shape[0], dtype=bool)
    for path in outcomes.paths(plan):
        found |= (e_value(path, plan.rho) >= 1 / plan.alpha_each).any(axis=-1)
    return found


def naive_alarms(outcomes: Outcomes) -> np.ndarray:
    """The same for somebody who tests the two shares anew every day, call by call, at 5 %."""
    calls, successes = (
        np.stack(
            [np.where(outcomes.arms == arm, part, 0).sum(axis=1).cumsum(axis=-1) for arm in (0, 1)]
        ).astype(float)
        for part in (outcomes.calls, outcomes.successes)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = successes / calls
        pooled = successes.sum(axis=0) / calls.sum(axis=0)
        error = np.sqrt(pooled * (1 - pooled) * (1 / calls).sum(axis=0))
        distance = np.abs(shares[1] - shares[0]) / error
    return np.asarray((distance > 1.96).any(axis=-1))


def findings(outcomes: Outcomes, plan: Plan) -> np.ndarray:
    """Of each trial, whether a look after any turn said that the first variant does better."""
    low, _ = interval(outcomes.paths(plan)[0], plan.rho, plan.alpha_each)
    return np.asarray((low > 0).any(axis=-1))
