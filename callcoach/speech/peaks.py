"""The shape of the sound for the page: least and greatest sample of each short stretch.

Binary form (`Peaks.to_bytes`), little-endian, read by the page:

====== ======= ====================================================================
offset type    what
====== ======= ====================================================================
0      4 bytes ``CCPK``
4      u8      version, 1
5      u8      channels, 1 or 2
6      u8      levels, finest first
7      u8      0
8      u32     length of the recording, milliseconds
12     8 × L   for each level: u32 bins a second, u32 bins
...    i8      for each level, for each channel: bins × (least, greatest)
====== ======= ====================================================================

A value v stands for v / 127 of full scale; bin i covers ``[i / rate, (i + 1) / rate)`` seconds.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

_MAGIC, _VERSION = b"CCPK", 1
#: Bins a second: fine enough for a word, coarse enough for a whole call on one screen.
FINE_PER_S, COARSE_PER_S = 100, 10
#: Bins of the finest level at most; an hour at 100 a second. Longer recordings get fewer bins a
#: second (50 up to two hours, 25 up to four), so that no file exceeds 2 MB.
MAX_BINS = 360_000


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One zoom level: `bins` has shape (channels, n, 2), int8, [least, greatest] in [-127, 127]."""

    bins_per_s: int
    bins: npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of a recording, finest level first."""

    duration_s: float
    levels: tuple[Level, ...]

    @property
    def channels(self) -> int:
        return int(self.levels[0].bins.shape[0])

    def to_bytes(self) -> bytes:
        """The binary form of the module's docstring."""
        head = struct.pack(
            "<4sBBBBI",
            _MAGIC,
            _VERSION,
            self.channels,
            len(self.levels),
            0,
            round(self.duration_s * 1000),
        )
        table = b"".join(
            struct.pack("<II", level.bins_per_s, level.bins.shape[1]) for level in self.levels
        )
        return head + table + b"".join(level.bins.tobytes() for level in self.levels)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read `to_bytes` back.

        Raises:
            ValueError: not peaks, another version, or cut short.
        """
        if len(data) < 12 or data[:4] != _MAGIC:
            raise ValueError(f"{len(data)} bytes are not peaks: no {_MAGIC.decode()} at the start")
        _, version, channels, count, _, duration_ms = struct.unpack_from("<4sBBBBI", data)
        if version != _VERSION:
            raise ValueError(f"peaks of version {version}, can read {_VERSION}")
        offset = 12 + 8 * count
        levels = []
        for index in range(count):
            bins_per_s, bins = struct.unpack_from("<II", data, 12 + 8 * index)
            size = channels * bins * 2
            if offset + size > len(data):
                raise ValueError(f"peaks end at byte {len(data)}, need {offset + size}")
            values = np.frombuffer(data, np.int8, size, offset).reshape(channels, bins, 2)
            levels.append(Level(bins_per_s, values))
            offset += size
        return cls(duration_ms / 1000, tuple(levels))

    def for_wavesurfer(self, level: int = -1) -> list[list[float]]:
        """One list a channel for wavesurfer's ``peaks`` option: least, greatest, least, …

        Args:
            level: index into `levels`; the coarsest by default, meant for a page's first paint.
        """
        values = self.levels[level].bins.astype(np.float64) / 127
        return [[round(float(v), 3) for v in channel.ravel()] for channel in values]


def peaks(samples: npt.NDArray[np.float32], rate_hz: int = 16_000) -> Peaks:
    """Compute both zoom levels.

    Args:
        samples: shape (channels, n), float32 in [-1, 1]; may be mapped from disk, it is read in
            stretches.
        rate_hz: a multiple of 100.

    Raises:
        ValueError: `rate_hz` is not a multiple of 100, or `samples` is not two-dimensional.
    """
    if rate_hz % FINE_PER_S or samples.ndim != 2:
        raise ValueError(
            f"peaks need a rate in hundreds and 2 dimensions: {rate_hz}, {samples.ndim}"
        )
    duration_s = samples.shape[1] / rate_hz
    fine_per_s = FINE_PER_S
    while duration_s * fine_per_s > MAX_BINS and fine_per_s % 2 == 0 and fine_per_s > 25:
        fine_per_s //= 2
    levels = tuple(
        Level(per_s, _bins(samples, rate_hz // per_s)) for per_s in (fine_per_s, COARSE_PER_S)
    )
    return Peaks(duration_s, levels)


def _bins(samples: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.int8]:
    channels, length = samples.shape
    count = -(-length // size)
    out = np.zeros((channels, count, 2), np.int8)
    stretch = 4096 * size  # in samples: some megabytes at a time
    for channel in range(channels):
        for start in range(0, length, stretch):
            part = samples[channel, start : start + stretch]
            whole = len(part) // size
            first = start // size
            rows = part[: whole * size].reshape(whole, size)
            out[channel, first : first + whole, 0] = _quantise(rows.min(axis=1))
            out[channel, first : first + whole, 1] = _quantise(rows.max(axis=1))
            rest = part[whole * size :]
            if len(rest):
                out[channel, first + whole] = _quantise(np.array([rest.min(), rest.max()]))
    return out


def _quantise(values: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    return np.rint(np.clip(values, -1.0, 1.0) * 127).astype(np.int8)
