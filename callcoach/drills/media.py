"""Turning an upload into a take: decoded in full, written anew, nothing of the upload kept.

What is played later is a file of ours, whatever was sent.
"""

from __future__ import annotations

from callcoach.coaching.voice_media import write_spoken
from callcoach.config import Settings
from callcoach.drills.operations.practice import MAX_TAKE_BYTES, MAX_TAKE_S
from callcoach.storage import StoredContent
from callcoach.storage.store import derived_key

#: Of the take's own file: speech of one person, for phones and for the recogniser.
_KBPS = 32


def take_key(upload: str) -> str:
    """The key of the file that an upload becomes."""
    return derived_key(upload, "take")


def write_take(settings: Settings, upload: str, sound: bytes) -> tuple[StoredContent, int]:
    """`callcoach.coaching.voice_media.write_spoken` for a take. Somebody's silence is an answer and
    is kept as sound; a recording of nothing but zeros comes from a microphone that is off.
    """
    return write_spoken(
        settings, take_key(upload), sound, max_s=MAX_TAKE_S, max_bytes=MAX_TAKE_BYTES, kbps=_KBPS
    )
