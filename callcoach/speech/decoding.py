"""Decode one file fully to float32 at 16 kHz on disk. Runs only inside the decoding process.

Memory stays flat whatever the length: sound passes through in blocks of about a second and lands
in one raw file per channel.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
import soxr
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from callcoach.speech.claims import announced_s, mp4_is_cut, ogg_is_cut
from callcoach.speech.formats import AMR, FORMATS, MP4, OGG, Format
from callcoach.speech.rejections import clock, rejected

#: Rate of all sound inside CallCoach: what Whisper and Silero take.
RATE_HZ = 16_000
MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 48_000
MAX_CHANNELS = 2
#: Longest shortfall that a lossy codec's own padding explains (four MP3 frames at 8 kHz).
_PADDING_S = 0.3
_TRUNCATED_S, _TRUNCATED_SHARE = 2.0, 0.02
#: A hole in the times of frames shorter than this is rounding, not lost sound.
_MIN_GAP_S = 0.04
#: Every AMR encoder looks 5 ms ahead (3GPP TS 26.090 §4.3) and a bare .amr file cannot say so.
_AMR_LOOKAHEAD_S = 0.005
#: Without an announced length, a longer hole is taken for a broken clock and closed.
_MAX_BLIND_GAP_S = 60.0
#: Fewer bytes a second than any telephone codec sends (AMR 4.75 needs 600, Opus 750, either some
#: 400 with pauses left out): what passes the length limit at less than this is built to unpack.
_BOMB_BYTES_PER_S = 300
#: Half a step of 16 bits: below this a lossy decoder's answer to digital silence.
_ZERO = 1.0 / 65536
#: A-law has no zero; its idle code stands for 8 steps of 16 bits.
_ALAW_IDLE = 8.0 / 32768 + _ZERO

#: Decoders that telephony and browsers need, by FFmpeg name; anything else is refused.
DECODERS = frozenset(
    {
        "pcm_u8",
        "pcm_s8",
        "pcm_s16le",
        "pcm_s16be",
        "pcm_s24le",
        "pcm_s24be",
        "pcm_s32le",
        "pcm_s32be",
        "pcm_f32le",
        "pcm_f32be",
        "pcm_f64le",
        "pcm_alaw",
        "pcm_mulaw",
        "gsm",
        "gsm_ms",
        "mp3",
        "mp3float",
        "mp2",
        "mp2float",
        "opus",
        "libopus",
        "vorbis",
        "aac",
        "flac",
        "alac",
        "amrnb",
        "amrwb",
        "libopencore_amrnb",
        "libopencore_amrwb",
        "adpcm_ima_wav",
        "adpcm_ms",
        "adpcm_g726",
        "g722",
        "g729",
    }
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded: `frames` samples a channel at 16 kHz, planar float32, in the file given."""

    frames: int
    channels: int
    sample_rate_hz: int
    container: str
    codec: str


def decode(source: Path, target: Path, container: str, max_duration_s: float) -> Decoded:
    """Decode `source` into `target`: channel after channel, float32 in [-1, 1], 16 kHz.

    Args:
        container: name of the `Format` found by `formats.sniff`.
        max_duration_s: stops there, whatever the header said.

    Raises:
        RecordingRejected: with the reason.
    """
    kind = FORMATS[container]
    options = {
        "format_whitelist": kind.demuxer,
        "protocol_whitelist": "file",
        "codec_whitelist": ",".join(sorted(DECODERS)),
    }
    try:
        opened = av.open(
            str(source),
            mode="r",
            format=kind.demuxer,
            container_options=options,
            metadata_errors="replace",
        )
    except av.error.MemoryError:
        raise rejected("over_budget") from None
    except (av.error.FFmpegError, ValueError):
        if kind is MP4 and mp4_is_cut(source):
            raise rejected("truncated_header") from None
        raise rejected("unreadable", container=kind.label) from None
    with opened:
        return _Decoding(opened, source, target, kind, max_duration_s).run()


class _Decoding:
    def __init__(
        self,
        opened: InputContainer,
        source: Path,
        target: Path,
        kind: Format,
        max_duration_s: float,
    ) -> None:
        if not opened.streams.audio:
            raise rejected("no_sound_track")
        self.opened, self.kind = opened, kind
        self.source, self.target = source, target
        self.stream: AudioStream = opened.streams.audio[0]
        self.bytes_read = 0
        self.max_duration_s = max_duration_s
        self.codec = _codec_name(self.stream)
        ticks, base = self.stream.duration, self.stream.time_base
        stream_s = float(ticks * base) if ticks and base else None
        self.announced_s = announced_s(source, kind.name, stream_s)
        if self.announced_s is not None and self.announced_s > max_duration_s:
            self._over_length(self.announced_s, source.stat().st_size)
        self.stream.codec_context.thread_count = 1
        self.lost_s = 0.0
        self.pending_lost_s = 0.0

    def run(self) -> Decoded:
        sink: _Sink | None = None
        try:
            for frame in self._frames():
                if sink is None:
                    sink = _Sink(self.target, frame, self.announced_s)
                    if self.kind is AMR:
                        sink.skip = round(_AMR_LOOKAHEAD_S * frame.sample_rate)
                sink.add(frame)
                if sink.native_s > self.max_duration_s:
                    self._over_length(sink.native_s, self.bytes_read)
            if sink is None:
                raise rejected("no_sound")
            sink.finish()
        finally:
            if sink is not None:
                sink.close()
        self._check_whole(sink.native_s)
        if sink.is_silent():
            raise rejected("silent", duration=clock(sink.native_s))
        return Decoded(
            frames=sink.frames,
            channels=sink.channels,
            sample_rate_hz=sink.first_rate_hz,
            container=self.kind.name,
            codec=self.codec,
        )

    def _frames(self) -> Iterator[AudioFrame]:
        """All frames; what could not be decoded is counted in `lost_s`, the last packet apart."""
        try:
            for packet in self.opened.demux(self.stream):
                self.bytes_read += packet.size
                try:
                    frames = packet.decode()
                except (av.error.MemoryError, MemoryError):
                    raise rejected("over_budget") from None
                except av.error.EOFError:
                    continue
                except (av.error.FFmpegError, ValueError):
                    base = packet.time_base or 0
                    self.lost_s += self.pending_lost_s
                    self.pending_lost_s = float((packet.duration or 0) * base) or 0.02
                    continue
                for frame in frames:
                    if isinstance(frame, AudioFrame) and frame.samples:
                        self.lost_s += self.pending_lost_s
                        self.pending_lost_s = 0.0
                        yield frame
        except av.error.MemoryError:
            raise rejected("over_budget") from None
        except av.error.FFmpegError:
            return  # the file ends in the middle of something; the lengths below judge it

    def _over_length(self, length_s: float, size_bytes: int) -> None:
        if size_bytes < length_s * _BOMB_BYTES_PER_S:
            raise rejected("bomb")
        raise rejected("too_long", limit=clock(self.max_duration_s))

    def _check_whole(self, found_s: float) -> None:
        announced_s = self.announced_s
        if announced_s is not None:
            short_s = announced_s - found_s
            allowed_s = max(_PADDING_S, min(_TRUNCATED_S, _TRUNCATED_SHARE * announced_s))
            if short_s > allowed_s:
                raise rejected("truncated", announced=clock(announced_s), found=clock(found_s))
        if self.kind is OGG and ogg_is_cut(self.source):
            raise rejected("cut_end", found=clock(found_s))
        if self.lost_s > min(_TRUNCATED_S, max(_PADDING_S, _TRUNCATED_SHARE * found_s)):
            raise rejected("damaged", lost=clock(self.lost_s))


def _codec_name(stream: AudioStream) -> str:
    context = stream.codec_context
    # PyAV leaves the context out when FFmpeg has no decoder for the stream
    name = str(context.codec.name) if context is not None else "?"
    if name not in DECODERS:
        raise rejected("codec", codec=name)
    return name.removeprefix("lib").removesuffix("float")


class _Sink:
    """Takes frames of any sample format, writes 16 kHz float32, one raw file per channel."""

    def __init__(self, target: Path, first: AudioFrame, announced_s: float | None) -> None:
        self.target = target
        self.channels = len(first.layout.channels)
        self.first_rate_hz = self.rate_hz = first.sample_rate
        if not 1 <= self.channels <= MAX_CHANNELS:
            raise rejected("channels", channels=self.channels)
        self._check_rate(first)
        self.parts = [target.with_suffix(f".{channel}") for channel in range(self.channels)]
        self.files: list[BinaryIO] = [part.open("wb") for part in self.parts]
        self.announced_s = announced_s
        self.resampler = self._new_resampler()
        self.block: list[np.ndarray[Any, np.dtype[np.float32]]] = []
        self.block_samples = 0
        self.native_s = 0.0  # of whole stretches at one rate, kept in step with `samples`
        self.samples = 0  # at the present rate since `stretch_s`
        self.stretch_s = 0.0
        self.frames = 0
        self.skip = 0  # samples still to drop at the start
        self.origin_s: float | None = None
        self.low = np.full(self.channels, np.inf)
        self.high = np.full(self.channels, -np.inf)

    def add(self, frame: AudioFrame) -> None:
        if frame.sample_rate != self.rate_hz:
            self._change_rate(frame)
        sound = _as_float(frame, self.channels)
        if self.skip:
            dropped = min(self.skip, len(sound) - 1)
            self.skip, sound = self.skip - dropped, sound[dropped:]
        else:
            self._fill_gap(frame)
        self._append(sound)

    def finish(self) -> None:
        self._flush_block(last=True)
        for file in self.files:
            file.close()
        self.parts[0].rename(self.target)
        for part in self.parts[1:]:
            with self.target.open("ab") as whole, part.open("rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
            part.unlink()

    def close(self) -> None:
        for file in self.files:
            file.close()

    def is_silent(self) -> bool:
        """Nothing but digital silence: zero at 16 bits, or A-law's idle code throughout."""
        peak = float(np.max(np.maximum(np.abs(self.low), np.abs(self.high))))
        return peak < _ZERO or bool(peak <= _ALAW_IDLE and np.all(self.low == self.high))

    def _append(self, sound: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        self.low = np.minimum(self.low, sound.min(axis=0))
        self.high = np.maximum(self.high, sound.max(axis=0))
        self.block.append(sound)
        self.block_samples += len(sound)
        self.samples += len(sound)
        self.native_s = self.stretch_s + self.samples / self.rate_hz
        if self.block_samples >= self.rate_hz:
            self._flush_block(last=False)

    def _flush_block(self, *, last: bool) -> None:
        empty = np.zeros((0, self.channels), np.float32)
        sound = np.concatenate(self.block) if self.block else empty
        self.block, self.block_samples = [], 0
        if self.resampler is not None:
            sound = self.resampler.resample_chunk(np.ascontiguousarray(sound), last=last)
        np.clip(sound, -1.0, 1.0, out=sound)
        for channel, file in enumerate(self.files):
            file.write(np.ascontiguousarray(sound[:, channel]).tobytes())
        self.frames += len(sound)

    def _fill_gap(self, frame: AudioFrame) -> None:
        """Keep the clock: a hole in the frames' times becomes silence of the same length."""
        if frame.pts is None or frame.time_base is None:
            return
        at_s = float(frame.pts * frame.time_base)
        if self.origin_s is None:
            self.origin_s = at_s - self.native_s
            return
        gap_s = at_s - self.origin_s - self.native_s
        if gap_s < _MIN_GAP_S:
            return
        end_s = self.native_s + gap_s
        believed = (
            gap_s <= _MAX_BLIND_GAP_S if self.announced_s is None else end_s <= self.announced_s
        )
        if not believed:
            self.origin_s = at_s - self.native_s
            return
        left = round(gap_s * self.rate_hz)
        while left > 0:
            count = min(left, self.rate_hz)
            self._append(np.zeros((count, self.channels), np.float32))
            left -= count

    def _change_rate(self, frame: AudioFrame) -> None:
        """Chained streams may change rate on the way; each stretch is resampled by itself."""
        self._check_rate(frame)
        self._flush_block(last=True)
        self.stretch_s, self.samples = self.native_s, 0
        self.rate_hz = frame.sample_rate
        self.resampler = self._new_resampler()

    def _new_resampler(self) -> soxr.ResampleStream | None:
        if self.rate_hz == RATE_HZ:
            return None
        return soxr.ResampleStream(self.rate_hz, RATE_HZ, self.channels, dtype="float32")

    @staticmethod
    def _check_rate(frame: AudioFrame) -> None:
        if not MIN_RATE_HZ <= frame.sample_rate <= MAX_RATE_HZ:
            raise rejected("rate", rate_hz=frame.sample_rate)


def _as_float(frame: AudioFrame, channels: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The frame as float32, shape (samples, channels), full scale 1.0; never NaN."""
    raw = frame.to_ndarray()
    count = len(frame.layout.channels)
    sound = raw.T if frame.format.is_planar else raw.reshape(-1, count)
    if sound.dtype == np.uint8:
        out = (sound.astype(np.float32) - 128.0) / 128.0
    elif sound.dtype.kind == "i":
        out = sound.astype(np.float32) / float(1 << (8 * sound.dtype.itemsize - 1))
    else:
        out = np.nan_to_num(sound.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
    if count == channels:
        return out
    if count > MAX_CHANNELS:
        raise rejected("channels", channels=count)
    if channels == 1:
        return np.asarray(out.mean(axis=1, keepdims=True), dtype=np.float32)
    return np.repeat(out, channels, axis=1)
