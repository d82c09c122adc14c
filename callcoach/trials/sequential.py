"""An always-valid comparison of ways of saying a line. Pure: numbers in, numbers out.

The unit is the agent-day, or the turn of agent-days within which an agent says each way once: calls
of one agent on one day resemble each other, and only the wording of the day was drawn.

The rule rests on the draw alone. Of one turn, let x be the successes above expectation on the
variant's days less those on the control's. If the wording makes no difference, the draw decides
nothing but the sign of x: whatever the agents, days and prospects are like, -x was as likely. For
increments with symmetric signs, exp(λS - λ²V/2) with S = Σx and V = Σx² is a supermartingale for
every λ (de la Peña 1999; Howard, Ramdas, McAuliffe, Sekhon 2020, "Time-uniform Chernoff bounds").
Mixed over λ ~ N(0, 1/ρ) (Robbins 1970; Howard et al. 2021, "Time-uniform, nonparametric,
nonasymptotic confidence sequences"; the mixture test of Johari et al. 2022), it gives an e-value
that exceeds 1/α with probability at most α over ALL looks, whenever one looks and stops. No normal
limit is taken, so it also holds with few agents and few calls, where asymptotic sequences do not.

The interval holds every difference that the same rule has not refused, supposing that the wording
shifts the share of successes by the same amount for all. Several variants share α equally
(Bonferroni), each compared with the control.

It does not see: who is good at what, effects that fade, or calls that were never recorded. Outcomes
changed long after a look change that look too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Calls that the planned baseline weighs against what all agents were found to do so far.
_PLAN_CALLS = 20.0
#: Calls that all agents together weigh against what one was found to do; with an intraclass
#: correlation of 0.03 to 0.05 between an agent's calls, 20 to 30 are worth as much as the others'.
_FLOOR_CALLS = 25.0
#: Steps in which an interval's bounds are sought; 2^-30 of a share is nothing.
_HALVINGS = 30
#: Where the mixture is tightest, as a share of the planned variance: about the best for finding
#: the least difference by the planned number of days (computed, see docs/trials.md).
_TIGHT_AT = 0.85


@dataclass(frozen=True, slots=True)
class Path:
    """One variant against the control, after each finished turn of days.

    All arrays have the shape (..., turns) and are sums so far.

    Args:
        score: S, successes of the variant above expectation less those of the control.
        variance: V = Σx², of each agent's turn.
        calls: Σn, calls of both arms.
        cross: Σxn.
        squares: Σn².
    """

    score: Floats
    variance: Floats
    calls: Floats
    cross: Floats
    squares: Floats

    @property
    def estimate(self) -> Floats:
        """The difference of shares that the scores point to; nan without calls."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(2 * self.score / self.calls)


def turn_length(slots: int, block: int) -> int:
    """Slots that belong to finished turns.

    >>> turn_length(7, 2)
    6
    """
    return slots // block * block


def build_path(
    calls: Ints, successes: Ints, arms: Ints, *, variant: int, block: int, baseline: float
) -> Path:
    """Sum up one variant against the control.

    Args:
        calls, successes: shape (..., agents, slots), counts; 0 where an agent did not call.
        arms: shape (..., agents, slots), the arm that was drawn, said or not; 0 is the control.
        variant: the arm to compare, from 1.
        block: slots in a turn, see `assigning.block_size`; an unfinished turn is left out, since
            its half would tell which sign the other half has.
        baseline: share of successes supposed before the start, 0 to 1.
    """
    slots = turn_length(calls.shape[-1], block)
    shape = (*calls.shape[:-1], slots // block, block)
    n, s = (part[..., :slots].reshape(shape).astype(np.float64) for part in (calls, successes))
    arm = np.broadcast_to(arms[..., :slots], (*calls.shape[:-1], slots)).reshape(shape)
    sign = (arm == variant).astype(np.float64) - (arm == 0)
    expected = _expected(n.sum(axis=-1), s.sum(axis=-1), baseline)[..., None]
    increments = (sign * (s - n * expected)).sum(axis=-1)
    counted = (np.abs(sign) * n).sum(axis=-1)

    def so_far(values: Floats) -> Floats:
        return np.asarray(np.cumsum(values.sum(axis=-2), axis=-1))

    return Path(
        score=so_far(increments),
        variance=so_far(increments**2),
        calls=so_far(counted),
        cross=so_far(increments * counted),
        squares=so_far(counted**2),
    )


def _expected(calls: Floats, successes: Floats, baseline: float) -> Floats:
    """Share of successes to expect of each agent in each turn, from the turns before it alone:
    what a turn itself brought would give the draw away.
    """

    def before(values: Floats) -> Floats:
        total: Floats = np.cumsum(values, axis=-1) - values
        return total

    floor = (baseline * _PLAN_CALLS + before(successes.sum(axis=-2, keepdims=True))) / (
        _PLAN_CALLS + before(calls.sum(axis=-2, keepdims=True))
    )
    found: Floats = (floor * _FLOOR_CALLS + before(successes)) / (_FLOOR_CALLS + before(calls))
    return found


def mixture_width(planned_variance: float, alpha: float) -> float:
    """ρ of the mixture, which must be fixed before the start (Howard et al. 2021, eq. 28).

    Args:
        planned_variance: V expected at the planned end, above 0.
        alpha: of one comparison.
    """
    tail = -lambertw(-(alpha**2) / np.e, -1).real - 1
    return float(planned_variance * _TIGHT_AT / tail)


def boundary(variance: Floats | float, rho: float, alpha: float) -> Floats:
    """What |S| exceeds at some look with probability `alpha` at most."""
    v = np.asarray(variance, dtype=np.float64) + rho
    return np.asarray(np.sqrt(v * np.log(v / (rho * alpha**2))))


def e_value(path: Path, rho: float) -> Floats:
    """Evidence against "it makes no difference": 20 is as much as a p-value of 0.05, at any look."""
    v = path.variance + rho
    exponent = np.minimum(path.score**2 / (2 * v), 700.0)  # above, it could not be written down
    return np.asarray(np.sqrt(rho / v) * np.exp(exponent))


def interval(path: Path, rho: float, alpha: float) -> tuple[Floats, Floats]:
    """Bounds of the difference after each turn, in [-1, 1]; -1 and 1 as long as nothing is known.

    All of them hold together with probability 1 - `alpha`.
    """
    middle = np.nan_to_num(path.estimate, nan=0.0).clip(-1.0, 1.0)

    def refused(difference: Floats) -> NDArray[np.bool_]:
        score = path.score - difference * path.calls / 2
        v = path.variance - difference * path.cross + difference**2 * path.squares / 4
        return np.asarray(np.abs(score) >= boundary(np.maximum(v, 0.0), rho, alpha))

    def bound(end: float) -> Floats:
        inside, outside = middle, np.full_like(middle, end)
        open_ended = ~refused(outside)
        for _ in range(_HALVINGS):
            half = (inside + outside) / 2
            out = refused(half)
            outside, inside = np.where(out, half, outside), np.where(out, inside, half)
        return np.where(open_ended, end, outside)

    return bound(-1.0), bound(1.0)
