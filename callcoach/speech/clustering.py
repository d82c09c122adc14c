"""Two voices on one channel told apart by their sound, without knowing whose they are.

Two steps, the classic ones: windows of a second are divided in two by k-means on their mean
spectrum and pitch; then each side is modelled by a mixture of Gaussians, and the borders are found
again frame by frame (Viterbi), a change costing less in a pause. benchmarks/README.md compares it
with the first step alone. Nothing of a voice is kept: the models die with the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from callcoach.analysis.model import Segment

Audio = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

SAMPLE_RATE = 16_000
#: Feature frames: every 10 ms, 25 ms long for the spectrum, 40 ms for the pitch (two periods of
#: the lowest voice).
HOP = 160
_SPECTRUM = 400
_PITCH = 640
#: The telephone band, in hertz; outside it there is only the codec.
_BAND_HZ = (150.0, 3_800.0)
_MELS = 26
_CEPSTRA = 20
#: Pitch looked for between 70 and 400 Hz; below this autocorrelation a frame is unvoiced.
_LAGS = (40, 229)
_VOICED = 0.5
#: Windows of the first step, in frames.
WINDOW = 100
_WINDOW_STEP = 25
#: Weight of pitch among the twenty standardised dimensions of a window.
_PITCH_WEIGHT = 2.0
#: Gaussians per voice, training rounds, and frames a voice is trained on at most.
_COMPONENTS = 8
_ROUNDS = 6
_MAX_TRAINING = 20_000
#: Frames decided together (50 ms), the weight of each frame's evidence (neighbours are not
#: independent), and the cost of a change of voice, a quarter of it in a pause.
_STEP = 5
_EVIDENCE = 0.3
_CHANGE = 40.0
#: Less than this share of the speech is not a second speaker but a cough or the ringing tone.
MIN_SHARE = 0.04
#: How far apart the voices must lie, in `Voices.separation`. On 15 mixes of two sides the least was
#: 1.6; of 20 recordings of one side alone, 14 stay below this or have no second voice.
MIN_SEPARATION = 1.5
#: Windows by which the separation is measured, in frames, and in how many parts they are held out.
_TEST_WINDOW = 150
_FOLDS = 5
#: Frames worked on at once: their spectra take 66 MB.
_BLOCK_FRAMES = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Which of two voices speaks in each frame.

    Args:
        labels: shape (frames,), int8: 0 or 1, -1 where nobody speaks; a frame is `HOP` samples.
        separation: distance between the voices in standard deviations, halved, as windows that
            were held out see it; 0 when one voice has too few windows to tell.
    """

    labels: npt.NDArray[np.int8]
    separation: float

    @property
    def is_clear(self) -> bool:
        """Whether these are two speakers, and not one cut in two."""
        spoken = self.labels[self.labels >= 0]
        share = float(np.mean(spoken)) if len(spoken) else 0.0
        return min(share, 1 - share) >= MIN_SHARE and self.separation >= MIN_SEPARATION


def two_voices(samples: Audio, voice: Sequence[Segment], *, rounds: int = _ROUNDS) -> Voices | None:
    """Divide the speech of one channel, shape (n,), 16 kHz, between two voices.

    Args:
        rounds: how often the borders are found again; 0 leaves the first step alone.

    Returns:
        None when there is too little speech (under four seconds) to compare anything.
    """
    frames = len(samples) // HOP
    spoken = np.zeros(frames, dtype=bool)
    for segment in voice:
        spoken[int(segment.start_s * 100) : int(segment.end_s * 100)] = True
    where = np.flatnonzero(spoken)
    if len(where) < 4 * WINDOW:
        return None
    cepstra, pitch = _features(samples, where)
    pauses = np.concatenate([[True], np.diff(where) > 1])
    labels = _first_guess(cepstra, pitch, pauses)
    cepstra = (cepstra - cepstra.mean(0)) / (cepstra.std(0) + 1e-9)
    for _ in range(rounds):
        if min(np.sum(labels == 0), np.sum(labels == 1)) < WINDOW:
            break
        again = _decode(_evidence(cepstra, pitch, labels), pauses)
        if np.array_equal(again, labels):
            break
        labels = again
    out = np.full(frames, -1, dtype=np.int8)
    out[where] = labels
    return Voices(out, _separation(cepstra, pitch, labels, pauses))


def _separation(
    cepstra: Floats, pitch: Floats, labels: npt.NDArray[np.int8], pauses: npt.NDArray[np.bool_]
) -> float:
    """Held-out distance along Fisher's discriminant: labels that only fit themselves fail it."""
    bounds = [*np.flatnonzero(pauses | (np.diff(labels, prepend=labels[:1]) != 0)), len(labels)]
    rows, sides = [], []
    for start, end in pairwise(bounds):
        for at in range(start, end - WINDOW // 2 + 1, _TEST_WINDOW):
            stop = min(at + _TEST_WINDOW, end)
            if stop - at >= WINDOW // 2:
                rows.append(_describe(cepstra[at:stop], pitch[at:stop]))
                sides.append(int(labels[at]))
    points, side = np.array(rows), np.array(sides)
    if min(np.sum(side == 0), np.sum(side == 1)) < _FOLDS:
        return 0.0
    _fill_unvoiced(points[:, -1])
    fold = np.arange(len(side)) % _FOLDS
    distances = []
    for k in range(_FOLDS):
        one, two = (points[(fold != k) & (side == label)] for label in (0, 1))
        if min(len(one), len(two)) < 2:
            return 0.0
        within = np.concatenate([one - one.mean(0), two - two.mean(0)])
        # a tenth of the overall variance keeps few windows from inventing a direction
        scatter = np.cov(within.T) + 0.1 * np.diag(points.var(0) + 1e-9)
        direction = np.linalg.solve(scatter, two.mean(0) - one.mean(0))
        border = direction @ (one.mean(0) + two.mean(0)) / 2
        scale = np.sqrt(direction @ scatter @ direction)
        held = (points[fold == k] @ direction - border) / scale
        distances.append(np.where(side[fold == k] == 1, held, -held))
    return float(np.concatenate(distances).mean())


def _fill_unvoiced(pitch: Floats) -> None:
    """Give windows without pitch the median one, in place."""
    missing = np.isnan(pitch)
    pitch[missing] = 0.0 if missing.all() else np.nanmedian(pitch)


def _features(samples: Audio, where: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Cepstra (n, 20) and log pitch (n,), NaN where unvoiced, of the frames `where`."""
    filters = _mel_filters()
    cepstra, pitch = [], []
    for first in range(0, len(where), _BLOCK_FRAMES):
        chosen = where[first : first + _BLOCK_FRAMES]
        start = int(chosen[0]) * HOP
        stop = (int(chosen[-1]) + 1) * HOP + _PITCH
        block = np.asarray(samples[start:stop], dtype=np.float64)
        block = np.pad(block, (0, max(0, stop - start - len(block))))
        at = (chosen - chosen[0]) * HOP
        windows = np.lib.stride_tricks.sliding_window_view(block, _PITCH)[at]
        cepstra.append(_cepstra(windows[:, :_SPECTRUM], filters))
        pitch.append(_log_pitch(windows))
    return np.concatenate(cepstra), np.concatenate(pitch)


def _mel_filters() -> Floats:
    def _mel(hertz: float) -> float:
        return float(2595 * np.log10(1 + hertz / 700))

    points = 700 * (10 ** (np.linspace(_mel(_BAND_HZ[0]), _mel(_BAND_HZ[1]), _MELS + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    low, middle, high = points[:-2, None], points[1:-1, None], points[2:, None]
    rising = (frequencies - low) / (middle - low)
    falling = (high - frequencies) / (high - middle)
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))


def _cepstra(windows: Floats, filters: Floats) -> Floats:
    emphasised = windows.copy()
    emphasised[:, 1:] -= 0.97 * windows[:, :-1]
    power = np.abs(np.fft.rfft(emphasised * np.hamming(_SPECTRUM), 512)) ** 2
    bands = np.log(power @ filters.T + 1e-10)
    from scipy.fft import dct  # here: slow to import, and only mixed recordings need it

    return np.asarray(dct(bands, type=2, norm="ortho", axis=1)[:, :_CEPSTRA])


def _log_pitch(windows: Floats) -> Floats:
    taper = np.hanning(_PITCH)
    centred = windows - windows.mean(1, keepdims=True)
    lags = np.fft.irfft(np.abs(np.fft.rfft(centred * taper, 2048)) ** 2)[:, : _LAGS[1]]
    own = np.fft.irfft(np.abs(np.fft.rfft(taper, 2048)) ** 2)[: _LAGS[1]]
    lags = lags / (lags[:, :1] + 1e-12) / (own / own[0])
    best = lags[:, _LAGS[0] :].argmax(1) + _LAGS[0]
    voiced = lags[np.arange(len(lags)), best] > _VOICED
    return np.where(voiced, np.log(SAMPLE_RATE / best), np.nan)


def _first_guess(
    cepstra: Floats, pitch: Floats, pauses: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int8]:
    """A label per frame from k-means over windows that do not cross a pause."""
    bounds = [*np.flatnonzero(pauses), len(pauses)]
    windows: list[tuple[int, int]] = []
    for start, end in pairwise(bounds):
        if end - start <= WINDOW:
            windows.append((start, end))
        else:
            starts = range(start, end - WINDOW // 2, _WINDOW_STEP)
            windows += [(at, min(at + WINDOW, end)) for at in starts]
    described = np.array([_describe(cepstra[a:b], pitch[a:b]) for a, b in windows])
    _fill_unvoiced(described[:, -1])
    described = (described - described.mean(0)) / (described.std(0) + 1e-9)
    described[:, -1] *= _PITCH_WEIGHT
    votes = np.zeros((len(pitch), 2))
    for (start, end), label in zip(windows, _two_means(described), strict=True):
        votes[start:end, label] += 1
    return np.asarray(votes.argmax(1), dtype=np.int8)


def _describe(cepstra: Floats, pitch: Floats) -> Floats:
    voiced = pitch[~np.isnan(pitch)]
    middle = np.median(voiced) if len(voiced) > 3 else np.nan
    return np.concatenate([cepstra[:, 1:].mean(0), [middle]])


def _two_means(points: Floats) -> npt.NDArray[np.int64]:
    """Labels of the best of twenty runs; seeded, so that one recording gives one answer."""
    random = np.random.default_rng(0)
    best: tuple[float, npt.NDArray[np.int64]] | None = None
    for _ in range(20):
        centres = points[random.choice(len(points), 2, replace=False)]
        for _ in range(50):
            distances = ((points[:, None] - centres) ** 2).sum(2)
            labels = distances.argmin(1)
            if labels.min() == labels.max():
                break
            moved = np.stack([points[labels == k].mean(0) for k in (0, 1)])
            if np.allclose(moved, centres):
                break
            centres = moved
        cost = float(distances.min(1).sum())
        if best is None or cost < best[0]:
            best = (cost, labels)
    assert best is not None
    return best[1]


class _Mixture:
    """Gaussians with diagonal covariance, fitted by expectation and maximisation."""

    def __init__(self, points: Floats) -> None:
        random = np.random.default_rng(0)
        if len(points) > _MAX_TRAINING:
            points = points[random.choice(len(points), _MAX_TRAINING, replace=False)]
        self._means = points[random.choice(len(points), _COMPONENTS, replace=False)]
        spread = points.var(0)
        self._variances = np.tile(spread + 1e-3, (_COMPONENTS, 1))
        self._weights = np.full(_COMPONENTS, 1 / _COMPONENTS)
        for _ in range(12):
            each = self._each(points)
            shares = np.exp(each - np.logaddexp.reduce(each, axis=1, keepdims=True))
            total = shares.sum(0) + 1e-6
            self._means = shares.T @ points / total[:, None]
            variances = shares.T @ points**2 / total[:, None] - self._means**2
            self._variances = np.maximum(variances, 0.05 * spread + 1e-4)
            self._weights = total / total.sum()

    def _each(self, points: Floats) -> Floats:
        # (x - m)² / v, written out as products of matrices: no array of points × components × 20
        precision = 1 / self._variances
        square = (
            points**2 @ precision.T
            - 2 * points @ (self._means * precision).T
            + (self._means**2 * precision).sum(1)
        )
        constant = np.log(2 * np.pi * self._variances).sum(1)
        return np.asarray(np.log(self._weights) - 0.5 * (square + constant))

    def score(self, points: Floats) -> Floats:
        """Log likelihood of each point."""
        parts = [
            np.logaddexp.reduce(self._each(points[at : at + _BLOCK_FRAMES]), axis=1)
            for at in range(0, len(points), _BLOCK_FRAMES)
        ]
        return np.concatenate(parts)


def _evidence(cepstra: Floats, pitch: Floats, labels: npt.NDArray[np.int8]) -> Floats:
    """Log likelihood of each frame under each voice, shape (n, 2)."""
    columns = []
    voiced = ~np.isnan(pitch)
    for k in (0, 1):
        column = _Mixture(cepstra[labels == k]).score(cepstra)
        own = pitch[(labels == k) & voiced]
        if len(own) > 20:
            middle, spread = np.median(own), max(0.08, float(own.std()))
            column = column + np.where(
                voiced, -0.5 * ((pitch - middle) / spread) ** 2 - np.log(spread), 0.0
            )
        columns.append(column)
    return np.stack(columns, axis=1)


def _decode(evidence: Floats, pauses: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """The most likely sequence of voices, decided every `_STEP` frames."""
    starts = np.arange(0, len(evidence), _STEP)
    steps = _EVIDENCE * np.add.reduceat(evidence, starts, axis=0)
    costs = np.where(np.logical_or.reduceat(pauses, starts), _CHANGE / 4, _CHANGE)
    gain = (steps[:, 1] - steps[:, 0]).tolist()
    # two states only: it is enough to follow how far ahead voice 1 is, bounded by the change cost
    ahead = gain[0]
    came_from = np.zeros((len(gain), 2), dtype=np.int8)
    for i in range(1, len(gain)):
        cost = float(costs[i])
        came_from[i, 0] = 1 if ahead > cost else 0
        came_from[i, 1] = 0 if ahead < -cost else 1
        ahead = min(max(ahead, -cost), cost) + gain[i]
    labels = np.zeros(len(gain), dtype=np.int8)
    labels[-1] = 1 if ahead > 0 else 0
    for i in range(len(gain) - 1, 0, -1):
        labels[i - 1] = came_from[i, labels[i]]
    return np.repeat(labels, _STEP)[: len(evidence)]
