"""Turning an upload into a take: decoded in full, written anew, nothing of the upload kept.

What is played later is a file of ours, whatever was sent.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from callcoach.calls.mapping import to_ms
from callcoach.config import Settings
from callcoach.drills.operations.practice import MAX_TAKE_BYTES, MAX_TAKE_S
from callcoach.errors import RecordingRejected
from callcoach.speech.audio import AudioLimits, open_recording
from callcoach.speech.playback import write_excerpt
from callcoach.storage import StoredContent, get_store
from callcoach.storage.store import derived_key

#: Of the take's own file: speech of one person, for phones and for the recogniser.
_KBPS = 32


@dataclass(frozen=True, slots=True)
class Take:
    """A decoded take; `content` is None for one in which every sample is zero."""

    content: StoredContent | None
    duration_ms: int


def take_key(upload: str) -> str:
    """The key of the file that an upload becomes."""
    return derived_key(upload, "take")


def write_take(settings: Settings, upload: str, sound: bytes, *, may_be_silent: bool) -> Take:
    """Decode what was sent, in the sandbox, and keep it as a small file.

    Args:
        upload: key of the upload; the file's key follows from it, so that doing this twice leaves
            one file.
        may_be_silent: a take without any sound is an answer too.

    Raises:
        RecordingRejected: it cannot be used; says why.
        JobFailed: the machine failed, not the recording.
    """
    limits = AudioLimits(max_duration_s=MAX_TAKE_S + 5.0, max_bytes=MAX_TAKE_BYTES, max_wall_s=60.0)
    work = settings.data_dir / "tmp"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="take-", dir=work) as name:
        folder = Path(name)
        source = folder / "upload"
        source.write_bytes(sound)
        try:
            recording = open_recording(source, limits=limits, work_folder=folder)
        except RecordingRejected as error:
            if error.reason == "silent" and may_be_silent:
                return Take(None, _length_ms(str(error.values["duration"])))
            raise
        path = write_excerpt(recording, 0.0, recording.duration_s, folder / "take.m4a", kbps=_KBPS)
        with path.open("rb") as stream:
            content = get_store().put(stream, take_key(upload))
    return Take(content, to_ms(recording.duration_s))


def _length_ms(clock: str) -> int:
    """A length as the decoder says it, ``0:04.5``.

    >>> _length_ms("0:04.5"), _length_ms("1:10")
    (4500, 70000)
    """
    parts = [float(part) for part in clock.split(":")]
    return to_ms(sum(part * 60**power for power, part in enumerate(reversed(parts))))
