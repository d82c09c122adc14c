"""Speech regions packed into stretches the recogniser hears at once, and times mapped back.

Whisper always pays for 30 seconds, however little is said in them. So the speech of one channel is
put together, long silences shortened, into as few stretches as possible, cut at pauses.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import numpy.typing as npt

from callcoach.analysis.model import Segment

SAMPLE_RATE = 16_000
#: Longest stretch: under Whisper's 30 s, leaving it room to close its last sentence.
MAX_PACK_S = 28.0
#: Sound kept around each region; pauses longer than twice this are shortened to twice this.
PAD_S = 0.25
#: A word moved to the edge of its region keeps this much of it.
MIN_WORD_S = 0.02
#: Stretches start on Whisper's own frames, so that word times are not shifted by rounding.
_ALIGN = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples ``[start, end)`` of the channel, at `offset` in the pack; the voice in them is
    ``[voice_start, voice_end)``, the rest is margin.
    """

    start: int
    end: int
    offset: int
    voice_start: int
    voice_end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def original_s(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Times in the pack as times in the channel, moved into the piece's voice.

        The recogniser lets a word begin in the silence before it, up to a second early.
        """
        low, high = self.voice_start / SAMPLE_RATE, self.voice_end / SAMPLE_RATE
        shift_s = (self.start - self.offset) / SAMPLE_RATE
        last = max(low, high - MIN_WORD_S)
        start = min(max(start_s + shift_s, low), last)
        return start, min(max(end_s + shift_s, start + MIN_WORD_S), high)


@dataclass(frozen=True, slots=True)
class Pack:
    """One stretch: pieces in order; `length` in samples."""

    pieces: tuple[Piece, ...]

    @property
    def length(self) -> int:
        last = self.pieces[-1]
        return last.offset + last.length

    def cut(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The sound of the pack, shape (length,)."""
        return np.concatenate(
            [np.asarray(samples[p.start : p.end], dtype=np.float32) for p in self.pieces]
        )

    def piece_at(self, time_s: float) -> Piece:
        """The piece that sounds at a time in the pack."""
        index = bisect_right([p.offset for p in self.pieces], int(time_s * SAMPLE_RATE)) - 1
        return self.pieces[max(0, index)]


def pack(voice: Sequence[Segment], total: int) -> list[Pack]:
    """Packs that cover `voice` in a channel of `total` samples, of nearly even lengths."""
    pieces = _padded(voice, total)
    whole = sum(piece.length for piece in pieces)
    if whole == 0:
        return []
    limit = int(MAX_PACK_S * SAMPLE_RATE)
    target = whole / ceil(whole / (0.95 * limit))
    packs: list[list[Piece]] = [[]]
    filled = done = 0
    for piece in pieces:
        length = piece.length
        full = filled + length > limit
        # cut where it comes nearest to an even share
        even = filled > 0 and done + length / 2 > target * len(packs)
        if packs[-1] and (full or even):
            packs.append([])
            filled = 0
        packs[-1].append(replace(piece, offset=filled))
        filled += length
        done += length
    return [Pack(tuple(p)) for p in packs if p]


def _padded(voice: Sequence[Segment], total: int) -> list[Piece]:
    """Regions with their margins, disjoint, none longer than a pack; offsets not yet set."""
    pad = int(PAD_S * SAMPLE_RATE)
    limit = int(MAX_PACK_S * SAMPLE_RATE)
    bounds: list[list[int]] = []
    for segment in voice:
        low = min(total, int(segment.start_s * SAMPLE_RATE))
        high = min(total, int(segment.end_s * SAMPLE_RATE))
        start, end = max(0, low - pad), min(total, high + pad)
        if bounds and start < bounds[-1][1]:
            start = bounds[-1][1] = (bounds[-1][3] + low) // 2  # neighbours share a short pause
        if high > low:
            bounds.append([start, end, low, high])
    pieces = []
    for start, end, low, high in bounds:
        parts = ceil((end - start) / limit)
        step = ceil((end - start) / parts / _ALIGN) * _ALIGN
        for at in range(start, end, step):
            stop = min(end, at + step)
            first = max(at, low)
            pieces.append(Piece(at, stop, 0, first, max(first, min(stop, high))))
    return pieces
