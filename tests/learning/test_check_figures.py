"""Shares with their interval, and agreement beyond chance."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from callcoach.learning.check_figures import Share, f1, kappa


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (3, 4), (8, 10), (50, 200), (0, 30)])
def test_the_interval_is_wilsons(hits: int, n: int) -> None:
    wanted = binomtest(hits, n).proportion_ci(0.9, method="wilson")
    assert Share(hits, n).interval == pytest.approx((wanted.low, wanted.high))


def test_of_nothing_nothing_is_known() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


def test_three_of_four_are_too_few_to_say() -> None:
    assert not Share(3, 4).is_telling
    assert Share(8, 10).is_telling


def test_kappa_is_agreement_beyond_chance() -> None:
    # Cohen (1960): observed 0.7, chance 0.5
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = kappa(pairs)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert -1 <= found.low < 0.4 < found.high <= 1


def test_two_who_contradict_each_other_agree_less_than_chance() -> None:
    found = kappa([(True, False), (False, True)] * 5)
    assert found is not None
    assert found.value == pytest.approx(-1)


def test_without_pairs_or_with_one_word_only_kappa_is_not_known() -> None:
    assert kappa([]) is None
    assert kappa([(False, False)] * 30) is None


def test_f1_of_a_perfect_and_of_a_useless_engine() -> None:
    assert f1(Share(4, 4), Share(4, 4)) == 1
    assert f1(Share(0, 4), Share(0, 3)) == 0
