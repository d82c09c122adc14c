"""The jobs that make redacted sound: their names, and what their subjects name."""

from __future__ import annotations

import re

#: Write a released call whole, with what is struck beeped out.
SOUND = "privacy.sound"
#: Write a stretch of a released call so.
EXCERPT = "privacy.excerpt"


def redaction_subject(redaction_id: int) -> str:
    """The subject of the job that writes a whole call.

    >>> redaction_subject(4)
    'redaction:4'
    """
    return f"redaction:{redaction_id}"


def redaction_id_of(subject: str) -> int:
    """The redaction that a subject names.

    >>> redaction_id_of("redaction:4")
    4
    """
    return int(subject.removeprefix("redaction:"))


def excerpt_subject(redaction_id: int, start_ms: int, end_ms: int, agent_voice: bool) -> str:
    """The subject of the job that writes a stretch.

    >>> excerpt_subject(4, 500, 9000, False)
    'redacted:4:500-9000:text'
    """
    return f"redacted:{redaction_id}:{start_ms}-{end_ms}:{'voice' if agent_voice else 'text'}"


def excerpt_of(subject: str) -> tuple[int, int, int, bool]:
    """Redaction, start and end, milliseconds, and whether the agent is heard.

    >>> excerpt_of("redacted:4:500-9000:text")
    (4, 500, 9000, False)
    """
    found = re.fullmatch(r"redacted:(\d+):(\d+)-(\d+):(voice|text)", subject)
    if found is None:
        raise ValueError(f"{subject!r} does not name a stretch of a redaction")
    return int(found[1]), int(found[2]), int(found[3]), found[4] == "voice"
