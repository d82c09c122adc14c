"""Metadata from file names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callcoach.calls.filenames import compile_patterns, metadata_of_name
from callcoach.calls.metadata import CallMetadata
from callcoach.errors import InvalidInput

BUILT_IN = compile_patterns()


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_a_vicidial_name_gives_time_agent_and_phone() -> None:
    found = metadata_of_name("20260914-114127_YASSINE_33465710187-all.mp3", BUILT_IN)
    assert found.started_at == _utc(2026, 9, 14, 9, 41, 27), "11:41 in Paris"
    assert found.agent == "YASSINE"
    assert found.prospect_phone == "+33465710187"


def test_times_in_names_are_of_the_given_zone() -> None:
    found = metadata_of_name(
        "20260914-114127_1042_0465710187.wav", BUILT_IN, zone="Indian/Antananarivo"
    )
    assert found.started_at == _utc(2026, 9, 14, 8, 41, 27)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "20260914-114127_0465710187-in.wav",
            {"prospect_phone": "+33465710187", "agent": ""},
        ),
        (
            "DAFQ3_YASSINE_20260914-114127_33465710187-all.mp3",
            {"campaign": "DAFQ3", "agent": "YASSINE", "prospect_phone": "+33465710187"},
        ),
        (
            "6f1c0a52-7d0e-4a44-9f57-0b3a4f6f1f11_hrakoto_20260914114127.wav",
            {"external_id": "6f1c0a52-7d0e-4a44-9f57-0b3a4f6f1f11", "agent": "hrakoto"},
        ),
        (
            "6f1c0a52-7d0e-4a44-9f57-0b3a4f6f1f11_hrakoto_2026-09-14_11-41-27.ogg",
            {"agent": "hrakoto"},
        ),
        (
            "out-0465710187-1042-20260914-114127-1789371687.123.wav",
            {
                "direction": "outbound",
                "agent": "1042",
                "prospect_phone": "+33465710187",
                "external_id": "1789371687.123",
            },
        ),
    ],
)
def test_known_telephony_systems_are_read(name: str, expected: dict[str, str]) -> None:
    found = metadata_of_name(name, BUILT_IN)
    assert found.started_at == _utc(2026, 9, 14, 9, 41, 27)
    assert {field: getattr(found, field) for field in expected} == expected


@pytest.mark.parametrize(
    "name",
    ["comptaclair-01-daf-emballage.wav", "20261314-114127_YASSINE_33465710187.mp3", "a_b_c.wav"],
)
def test_a_name_that_says_nothing_or_nonsense_gives_nothing(name: str) -> None:
    assert metadata_of_name(name, BUILT_IN) == CallMetadata()


def test_a_configured_pattern_comes_before_the_built_in_ones() -> None:
    patterns = compile_patterns([r"(?P<started_at>\d{8}-\d{6})_(?P<team>[A-Z]+)_\d+-all\.mp3"])
    found = metadata_of_name("20260914-114127_YASSINE_33465710187-all.mp3", patterns)
    assert (found.team, found.agent) == ("YASSINE", "")


def test_a_pattern_may_give_date_and_time_apart_or_an_epoch() -> None:
    apart = compile_patterns([r"(?P<agent>\w+) (?P<date>\d{8}) (?P<time>\d{6})\.wav"])
    assert metadata_of_name("bob 20260914 114127.wav", apart).started_at == _utc(
        2026, 9, 14, 9, 41, 27
    )
    epoch = compile_patterns([r"(?P<epoch>\d{10})\.wav"])
    assert metadata_of_name("1789378887.wav", epoch).started_at == datetime.fromtimestamp(
        1789378887, UTC
    )


@pytest.mark.parametrize("pattern", ["(?P<agent>", r"(?P<boss>\w+)\.wav"])
def test_a_pattern_that_cannot_work_is_named(pattern: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        compile_patterns([pattern])
    assert pattern in str(caught.value)
