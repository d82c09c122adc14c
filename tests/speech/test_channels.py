"""Two channels are two sides only when they carry two sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callcoach.analysis.model import Channels
from callcoach.speech.audio import open_recording
from callcoach.speech.channels import compare_channels, detect_channels, mono_mix
from tests.factories.sounds import ENCODINGS, Samples, speech_like, write_sound

RATE_HZ = 16_000


def _noise(level: float, seconds: float, seed: int) -> Samples:
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


@pytest.fixture(scope="module")
def mixed() -> Samples:
    """Half a minute of both sides on one channel, with a little line noise."""
    return speech_like(30, 1) + speech_like(30, 2) + _noise(0.001, 30, 3)


def test_one_channel_is_mono(mixed: Samples) -> None:
    assert detect_channels(mixed[None]) is Channels.MONO


def test_two_sides_are_stereo() -> None:
    both = np.stack([speech_like(30, 1), speech_like(30, 2)])
    assert detect_channels(both) is Channels.STEREO


@pytest.mark.parametrize(
    ("gain", "delay_ms"), [(1.0, 0), (0.5, 0), (0.06, 3), (-1.0, 0), (0.8, 15)]
)
def test_the_same_sound_twice_is_dual_mono_despite_level_delay_and_noise(
    mixed: Samples, gain: float, delay_ms: int
) -> None:
    delay = delay_ms * RATE_HZ // 1000
    other = gain * np.roll(mixed, delay) + _noise(0.0005, 30, 4)
    report = compare_channels(np.stack([mixed, other.astype(np.float32)]))
    assert report.channels is Channels.DUAL_MONO
    assert report.delay_s == pytest.approx(delay_ms / 1000, abs=0.0005)
    earlier = compare_channels(np.stack([other.astype(np.float32), mixed]))
    assert earlier.channels is Channels.DUAL_MONO


@pytest.mark.parametrize("codec", ["libmp3lame", "libopus", "aac"])
def test_dual_mono_survives_lossy_coding(codec: str, mixed: Samples, tmp_path: Path) -> None:
    encoding = next(item for item in ENCODINGS if item.codec == codec and item.channels == 2)
    repeat = encoding.rate_hz // 8000
    narrow = np.repeat(mixed[::2], repeat) if repeat > 1 else mixed[::2]
    narrow = np.resize(narrow, 30 * encoding.rate_hz)
    path = write_sound(tmp_path / "a", np.stack([narrow, narrow]).astype(np.float32), encoding)
    assert detect_channels(open_recording(path).samples) is Channels.DUAL_MONO


@pytest.mark.parametrize("echo_ms", [0, 10, 180])
def test_an_echo_of_one_side_does_not_make_dual_mono(echo_ms: int) -> None:
    agent, prospect = speech_like(60, 1), speech_like(60, 2)
    turns = np.repeat(np.arange(12) % 2, 5 * RATE_HZ)  # they take turns of five seconds
    agent, prospect = agent * (turns == 0), prospect * (turns == 1)
    echo = 0.3 * np.roll(agent, echo_ms * RATE_HZ // 1000)
    assert detect_channels(np.stack([agent, prospect + echo])) is Channels.STEREO


def test_a_side_that_hardly_speaks_is_still_a_side() -> None:
    prospect = _noise(0.0008, 60, 5)
    prospect[RATE_HZ * 30 : RATE_HZ * 31] += speech_like(1, 2) * 0.5
    both = np.stack([speech_like(60, 1), prospect])
    assert detect_channels(both) is Channels.STEREO


def test_a_side_with_line_noise_only_is_still_a_side() -> None:
    both = np.stack([speech_like(30, 1), _noise(0.001, 30, 5)])
    assert detect_channels(both) is Channels.STEREO


@pytest.mark.parametrize("dead", [0, 1])
@pytest.mark.parametrize("level", [0.0, 0.0002])
def test_a_dead_second_channel_makes_mono_of_the_live_one(
    dead: int, level: float, mixed: Samples
) -> None:
    both = np.stack([mixed, mixed])
    both[dead] = _noise(level, 30, 6)
    report = compare_channels(both)
    assert report.channels is Channels.MONO
    assert report.dead_channel == dead
    np.testing.assert_array_equal(mono_mix(both, report), mixed)


@pytest.mark.parametrize("length", [0, 1, 100, 8000])
def test_the_shortest_sounds_do_not_fail(length: int) -> None:
    one = speech_like(1, 1)[:length]
    assert detect_channels(one[None]) is Channels.MONO
    assert detect_channels(np.stack([one, one])) in set(Channels)
    assert mono_mix(np.stack([one, one])).shape == (length,)


def test_silence_on_both_channels_stays_stereo() -> None:
    assert detect_channels(np.zeros((2, 48_000), np.float32)) is Channels.STEREO


def test_three_channels_are_an_error_that_names_the_shape() -> None:
    with pytest.raises(ValueError, match=r"\(3, 10\)"):
        detect_channels(np.zeros((3, 10), np.float32))


def test_two_sides_mixed_keep_their_level_and_never_clip() -> None:
    left, right = speech_like(20, 1), speech_like(20, 2)
    mix = mono_mix(np.stack([left, right]))
    np.testing.assert_allclose(mix, left + right, atol=1e-6)
    loud = mono_mix(np.stack([left * 4, right * 4]).clip(-1, 1))
    assert np.abs(loud).max() <= 1.0


def test_every_stereo_sample_call_is_stereo(samples: Path) -> None:
    for path in sorted(samples.glob("*-0*.*")):
        if path.suffix in (".wav", ".mp3", ".opus", ".m4a", ".flac"):
            assert detect_channels(open_recording(path).samples) is Channels.STEREO, path.name
