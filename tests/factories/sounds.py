"""Sounds whose content is known, and files of them in every format that is accepted.

`click_train` puts short bursts at `CLICKS_S`; `click_times` finds them again after any codec.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

Samples = npt.NDArray[np.float32]

#: Where the clicks of each channel are, seconds; centre of the burst, uneven on purpose.
CLICKS_S = ((0.5, 1.37, 2.21, 3.9, 5.05), (0.93, 1.8, 2.74, 4.3, 5.5))
TRAIN_S = 6.0
_BURST_S, _BURST_HZ = 0.012, 1200.0
FIXTURES = Path(__file__).parent.parent / "speech" / "data"


@dataclass(frozen=True)
class Encoding:
    """How to write a file: FFmpeg names of container and encoder, rate, channels, options."""

    suffix: str
    container: str
    codec: str
    rate_hz: int = 8000
    channels: int = 1
    options: dict[str, str] = field(default_factory=dict)
    bit_rate: int | None = None

    def __str__(self) -> str:
        return f"{self.suffix}-{self.codec}-{self.rate_hz}-{self.channels}"


#: Every accepted container and codec that FFmpeg can also write, from 8 to 48 kHz.
ENCODINGS = (
    Encoding("wav", "wav", "pcm_u8"),
    Encoding("wav", "wav", "pcm_s16le", 8000, 2),
    Encoding("wav", "wav", "pcm_s16le", 22050, 1),
    Encoding("wav", "wav", "pcm_s24le", 44100, 2),
    Encoding("wav", "wav", "pcm_s32le", 48000, 1),
    Encoding("wav", "wav", "pcm_f32le", 16000, 2),
    Encoding("wav", "wav", "pcm_alaw", 8000, 2),
    Encoding("wav", "wav", "pcm_mulaw", 8000, 1),
    Encoding("wav", "wav", "adpcm_ms"),
    Encoding("mp3", "mp3", "libmp3lame", 8000, 1, bit_rate=32_000),
    Encoding("mp3", "mp3", "libmp3lame", 44100, 2, bit_rate=96_000),
    Encoding("opus", "ogg", "libopus", 48000, 2, bit_rate=48_000),
    Encoding("opus", "ogg", "libopus", 16000, 1, bit_rate=24_000),
    Encoding("ogg", "ogg", "vorbis", 16000, 2, {"strict": "-2"}),
    Encoding("m4a", "ipod", "aac", 8000, 2, bit_rate=48_000),
    Encoding("mp4", "mp4", "aac", 48000, 1, bit_rate=64_000),
    Encoding("flac", "flac", "flac", 8000, 2),
    Encoding("flac", "flac", "flac", 48000, 1),
    Encoding("webm", "webm", "libopus", 48000, 2, bit_rate=48_000),
    Encoding("amr", "amr", "libopencore_amrnb", 8000, 1, bit_rate=12_200),
    Encoding("3gp", "3gp", "libopencore_amrnb", 8000, 1, bit_rate=12_200),
)


def click_train(rate_hz: int, channels: int, duration_s: float = TRAIN_S) -> Samples:
    """Bursts at `CLICKS_S` over faint seeded noise, shape (channels, n), float32."""
    noise = np.random.default_rng(7).standard_normal((channels, round(duration_s * rate_hz)))
    sound = (noise * 0.001).astype(np.float32)
    times = np.arange(sound.shape[1]) / rate_hz
    for channel in range(channels):
        for click_s in CLICKS_S[channel]:
            near = np.abs(times - click_s) < _BURST_S / 2
            at = times[near] - click_s
            window = np.cos(np.pi * at / _BURST_S) ** 2
            sound[channel, near] += (0.7 * window * np.cos(2 * np.pi * _BURST_HZ * at)).astype(
                np.float32
            )
    return sound


def click_times(channel: Samples, rate_hz: int, expected_s: tuple[float, ...]) -> list[float]:
    """Where the bursts of one channel are: the strongest envelope within 0.2 s of each."""
    times = np.arange(len(channel)) / rate_hz
    carrier = channel * np.exp(-2j * np.pi * _BURST_HZ * times)
    window = np.hanning(round(_BURST_S * rate_hz) | 1)
    envelope = np.abs(np.convolve(carrier, window, mode="same"))
    found = []
    for click_s in expected_s:
        first = max(0, round((click_s - 0.2) * rate_hz))
        last = round((click_s + 0.2) * rate_hz)
        found.append(float(times[first + int(np.argmax(envelope[first:last]))]))
    return found


def write_sound(path: Path, sound: Samples, encoding: Encoding) -> Path:
    """Encode `sound` at the rate of `encoding` into `path`."""
    layout = {1: "mono", 2: "stereo", 3: "3.0"}[len(sound)]
    with av.open(
        str(path), mode="w", format=encoding.container, options=dict(encoding.options)
    ) as out:
        stream = out.add_stream(encoding.codec, rate=encoding.rate_hz)
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{encoding.codec} is no audio encoder")
        stream.layout = layout
        if encoding.bit_rate:
            stream.bit_rate = encoding.bit_rate
        stream.codec_context.options = dict(encoding.options)
        whole = AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
        whole.sample_rate, whole.pts = encoding.rate_hz, 0
        whole.time_base = Fraction(1, encoding.rate_hz)
        out.mux(stream.encode(whole))
        out.mux(stream.encode(None))
    return path


def write_pcm_wav(path: Path, sound: Samples, rate_hz: int = 16_000) -> Path:
    """Write `sound`, shape (channels, n), as 16-bit WAV with the standard library."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(sound))
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes((np.clip(sound, -1, 1).T * 32767).astype("<i2").tobytes())
    return path


def speech_like(duration_s: float, seed: int, rate_hz: int = 16_000) -> Samples:
    """Noise in syllables and pauses, shape (n,), different for each seed; level of a voice."""
    rng = np.random.default_rng(seed)
    count = round(duration_s * rate_hz)
    noise = np.convolve(rng.standard_normal(count), np.ones(6) / 6, mode="same")
    steps = np.repeat(rng.random(round(duration_s * 5) + 1) > 0.4, rate_hz // 5)[:count]
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(count) / rate_hz + seed)
    return np.asarray(0.25 * noise * steps * syllables, dtype=np.float32)
