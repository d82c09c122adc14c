"""D01: speech without a pause."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, Segment, Track, Word
from callcoach.analysis.tuning import Tuning
from tests.analysis.detecting import measured, raised, scene_of, voiced


@pytest.mark.parametrize(("length", "severity"), [(9.0, 1), (13.0, 2), (17.0, 3)])
def test_a_stretch_without_a_pause_is_raised_by_its_length(length: float, severity: int) -> None:
    scene = scene_of((voiced(0, 3.0, 3.0 + length, 40), voiced(1, 0.5, 2.0, 4)), 30.0)
    (found,) = raised(scene, "D01")
    assert found.severity == severity
    assert measured(found).value == length
    assert measured(found).bound == 8.0
    assert (found.start_s, found.end_s) == (3.0, 3.0 + length)


def test_a_pause_in_the_middle_is_a_breath() -> None:
    agent = Track(
        0,
        (Segment(3.0, 9.0), Segment(9.4, 15.0)),
        voiced(0, 3.0, 9.0, 20).words + voiced(0, 9.4, 15.0, 20).words,
    )
    assert raised(scene_of((agent, voiced(1, 0.5, 2.0, 4)), 20.0), "D01") == []


def test_noise_or_music_on_the_line_is_no_speech() -> None:
    words = (Word(" oui", 3.0, 3.4, 0.9), Word(" bonjour", 14.0, 14.5, 0.9))
    noise = Track(0, (Segment(3.0, 15.0),), words)
    assert raised(scene_of((noise, voiced(1, 0.5, 2.0, 4)), 20.0), "D01") == []


def test_a_gap_bridged_by_the_prospects_voice_is_a_pause() -> None:
    words = voiced(0, 3.0, 8.0, 20).words + voiced(0, 9.0, 14.0, 20).words
    bridged = Track(0, (Segment(3.0, 14.0),), words)
    prospect = Track(1, (Segment(0.5, 2.0), Segment(8.1, 8.9)), voiced(1, 0.5, 2.0, 4).words)
    assert raised(scene_of((bridged, prospect), 20.0), "D01") == []
    assert raised(scene_of((bridged, voiced(1, 0.5, 2.0, 4)), 20.0), "D01")


def test_a_campaign_moves_the_bound() -> None:
    tracks = (voiced(0, 3.0, 12.0, 40), voiced(1, 0.5, 2.0, 4))
    tuned = CallContext(tuning=Tuning(bounds={"breathless.from_s": 10.0}))
    assert raised(scene_of(tracks, 20.0), "D01")
    assert raised(scene_of(tracks, 20.0, context=tuned), "D01") == []
