"""What people decided on older words of a call, carried over to the words as they are now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callcoach.analysis.text import fold
from callcoach.calls.mapping import ShownTurn, to_ms
from callcoach.privacy.spans import (
    PERSON,
    Strike,
    in_order,
    nearest,
    strike_at,
    tokens_of,
    touches,
)


def carried_over(
    fresh: Sequence[Strike],
    turns: Sequence[ShownTurn],
    old: Iterable[Strike],
    old_turns: Sequence[Mapping[str, Any]],
) -> list[Strike]:
    """What rules propose now, with what people decided before.

    What they struck stays struck, at the same time on the same side, whatever is written there now.
    What they put back stays so only where the same words are still written: others may have become
    a name.

    Args:
        fresh: of the words as they are now.
        old: of the words as they were.
        old_turns: `Redaction.turns` of then: redacted, so that what was put back can be read there.
    """
    sides = {turn["turn"]: turn for turn in old_turns}
    strikes = list(fresh)
    for one in old:
        if not one.is_decided:
            continue
        side = sides.get(one.turn)
        channel = int(side["channel"]) if side is not None else 0
        if one.is_struck:
            for again in _struck_again(one, channel, turns):
                strikes = [other for other in strikes if not touches(other, again)]
                strikes.append(again)
        else:
            read = fold(str(side["text"])) if side is not None else ""
            strikes = [
                replace(other, is_struck=False)
                if other.kind == one.kind and _is_same(other, one, channel, turns, read)
                else other
                for other in strikes
            ]
    return in_order(strikes, turns)


def _struck_again(one: Strike, channel: int, turns: Sequence[ShownTurn]) -> Iterable[Strike]:
    found = []
    for turn in turns:
        if turn.channel != channel or one.is_time_only:
            continue
        inside = [
            token
            for token in tokens_of(turn)
            if one.start_ms <= to_ms((token.word.start_s + token.word.end_s) / 2) < one.end_ms
        ]
        if inside:
            start, end = inside[0].start, inside[-1].end
            again = strike_at(turn, start, end, one.kind, by=PERSON)
            if again is not None:
                found.append(again)
    if not found:
        turn_there = nearest(turns, channel, one.start_ms, one.end_ms)
        if turn_there is not None:
            found.append(replace(one, turn=turn_there.index, start=0, end=0))
    return found


def _is_same(
    other: Strike, one: Strike, channel: int, turns: Sequence[ShownTurn], read: str
) -> bool:
    if other.start_ms >= one.end_ms or one.start_ms >= other.end_ms:
        return False
    turn = next((turn for turn in turns if turn.index == other.turn), None)
    if turn is None or turn.channel != channel or other.is_time_only != one.is_time_only:
        return False
    return other.is_time_only or fold(turn.text[other.start : other.end]) in read
