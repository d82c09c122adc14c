"""A stretch of a call, cut to what is played: one moment with what led to it and how it was taken.

Rows in, plain values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from callcoach.calls.call_presenters import (
    LEAD_IN_MS,
    Fact,
    MomentView,
    Piece,
    TurnView,
    turn_view,
)
from callcoach.calls.mapping import ShownTurn

#: How much is played from a moment's start on: how the prospect took it shows within two answers.
LEAD_OUT_MS = 12_000


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """A turn, cut to what is played; `is_cut_before` and `is_cut_after` say that it goes on."""

    turn: TurnView
    is_cut_before: bool
    is_cut_after: bool


def stretch_of(start_ms: int | None, talk_ms: int, duration_ms: int) -> tuple[int, int]:
    """What is played: `LEAD_IN_MS` before the moment to `LEAD_OUT_MS` after its start, without
    what comes before the conversation proper; without a moment, all of the conversation.

    >>> stretch_of(30_000, 4_000, 120_000), stretch_of(9_000, 4_000, 15_000)
    ((22000, 42000), (4000, 15000))
    >>> stretch_of(None, 4_000, 120_000)
    (4000, 120000)
    """
    if start_ms is None:
        return min(talk_ms, duration_ms), duration_ms
    from_ms = max(0, start_ms - LEAD_IN_MS, min(talk_ms, start_ms))
    return from_ms, min(duration_ms, start_ms + LEAD_OUT_MS)


def _words_between(
    turn: ShownTurn, from_ms: int, to_ms: int
) -> tuple[tuple[str, int, int, float], ...]:
    """The recognised words of a stretch. The first one is written whole: the recogniser gives
    "est" and "-ce" apart, and a line must not begin with the second.
    """
    inside = [
        place for place, word in enumerate(turn.words) if from_ms <= (word[1] + word[2]) / 2 < to_ms
    ]
    if not inside:
        return ()
    first = inside[0]
    while first > 0 and not turn.words[first][0].startswith(" "):
        first -= 1
    return turn.words[first : inside[-1] + 1]


def heard_turns(
    turns: Iterable[ShownTurn],
    from_ms: int,
    to_ms: int,
    names: Mapping[str, str],
    *,
    pins: Sequence[MomentView],
    all_words: bool,
) -> Iterable[HeardTurn]:
    """The turns of a stretch, cut to it; of a whole call none, its page has the transcript."""
    if all_words:
        return
    for turn in turns:
        if turn.end_ms <= from_ms or turn.start_ms >= to_ms or not turn.text:
            continue
        words = _words_between(turn, from_ms, to_ms)
        if not words and not turn.is_corrected:
            continue
        cut = not turn.is_corrected
        own = [pin for pin in pins if pin.turn_index == turn.index]
        shown = replace(turn, words=words) if cut else turn
        view = turn_view(shown, own, names)
        yield HeardTurn(
            replace(view, pieces=_joined(view.pieces)),
            is_cut_before=cut and words[0] != turn.words[0],
            is_cut_after=cut and words[-1] != turn.words[-1],
        )


def ordered_facts(moment: MomentView) -> tuple[Fact, ...]:
    """What was measured, then what it coincides with."""
    after = _("Coincides with")
    return tuple(sorted(moment.facts, key=lambda fact: fact.term == after))


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces in one where only doubt about a word tells them apart, so that one line underlines
    the cause: here one listens, and does not correct.
    """
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        moment, valence = piece.moment, piece.valence
        if piece.text == " " and found and after is not None and found[-1].moment == after.moment:
            moment, valence = after.moment, after.valence
        if found and found[-1].moment == moment:
            found[-1] = replace(found[-1], text=found[-1].text + piece.text)
        else:
            found.append(Piece(piece.text, moment, valence))
    return tuple(found)
