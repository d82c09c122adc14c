"""What verdicts say of a kind of flag: simulated, and by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import beta

from callcoach.learning import precision
from callcoach.learning.precision import Label, reliability

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
_REASONS = ("", "absent", "misheard", "justified", "unimportant")


def _labels(confirmed: int, dismissed: int, **facts: object) -> list[Label]:
    return [Label(True, NOW, **facts)] * confirmed + [Label(False, NOW, **facts)] * dismissed


labels = st.builds(
    Label,
    is_confirmed=st.booleans(),
    at=st.integers(0, 400).map(lambda days: NOW - timedelta(days=days)),
    reason=st.sampled_from(_REASONS),
    display_probability=st.floats(0.01, 1.0),
    teaches=st.booleans(),
)
some_labels = st.lists(labels, max_size=30)
priors = st.floats(0.05, 0.95)


def test_without_verdicts_a_kind_is_what_it_is_elsewhere() -> None:
    assert reliability([], NOW).precision == pytest.approx(0.6)
    assert reliability([], NOW, prior=0.3).precision == pytest.approx(0.3)
    assert not reliability([], NOW).should_hide


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, 1.5])
def test_certainty_beforehand_is_refused(prior: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        reliability([], NOW, prior=prior)


def test_the_distribution_is_the_published_one() -> None:
    """Ten verdicts' worth at 0.6, then the campaign's own: Beta(6 + 7, 4 + 3)."""
    found = reliability(_labels(7, 3), NOW)
    posterior = beta(13, 7)
    assert (found.n, found.confirmed) == (10, 7)
    assert found.precision == pytest.approx(posterior.mean())
    assert (found.low, found.high) == pytest.approx(posterior.ppf([0.05, 0.95]))
    assert found.chance_below_half == pytest.approx(posterior.cdf(0.5))


@pytest.mark.parametrize(("count", "half_width"), [(10, 0.17), (30, 0.12), (100, 0.07)])
def test_the_interval_is_as_wide_as_published(count: int, half_width: float) -> None:
    confirmed = round(0.7 * count)
    found = reliability(_labels(confirmed, count - confirmed), NOW)
    assert (found.high - found.low) / 2 == pytest.approx(half_width, abs=0.005)


def _hidden_after(truth: float, runs: int = 300, most: int = 60) -> list[int]:
    """At which verdict a kind that is right with chance `truth` is first held back, a run each."""
    draw = np.random.default_rng(20260914)
    hidden = []
    for _ in range(runs):
        confirmed = 0
        for number in range(1, most + 1):
            confirmed += bool(draw.random() < truth)
            if _is_hidden(confirmed, number - confirmed):
                hidden.append(number)
                break
    return hidden


@cache
def _is_hidden(confirmed: int, dismissed: int) -> bool:
    """The same verdicts come up in many runs."""
    return reliability(_labels(confirmed, dismissed), NOW).should_hide


def test_a_kind_mostly_wrong_is_soon_held_back() -> None:
    """Simulated in TIPPING.md §4.5: after a median of 12 verdicts."""
    hidden = _hidden_after(0.2)
    assert len(hidden) >= 297
    assert np.median(hidden) == pytest.approx(12, abs=2)


def test_a_kind_often_wrong_is_held_back_later_and_not_always() -> None:
    """Simulated in TIPPING.md §4.5: after a median of 24, in 86 % of the cases within 60."""
    hidden = _hidden_after(0.35)
    assert len(hidden) / 300 == pytest.approx(0.86, abs=0.06)
    assert np.median(hidden) == pytest.approx(24, abs=4)


def test_a_kind_mostly_right_is_never_held_back() -> None:
    """Simulated in TIPPING.md §4.5: never within 60; one run of 300 would be one too many."""
    assert _hidden_after(0.7) == []


def test_what_is_held_back_comes_back_later_than_it_went() -> None:
    """Between the two bounds nothing changes, whichever side it came from."""
    hidden = reliability(_labels(0, 9), NOW)
    between = reliability(_labels(3, 9), NOW)
    better = reliability(_labels(9, 9), NOW)
    assert hidden.should_hide
    assert not hidden.may_return
    assert not between.should_hide
    assert not between.may_return
    assert better.may_return


@pytest.mark.parametrize("reason", ["misheard", "unimportant"])
def test_what_the_detector_cannot_help_does_not_count_against_it(reason: str) -> None:
    aside = [Label(False, NOW, reason=reason)] * 8
    found = reliability([*_labels(5, 2), *aside], NOW)
    without = reliability(_labels(5, 2), NOW)
    assert found.precision == without.precision
    assert (found.n, found.total, found.set_aside) == (7, 15, 8)
    assert found.reasons == {"": 2, reason: 8}


@pytest.mark.parametrize("reason", ["", "absent", "justified"])
def test_other_dismissals_count_against_it(reason: str) -> None:
    found = reliability([*_labels(5, 2), Label(False, NOW, reason=reason)], NOW)
    assert found.precision < reliability(_labels(5, 2), NOW).precision


def test_register_is_learnt_from_natives_only() -> None:
    assert precision.teaches("bookish", "FR", "FR")
    assert not precision.teaches("wrong_register", "TN", "FR")
    assert not precision.teaches("self_belittling", "", "FR")
    assert not precision.teaches("bookish", None, "FR")
    assert precision.teaches("insistence", None, "FR")
    found = reliability([*_labels(2, 0), *_labels(0, 9, teaches=False)], NOW)
    assert (found.n, found.foreign, found.total) == (2, 9, 11)
    assert found.reasons == {}
    assert found.precision == reliability(_labels(2, 0), NOW).precision


def test_a_verdict_counts_half_after_ninety_days_or_two_hundred_verdicts() -> None:
    old, new = NOW - timedelta(days=90), NOW - timedelta(seconds=1)
    assert precision.weights([old, NOW], NOW) == pytest.approx([0.5, 1.0])
    many = precision.weights([new - timedelta(seconds=1), *[new] * 200], NOW)
    assert many[0] == pytest.approx(0.5, abs=1e-4)
    assert many[1:] == pytest.approx(np.ones(200), abs=1e-4)


def test_one_of_many_shown_seldom_weakens_the_evidence_and_moves_the_share() -> None:
    usual = _labels(30, 10)
    seldom = Label(False, NOW, display_probability=0.1)
    plain = precision.tally([*usual, Label(False, NOW)], NOW)
    weighted = precision.tally([*usual, seldom], NOW)
    assert plain.confirmed + plain.dismissed == pytest.approx(41)
    # It stands for an eighth of the whole, which is 40 / 7 beside the others' 40
    assert weighted.confirmed + weighted.dismissed == pytest.approx((320 / 7) ** 2 / (3560 / 49))
    assert weighted.confirmed / (weighted.confirmed + weighted.dismissed) == pytest.approx(21 / 32)


@given(
    st.integers(0, 60),
    st.integers(8, 90),
    st.lists(st.floats(0.01, 1.0), max_size=20),
    st.booleans(),
    st.floats(0.01, 1.0),
)
@example(0, 12, [], False, 0.1)
@example(0, 12, [], True, 0.1)
@example(6, 16, [], True, 0.25)
@example(12, 23, [], True, 0.1)
@example(28, 42, [], True, 0.1)
def test_no_single_verdict_brings_a_hidden_kind_back_against_itself(
    confirmed: int, dismissed: int, shown: list[float], is_confirmed: bool, probability: float
) -> None:
    """Neither a dismissal, nor one confirmation of a flag that is drawn from those held back."""
    given_ones = _labels(confirmed, dismissed)
    given_ones += [Label(False, NOW, display_probability=each) for each in shown]
    before = reliability(given_ones, NOW)
    if not before.should_hide:
        return
    after = reliability(
        [*given_ones, Label(is_confirmed, NOW, display_probability=probability)], NOW
    )
    assert not after.may_return


def test_several_confirmations_of_what_is_held_back_bring_it_back() -> None:
    hidden = _labels(0, 12)
    assert reliability(hidden, NOW).should_hide
    seldom = _labels(4, 0, display_probability=0.1)
    assert reliability([*hidden, *seldom], NOW).may_return
    assert not reliability([*hidden, *_labels(4, 0)], NOW).may_return, "had all been shown"


def test_verdicts_all_shown_seldom_are_as_many_as_they_are() -> None:
    seldom = precision.tally(_labels(7, 3, display_probability=0.1), NOW)
    assert (seldom.confirmed, seldom.dismissed) == pytest.approx((7, 3))


def test_no_flag_is_so_rare_that_it_speaks_for_the_kind_alone() -> None:
    usual = _labels(30, 0)
    rare = precision.tally([*usual, Label(False, NOW, display_probability=0.0001)], NOW)
    tenth = precision.tally([*usual, Label(False, NOW, display_probability=0.1)], NOW)
    assert rare == tenth


def test_pooled_precision_starts_at_a_guess_and_follows_the_verdicts() -> None:
    assert precision.pooled([]) == pytest.approx(0.6)
    many = precision.pooled([precision.Tally(200, 800)] * 3)
    assert many == pytest.approx(0.2, abs=0.01)


@given(some_labels, priors)
def test_everything_is_a_share(given_ones: list[Label], prior: float) -> None:
    found = reliability(given_ones, NOW, prior=prior)
    assert 0 <= found.low <= found.precision <= found.high <= 1
    assert 0 <= found.chance_below_half <= 1
    assert found.confirmed <= found.n <= found.total == len(given_ones)


@given(some_labels, priors, st.integers(0, 29))
def test_confirming_what_was_dismissed_never_lowers_it(
    given_ones: list[Label], prior: float, which: int
) -> None:
    counting = [label for label in given_ones if label.counts and not label.is_confirmed]
    if not counting:
        return
    turned = counting[which % len(counting)]
    after = [
        Label(True, label.at, "", label.display_probability, label.teaches)
        if label is turned
        else label
        for label in given_ones
    ]
    one, other = (reliability(these, NOW, prior=prior) for these in (given_ones, after))
    assert other.precision >= one.precision - 1e-12
    assert other.chance_below_half <= one.chance_below_half + 1e-12


@given(st.integers(0, 60), st.integers(0, 60), priors)
def test_one_more_confirmation_raises_it_and_one_more_dismissal_lowers_it(
    confirmed: int, dismissed: int, prior: float
) -> None:
    before = reliability(_labels(confirmed, dismissed), NOW, prior=prior)
    more = reliability(_labels(confirmed + 1, dismissed), NOW, prior=prior)
    less = reliability(_labels(confirmed, dismissed + 1), NOW, prior=prior)
    assert more.precision > before.precision > less.precision
    # No further than a float tells: sixty dismissals are as good as certain
    assert more.chance_below_half <= before.chance_below_half <= less.chance_below_half
    assert more.chance_below_half < less.chance_below_half or less.chance_below_half in (0, 1)


@given(some_labels, st.randoms(use_true_random=False))
def test_the_order_of_verdicts_does_not_matter(given_ones: list[Label], mixed: object) -> None:
    shuffled = list(given_ones)
    mixed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = reliability(given_ones, NOW), reliability(shuffled, NOW)
    assert other.precision == pytest.approx(one.precision)
    assert other.chance_below_half == pytest.approx(one.chance_below_half)
    assert other.reasons == one.reasons


@given(some_labels)
def test_only_newer_ones_make_a_verdict_forgotten(given_ones: list[Label]) -> None:
    found = precision.weights([label.at for label in given_ones], NOW)
    assert np.all((found > 0) & (found <= 1))
    by_age = sorted(zip([label.at for label in given_ones], found, strict=True))
    assert all(older[1] <= newer[1] + 1e-12 for older, newer in pairwise(by_age))
