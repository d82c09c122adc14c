"""Why a file cannot become a recording: one sentence for each case, with its machine reason.

Sentences are message ids in English, marked for extraction; the page translates them and fills
the same values. Durations are clock text (``4:00:00``), sizes megabytes, so that values read the
same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callcoach.errors import N_, RecordingRejected


@dataclass(frozen=True, slots=True)
class Rejection:
    """A machine reason and the sentence that says it."""

    reason: str
    sentence: str


#: key (sent by the decoding process) -> rejection.
REJECTIONS: Mapping[str, Rejection] = {
    "not_audio": Rejection(
        "not_audio",
        N_(
            "This file is not a sound recording. Send a WAV, MP3, Ogg, M4A, FLAC, WebM or GSM file."
        ),
    ),
    "text": Rejection(
        "not_audio",
        N_("This file holds text, not sound, whatever its name says."),
    ),
    "playlist": Rejection(
        "not_audio",
        N_("This file is a playlist that points to other files. Send the recording itself."),
    ),
    "no_sound_track": Rejection(
        "not_audio",
        N_("This file has no sound track. Send a file that carries the sound of the call."),
    ),
    "empty": Rejection("empty", N_("This file is empty. Export the recording again.")),
    "no_sound": Rejection(
        "empty", N_("This file has a header but no sound in it. Export the recording again.")
    ),
    "silent": Rejection(
        "silent",
        N_(
            "This recording of %(duration)s holds nothing but digital silence. "
            "Check that the recorder was connected to the line."
        ),
    ),
    "truncated": Rejection(
        "truncated",
        N_(
            "This file is cut short: it announces %(announced)s and holds %(found)s. "
            "Copy it again from the telephony system."
        ),
    ),
    "truncated_header": Rejection(
        "truncated",
        N_("This file is cut short: a part it needs is missing. Copy it again."),
    ),
    "cut_end": Rejection(
        "truncated",
        N_("This file is cut short: it stops in the middle, after %(found)s. Copy it again."),
    ),
    "damaged": Rejection(
        "unreadable",
        N_(
            "This file is damaged: %(lost)s of its sound could not be read. "
            "Copy it again from the telephony system."
        ),
    ),
    "unreadable": Rejection(
        "unreadable",
        N_("This file could not be read as %(container)s sound. Export the recording again."),
    ),
    "too_long": Rejection(
        "too_long",
        N_("This recording is longer than %(limit)s, the most that is accepted. Cut it first."),
    ),
    "too_large": Rejection(
        "too_large",
        N_("This file has %(size_mb)s MB and the limit is %(limit_mb)s MB."),
    ),
    "bomb": Rejection(
        "bomb",
        N_(
            "This file announces or unpacks to far more sound than its size can hold. "
            "It was stopped and nothing was kept."
        ),
    ),
    "over_budget": Rejection(
        "bomb",
        N_(
            "Reading this file took more memory or time than a recording needs. "
            "It was stopped and nothing was kept."
        ),
    ),
    "channels": Rejection(
        "unsupported",
        N_("This file has %(channels)s channels. Send a recording with one or two."),
    ),
    "rate": Rejection(
        "unsupported",
        N_("This file is sampled at %(rate_hz)s Hz. Rates from 8000 to 48000 Hz are accepted."),
    ),
    "codec": Rejection(
        "unsupported",
        N_("The sound in this file is coded as %(codec)s, which is not supported."),
    ),
    "unsafe_name": Rejection(
        "unsafe_name",
        N_("The file name holds a path or hidden characters. Rename the file and send it again."),
    ),
    "no_name": Rejection("unsafe_name", N_("The file has no name. Give it one and send it again.")),
}


def rejected(key: str, **values: Any) -> RecordingRejected:
    """Build the error for `key`, one of `REJECTIONS`, with the values of its sentence."""
    rejection = REJECTIONS[key]
    return RecordingRejected(rejection.reason, rejection.sentence, **values)


def clock(seconds: float) -> str:
    """Say a length as ``m:ss`` or ``h:mm:ss``, rounded down; tenths below ten seconds."""
    if seconds < 10:
        return f"0:{int(seconds * 10) / 10:04.1f}"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
