"""What people hear: seekable at once, both sides apart, excerpts with nothing beside them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from callcoach.speech.audio import RATE_HZ, Recording, open_recording
from callcoach.speech.playback import read_playback, write_excerpt, write_playback
from tests.factories.sounds import (
    CLICKS_S,
    Samples,
    click_times,
    click_train,
    speech_like,
    write_pcm_wav,
)


def _recording(tmp_path: Path, sound: Samples) -> Recording:
    return open_recording(write_pcm_wav(tmp_path / "sound.wav", sound))


@pytest.fixture
def train(tmp_path: Path) -> Recording:
    """Six seconds of clicks on two channels."""
    return _recording(tmp_path, click_train(RATE_HZ, 2))


def test_the_index_comes_before_the_sound(train: Recording, tmp_path: Path) -> None:
    data = write_playback(train, tmp_path / "a.m4a").read_bytes()
    assert data[4:8] == b"ftyp"
    assert 0 < data.find(b"moov") < data.find(b"mdat")


def test_the_file_is_aac_of_the_right_length_and_channels(train: Recording, tmp_path: Path) -> None:
    with av.open(str(write_playback(train, tmp_path / "a.m4a"))) as opened:
        stream = opened.streams.audio[0]
        assert stream.codec_context.name.startswith("aac")
        assert stream.codec_context.channels == 2
        assert stream.duration is not None and stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(6.0, abs=0.001)


def test_seeking_lands_where_it_was_asked(train: Recording, tmp_path: Path) -> None:
    path = write_playback(train, tmp_path / "a.m4a")
    tail = read_playback(path, 3.5, 6.0)
    found = click_times(tail[0], RATE_HZ, tuple(at - 3.5 for at in CLICKS_S[0][3:]))
    assert [at + 3.5 for at in found] == pytest.approx(CLICKS_S[0][3:], abs=0.005)


def test_one_side_is_not_heard_in_the_other(tmp_path: Path) -> None:
    sound = np.stack([speech_like(10, 1), np.zeros(10 * RATE_HZ, np.float32)])
    played = read_playback(write_playback(_recording(tmp_path, sound), tmp_path / "a.m4a"))
    left, right = (float(np.sqrt(np.mean(np.square(side)))) for side in played)
    assert right < left / 1000


def test_nothing_half_written_is_left_when_writing_fails(train: Recording, tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    (folder / "a.m4a").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_playback(train, folder / "a.m4a")
    assert [path.name for path in folder.iterdir()] == ["a.m4a"]


def test_an_excerpt_has_exact_bounds_and_its_clicks_on_time(
    train: Recording, tmp_path: Path
) -> None:
    playback = write_playback(train, tmp_path / "a.m4a")
    for source in (train, playback):
        excerpt = read_playback(write_excerpt(source, 1.2, 4.5, tmp_path / "e.m4a"))
        assert excerpt.shape == (1, round(3.3 * RATE_HZ))
        clicks = tuple(at for at in sorted(CLICKS_S[0] + CLICKS_S[1]) if 1.2 < at < 4.5)
        found = click_times(excerpt[0], RATE_HZ, tuple(at - 1.2 for at in clicks))
        # Clicks of the two sides may be nearer than the search is wide: each is found somewhere
        assert all(min(abs(a + 1.2 - b) for b in clicks) < 0.005 for a in found)


def test_nothing_outside_its_bounds_is_in_an_excerpt(tmp_path: Path) -> None:
    sound = np.zeros((1, 10 * RATE_HZ), np.float32)
    sound[0, : 4 * RATE_HZ] = speech_like(4, 1)
    sound[0, 6 * RATE_HZ :] = speech_like(4, 2)
    path = write_excerpt(_recording(tmp_path, sound), 4.0, 6.0, tmp_path / "e.m4a")
    with av.open(str(path)) as opened:  # all frames, the padding of the last one too
        heard = np.concatenate([frame.to_ndarray() for frame in opened.decode(audio=0)], axis=1)
    assert np.abs(heard).max() < 1e-4


@pytest.mark.parametrize("seconds", [2, 5, 30, 120])
@pytest.mark.parametrize("kbps", [16, 24])
def test_an_excerpt_stays_within_its_bytes_a_second(
    seconds: int, kbps: int, tmp_path: Path
) -> None:
    sound = np.stack([speech_like(130, 1), speech_like(130, 2)])
    path = write_excerpt(_recording(tmp_path, sound), 3, 3 + seconds, tmp_path / "e.m4a", kbps=kbps)
    size = path.stat().st_size
    assert kbps * 125 * seconds * 0.5 < size <= kbps * 125 * seconds


def test_an_excerpt_can_hold_one_side_only(train: Recording, tmp_path: Path) -> None:
    path = write_excerpt(train, 0, 6, tmp_path / "e.m4a", channel=1)
    heard = read_playback(path)[0]
    assert click_times(heard, RATE_HZ, CLICKS_S[1]) == pytest.approx(CLICKS_S[1], abs=0.005)
    near_other = heard[round(0.48 * RATE_HZ) : round(0.52 * RATE_HZ)]
    assert np.abs(near_other).max() < 0.05


@pytest.mark.parametrize("bounds", [(-1, 2), (2, 2), (3, 2), (5, 9), (20, 30)])
def test_bounds_outside_the_recording_are_an_error(
    bounds: tuple[float, float], train: Recording, tmp_path: Path
) -> None:
    playback = write_playback(train, tmp_path / "a.m4a")
    for source in (train, playback):
        with pytest.raises(ValueError, match="excerpt"):
            write_excerpt(source, *bounds, tmp_path / "e.m4a")
    assert not (tmp_path / "e.m4a").exists()


def test_a_channel_that_is_not_there_is_an_error(train: Recording, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="channel 2"):
        write_excerpt(train, 0, 1, tmp_path / "e.m4a", channel=2)
