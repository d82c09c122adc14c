"""Peaks show the sound as it is, at two zooms, in a bounded form that reads back."""

from __future__ import annotations

import numpy as np
import pytest

from callcoach.speech.peaks import Peaks, peaks
from tests.factories.sounds import CLICKS_S, click_train


def test_each_level_holds_least_and_greatest_of_each_stretch() -> None:
    sound = click_train(16_000, 2)
    result = peaks(sound)
    assert [level.bins_per_s for level in result.levels] == [100, 10]
    assert result.duration_s == 6.0
    for level in result.levels:
        size = 16_000 // level.bins_per_s
        rows = sound.reshape(2, -1, size)
        assert level.bins.dtype == np.int8
        np.testing.assert_array_equal(level.bins[..., 0], np.rint(rows.min(axis=2) * 127))
        np.testing.assert_array_equal(level.bins[..., 1], np.rint(rows.max(axis=2) * 127))


def test_a_click_shows_at_its_time_on_its_channel() -> None:
    fine = peaks(click_train(16_000, 2)).levels[0]
    for channel, clicks in enumerate(CLICKS_S):
        loud = set(np.flatnonzero(fine.bins[channel, :, 1] > 40) // 2)
        assert loud <= {int(at * 100 + shift) // 2 for at in clicks for shift in (-1, 0, 1)}
        assert len(loud) >= len(clicks)


def test_the_last_partial_stretch_is_kept() -> None:
    sound = np.zeros((1, 16_050), np.float32)
    sound[0, -1] = -1.0
    result = peaks(sound)
    assert result.levels[0].bins.shape == (1, 101, 2)
    assert result.levels[0].bins[0, -1].tolist() == [-127, 0]
    assert result.levels[1].bins[0, -1].tolist() == [-127, 0]


def test_full_scale_fits_in_seven_bits() -> None:
    sound = np.array([[-1.0, 1.0] * 800], np.float32)
    assert peaks(sound).levels[0].bins.min() == -127


def test_the_binary_form_reads_back() -> None:
    result = peaks(click_train(16_000, 2))
    data = result.to_bytes()
    assert data[:4] == b"CCPK"
    assert len(data) == 12 + 2 * 8 + 2 * 2 * (600 + 60)
    back = Peaks.from_bytes(data)
    assert back.duration_s == 6.0
    for a, b in zip(back.levels, result.levels, strict=True):
        assert a.bins_per_s == b.bins_per_s
        np.testing.assert_array_equal(a.bins, b.bins)


@pytest.mark.parametrize("cut", [0, 3, 20, 100])
def test_a_broken_binary_form_is_an_error(cut: int) -> None:
    data = peaks(click_train(16_000, 1)).to_bytes()
    with pytest.raises(ValueError, match="peaks"):
        Peaks.from_bytes(data[:cut])
    with pytest.raises(ValueError, match="version 9"):
        Peaks.from_bytes(data[:4] + b"\x09" + data[5:])


def test_four_stereo_hours_stay_under_two_megabytes() -> None:
    hours = np.broadcast_to(np.float32(0.5), (2, 4 * 3600 * 16_000))
    result = peaks(hours)
    assert result.levels[0].bins_per_s == 25
    assert result.levels[1].bins_per_s == 10
    assert len(result.to_bytes()) < 2 << 20
    assert result.levels[0].bins[1, -1].tolist() == [64, 64]


def test_wavesurfer_gets_one_flat_list_a_channel() -> None:
    lists = peaks(click_train(16_000, 2)).for_wavesurfer()
    assert len(lists) == 2
    assert len(lists[0]) == 2 * 60
    assert max(lists[0]) == pytest.approx(0.7, abs=0.02)


def test_no_sound_gives_no_bins() -> None:
    assert peaks(np.zeros((1, 0), np.float32)).levels[0].bins.shape == (1, 0, 2)


def test_a_rate_that_does_not_divide_is_an_error() -> None:
    with pytest.raises(ValueError, match="11025"):
        peaks(np.zeros((1, 10), np.float32), 11_025)
