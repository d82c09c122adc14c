"""What a note says, and whether it can be kept or sent. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from callcoach.analysis.model import Cause
from callcoach.coaching.models import NoteAim, NoteScope, Visibility
from callcoach.errors import InvalidInput

#: Longest text of each field, in characters: a note is read on a phone between two calls.
LIMITS = {"quote": 2000, "hears": 1000, "instead": 2000}
#: A note's moment lasts at most this long; more is a remark on a whole passage, and no excerpt
#: that an agent would listen to between two calls.
MAX_MOMENT_MS = 90_000
#: Most people named as readers, and most calls beside the first: more is a debrief, not a note.
MAX_READERS = MAX_OTHER_CALLS = 20


@dataclass(frozen=True, slots=True)
class NoteText:
    """What a note says: everything its author can change.

    Args:
        channel: 0 or 1, as in the recording.
        start_ms, end_ms: the moment, milliseconds, half-open; the whole call for other scopes.
        quote: what was said; "" for other scopes than a moment.
        hears: what the prospect hears in it, or why it works.
        instead: what to say instead.
        cause: one of `Cause`, or "".
        aim: one of `NoteAim`.
        visibility: one of `Visibility`.
        scope: one of `NoteScope`.
        readers: ids of the people it is shown to by name, ascending; none unless it is for them.
        other_calls: ids of the calls beside the first, ascending; none unless it is a series.
        script_line_id: the line of the script that it is about; None for none.
        proposes_wording: `instead` is meant as new words for that line.
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
    scope: str = NoteScope.MOMENT.value
    readers: tuple[int, ...] = ()
    other_calls: tuple[int, ...] = ()
    script_line_id: int | None = None
    proposes_wording: bool = False

    @classmethod
    def kept(cls, content: Mapping[str, Any]) -> Self:
        """From what a revision keeps; fields that an older version did not have are as by
        default.
        """
        known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
        for name in ("readers", "other_calls"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)

    @property
    def is_moment(self) -> bool:
        return self.scope == NoteScope.MOMENT


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
    if text.scope not in set(NoteScope):
        raise InvalidInput("Choose what the note is about.", field="scope")
    if text.cause and text.cause not in set(Cause):
        raise InvalidInput("There is no such cause.", field="cause")
    if text.channel not in (0, 1):
        raise InvalidInput("A recording has channels 0 and 1.", field="channel")
    for name, limit in (("readers", MAX_READERS), ("other_calls", MAX_OTHER_CALLS)):
        if len(getattr(text, name)) > limit:
            raise InvalidInput("Choose %(limit)s at most.", limit=limit, field=name)
    text = replace(
        text,
        **words,
        readers=_ids(text.readers) if text.visibility == Visibility.NAMED else (),
        other_calls=_ids(text.other_calls) if text.scope == NoteScope.SERIES else (),
        proposes_wording=text.proposes_wording and text.script_line_id is not None,
    )
    if not text.is_moment:
        return replace(text, quote="", channel=0, start_ms=0, end_ms=max(1, duration_ms))
    start_ms = min(max(0, text.start_ms), max(0, duration_ms - 1))
    end_ms = min(max(text.end_ms, start_ms + 1), max(duration_ms, start_ms + 1))
    if end_ms - start_ms > MAX_MOMENT_MS:
        raise InvalidInput(
            "A moment lasts %(limit)s seconds at most; choose the sentence it turns on.",
            limit=MAX_MOMENT_MS // 1000,
            field="end_ms",
        )
    return replace(text, start_ms=start_ms, end_ms=end_ms)


def _ids(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(numbers)))


def complete(text: NoteText, *, is_spoken: bool = False) -> NoteText:
    """What can be sent.

    Args:
        is_spoken: its author recorded what to say instead.

    Raises:
        InvalidInput: it says nothing yet, or it is for nobody, or shows a fault to colleagues.
    """
    if text.scope == NoteScope.SERIES and not text.other_calls:
        raise InvalidInput(
            "Add at least one more call, or write about this call alone.", field="other_calls"
        )
    if text.visibility == Visibility.TEAM and text.aim != NoteAim.KEEP:
        raise InvalidInput(
            "Only something to keep is shown to the team: nobody reads what a colleague is to "
            "change.",
            field="visibility",
        )
    if text.visibility == Visibility.NAMED and not text.readers:
        raise InvalidInput("Choose who reads the note.", field="readers")
    if text.proposes_wording and not text.instead:
        raise InvalidInput("Write the words that you propose for the line.", field="instead")
    if is_spoken:
        return text
    if text.aim == NoteAim.CHANGE and not text.instead:
        raise InvalidInput(
            "Write what to say instead; that is what the agent needs.", field="instead"
        )
    if text.aim == NoteAim.KEEP and not (text.hears or text.instead):
        raise InvalidInput("Write why it works, so that the agent can do it again.", field="hears")
    return text
