"""The jobs on spoken notes: their names, and how a job's subject names a note and its sound."""

from __future__ import annotations

#: Recognise what was said.
TRANSCRIBE = "coaching.transcribe_voice"
#: Delete a sound that was removed and not brought back.
DROP = "coaching.drop_voice"

_PREFIX = "note-voice:"


def voice_subject(note_id: int, file_id: int) -> str:
    """The subject of jobs on one sound of a note: another one in its place has its own.

    >>> voice_subject(12, 33)
    'note-voice:12:33'
    """
    return f"{_PREFIX}{note_id}:{file_id}"


def voice_prefix(note_id: int) -> str:
    """How the subjects of all sounds of a note begin."""
    return f"{_PREFIX}{note_id}:"


def voice_of(subject: str) -> tuple[int, int]:
    """The note and the sound that a subject names.

    >>> voice_of("note-voice:12:33")
    (12, 33)
    """
    if not subject.startswith(_PREFIX):
        raise ValueError(f"{subject!r} names no spoken note")
    note_id, file_id = subject.removeprefix(_PREFIX).split(":")
    return int(note_id), int(file_id)
