"""Turning an upload into the sound of a note: decoded in full, written anew, nothing of the upload
kept. What is played later is a file of ours, whatever was sent.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from callcoach.calls.mapping import to_ms
from callcoach.config import Settings
from callcoach.errors import N_, RecordingRejected
from callcoach.speech.audio import AudioLimits, open_recording
from callcoach.speech.playback import write_excerpt
from callcoach.storage import StoredContent, get_store
from callcoach.storage.models import StoredFile
from callcoach.storage.store import derived_key

#: Longest spoken note, seconds: how to say it, not a lecture; it is heard between two calls.
MAX_VOICE_S = 120
#: Of the upload; two minutes of Opus at 24 kbit/s are 0.4 MB, of uncompressed sound 11.
MAX_VOICE_BYTES = 12_000_000
#: Of the file: 3 kB a second, what a slow line brings in time; AAC, which every telephone plays.
_KBPS = 24
#: Every sample is zero: even somebody who says nothing sits in a room.
NO_SOUND = N_("No sound reached us. Is the microphone muted? Switch it on and record again.")


def voice_key(upload: str) -> str:
    """The key of the file that an upload becomes."""
    return derived_key(upload, "voice")


def is_from(file: StoredFile | None, upload: str) -> bool:
    """Whether a sound is what this very upload has become."""
    return file is not None and file.key == voice_key(upload)


def write_voice(settings: Settings, upload: str, sound: bytes) -> tuple[StoredContent, int]:
    """`write_spoken` for the sound of a note."""
    return write_spoken(
        settings, voice_key(upload), sound, max_s=MAX_VOICE_S, max_bytes=MAX_VOICE_BYTES, kbps=_KBPS
    )


def write_spoken(
    settings: Settings, key: str, sound: bytes, *, max_s: int, max_bytes: int, kbps: int
) -> tuple[StoredContent, int]:
    """Decode what a microphone recorded, in the sandbox, and keep it as a small file; with its
    length in milliseconds.

    Args:
        key: of the file; follows from the upload, so that doing this twice leaves one file.
        max_s: longest sound, seconds; a little more is taken, for the stop comes late.
        max_bytes: of the upload.
        kbps: of the file.

    Raises:
        RecordingRejected: it cannot be used; says why.
        JobFailed: the machine failed, not the recording.
    """
    limits = AudioLimits(max_duration_s=max_s + 5.0, max_bytes=max_bytes, max_wall_s=60.0)
    work = settings.data_dir / "tmp"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="voice-", dir=work) as name:
        folder = Path(name)
        source = folder / "upload"
        source.write_bytes(sound)
        try:
            recording = open_recording(source, limits=limits, work_folder=folder)
        except RecordingRejected as error:
            if error.reason == "silent":  # a room is never so quiet: nothing came in at all
                raise RecordingRejected("silent", NO_SOUND) from error
            raise
        path = write_excerpt(recording, 0.0, recording.duration_s, folder / "voice.m4a", kbps=kbps)
        with path.open("rb") as stream:
            content = get_store().put(stream, key)
    return content, to_ms(recording.duration_s)
