"""What people hear: one canonical, seekable file for each recording, and small excerpts of it.

AAC in MP4 plays everywhere, on iOS too. Index first, so that it starts and seeks before it is
loaded. Every frame carries its time: the encoder's delay then becomes an edit list, and the sound
is where the waveform and the words say (without it, 64 to 128 ms late at these rates).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from callcoach.analysis.model import Segment
from callcoach.speech.audio import RATE_HZ, Recording
from callcoach.speech.beeps import beep_over
from callcoach.speech.channels import mono_mix

Samples = npt.NDArray[np.float32]

#: Bit rate a channel: clear at 16 kHz, 0.24 MB a minute, four stereo hours in 115 MB.
PLAYBACK_KBPS = 32
_FRAME = 1024
#: Fades at the cuts of an excerpt, against a click; shorter than any sound of speech.
_FADE_S = 0.004
#: Fixed cost of an MP4 file, bytes, and of each of its frames in the index.
_FILE_BYTES, _FRAME_BYTES = 1100, 4
_MIN_BIT_RATE = 8_000
#: Decoded at once of a whole call, seconds: 4 MB a channel.
_BLOCK_S = 60.0


def write_playback(recording: Recording, dest: Path) -> Path:
    """Write the canonical playback file of `recording` to `dest` (M4A) and return `dest`.

    Both channels are kept apart when there are two (no joint coding: one side must not be heard
    faintly in the other). Time in the file equals time in `recording.samples` within a sample.
    Writes beside `dest` and renames, so that `dest` is never half a file.
    """
    channels, length = recording.samples.shape
    blocks = (recording.samples[:, at : at + _FRAME] for at in range(0, length, _FRAME))
    return _write(blocks, channels, PLAYBACK_KBPS * 1000 * channels, Path(dest))


def write_excerpt(
    source: Recording | Path,
    start_s: float,
    end_s: float,
    dest: Path,
    *,
    kbps: int = 24,
    channel: int | None = None,
    beeped: Sequence[Segment] = (),
) -> Path:
    """Write ``[start_s, end_s)`` of `source` as a small mono M4A and return `dest`.

    Nothing outside the bounds is in the file: who may hear an excerpt may hear only that.

    Args:
        source: a recording, or a playback file written by `write_playback`.
        kbps: the whole file stays within ``kbps / 8`` kB a second (3 at 24), from two seconds
            on; below, the fixed size of an MP4 file shows.
        channel: only this one (0 or 1); all of them mixed when None.
        beeped: stretches, in seconds from the start of `source`, of which nothing may be heard on
            any channel; a tone stands in their place.

    Raises:
        ValueError: bounds that are empty, negative or beyond the end, or no such channel.
    """
    samples = _stretch(source, start_s, end_s)
    if channel is not None and not 0 <= channel < len(samples):
        raise ValueError(f"channel {channel} of a recording with {len(samples)}")
    mono = mono_mix(samples) if channel is None else samples[channel]
    if beeped:
        mono = beep_over(
            mono,
            [
                Segment(max(0.0, span.start_s - start_s), span.end_s - start_s)
                for span in beeped
                if span.end_s > start_s
            ],
        )
    mono = _faded(np.array(mono, dtype=np.float32))
    duration_s = len(mono) / RATE_HZ
    budget = kbps * 125 * duration_s
    overhead = _FILE_BYTES + _FRAME_BYTES * (len(mono) / _FRAME + 2)
    bit_rate = max(_MIN_BIT_RATE, round((budget - overhead) * 8 / duration_s))
    for _ in range(4):  # the encoder keeps to its rate only on average
        blocks = (mono[None, at : at + _FRAME] for at in range(0, len(mono), _FRAME))
        _write(blocks, 1, bit_rate, Path(dest))
        excess = Path(dest).stat().st_size / budget
        if excess <= 1 or bit_rate <= _MIN_BIT_RATE:
            break
        bit_rate = max(_MIN_BIT_RATE, int(bit_rate / excess * 0.97))
    return Path(dest)


def write_redacted(
    source: Path,
    start_s: float,
    end_s: float,
    dest: Path,
    *,
    covered: Sequence[Segment],
    silenced: Sequence[Segment] = (),
    channel: int | None = None,
    kbps: int = 24,
    report: Callable[[float], None] | None = None,
) -> Path:
    """Write ``[start_s, end_s)`` of a playback file as mono M4A in which nothing is left of some
    stretches, on any channel, and return `dest`. Reads a minute at a time, whatever the length.

    Args:
        covered: seconds from the start of `source`, disjoint: a tone stands in their place.
        silenced: as `covered`: silence stands there, also where both are.
        channel: only this one (0 or 1); all of them mixed when None.
        kbps: bit rate of the sound.
        report: told after each minute how far it is, 0 to 1.

    Raises:
        ValueError: bounds that are empty or negative, or no such channel.
    """
    if not 0 <= start_s < end_s:
        raise ValueError(f"excerpt [{start_s}, {end_s}) is not an interval from 0")

    def blocks() -> Iterator[Samples]:
        at_s, kept = start_s, np.zeros(0, np.float32)
        while at_s < end_s:
            until_s = min(end_s, at_s + _BLOCK_S)
            samples = read_playback(source, at_s, until_s)
            if channel is not None and not 0 <= channel < len(samples):
                raise ValueError(f"channel {channel} of a recording with {len(samples)}")
            mono = mono_mix(samples) if channel is None else samples[channel]
            mono = beep_over(mono, _within(covered, at_s, until_s))
            for span in _within(silenced, at_s, until_s):
                first = int(np.floor(span.start_s * RATE_HZ))
                mono[first : int(np.ceil(span.end_s * RATE_HZ))] = 0
            kept = np.concatenate([kept, mono])
            whole = len(kept) - len(kept) % _FRAME if until_s < end_s else len(kept)
            for first in range(0, whole, _FRAME):
                yield kept[None, first : min(whole, first + _FRAME)]
            kept, at_s = kept[whole:], until_s
            if report is not None:
                report((at_s - start_s) / (end_s - start_s))

    return _write(blocks(), 1, kbps * 1000, Path(dest))


def _within(spans: Iterable[Segment], start_s: float, end_s: float) -> list[Segment]:
    """Those of `spans` in a stretch, cut to it, in seconds from its start."""
    return [
        Segment(max(span.start_s, start_s) - start_s, min(span.end_s, end_s) - start_s)
        for span in spans
        if span.end_s > start_s and span.start_s < end_s
    ]


def read_playback(path: Path, start_s: float = 0.0, end_s: float | None = None) -> Samples:
    """Decode a file written by this module: shape (channels, n), float32, 16 kHz.

    Only for files of ours: an upload goes through `open_recording`.
    """
    out: list[Samples] = []
    first: int | None = None
    start = round(start_s * RATE_HZ)
    end = None if end_s is None else round(end_s * RATE_HZ)
    with av.open(str(path), mode="r", format="mov") as opened:
        stream = opened.streams.audio[0]
        base = stream.time_base or Fraction(1, RATE_HZ)
        # The last frame is padded to full size; the header knows where the sound ends
        if stream.duration:
            length = round(float(stream.duration * base) * RATE_HZ)
            end = length if end is None else min(end, length)
        if start_s > 1:  # a little early: AAC needs the frames before to be exact
            opened.seek(int((start_s - 0.5) / base), stream=stream)
        for frame in opened.decode(stream):
            at = round(float((frame.pts or 0) * base) * RATE_HZ)
            if end is not None and at >= end:
                break
            sound = np.asarray(frame.to_ndarray(), dtype=np.float32)
            if first is None:
                first = at
            out.append(sound)
    if not out:
        return np.zeros((1, 0), np.float32)
    joined = np.concatenate(out, axis=1)
    origin = first or 0
    return joined[:, max(0, start - origin) : None if end is None else end - origin]


def _stretch(source: Recording | Path, start_s: float, end_s: float) -> Samples:
    if not 0 <= start_s < end_s:
        raise ValueError(f"excerpt [{start_s}, {end_s}) is not an interval from 0")
    if isinstance(source, Recording):
        start, end = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        samples = source.samples[:, start:end]
    else:
        samples = read_playback(source, start_s, end_s)
    # One frame of slack: a page's clock may be rounded up at the very end
    if samples.shape[1] < round((end_s - start_s) * RATE_HZ) - _FRAME:
        raise ValueError(f"excerpt [{start_s}, {end_s}) runs past the end of the recording")
    return samples


def _faded(mono: Samples) -> Samples:
    count = min(round(_FADE_S * RATE_HZ), len(mono) // 2)
    ramp = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    mono[:count] *= ramp
    mono[len(mono) - count :] *= ramp[::-1]
    return mono


def _write(blocks: Iterable[Samples], channels: int, bit_rate: int, dest: Path) -> Path:
    part = dest.with_name(dest.name + ".part")
    try:
        with av.open(str(part), mode="w", format="ipod", options={"movflags": "+faststart"}) as out:
            stream = out.add_stream("aac", rate=RATE_HZ)
            if not isinstance(stream, AudioStream):
                raise TypeError(f"the AAC encoder gave a {type(stream).__name__}")
            stream.layout = "stereo" if channels == 2 else "mono"
            stream.bit_rate = bit_rate
            stream.time_base = Fraction(1, RATE_HZ)
            # Neither mid/side nor intensity coding: they let one side leak into the other
            stream.codec_context.options = {"aac_ms": "0", "aac_is": "0"}
            for frame in _frames(blocks, channels):
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
        os.replace(part, dest)
    finally:
        part.unlink(missing_ok=True)
    return dest


def _frames(blocks: Iterable[Samples], channels: int) -> Iterator[AudioFrame]:
    pts = 0
    for block in blocks:
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(block),
            format="fltp",
            layout="stereo" if channels == 2 else "mono",
        )
        frame.sample_rate = RATE_HZ
        frame.pts = pts
        frame.time_base = Fraction(1, RATE_HZ)
        pts += block.shape[1]
        yield frame
