"""What is struck out of the words of a call, and what is left to show. Pure: rows in, values out.

Rules propose (`analysis.redaction`); a person strikes more, puts back, and releases. Places are
characters of a turn's text; times follow from its words, so that the same stretch is beeped out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby, pairwise
from statistics import fmean
from typing import Any, NamedTuple

from callcoach.analysis.model import Segment, Word
from callcoach.analysis.redaction import Sensitive, Span, find
from callcoach.analysis.redaction_words import is_word
from callcoach.analysis.text import fold
from callcoach.calls.call_presenters import UNSURE_BELOW
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.debriefs.said import LABELS, PARTICLES, Secrets, parts_of, timed_words
from callcoach.speech.beeps import reaching, sounding_like
from callcoach.speech.inventions import is_invented

#: Kinds beside those of `analysis.redaction`: whatever else a person strikes, and voice in which no
#: words were recognised (a stretch of time in which there is nothing to read).
OTHER, UNHEARD = "other", "unheard"
KINDS: tuple[str, ...] = (*(kind.value for kind in Sensitive), OTHER, UNHEARD)
#: What stands for `OTHER` in a text, by language.
OTHER_LABELS = {"fr": "passage retiré", "en": "passage removed"}

RULE, PERSON = "rule", "person"

#: Turns of one side this close together are read as one, milliseconds: numbers are dictated in parts.
DICTATED_MS = 15_000
#: What is dictated in parts.
_DICTATED = frozenset(
    [Sensitive.PHONE, Sensitive.EMAIL, Sensitive.IBAN, Sensitive.CARD, Sensitive.NUMBER]
)
#: Shortest part of a name found once that is looked for in the whole call, letters.
SHORTEST_AGAIN = 4
_AROUND = " ,.;:?!…«»\"“”()'’"


class Place(NamedTuple):
    """A stretch of a turn's text, or, where both are 0, of time alone."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing that is struck out, or that a person put back.

    Args:
        turn: index of the turn.
        start, end: characters of its text, half-open; both 0 for a stretch of time without words.
        kind: one of `KINDS`.
        start_ms, end_ms: what is beeped out for it, half-open, without padding.
        by: `RULE` or `PERSON`.
        is_struck: False where a person put back what a rule had found.
        is_sure: whether a rule was; what a person did always is.
    """

    turn: int
    start: int
    end: int
    kind: str
    start_ms: int
    end_ms: int
    by: str = RULE
    is_struck: bool = True
    is_sure: bool = True

    @property
    def is_time_only(self) -> bool:
        return self.end == 0

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Tells it from the others of its call."""
        return (self.turn, self.start, self.end, self.start_ms if self.is_time_only else 0)

    @property
    def is_decided(self) -> bool:
        """Whether a person had a hand in it."""
        return self.by == PERSON or not self.is_struck

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Strike:
        names = cls.__dataclass_fields__
        return cls(**{name: value for name, value in data.items() if name in names})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a turn: where it stands in its text, and when it is said."""

    start: int
    end: int
    word: Word


def tokens_of(turn: ShownTurn) -> list[Token]:
    """The words of a turn, corrected where somebody corrected it, with their places."""
    tokens: list[Token] = []
    at = 0
    for word in timed_words(turn):
        bare = word.word.strip()
        start = turn.text.find(bare, at) if bare else -1
        if start >= 0:
            at = start + len(bare)
            tokens.append(Token(start, at, word))
    return tokens


def strike_at(
    turn: ShownTurn, start: int, end: int, kind: str, *, by: str = RULE, is_sure: bool = True
) -> Strike | None:
    """A strike of whole words: half a name tells it. None where there are no words.

    The marks around its first and last word stay.
    """
    tokens = tokens_of(turn)
    touched = [at for at, token in enumerate(tokens) if token.start < end and start < token.end]
    if not touched:
        return None
    first, after = touched[0], touched[-1] + 1
    said = turn.text[tokens[first].start : tokens[after - 1].end]
    lead = len(said) - len(said.lstrip(_AROUND))
    kept = len(said.rstrip(_AROUND))
    if kept <= lead:
        return None
    time = reaching([token.word for token in tokens], first, after)
    return Strike(
        turn.index,
        tokens[first].start + lead,
        tokens[first].start + kept,
        kind,
        to_ms(time.start_s),
        max(to_ms(time.end_s), to_ms(time.start_s) + 1),
        by,
        is_sure=is_sure,
    )


def proposed(
    turns: Sequence[ShownTurn],
    secrets: Secrets,
    *,
    company: str = "",
    colleagues: Collection[str] = (),
    unheard: Iterable[tuple[int, int, int]] = (),
    language: str = "fr",
) -> list[Strike]:
    """What rules would strike out, in reading order, never overlapping.

    Args:
        secrets: names of the agent and the prospect, and what may be said.
        company: that is called.
        colleagues: names of other agents, found where they are written as names.
        unheard: ``(channel, start_ms, end_ms)`` of voice in which no words were recognised.
    """
    secrets = replace(secrets, names=(*secrets.names, *company_names(company)))
    about = (company, tuple(colleagues), language)
    first = _found(turns, secrets, *about)
    texts = {turn.index: turn.text for turn in turns}
    # A name found once is that of the whole call: the other side repeats it, without "Monsieur"
    again = {
        part
        for strike in first
        if strike.kind == Sensitive.NAME and strike.is_sure
        for part in parts_of(texts[strike.turn][strike.start : strike.end])
        if len(part) >= SHORTEST_AGAIN and fold(part) not in _spared(secrets)
    }
    known = replace(secrets, names=(*secrets.names, *sorted(again)))
    strikes = _found(turns, known, *about) if again else first
    strikes += _silent(turns, unheard)
    return in_order(strikes, turns)


def company_names(company: str) -> tuple[str, ...]:
    """The words of a company's name that tell it: those of no dictionary; "club" does not.

    >>> company_names("Norélia Logistique"), company_names("Hôtel du Parc")
    (('Norélia',), ())
    """
    return tuple(part for part in parts_of(company) if len(part) > 3 and not is_word(part))


def _companies(turn: ShownTurn, company: str) -> Iterator[tuple[int, int, str, bool]]:
    """Two words or more of its name one after the other: "Hôtel du Parc"."""
    parts = [fold(part) for part in parts_of(company)]
    said = [
        (match.start(), match.end(), fold(match.group()))
        for match in re.finditer(r"\w+", turn.text)
        if fold(match.group()) not in PARTICLES and len(match.group()) > 1
    ]
    for first, after in pairwise(said):
        if (first[2], after[2]) in set(pairwise(parts)):
            yield first[0], after[1], Sensitive.NAME.value, True


def _spared(secrets: Secrets) -> set[str]:
    return {fold(word) for name in secrets.spared for word in re.findall(r"\w+", name)}


def _found(
    turns: Sequence[ShownTurn],
    secrets: Secrets,
    company: str,
    colleagues: Collection[str],
    language: str,
) -> list[Strike]:
    strikes: list[Strike] = []
    for turn in turns:
        places = (*_in_turn(turn, secrets, colleagues, language), *_companies(turn, company))
        for start, end, kind, is_sure in places:
            _add(strikes, strike_at(turn, start, end, kind, is_sure=is_sure))
    for turn, span in _dictated(turns, secrets):
        _add(strikes, strike_at(turn, span.start, span.end, span.kind, is_sure=span.is_sure))
    return strikes


def _add(strikes: list[Strike], strike: Strike | None) -> None:
    if strike is not None and not any(touches(strike, other) for other in strikes):
        strikes.append(strike)


def touches(one: Strike, other: Strike) -> bool:
    """Whether two share a character, or are the same stretch of time."""
    if one.turn != other.turn:
        return False
    if one.is_time_only or other.is_time_only:
        return one.key == other.key
    return one.start < other.end and other.start < one.end


def _in_turn(
    turn: ShownTurn, secrets: Secrets, colleagues: Collection[str], language: str
) -> Iterator[tuple[int, int, str, bool]]:
    if not turn.text:
        return
    if not turn.is_corrected and turn.words and _reads_invented(turn, language):
        yield 0, len(turn.text), OTHER, False
        return
    for span in find(turn.text, names=secrets.parts, spared=secrets.spared):
        yield span.start, span.end, span.kind.value, span.is_sure
    tokens = tokens_of(turn)
    for first, after in sounding_like([token.word for token in tokens], secrets.parts):
        yield tokens[first].start, tokens[after - 1].end, Sensitive.NAME.value, False
    parts = {fold(part) for name in colleagues for part in parts_of(name)}
    for match in re.finditer(r"\w+", turn.text):
        if match.group()[0].isupper() and fold(match.group()) in parts:
            yield match.start(), match.end(), Sensitive.NAME.value, True


def _reads_invented(turn: ShownTurn, language: str) -> bool:
    words = [Word(word, to_s(start), to_s(end), sure) for word, start, end, sure in turn.words]
    voice = [Segment(to_s(turn.start_ms), to_s(turn.end_ms))]
    return fmean(word.probability for word in words) < UNSURE_BELOW and is_invented(
        words, voice, language=language
    )


def _dictated(turns: Sequence[ShownTurn], secrets: Secrets) -> Iterator[tuple[ShownTurn, Span]]:
    """Numbers and addresses that one side says in several turns, cut at these."""
    by_channel = sorted(turns, key=lambda turn: (turn.channel, turn.speaker, turn.start_ms))
    for _side, said in groupby(by_channel, key=lambda turn: (turn.channel, turn.speaker)):
        for run in _runs(said):
            if len(run) < 2:
                continue
            text = " ".join(turn.text for turn in run)
            spans = find(text, names=secrets.parts, spared=secrets.spared)
            at = 0
            for turn in run:
                until = at + len(turn.text)
                for span in spans:
                    if span.kind in _DICTATED and span.start < until and at < span.end:
                        cut = Span(
                            max(span.start, at) - at,
                            min(span.end, until) - at,
                            span.kind,
                            span.is_sure,
                        )
                        yield turn, cut
                at = until + 1


def _runs(turns: Iterable[ShownTurn]) -> Iterator[list[ShownTurn]]:
    run: list[ShownTurn] = []
    for turn in turns:
        if run and turn.start_ms - run[-1].end_ms > DICTATED_MS:
            yield run
            run = []
        run.append(turn)
    if run:
        yield run


def _silent(
    turns: Sequence[ShownTurn], unheard: Iterable[tuple[int, int, int]]
) -> Iterator[Strike]:
    """Stretches of time, hung on the turn of their channel that is nearest."""
    for channel, start_ms, end_ms in unheard:
        turn = nearest(turns, channel, start_ms, end_ms)
        if turn is not None:
            yield Strike(turn.index, 0, 0, UNHEARD, start_ms, end_ms, is_sure=False)


def nearest(
    turns: Sequence[ShownTurn], channel: int, start_ms: int, end_ms: int
) -> ShownTurn | None:
    """The turn that shares most with a stretch, or lies least far from it; of its channel if any."""

    def share(turn: ShownTurn) -> tuple[bool, int]:
        shared = min(turn.end_ms, end_ms) - max(turn.start_ms, start_ms)
        return turn.channel == channel, shared

    return max(turns, key=share, default=None)


def in_order(strikes: Iterable[Strike], turns: Sequence[ShownTurn]) -> list[Strike]:
    """By turn as they are read, then by place."""
    order = {turn.index: at for at, turn in enumerate(turns)}
    return sorted(strikes, key=lambda s: (order.get(s.turn, len(order)), s.start, s.start_ms))


def pieces_of(
    turn: ShownTurn, strikes: Iterable[Strike], language: str
) -> list[tuple[str, int, int, str]]:
    """What is shown of a turn: ``(text, start_ms, end_ms, kind)``, a word or what stands for some;
    `kind` is "" for words that stay. Joined, the texts are the turn's redacted text.
    """
    labels: Mapping[Sensitive, str] = LABELS.get(language, LABELS["en"])
    struck = sorted(
        (s for s in strikes if s.turn == turn.index and s.is_struck and not s.is_time_only),
        key=lambda strike: strike.start,
    )
    pieces: list[tuple[str, int, int, str]] = []
    at = 0
    for token in tokens_of(turn):
        start_ms, end_ms = to_ms(token.word.start_s), to_ms(token.word.end_s)
        for strike in struck:
            if strike.start >= token.end or strike.end <= at:
                continue
            if strike.start >= at:  # its first word
                label = _label(strike.kind, labels, language)
                before = turn.text[at : strike.start]
                pieces.append((f"{before}[{label}]", start_ms, end_ms, strike.kind))
            else:
                text, since_ms, _until, kind = pieces[-1]
                pieces[-1] = (text, since_ms, end_ms, kind)
            at = min(strike.end, token.end)
        if at < token.end:
            pieces.append((turn.text[at : token.end], start_ms, end_ms, ""))
            at = token.end
    return pieces


def _label(kind: str, labels: Mapping[Sensitive, str], language: str) -> str:
    if kind in (OTHER, UNHEARD):
        return OTHER_LABELS.get(language, OTHER_LABELS["en"])
    return labels[Sensitive(kind)]


def shown(
    turns: Iterable[ShownTurn], strikes: Sequence[Strike], language: str
) -> list[dict[str, Any]]:
    """The turns as an outsider reads them; those without words are left out."""
    said: list[dict[str, Any]] = []
    for turn in turns:
        pieces = pieces_of(turn, strikes, language)
        text = "".join(piece[0] for piece in pieces).strip()
        if text:
            said.append(
                {
                    "turn": turn.index,
                    "speaker": turn.speaker,
                    "channel": turn.channel,
                    "start_ms": turn.start_ms,
                    "end_ms": turn.end_ms,
                    "text": text,
                    "pieces": [list(piece) for piece in pieces],
                }
            )
    return said
