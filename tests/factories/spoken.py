"""Scripted dialogues as sound: espeak-ng on two channels, with what a telephone line adds.

The voices are a synthesiser's, so what is recognised says little of real speech; the way from the
file to the analysis is the real one.
"""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import soxr

RATE = 16_000
GAP_S = 0.6
VOICES = {"fr": ("fr-fr", "fr-fr+f3"), "en": ("en-gb", "en-gb+f3")}


def speak(text: str, voice: str) -> np.ndarray:
    """Samples of a spoken sentence, float, at `RATE`."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", "135", "--stdout", text], capture_output=True, check=True
    ).stdout
    with wave.open(BytesIO(spoken)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16) / 32768
    return soxr.resample(samples, rate, RATE)


def tone(hz: float, seconds: float) -> np.ndarray:
    """A ringing tone or a beep."""
    return 0.2 * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


def write_call(path: Path, lines: Sequence[tuple[str, str | float]], language: str = "fr") -> Path:
    """A stereo WAV, the agent on the left.

    Args:
        lines: ``("A", words)`` on the agent's side, ``("P", words)`` on the other, ``("ring", s)``
            and ``("beep", s)`` on the other side's line, ``("pause", s)``.
    """
    sides: dict[str, list[tuple[int, np.ndarray]]] = {"A": [], "P": []}
    at = 0
    for kind, what in lines:
        if kind == "pause":
            at += int(float(what) * RATE)
            continue
        if kind == "ring":
            sound = tone(440, float(what))
        elif kind == "beep":
            sound = tone(1000, float(what))
        else:
            sound = speak(str(what), VOICES[language][kind == "P"])
        sides["A" if kind == "A" else "P"].append((at, sound))
        at += len(sound) + int(GAP_S * RATE)
    source = np.random.default_rng(1)
    samples = source.normal(0, 0.0008, (2, at + RATE))
    for channel, name in enumerate("AP"):
        for start, sound in sides[name]:
            samples[channel, start : start + len(sound)] += sound
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path
