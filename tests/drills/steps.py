"""What tests of practising do again and again."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from flask.testing import FlaskClient

from callcoach.storage.store import StoredContent, get_store
from tests.factories.sounds import speech_like, write_pcm_wav

RATE_HZ = 16_000


def voice_wav(folder: Path, seconds: float = 2.0, *, silence_s: float = 0.0) -> bytes:
    """Something like a voice, after a quiet that is not quite silent; without seconds, that alone."""
    sound = speech_like(seconds, 3) if seconds else ()
    quiet = np.random.default_rng(2).normal(0, 0.0005, round(silence_s * RATE_HZ))
    samples = np.concatenate([quiet, np.asarray(sound)]).astype(np.float32)
    return write_pcm_wav(folder / "voice.wav", samples[np.newaxis], RATE_HZ).read_bytes()


def silent_wav(folder: Path, seconds: float = 3.0) -> bytes:
    """Nothing at all: every sample is zero."""
    samples = np.zeros((1, round(seconds * RATE_HZ)), np.float32)
    return write_pcm_wav(folder / "silent.wav", samples, RATE_HZ).read_bytes()


def stored(content: bytes = b"a take") -> StoredContent:
    """A file in the store, as a decoded take is."""
    return get_store().put(io.BytesIO(content))


def take_url(assignment_id: int, step_id: int, name: str = "take-1") -> str:
    return f"/my/drills/{assignment_id}/steps/{step_id}/takes/{name}"


def put_piece(
    browser: FlaskClient, url: str, content: bytes, start: int, end: int, **headers: str
) -> Any:
    """Send a piece of an upload."""
    return browser.put(
        url,
        data=content[start:end],
        headers={
            "Upload-Offset": str(start),
            "Upload-Length": str(len(content)),
            "Upload-Checksum": hashlib.sha256(content).hexdigest(),
            "Accept": "application/json",
            **headers,
        },
    )


def upload(browser: FlaskClient, url: str, content: bytes, cuts: Iterable[int] = ()) -> Any:
    """Send all of it in pieces; the last answer."""
    bounds = [0, *sorted(cuts), len(content)]
    answer = None
    for start, end in pairwise(bounds):
        if start < end:
            answer = put_piece(browser, url, content, start, end)
    return answer
