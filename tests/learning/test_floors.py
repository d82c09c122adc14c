"""The floor that verdicts propose for a kind of flag."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from callcoach.learning.floors import (
    HIGHEST,
    STEP,
    Example,
    fit_logistic,
    learn_floor,
    next_floor,
)


def _examples(
    count: int, *, half: float, slope: float = 3.0, campaign_id: int = 1, seed: int = 7
) -> list[Example]:
    """Flags of which half are right at confidence `half`."""
    draw = np.random.default_rng(seed)
    confidence = draw.uniform(0.2, 0.95, count)
    right = draw.random(count) < expit(slope * (logit(confidence) - logit(half)))
    return [
        Example(bool(is_right), float(value), None, float(draw.random()), None, campaign_id)
        for value, is_right in zip(confidence, right, strict=True)
    ]


@pytest.mark.parametrize("half", [0.4, 0.6, 0.75])
def test_finds_the_confidence_at_which_half_are_right(half: float) -> None:
    found = learn_floor(_examples(400, half=half), 1)
    assert found is not None
    assert found.value == pytest.approx(half, abs=0.05)
    assert found.n == 400


def test_needs_thirty_verdicts_with_eight_of_each() -> None:
    enough = [Example(index >= 8, 0.3 + 0.02 * index, None, 0.5, None, 1) for index in range(30)]
    assert learn_floor(enough, 1) is not None
    assert learn_floor(enough[:-1], 1) is None
    one_less = [*enough[1:], enough[-1]]
    assert learn_floor(one_less, 1) is None
    assert learn_floor(enough, 2) is None


def test_a_kind_that_is_right_throughout_needs_no_floor() -> None:
    found = learn_floor(_examples(400, half=0.1, slope=1.5), 1)
    assert found is not None
    assert found.value == 0


def test_where_confidence_says_nothing_no_floor_helps() -> None:
    turned = [
        dataclasses.replace(one, is_confirmed=not one.is_confirmed)
        for one in _examples(200, half=0.6)
    ]
    assert learn_floor(turned, 1) is None


def test_even_a_kind_mostly_wrong_keeps_its_surest_flags() -> None:
    found = learn_floor(_examples(2000, half=0.97, slope=1.0), 1)
    assert found is not None
    assert found.value <= HIGHEST


def test_campaigns_share_the_weights_and_keep_their_own_level() -> None:
    strict = _examples(300, half=0.75, campaign_id=1)
    easy = _examples(300, half=0.45, campaign_id=2, seed=8)
    one, other = learn_floor(strict + easy, 1), learn_floor(strict + easy, 2)
    assert one is not None
    assert other is not None
    assert one.value == pytest.approx(0.75, abs=0.07)
    assert other.value == pytest.approx(0.45, abs=0.07)


def test_a_small_campaign_is_drawn_to_the_others() -> None:
    few = _examples(40, half=0.75, campaign_id=1)
    many = _examples(1000, half=0.45, campaign_id=2, seed=8)
    alone, together = learn_floor(few, 1), learn_floor(few + many, 1)
    assert alone is not None
    assert together is not None
    assert 0.45 < together.value < alone.value


def test_a_flag_seldom_shown_stands_for_more() -> None:
    """Wrong ones below a floor are rarely looked at; counted as they are they would seem few."""
    usual = _examples(400, half=0.5)
    seldom = [
        dataclasses.replace(one, weight=10.0 if not one.is_confirmed else 1.0) for one in usual
    ]
    plain, weighted = learn_floor(usual, 1), learn_floor(seldom, 1)
    assert plain is not None
    assert weighted is not None
    assert weighted.value > plain.value + 0.05


def test_the_fit_is_the_maximum_of_the_penalised_likelihood() -> None:
    draw = np.random.default_rng(3)
    design = np.hstack([np.ones((80, 1)), draw.normal(size=(80, 3))])
    confirmed = (draw.random(80) < expit(design @ [0.3, 1.5, -1.0, 0.0])).astype(float)
    weight = draw.uniform(0.5, 2.0, 80)
    penalty = np.array([0.0, 1.0, 1.0, 1.0])

    def loss(fitted: np.ndarray) -> float:
        score = design @ fitted
        likelihood = weight @ (confirmed * score - np.logaddexp(0, score))
        return float(-likelihood + 0.5 * penalty @ fitted**2)

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8})
    assert fit_logistic(design, confirmed, weight, penalty) == pytest.approx(best.x, abs=1e-4)


def test_separable_verdicts_do_not_run_away() -> None:
    examples = [Example(index >= 20, index / 40, None, 0.5, None, 1) for index in range(40)]
    found = learn_floor(examples, 1)
    assert found is not None
    assert found.value == pytest.approx(0.49, abs=0.05)


def test_what_is_known_of_few_flags_is_used_and_missing_for_the_rest() -> None:
    plain = _examples(200, half=0.6)
    some = [
        dataclasses.replace(one, margin=0.1 * (index % 5), recognised=0.8) if index % 2 else one
        for index, one in enumerate(plain)
    ]
    with_facts, without = learn_floor(some, 1), learn_floor(plain, 1)
    assert with_facts is not None
    assert without is not None
    assert with_facts.value == pytest.approx(without.value, abs=0.05)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_floor_moves_towards_the_proposal_by_a_step_at_most(
    present: float, proposed: float
) -> None:
    moved = next_floor(present, proposed)
    assert abs(moved - present) <= STEP + 0.005
    assert abs(moved - proposed) <= max(abs(present - proposed), 0.005)
