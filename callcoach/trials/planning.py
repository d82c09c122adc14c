"""How long a trial takes, said before it starts; and what the rule advises while it runs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from callcoach.errors import N_, InvalidInput
from callcoach.trials.sequential import Path, boundary, interval, mixture_width

#: Looks at which the planned chance of finding the difference is computed; more change it by less
#: than a hundredth.
_LOOKS = 30
_GRID = 161
#: Chance of still finding the least difference below which going on is not worth the agents' days.
FUTILE = 0.10
#: Share of the planned days before which nothing is given up.
_FUTILE_FROM = 1 / 3
#: Most agent-days of an arm that are worth planning: five agents for over two years.
MOST_DAYS = 3000
MOST_ARMS = 4
#: Bounds of what may be typed, and what is said beyond them.
LEAST_SHARE, MOST_SHARE = 0.005, 0.95
_RANGES = {
    "baseline": (
        LEAST_SHARE,
        MOST_SHARE,
        N_("What succeeds now must lie between half a percent and 95 percent."),
    ),
    "least_difference": (0.01, 0.5, N_("The smallest gain must lie between 1 and 50 points.")),
    "calls_per_day": (0.1, 200.0, N_("Conversations a day must lie between 0.1 and 200.")),
    "icc": (0.0, 0.5, N_("The correlation must lie between 0 and 0.5.")),
    "arms": (2, MOST_ARMS, N_("Write one to three other wordings.")),
    "alpha": (0.01, 0.2, N_("False alarms must lie between 1 and 20 percent.")),
    "power": (0.5, 0.95, N_("The chance of finding the gain must lie between 50 and 95 percent.")),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What was supposed before the start.

    Args:
        baseline: share of successes of the words in force, 0 to 1.
        least_difference: smallest difference of shares worth finding, 0 to 1.
        calls_per_day: counted conversations of an agent on a day, on average.
        icc: intraclass correlation of the calls of an agent-day, 0 to 1: how much more they
            resemble each other than calls of different days.
        arms: the control included.
        alpha, power: chance of a false alarm over all looks and variants, and of finding the least
            difference.
    """

    baseline: float
    least_difference: float
    calls_per_day: float
    icc: float = 0.03
    arms: int = 2
    alpha: float = 0.05
    power: float = 0.8

    def __post_init__(self) -> None:
        for name, (low, high, sentence) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise InvalidInput(sentence, field=name)
        if self.baseline + self.least_difference >= 1:
            raise InvalidInput(
                "No share can rise above one: this gain is too large for what succeeds now.",
                field="least_difference",
            )

    @property
    def alpha_each(self) -> float:
        """What one comparison with the control may err (Bonferroni)."""
        return self.alpha / (self.arms - 1)

    @property
    def design_effect(self) -> float:
        """How many calls of agent-days tell as much as one independent call.

        1 + ((1 + cv²) m - 1) ICC (Eldridge, Ashby, Kerry 2006), with the calls of a day varying as
        counts do (cv² = 1/m).
        """
        return 1 + self.calls_per_day * self.icc

    @property
    def variance_per_day(self) -> float:
        """V that an agent-day adds when the least difference is there."""
        m = self.calls_per_day
        middle = self.baseline + self.least_difference / 2
        noise = m * middle * (1 - middle) * self.design_effect
        return noise + (m * self.least_difference / 2) ** 2

    @property
    def needed_days(self) -> int:
        """Agent-days of each arm by which the least difference is found with `power`."""
        drift_per_day = self.calls_per_day * self.least_difference / 2
        wanted = drift_needed(self.alpha_each, self.power) ** 2
        return max(2, ceil(wanted * self.variance_per_day / drift_per_day**2 / 2))

    @property
    def needed_at_once(self) -> int:
        """The same for somebody who looks once, at the end, and never before: what the freedom to
        look at any time costs.
        """
        from statsmodels.stats.power import NormalIndPower  # slow to import

        middle = self.baseline + self.least_difference / 2
        spread = sqrt(middle * (1 - middle))
        calls = NormalIndPower().solve_power(
            effect_size=self.least_difference / spread,
            alpha=self.alpha_each,
            power=self.power,
            alternative="two-sided",
        )
        return max(2, ceil(float(calls) * self.design_effect / self.calls_per_day))

    @property
    def planned_variance(self) -> float:
        """V of one comparison at the planned end."""
        return 2 * self.needed_days * self.variance_per_day

    @property
    def rho(self) -> float:
        """Width of the mixture; fixed by the plan, before anything was seen."""
        return mixture_width(self.planned_variance, self.alpha_each)

    def weeks(self, agents: int, days_per_week: int = 5) -> int | None:
        """Weeks that so many agents take; None without any."""
        if agents <= 0:
            return None
        return ceil(self.needed_days * self.arms / (agents * days_per_week))


@lru_cache(maxsize=256)
def drift_needed(alpha: float, power: float) -> float:
    """Mean of S/√V at the planned end with which the rule stops in favour of the variant by then
    with probability `power`.

    The analogue of z(1-α/2) + z(power) of a single look, for a random walk that is watched all
    the way (recursion of Armitage, McPherson, Rowe 1969, on a grid).
    """
    rho = mixture_width(1.0, alpha)
    times = np.arange(1, _LOOKS + 1) / _LOOKS
    limits = boundary(times, rho, alpha)
    found = brentq(lambda drift: _found_by(drift, limits) - power, 0.5, 12.0, xtol=1e-4)
    return float(found)


def _found_by(drift: float, limits: np.ndarray) -> float:
    """Probability that a walk with this drift leaves through the upper limit by the last look."""
    step = 1 / len(limits)
    mean, spread = drift * step, sqrt(step)
    grid, density, found = np.zeros(1), np.ones(1), 0.0
    for limit in limits:
        found += float(density @ norm.sf((limit - grid - mean) / spread))
        new = np.linspace(-limit, limit, _GRID)
        moved = norm.pdf((new[:, None] - grid[None, :] - mean) / spread) / spread
        density, grid = moved @ density * (new[1] - new[0]), new
    return found


class Advice(StrEnum):
    """What the rule says at a look."""

    #: Nothing is decided.
    GO_ON = "go_on"
    #: A variant does better than the control.
    BETTER = "better"
    #: The control does better than every variant.
    WORSE = "worse"
    #: No variant does better by as much as would be worth having.
    NO_GAIN = "no_gain"
    #: It will hardly be found any more, or the planned days are over.
    FUTILE = "futile"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule's word.

    Args:
        advice: see `Advice`.
        variant: the arm that does better, from 1; None unless `advice` is BETTER.
        turn: the finished turn after which it could first be said; None while going on.
        chance: of still finding the least difference by the planned end, for the variant with the
            best prospects; None when decided or before the first turn.
    """

    advice: Advice
    variant: int | None = None
    turn: int | None = None
    chance: float | None = None


def judge(plan: Plan, paths: Sequence[Path], days_per_arm: int) -> Verdict:
    """Apply the rule.

    What could be said once stays said: the first crossing decides.

    Args:
        plan: as fixed before the start.
        paths: of each variant against the control, in order.
        days_per_arm: finished agent-days of the arm with the fewest.
    """
    if not paths or paths[0].score.shape[-1] == 0:
        return Verdict(Advice.GO_ON)
    bounds = [interval(path, plan.rho, plan.alpha_each) for path in paths]
    lows, highs = (np.stack([each[side] for each in bounds]) for side in (0, 1))
    better = _first((lows > 0).any(axis=0))
    if better is not None:
        return Verdict(Advice.BETTER, int(np.argmax(lows[:, better])) + 1, better)
    # running minimum: what was refused at one look stays refused
    ceiling = np.minimum.accumulate(highs, axis=-1)
    worse = _first((ceiling < 0).all(axis=0))
    if worse is not None:
        return Verdict(Advice.WORSE, None, worse)
    gainless = _first((ceiling < plan.least_difference).all(axis=0))
    if gainless is not None:
        return Verdict(Advice.NO_GAIN, None, gainless)
    chance = max(_chance(plan, path) for path in paths)
    is_over = days_per_arm >= plan.needed_days
    is_hopeless = chance < FUTILE and days_per_arm >= _FUTILE_FROM * plan.needed_days
    if is_over or is_hopeless:
        return Verdict(Advice.FUTILE, None, paths[0].score.shape[-1] - 1, chance)
    return Verdict(Advice.GO_ON, chance=chance)


def _chance(plan: Plan, path: Path) -> float:
    """Probability that the planned end finds a variant better, if from here on it were better by
    the least difference. Advice only: giving up early never raises false alarms.
    """
    score, variance = float(path.score[-1]), float(path.variance[-1])
    calls = 2 * plan.needed_days * plan.calls_per_day
    left = max(calls - float(path.calls[-1]), 0.0)
    more = left / calls * plan.planned_variance
    limit = float(boundary(variance + more, plan.rho, plan.alpha_each))
    gain = left * plan.least_difference / 2
    if more <= 0:
        return float(score >= limit)
    return float(norm.sf((limit - score - gain) / sqrt(more)))


def _first(found: np.ndarray | np.bool) -> int | None:
    """Index of the first true entry."""
    return int(np.argmax(found)) if found.any() else None
