"""Frames, sizes and draws."""

from __future__ import annotations

import doctest
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from callcoach.audits import draw as drawing
from callcoach.audits import frames, results, sizing
from callcoach.audits.draw import draw
from callcoach.audits.frames import Candidate, Exclusion, Frame, exclusion_of, population_of

CALL = Candidate(1, 5, 2, "target", "refusal", 90_000)

strata_of_calls = st.lists(st.integers(1, 40), min_size=1, max_size=8).map(
    lambda sizes: {
        str(key): list(range(1000 * key, 1000 * key + size)) for key, size in enumerate(sizes)
    }
)


def test_examples_of_the_modules_hold() -> None:
    for module in (drawing, frames, results, sizing):
        assert doctest.testmod(module).attempted > 0
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"is_put_aside": True, "kind": "voicemail"}, Exclusion.PUT_ASIDE),
        ({"has_objection": True}, Exclusion.OBJECTION),
        ({"kind": "gatekeeper"}, Exclusion.OTHER_KIND),
        ({"team_id": 3}, Exclusion.OTHER_TEAM),
        ({"outcome": "meeting"}, Exclusion.OTHER_OUTCOME),
        ({"duration_ms": 59_999}, Exclusion.OTHER_LENGTH),
        ({"duration_ms": 120_001}, Exclusion.OTHER_LENGTH),
        ({"has_transcript": False, "has_audio": False}, Exclusion.NO_TRANSCRIPT),
        ({"has_promise": False}, Exclusion.NO_PROMISE),
        ({"has_audio": False}, Exclusion.AUDIO_DELETED),
    ],
)
def test_each_call_outside_the_frame_has_its_reason(
    changed: dict[str, object], reason: Exclusion | None
) -> None:
    frame = Frame(outcomes=("refusal",), team_ids=(2,), min_s=60, max_s=120)
    assert exclusion_of(replace(CALL, **changed), frame) is reason  # type: ignore[arg-type]
    assert exclusion_of(replace(CALL, has_audio=True), Frame.from_dict(frame.as_dict())) is None


def test_frame_and_exclusions_add_up_whatever_the_order() -> None:
    calls = [
        replace(CALL, call_id=n, agent_id=n % 3 or None, kind="target" if n % 4 else "voicemail")
        for n in range(1, 30)
    ]
    found = population_of(calls, Frame())
    assert found.size + len(found.excluded) == 29
    assert set(found.strata) == {"", "1", "2"}
    assert population_of(reversed(calls), Frame()) == found
    assert set(population_of(calls, Frame(by_agent=False)).strata) == {""}


@given(strata_of_calls, st.integers(1, 400), st.integers(0, drawing.SEEDS - 1))
def test_a_draw_respects_its_strata_and_can_be_done_again(
    strata: dict[str, list[int]], wanted: int, seed: int
) -> None:
    found = draw(strata, wanted, seed)
    total = sum(len(ids) for ids in strata.values())
    assert len(found.sample) == min(total, wanted)
    per = Counter(one.stratum for one in found.sample)
    for key, ids in strata.items():
        # proportional but for rounding
        quota = Fraction(min(wanted, total) * len(ids), total)
        assert floor(quota) <= per[key] <= min(ceil(quota), len(ids))
    everybody = [one.call_id for one in (*found.sample, *found.reserve)]
    assert len(set(everybody)) == len(everybody)
    assert all(one.call_id in strata[one.stratum] for one in (*found.sample, *found.reserve))
    shuffled = {key: list(reversed(ids)) for key, ids in reversed(strata.items())}
    assert draw(shuffled, wanted, seed) == found


def test_every_call_of_the_frame_is_as_likely_to_be_drawn_as_any_other() -> None:
    strata = {"1": list(range(1, 31)), "2": list(range(101, 111)), "3": [201, 202], "4": [301]}
    draws, wanted = 3000, 5
    seen: Counter[int] = Counter()
    first: Counter[int] = Counter()
    for seed in range(draws):
        found = draw(strata, wanted, seed)
        seen.update(one.call_id for one in found.sample)
        first[found.sample[0].call_id] += 1
    everybody = [call_id for ids in strata.values() for call_id in ids]
    # one in a million for each call: the seeds are fixed, so it holds or it does not
    low, high = binom.interval(1 - 1e-6, draws, wanted / len(everybody))
    assert all(low <= seen[call_id] <= high for call_id in everybody), seen
    # nor does a call's place in the draw depend on its number
    _low, high = binom.interval(1 - 1e-6, draws, 1 / len(everybody))
    assert max(first.values()) <= high


def test_the_interval_holds_the_share_though_all_that_departs_is_of_those_who_made_few() -> None:
    strata = {str(key): list(range(100 * key, 100 * key + 20)) for key in range(25)}
    strata |= {str(key): [100 * key, 100 * key + 1] for key in range(25, 50)}
    departing = {call_id for key in range(25, 50) for call_id in strata[str(key)]}
    truth, draws, wanted = 1 - len(departing) / 550, 400, 60
    held, aligned = 0, 0
    for seed in range(draws):
        sample = [one.call_id for one in draw(strata, wanted, seed).sample]
        share = results.share_of(sum(one not in departing for one in sample), len(sample))
        aligned += share.count
        held += share.low <= truth <= share.high
    low, high = binom.interval(1 - 1e-6, draws * wanted, truth)
    assert low <= aligned <= high
    assert held >= binom.ppf(1e-4, draws, 0.95), held


@given(st.sampled_from([0.03, 0.05, 0.1, 0.2]), st.floats(0.05, 0.95), st.integers(2, 5000))
def test_a_size_keeps_its_margin_and_one_call_less_does_not(
    margin: float, expected: float, population: int
) -> None:
    size = sizing.size_for(margin, expected, population)
    assert sizing.margin_of(size, expected, population) <= margin + 1e-9
    if size > 1:
        assert sizing.margin_of(size - 1, expected, population) > margin
