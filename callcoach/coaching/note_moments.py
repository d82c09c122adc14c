"""Where a note goes and what was said there. Pure: which words, which stretch, which card.

A note owns its stretch of one channel; the turn and the flag are found by overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callcoach.calls.call_presenters import MomentView
from callcoach.calls.judging import same_among
from callcoach.calls.mapping import ShownTurn
from callcoach.coaching.models import Note
from callcoach.coaching.note_text import LIMITS, MAX_MOMENT_MS

#: A note "here" is about what was said just before somebody pressed the key: of a long turn, this
#: much before the playhead and this much after it.
BEFORE_MS, AFTER_MS = 12_000, 3_000
#: Where nobody has spoken yet, a note at the playhead lasts this long.
SILENCE_MS = 2_000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one channel: milliseconds, half-open, never empty."""

    channel: int
    start_ms: int
    end_ms: int


def span_between(start_ms: int, end_ms: int, channel: int, duration_ms: int) -> Span:
    """The stretch cut to a call of `duration_ms` and to the longest moment a note may have.

    Bounds in the wrong order are exchanged; the result lasts at least a millisecond.
    """
    start_ms, end_ms = min(start_ms, end_ms), max(start_ms, end_ms)
    start_ms = min(max(0, start_ms), max(0, duration_ms - 1))
    end_ms = min(max(end_ms, start_ms + 1), start_ms + MAX_MOMENT_MS, max(duration_ms, 1))
    return Span(channel if channel in (0, 1) else 0, start_ms, max(end_ms, start_ms + 1))


def span_at(turns: Sequence[ShownTurn], at_ms: int, duration_ms: int) -> Span:
    """What is being said at `at_ms`, or was said last before it; of a long turn, what lies near."""
    begun = [turn for turn in turns if turn.start_ms <= at_ms]
    if not begun:
        return span_between(at_ms, at_ms + SILENCE_MS, 0, duration_ms)
    turn = max(begun, key=lambda item: (item.start_ms, item.index))
    near_ms = min(at_ms, turn.end_ms)
    start_ms = max(turn.start_ms, near_ms - BEFORE_MS)
    end_ms = min(turn.end_ms, near_ms + AFTER_MS)
    return span_between(start_ms, end_ms, turn.channel, duration_ms)


def channel_between(turns: Iterable[ShownTurn], start_ms: int, end_ms: int) -> int:
    """The channel on which most is said in a stretch; 0 where nothing is."""
    said = {0: 0, 1: 0}
    for turn in turns:
        shared = min(turn.end_ms, end_ms) - max(turn.start_ms, start_ms)
        said[turn.channel] = said.get(turn.channel, 0) + max(0, shared)
    return max(said, key=lambda channel: (said[channel], -channel))


def quote_of(turns: Iterable[ShownTurn], span: Span) -> str:
    """What was said in the stretch, by whom it belongs to; at most as long as a quote may be.

    A word belongs to the stretch that holds its middle. Under a correction the words' times no
    longer hold, so the corrected turn is quoted as a whole.
    """
    said = []
    for turn in sorted(turns, key=lambda item: item.start_ms):
        if turn.channel != span.channel:
            continue
        if min(turn.end_ms, span.end_ms) <= max(turn.start_ms, span.start_ms):
            continue
        if turn.is_corrected:
            said.append(turn.text.strip())
            continue
        words = (word for word in turn.words if _is_in(word[1], word[2], span))
        said.append("".join(word[0] for word in words).strip())
    return shortened(" ".join(part for part in said if part), LIMITS["quote"])


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` characters, cut between words where there is a gap."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    words, _gap, _rest = kept.rpartition(" ")
    return f"{(words or kept).rstrip()}…"


def _is_in(start_ms: int, end_ms: int, span: Span) -> bool:
    return span.start_ms <= (start_ms + end_ms) / 2 < span.end_ms


def moment_of(note: Note, moments: Sequence[MomentView]) -> MomentView | None:
    """The moment among `moments` that the note was written on; None for a loose note, and for one
    whose moment the viewer does not see.

    Its flag, its verdict, or what today's analysis makes of them: same cause, same stretch.
    """
    for moment in moments:
        if moment.point_id and moment.point_id == note.point_id:
            return moment
        if moment.verdict_id and moment.verdict_id == note.verdict_id:
            return moment
    source = note.point or note.verdict
    return same_among(moments, source) if source is not None else None
