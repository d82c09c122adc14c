"""What a two-channel file really carries: two sides, or one sound written twice.

Telephony exports often write a mono call on two channels; believing such a file would give every
word to both speakers. So the channels are compared before anybody is called agent or prospect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callcoach.analysis.model import Channels

RATE_HZ = 16_000
Samples = npt.NDArray[np.float32]

#: Windows compared one by one: long enough for a syllable, short enough to lie in one turn.
_WINDOW_S = 0.5
#: At most this many windows, spread evenly, are compared: four hours cost what ten minutes do.
_MAX_WINDOWS = 1200
#: Below this level (−60 dBFS) a window is line noise and says nothing about the voices.
_ACTIVE_RMS = 1e-3
#: A second channel that never rises above this (−66 dBFS over half a second) carries no line ...
_DEAD_RMS = 5e-4
#: ... when the other one is louder by 40 dB; a quiet recording of two sides is not that.
_DEAD_RATIO = 100.0
#: One side written twice may be shifted by a recorder's buffer, hardly more; 20 ms.
_MAX_DELAY_S = 0.02
#: Same sound: correlation that survives lossy coding and noise 10 dB below the voice.
_SAME_CORRELATION = 0.9
#: Share of the active windows that must be the same sound. Echo of one side in the other's
#: channel makes about half of them alike, never nearly all.
_SAME_SHARE = 0.9
#: Spread (interquartile) of the level difference, dB. One sound written twice keeps its
#: difference; echo changes sign with the speaker.
_MAX_LEVEL_SPREAD_DB = 3.0


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What was found, with the numbers behind it.

    Args:
        channels: the verdict.
        levels: loudest half-second RMS of each channel, full scale 1.
        same_share: share of active windows in which both channels carry the same sound, in
            [0, 1]; None when there was nothing to compare.
        delay_s: how much later the second channel is, seconds, where same.
        dead_channel: index of a channel without any line on it, else None.
    """

    channels: Channels
    levels: tuple[float, ...]
    same_share: float | None = None
    delay_s: float = 0.0
    dead_channel: int | None = None


def detect_channels(samples: Samples) -> Channels:
    """Say whether `samples`, shape (1 or 2, n), 16 kHz, are stereo, dual mono or mono.

    A second channel that is nearly silent throughout (no line noise, 40 dB below the other) makes
    the file `MONO`: the sound is on one channel and may be one side or both mixed, which cannot
    be known; `compare_channels` says which channel is dead and `mono_mix` drops it. Two channels
    of which one is merely quiet, or speaks seldom, stay `STEREO`.
    """
    return compare_channels(samples).channels


def compare_channels(samples: Samples) -> ChannelReport:
    """`detect_channels` with its reasons.

    Raises:
        ValueError: `samples` has not one or two channels.
    """
    if samples.ndim != 2 or samples.shape[0] not in (1, 2):
        raise ValueError(f"samples have shape {samples.shape}, need (1, n) or (2, n)")
    starts, size = _windows(samples.shape[1])
    rms = np.array([_rms(samples[:, start : start + size]) for start in starts]).T
    levels = tuple(float(channel.max()) for channel in rms) if starts else (0.0,) * len(samples)
    if samples.shape[0] == 1:
        return ChannelReport(Channels.MONO, levels)
    quiet, loud = (0, 1) if levels[0] < levels[1] else (1, 0)
    if levels[quiet] < _DEAD_RMS and levels[loud] > levels[quiet] * _DEAD_RATIO:
        return ChannelReport(Channels.MONO, levels, dead_channel=quiet)
    active = [i for i in range(len(starts)) if rms[:, i].max() >= _ACTIVE_RMS]
    if not active:
        return ChannelReport(Channels.STEREO, levels)
    delay = _common_delay(samples, [starts[i] for i in active], size)
    alike, differences_db = [], []
    for i in active:
        window = _aligned(samples, starts[i], size, delay)
        is_same = window is not None and _correlation(*window) >= _SAME_CORRELATION
        alike.append(is_same)
        if is_same:
            differences_db.append(20 * np.log10(rms[0, i] / rms[1, i]))
    share = float(np.mean(alike))
    is_dual = share >= _SAME_SHARE and _spread(differences_db) <= _MAX_LEVEL_SPREAD_DB
    return ChannelReport(
        Channels.DUAL_MONO if is_dual else Channels.STEREO,
        levels,
        same_share=share,
        delay_s=delay / RATE_HZ if is_dual else 0.0,
    )


def mono_mix(samples: Samples, report: ChannelReport | None = None) -> Samples:
    """One channel, shape (n,), float32 in [-1, 1], carrying every voice once.

    Dual mono and a dead channel give the live, louder channel as it is; two sides are added (no
    halving: they rarely speak at once) and turned down together if the sum would clip.
    """
    if samples.shape[0] == 1:
        return np.asarray(samples[0])
    report = report or compare_channels(samples)
    if report.channels is not Channels.STEREO:
        return np.asarray(samples[int(np.argmax(report.levels))])
    mixed = samples[0] + samples[1]
    peak = float(np.abs(mixed).max()) if mixed.size else 0.0
    if peak > 1.0:
        mixed /= peak
    return np.asarray(mixed, dtype=np.float32)


def _windows(length: int) -> tuple[list[int], int]:
    size = min(round(_WINDOW_S * RATE_HZ), length)
    if not size:
        return [], 0
    count = length // size
    step = max(1, -(-count // _MAX_WINDOWS))
    return [index * size for index in range(0, count, step)], size


def _rms(window: Samples) -> npt.NDArray[np.float64]:
    return np.asarray(np.sqrt(np.mean(np.square(window, dtype=np.float64), axis=1)))


def _common_delay(samples: Samples, starts: list[int], size: int) -> int:
    """Shift of channel 1 against channel 0 in samples: the peak of the summed correlations."""
    most = round(_MAX_DELAY_S * RATE_HZ)
    chosen = starts[:: max(1, len(starts) // 60)]
    width = 1 << (size + most).bit_length()
    total = np.zeros(width)
    for start in chosen:
        left, right = (
            samples[channel, start : start + size].astype(np.float64) for channel in (0, 1)
        )
        power = np.sqrt((left @ left) * (right @ right))
        if power > 0:
            spectrum = np.conj(np.fft.rfft(left, width)) * np.fft.rfft(right, width)
            total += np.fft.irfft(spectrum, width) / power
    lags = np.concatenate([total[-most:], total[: most + 1]])
    return int(np.argmax(np.abs(lags))) - most


def _aligned(
    samples: Samples, start: int, size: int, delay: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    end = min(start + size, samples.shape[1] - max(delay, 0))
    first = max(start, -delay)
    if end - first < size // 2:
        return None
    left = samples[0, first:end].astype(np.float64)
    right = samples[1, first + delay : end + delay].astype(np.float64)
    return left, right


def _correlation(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> float:
    """Size of the normalised correlation: a channel wired the wrong way round is the same sound."""
    left, right = left - left.mean(), right - right.mean()
    power = float(np.sqrt((left @ left) * (right @ right)))
    return abs(float(left @ right)) / power if power > 0 else 0.0


def _spread(values: list[float]) -> float:
    if not values:
        return float("inf")
    low, high = np.percentile(values, (25, 75))
    return float(high - low)
