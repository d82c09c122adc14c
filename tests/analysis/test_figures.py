"""Figures: exact on calls drawn by hand, absent with a reason otherwise."""

from __future__ import annotations

import pytest

from callcoach.analysis.engine import analyse
from callcoach.analysis.figures import NAMES
from callcoach.analysis.model import CallAnalysis, Channels, Figure, Segment, Speaker, Track, Word
from callcoach.analysis.synthetic import make_call
from callcoach.analysis.wording import LANGUAGES, figure_definition, figure_label, figure_text


def _voice(channel: int, *spans: tuple[float, float], speaker: Speaker | None = None) -> Track:
    return Track(channel, tuple(Segment(*span) for span in spans), (), speaker)


def _stereo(*tracks: Track) -> CallAnalysis:
    return analyse(tracks, duration_s=60.0, channels=Channels.STEREO, agent_channel=0)


@pytest.fixture
def drawn() -> CallAnalysis:
    """Agent 0–10 and 20–26, prospect 11–19 and 25–30: 16 s and 13 s of voice, 1 s of overlap."""
    return _stereo(_voice(0, (0.0, 10.0), (20.0, 26.0)), _voice(1, (11.0, 19.0), (25.0, 30.0)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent_talk_share", 16 / 29),
        ("agent_speech_s", 16.0),
        ("prospect_speech_s", 13.0),
        ("silence_share", 2 / 30),
        ("longest_silence_s", 1.0),
        ("longest_monologue_s", 10.0),
        ("prospect_longest_turn_s", 8.0),
        ("agent_mean_turn_s", 8.0),
        ("turns_per_minute", 8.0),
        ("overlap_share", 1 / 28),
        ("agent_interruptions", 0.0),
        ("prospect_interruptions", 1.0),
    ],
)
def test_a_figure_is_what_was_drawn(drawn: CallAnalysis, name: str, value: float) -> None:
    assert drawn.figures[name].value == pytest.approx(value, abs=0.001)


def test_every_name_is_always_present(drawn: CallAnalysis) -> None:
    assert tuple(drawn.figures) == NAMES
    assert tuple(_stereo().figures) == NAMES


def test_mono_without_known_speakers_gives_mono_as_the_reason_but_still_measures_silence() -> None:
    track = _voice(0, (0.0, 10.0), (14.0, 20.0), speaker=Speaker.UNKNOWN)
    figures = analyse([track], duration_s=30.0, channels=Channels.MONO, agent_channel=None).figures
    assert figures["agent_talk_share"] == Figure(None, "ratio", "mono")
    assert figures["longest_silence_s"].value == 4.0


def test_mono_with_known_speakers_measures_shares_but_never_overlap() -> None:
    tracks = [
        _voice(0, (0.0, 10.0), speaker=Speaker.AGENT),
        _voice(0, (11.0, 16.0), speaker=Speaker.PROSPECT),
    ]
    figures = analyse(tracks, duration_s=30.0, channels=Channels.MONO, agent_channel=None).figures
    assert figures["agent_talk_share"].value == pytest.approx(2 / 3, abs=0.001)
    assert figures["overlap_share"].reason == "mono"
    assert figures["agent_interruptions"].reason == "mono"


def test_separate_channels_without_a_map_say_that_the_agent_is_not_known() -> None:
    tracks = [_voice(0, (0.0, 10.0)), _voice(1, (11.0, 15.0))]
    figures = analyse(tracks, duration_s=30.0, channels=Channels.STEREO, agent_channel=None).figures
    assert figures["agent_talk_share"].reason == "unknown_speakers"


def test_latency_is_the_median_gap_before_the_answer() -> None:
    agent = _voice(0, (0.0, 2.0), (5.0, 7.0), (10.0, 12.0))
    prospect = _voice(1, (2.5, 4.0), (8.0, 9.5), (12.7, 14.0))
    figures = _stereo(agent, prospect).figures
    assert figures["prospect_response_latency_s"].value == pytest.approx(0.7)
    assert figures["agent_response_latency_s"].reason == "too_few"


def test_rate_counts_syllables_over_voice() -> None:
    words = tuple(Word(" papa", float(i), i + 1.0, 0.9) for i in range(10))
    track = Track(0, (Segment(0.0, 10.0),), words)
    assert _stereo(track).figures["agent_rate"].value == pytest.approx(2.0)


def test_questions_are_counted_by_side() -> None:
    call = make_call(1, ())
    figures = analyse(
        call.tracks, duration_s=call.duration_s, channels=Channels.STEREO, agent_channel=0
    ).figures
    assert figures["agent_questions"].value == 6
    assert figures["prospect_questions"].value == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_label_and_a_definition(name: str, language: str) -> None:
    assert figure_label(name, language)
    assert len(figure_definition(name, language)) > 40


def test_a_figure_reads_as_the_language_writes_numbers() -> None:
    assert figure_text(Figure(0.734, "s"), "fr").startswith("0,7")
    assert figure_text(Figure(0.734, "s"), "en").startswith("0.7")
    assert figure_text(Figure(None, "s", "mono"), "fr").startswith("mono")
