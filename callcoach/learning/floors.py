"""From which confidence on a kind of flag is worth showing, learnt from verdicts. Pure.

A logistic regression with an L2 penalty (TIPPING.md §4.5) says how likely a flag is to be
confirmed, from how confident the engine was, how far beyond its bound the measure lay, where in the
call it was and how well the words were recognised. All campaigns teach the weights; each has an
intercept of its own, drawn to the common one. The floor is the confidence at which a flag of the
campaign, ordinary in everything else, is confirmed as often as not: below `TARGET` showing it costs
more than it gives, and it is the line at which a kind is held back altogether
(`precision.Reliability.should_hide`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

#: Verdicts of the campaign from which a floor is learnt, and least of either decision
#: (TIPPING.md §4.5).
LEAST_LABELS = 30
LEAST_OF_EACH = 8
#: Precision that a flag just above the floor has.
TARGET = 0.5
#: A floor moves by at most so much a week: a tenth of the scale, which goes from 0 to 1
#: (TIPPING.md §4.5).
STEP = 0.1
STEP_DAYS = 7
#: A smaller move is not worth a line in the log.
LEAST_MOVE = 0.02
#: Penalty on a standardised weight, and on how far a campaign's intercept lies from the common one:
#: that of a standard normal prior, by which an effect of more than 2 in log odds is unlikely.
PENALTY = 1.0
#: No floor above: even a kind that is rarely right keeps its surest flags.
HIGHEST = 0.9
#: Confidences of exactly 0 or 1 have no log odds.
_EDGE = 0.01
_ROUNDS = 50
_EXACT = 1e-8


@dataclass(frozen=True, slots=True)
class Example:
    """One verdict with what was known of its flag.

    Args:
        confidence: of the engine, 0 to 1.
        margin: natural logarithm of the measure over its bound; None where there is none.
        phase: where in the call, 0 to 1.
        recognised: mean probability of the words, 0 to 1; None where not known.
        is_mine: whether it is of the campaign asked for; campaigns are told apart by `campaign_id`.
        weight: how many flags it stands for, above 0.
    """

    is_confirmed: bool
    confidence: float
    margin: float | None
    phase: float
    recognised: float | None
    campaign_id: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Floor:
    """What the verdicts propose.

    Args:
        value: least confidence worth showing, 0 to `HIGHEST`; 0 shows all.
        n: verdicts of the campaign behind it.
    """

    value: float
    n: int


def learn_floor(examples: Sequence[Example], campaign_id: int) -> Floor | None:
    """The floor that the verdicts propose for a campaign.

    Args:
        examples: verdicts on one kind of flag that count, of all campaigns.

    Returns:
        None when the campaign has too few verdicts, or when confidence does not tell right flags
        from wrong ones there: then no floor helps.
    """
    mine = [one for one in examples if one.campaign_id == campaign_id]
    confirmed = sum(one.is_confirmed for one in mine)
    if len(mine) < LEAST_LABELS or min(confirmed, len(mine) - confirmed) < LEAST_OF_EACH:
        return None
    features = _features(examples)
    mean, scale = features.mean(axis=0), features.std(axis=0)
    scale[scale < _EXACT] = 1.0
    standard = (features - mean) / scale
    campaigns = sorted({one.campaign_id for one in examples})
    own = np.array([[one.campaign_id == other for other in campaigns] for one in examples], float)
    design = np.hstack([np.ones((len(examples), 1)), standard, own])
    weight = np.array([one.weight for one in examples])
    fitted = fit_logistic(
        design,
        np.array([one.is_confirmed for one in examples], float),
        weight / weight.mean(),
        np.array([0.0] + [PENALTY] * (design.shape[1] - 1)),
    )
    slope = float(fitted[1])
    if slope <= 0:
        return None
    ordinary = standard[[one.campaign_id == campaign_id for one in examples]].mean(axis=0)
    intercept = fitted[0] + fitted[1 + standard.shape[1] + campaigns.index(campaign_id)]
    rest = float(intercept + fitted[2 : 1 + standard.shape[1]] @ ordinary[1:])
    at = (float(logit(TARGET)) - rest) / slope * scale[0] + mean[0]
    value = float(expit(at))
    least = min(one.confidence for one in mine)
    return Floor(0.0 if value <= least else min(value, HIGHEST), len(mine))


def next_floor(present: float, proposed: float) -> float:
    """Where a floor goes this week: towards `proposed`, by at most `STEP`; two decimals.

    >>> next_floor(0.0, 0.45), next_floor(0.4, 0.45), next_floor(0.5, 0.0)
    (0.1, 0.45, 0.4)
    """
    return round(present + min(STEP, max(-STEP, proposed - present)), 2)


def fit_logistic(
    design: NDArray[np.float64],
    confirmed: NDArray[np.float64],
    weight: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weights of a logistic regression with an L2 penalty, by Newton's method.

    Args:
        design: shape (rows, columns).
        confirmed: shape (rows,), 0 or 1.
        weight: shape (rows,), above 0.
        penalty: shape (columns,), 0 or more; all columns but one must be penalised, so that there
            is one solution.

    Returns:
        shape (columns,).
    """
    fitted = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = expit(design @ fitted)
        gradient = design.T @ (weight * (confirmed - chance)) - penalty * fitted
        curvature = design.T @ (design * (weight * chance * (1 - chance))[:, None])
        step = np.linalg.solve(curvature + np.diag(penalty + _EXACT), gradient)
        # Newton's steps can overshoot far from the solution; a bounded one still gets there.
        fitted += step * min(1.0, 4.0 / max(float(np.abs(step).max()), _EXACT))
        if float(np.abs(step).max()) < _EXACT:
            break
    return fitted


def _features(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Shape (len(examples), 4): log odds of confidence, margin, phase, recognition; what is not
    known takes the mean of what is, so that it says nothing.
    """
    confidence = logit(np.clip([one.confidence for one in examples], _EDGE, 1 - _EDGE))
    columns = [
        confidence,
        _filled([one.margin for one in examples]),
        np.array([one.phase for one in examples]),
        _filled([one.recognised for one in examples]),
    ]
    return np.stack(columns, axis=1)


def _filled(values: Sequence[float | None]) -> NDArray[np.float64]:
    known = [value for value in values if value is not None]
    mean = float(np.mean(known)) if known else 0.0
    return np.array([mean if value is None else value for value in values])
