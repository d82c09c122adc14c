"""From a moment of a call to what is practised: the prospect's line, what led to it, and what the
agent answered. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.analysis.model import Speaker
from callcoach.calls.mapping import ShownTurn

#: Of what led to a line, at most this much is played: about one sentence.
LEAD_IN_MS = 8_000
#: A line ends where voice activity says; a little more, so that its last sound is not cut.
TAIL_MS = 200
#: A drill of the ear plays what came before its moment and what came of it.
EAR_BEFORE_MS, EAR_AFTER_MS = 12_000, 8_000
#: Longest passage: it is listened to at one go.
MAX_PASSAGE_MS = 60_000
#: What an agent answered, as far as it is shown and played.
MAX_ANSWER_MS = 30_000


@dataclass(frozen=True, slots=True)
class Passage:
    """What a step is made of; milliseconds, half-open.

    Args:
        start_ms, end_ms: what is played.
        prospect_text: what the prospect says in it; "" for what the agent alone says.
        original_text: what the agent answered, and when; "" and None without an answer.
    """

    start_ms: int
    end_ms: int
    prospect_text: str
    original_text: str = ""
    original_start_ms: int | None = None
    original_end_ms: int | None = None


def line_at(turns: Sequence[ShownTurn], start_ms: int, end_ms: int) -> ShownTurn | None:
    """The prospect's line that a moment is about: the one it lies on, else the last one that was
    begun before it, else the first of the call. None when the prospect says nothing.
    """
    lines = prospect_lines(turns)
    if not lines:
        return None
    shared = [(min(t.end_ms, end_ms) - max(t.start_ms, start_ms), t) for t in lines]
    most, line = max(shared, key=lambda pair: (pair[0], -pair[1].start_ms))
    if most * 2 > end_ms - start_ms:
        return line
    before = [turn for turn in lines if turn.start_ms < start_ms]
    return before[-1] if before else lines[0]


def prospect_lines(turns: Sequence[ShownTurn]) -> list[ShownTurn]:
    """What the prospect says that can be read, by start."""
    found = [t for t in turns if t.speaker == Speaker.PROSPECT and t.text.strip()]
    return sorted(found, key=lambda turn: turn.start_ms)


def passage_of(turns: Sequence[ShownTurn], line: ShownTurn, duration_ms: int) -> Passage:
    """The line with what led to it; it ends before the answer begins."""
    ordered = sorted(turns, key=lambda turn: turn.start_ms)
    start_ms = max(0, line.start_ms - LEAD_IN_MS)
    whole = [turn.start_ms for turn in ordered if start_ms <= turn.start_ms < line.start_ms]
    if whole:
        start_ms = whole[0]
    answer = answer_to(ordered, line)
    end_ms = min(line.end_ms + TAIL_MS, duration_ms)
    if answer and answer[0].start_ms > line.end_ms:
        end_ms = min(end_ms, answer[0].start_ms)
    start_ms = max(min(start_ms, end_ms - 1), end_ms - MAX_PASSAGE_MS, 0)
    if not answer:
        return Passage(start_ms, end_ms, line.text.strip())
    first_ms = answer[0].start_ms
    return Passage(
        start_ms,
        end_ms,
        line.text.strip(),
        " ".join(turn.text.strip() for turn in answer if turn.text.strip()),
        first_ms,
        min(answer[-1].end_ms, first_ms + MAX_ANSWER_MS),
    )


def ear_passage(
    turns: Sequence[ShownTurn], start_ms: int, end_ms: int, duration_ms: int
) -> Passage:
    """A moment with what came before and after it, to find it by ear."""
    first_ms = max(0, start_ms - EAR_BEFORE_MS)
    last_ms = min(duration_ms, end_ms + EAR_AFTER_MS, first_ms + MAX_PASSAGE_MS)
    said = [
        turn.text.strip()
        for turn in prospect_lines(turns)
        if turn.start_ms < last_ms and turn.end_ms > first_ms
    ]
    return Passage(first_ms, max(last_ms, first_ms + 1), " … ".join(said))


def answer_to(ordered: Sequence[ShownTurn], line: ShownTurn) -> list[ShownTurn]:
    """The agent's turns from the line to the prospect's next words; none when they come late.

    Args:
        ordered: the call's turns by start.
    """
    found: list[ShownTurn] = []
    for turn in ordered:
        if turn.start_ms < line.start_ms or turn.turn_id == line.turn_id:
            continue
        if turn.speaker == Speaker.AGENT:
            found.append(turn)
        elif turn.text.strip() and found:
            break
    if found and found[0].start_ms - line.end_ms > MAX_ANSWER_MS:
        return []
    return found
