"""What a note says, and whether it can be kept or sent. Pure: no database, no request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from callcoach.analysis.model import Cause
from callcoach.coaching.models import NoteAim, Visibility
from callcoach.errors import InvalidInput

#: Longest text of each field, in characters: a note is read on a phone between two calls.
LIMITS = {"quote": 2000, "hears": 1000, "instead": 2000}
#: A note's moment lasts at most this long; more is a remark on a whole passage, and no excerpt
#: that an agent would listen to between two calls.
MAX_MOMENT_MS = 90_000


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a note says: everything its author can change.

    Args:
        channel: 0 or 1, as in the recording.
        start_ms, end_ms: the moment, milliseconds, half-open.
        quote: what was said.
        hears: what the prospect hears in it, or why it works.
        instead: what to say instead.
        cause: one of `Cause`, or "".
        aim: one of `NoteAim`.
        visibility: one of `Visibility`.
    """

    channel: int
    start_ms: int
    end_ms: int
    quote: str = ""
    hears: str = ""
    instead: str = ""
    cause: str = ""
    aim: str = NoteAim.CHANGE.value
    visibility: str = Visibility.AGENT.value


def checked(text: NoteText, duration_ms: int) -> NoteText:
    """Values in range, spaces at the ends removed, the moment cut to a call of `duration_ms`.

    Raises:
        InvalidInput: one is not.
    """
    words = {name: getattr(text, name).strip() for name in LIMITS}
    for name, limit in LIMITS.items():
        if len(words[name]) > limit:
            raise InvalidInput(
                "%(value)s… is too long: %(limit)s characters at most.",
                value=words[name][:40],
                limit=str(limit),
                field=name,
            )
    if text.aim not in set(NoteAim):
        raise InvalidInput("A note asks to keep or to change something.", field="aim")
    if text.visibility not in set(Visibility):
        raise InvalidInput("Choose who reads the note.", field="visibility")
    if text.cause and text.cause not in set(Cause):
        raise InvalidInput("There is no such cause.", field="cause")
    if text.channel not in (0, 1):
        raise InvalidInput("A recording has channels 0 and 1.", field="channel")
    start_ms = min(max(0, text.start_ms), max(0, duration_ms - 1))
    end_ms = min(max(text.end_ms, start_ms + 1), max(duration_ms, start_ms + 1))
    if end_ms - start_ms > MAX_MOMENT_MS:
        raise InvalidInput(
            "A moment lasts %(limit)s seconds at most; choose the sentence it turns on.",
            limit=MAX_MOMENT_MS // 1000,
            field="end_ms",
        )
    return replace(text, **words, start_ms=start_ms, end_ms=end_ms)


def complete(text: NoteText) -> NoteText:
    """What can be sent.

    Raises:
        InvalidInput: it says nothing yet.
    """
    if text.aim == NoteAim.CHANGE and not text.instead:
        raise InvalidInput(
            "Write what to say instead; that is what the agent needs.", field="instead"
        )
    if text.aim == NoteAim.KEEP and not (text.hears or text.instead):
        raise InvalidInput("Write why it works, so that the agent can do it again.", field="hears")
    return text
