"""What judgements come to: counts, intervals and agreement."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as kappa_of_statsmodels
from statsmodels.stats.inter_rater import to_table
from statsmodels.stats.proportion import proportion_confint

from callcoach.analysis.claims import Standing
from callcoach.audits.results import Judged, cohens_kappa, results, share_of
from callcoach.campaigns.models import PromiseKind

STANDINGS = list(Standing)


def judged(number: int, standing: Standing, **values: object) -> Judged:
    said = {"kind": PromiseKind.APPROVED, "first": standing, "version_id": 1, **values}
    return Judged(judgement_id=number, sampled_id=number, standing=standing, **said)  # type: ignore[arg-type]


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_those_of_statsmodels(case: tuple[int, int]) -> None:
    count, n = case
    share = share_of(count, n)
    expected = proportion_confint(count, n, alpha=0.05, method="wilson") if n else (0.0, 1.0)
    assert (share.low, share.high) == pytest.approx(expected, abs=1e-9)


def test_forty_one_of_forty_four_is_said_as_the_sponsor_reads_it() -> None:
    share = share_of(41, 44)
    assert (round(100 * (share.value or 0)), round(100 * share.low), round(100 * share.high)) == (
        93,
        82,
        98,
    )


@given(st.lists(st.tuples(st.sampled_from(STANDINGS), st.sampled_from(STANDINGS)), max_size=60))
def test_kappa_is_that_of_statsmodels(pairs: list[tuple[Standing, Standing]]) -> None:
    found = cohens_kappa(pairs)
    if not pairs or len({said for pair in pairs for said in pair}) == 1:
        assert found is None
        return
    codes = [[STANDINGS.index(one), STANDINGS.index(other)] for one, other in pairs]
    table = to_table(codes, bins=range(len(STANDINGS) + 1))[0]
    assert found == pytest.approx(kappa_of_statsmodels(table, return_results=False), abs=1e-9)


def test_what_must_not_be_said_is_aligned_when_it_was_not_said() -> None:
    rows = [
        judged(1, Standing.OMITTED, kind=PromiseKind.FORBIDDEN),
        judged(2, Standing.OVERPROMISED, kind=PromiseKind.FORBIDDEN),
        judged(3, Standing.NOT_APPLICABLE, kind=PromiseKind.FORBIDDEN),
    ]
    line = results(rows).promises[0]
    assert (line.aligned, line.n, line.total.judged) == (1, 2, 3)


def test_weeks_and_scripts_share_out_the_same_findings() -> None:
    first, second = date(2026, 9, 7), date(2026, 9, 14)
    rows = [
        judged(1, Standing.FAITHFUL, week=first, script_version_id=8),
        judged(2, Standing.DISTORTED, week=second, script_version_id=8),
        judged(3, Standing.FAITHFUL, week=second),
        judged(4, Standing.OMITTED, version_id=2, week=second),
    ]
    found = results(rows)
    assert found.weeks == (first, second)
    assert found.scripts == (8, None)
    line = found.of(1)
    assert line is not None
    assert line.by_week[second].judgement_ids == (2, 3)
    assert (line.by_script[8].aligned.count, line.by_script[8].aligned.n) == (1, 2)
    assert found.calls == 4


def test_agreement_uses_the_first_judgement_and_not_the_correction() -> None:
    rows = [
        judged(1, Standing.FAITHFUL, first=Standing.DISTORTED, machine=Standing.FAITHFUL),
        judged(2, Standing.DISTORTED, machine=Standing.DISTORTED),
        judged(3, Standing.FAITHFUL, machine=Standing.OMITTED),
        judged(4, Standing.FAITHFUL),
    ]
    agreement = results(rows).agreement
    assert (agreement.same.count, agreement.same.n) == (1, 3)
    assert (agreement.alarms.count, agreement.alarms.n) == (1, 2)
    assert (agreement.caught.count, agreement.caught.n) == (1, 2)


def test_nothing_judged_is_no_result() -> None:
    found = results([])
    assert (found.promises, found.calls, found.agreement.kappa) == ((), 0, None)
    assert share_of(0, 0).value is None
