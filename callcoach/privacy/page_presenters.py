"""What the page of one redaction shows, and the queue. Rows in, plain values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from callcoach.calls.call_presenters import UNSURE_BELOW
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.presenters import clock
from callcoach.privacy.labels import CHOICES, kind_label
from callcoach.privacy.spans import PERSON, Strike, tokens_of


@dataclass(frozen=True, slots=True)
class StrikeView:
    """Something struck out or put back.

    Args:
        place: in the list of all strikes.
        is_asked: a rule guessed, and nobody has decided: it is looked at first.
    """

    place: int
    label: str
    text: str
    is_struck: bool
    is_asked: bool
    is_persons: bool
    length_s: float


@dataclass(frozen=True, slots=True)
class PageBit:
    """A stretch of a turn's words."""

    text: str
    strike: StrikeView | None
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class PageTurn:
    """A turn with what is struck out of it; `unheard` are stretches of voice without words."""

    index: int
    speaker: str
    name: str
    start_ms: int
    end_ms: int
    clock: str
    bits: tuple[PageBit, ...]
    unheard: tuple[StrikeView, ...]


def page_turns(
    turns: Sequence[ShownTurn], strikes: Sequence[Strike], names: Mapping[str, str]
) -> list[PageTurn]:
    """The transcript with its strikes; turns without words and without anything to hear are left
    out.
    """
    texts = {turn.index: turn.text for turn in turns}
    views = [
        (strike, _view(place, strike, texts.get(strike.turn, "")))
        for place, strike in enumerate(strikes)
    ]
    shown: list[PageTurn] = []
    for turn in turns:
        own = [(strike, view) for strike, view in views if strike.turn == turn.index]
        unheard = tuple(view for strike, view in own if strike.is_time_only)
        if turn.text or unheard:
            shown.append(
                PageTurn(
                    turn.index,
                    turn.speaker,
                    names.get(turn.speaker, turn.speaker),
                    turn.start_ms,
                    turn.end_ms,
                    clock(turn.start_ms),
                    tuple(_bits(turn, [pair for pair in own if not pair[0].is_time_only])),
                    unheard,
                )
            )
    return shown


def _view(place: int, strike: Strike, text: str) -> StrikeView:
    return StrikeView(
        place,
        kind_label(strike.kind),
        text[strike.start : strike.end],
        strike.is_struck,
        not strike.is_sure and not strike.is_decided,
        strike.by == PERSON,
        (strike.end_ms - strike.start_ms) / 1000,
    )


def _bits(turn: ShownTurn, own: Sequence[tuple[Strike, StrikeView]]) -> Iterable[PageBit]:
    doubtful = [
        (token.start, token.end)
        for token in tokens_of(turn)
        if token.word.probability < UNSURE_BELOW
    ]
    edges = {0, len(turn.text)}
    for strike, _strike_view in own:
        edges |= {strike.start, strike.end}
    outside = [pair for pair in doubtful if not any(_meets(pair, strike) for strike, _ in own)]
    for start, end in outside:
        edges |= {start, end}
    ordered = sorted(edge for edge in edges if edge <= len(turn.text))
    for start, end in pairwise(ordered):
        held = next((v for strike, v in own if strike.start <= start < strike.end), None)
        is_doubtful = any(first <= start < last for first, last in outside)
        yield PageBit(turn.text[start:end], held, is_doubtful)


def _meets(pair: tuple[int, int], strike: Strike) -> bool:
    return pair[0] < strike.end and strike.start < pair[1]


def stops_of(strikes: Sequence[Strike]) -> list[int]:
    """Places of strikes in the order in which they are gone through: first what rules guessed and
    nobody decided, then the others.
    """
    asked = [
        place
        for place, strike in enumerate(strikes)
        if not strike.is_sure and not strike.is_decided
    ]
    return [*asked, *(place for place in range(len(strikes)) if place not in set(asked))]


def counts_of(strikes: Iterable[Strike]) -> list[tuple[str, int]]:
    """How much is struck out of each kind, the most first."""
    counted = Counter(strike.kind for strike in strikes if strike.is_struck)
    return [(kind_label(kind), count) for kind, count in counted.most_common()]


def page_data(
    version: tuple[int, int, str],
    strikes: Sequence[Strike],
    *,
    duration_ms: int,
    urls: Mapping[str, str],
    words: Mapping[str, str],
) -> dict[str, Any]:
    """What the page's script works with; `version` says what is shown: number, row version, digest."""
    return {
        "number": version[0],
        "version": version[1],
        "digest": version[2],
        "strikes": [strike.to_dict() for strike in strikes],
        "labels": [kind_label(strike.kind) for strike in strikes],
        "stops": stops_of(strikes),
        "kinds": list(CHOICES),
        "durationMs": duration_ms,
        "urls": dict(urls),
        "words": dict(words),
    }
