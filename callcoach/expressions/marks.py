"""Expressions in the words of a call, marked when the call is read: a campaign's dozens against some
hundred turns, nothing stored, so that a change of an expression shows at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.analysis import expressions as matching
from callcoach.analysis.model import Word
from callcoach.calls import queries as calls
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call
from callcoach.expressions.access import marked_kinds
from callcoach.expressions.previews import speaker_of
from callcoach.expressions.queries import in_use, kinds_for
from callcoach.script_library.models import Expression


@dataclass(frozen=True, slots=True)
class Mark:
    """An expression in a turn.

    Args:
        first, last: half-open range of characters of the turn's text as it is shown.
    """

    expression: Expression
    first: int
    last: int


def marks_of(viewer: Viewer, call: Call) -> Mapping[int, Sequence[Mark]]:
    """Marks by index of the turn, in the order of the words; empty for a campaign without any."""
    kinds = set(kinds_for(viewer, call.campaign)) & set(marked_kinds(viewer))
    rows = in_use(call.campaign_id, kinds) if kinds else []
    if not rows:
        return {}
    return mark_turns(calls.turns_of(call), rows, call.language)


def mark_turns(
    turns: Iterable[ShownTurn], rows: Sequence[Expression], language: str
) -> dict[int, list[Mark]]:
    """Which of the expressions are said in which turns; as corrected, where somebody corrected."""
    wanted = [
        (row, matching.read_phrase(row.phrase, language), speaker_of(row.kind)) for row in rows
    ]
    found: dict[int, list[Mark]] = {}
    for turn in turns:
        mine = [(row, pattern) for row, pattern, who in wanted if who == turn.speaker]
        if not mine or not turn.text:
            continue
        said, offsets = _read(turn.text, language)
        marks = [
            Mark(row, offsets[match.first][0], offsets[match.last][1])
            for row, pattern in mine
            for match in matching.find(said, pattern)
        ]
        if marks:
            found[turn.index] = sorted(marks, key=lambda mark: (mark.first, mark.last))
    return found


def _read(text: str, language: str) -> tuple[matching.Said, list[tuple[int, int]]]:
    """A turn's text with the place of each word in it."""
    places = [match.span() for match in re.finditer(r"\S+", text)]
    words = [
        Word(text[first:last], float(at), at + 1.0, 1.0) for at, (first, last) in enumerate(places)
    ]
    return matching.read_words(words, language), places
