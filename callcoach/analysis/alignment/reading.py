"""What one side said, as words in a row: numbers in digits, clauses, what is denied, asked or quoted.

Recognition writes numbers in letters or digits, drops "ne" and puts commas as it pleases, so a clause
is only a stretch between two marks, and a negation reaches a few words on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from text_to_num import text2num

from callcoach.analysis.alignment.words import Words, load_words, occurrences
from callcoach.analysis.model import Turn, Word
from callcoach.analysis.text import STOPWORDS, fold, is_question

_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+\d*|%|€")
_ENDS = (".", "?", "!", "…")
_BREAKS = (",", ";", ":", *_ENDS)
#: A clause without a mark is cut after this many words: recognition may drop every comma.
LONGEST_CLAUSE = 24
#: Words after a negation that it reaches, and words before it where a verb stands.
REACH, REACH_BACK = 6, 2
#: Words before a negation among which its "ne" stands.
_NE_BEFORE = 4
_NUMBER_WORDS = {
    "fr": frozenset(
        """zero un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze
        quinze seize vingt vingts trente quarante cinquante soixante cent cents mille million
        millions""".split()  # noqa: SIM905 - a word list reads better so
    ),
    "en": frozenset(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
        ninety hundred thousand million""".split()  # noqa: SIM905 - a word list reads better so
    ),
}
_AND = {"fr": "et", "en": "and"}
#: Articles more often than numbers.
_ONES = frozenset({"un", "une", "one", "zero"})
_HALF = frozenset({"demi", "demie", "half"})


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or a number in digits.

    Args:
        value: of a number.
        turn: place of its turn among the turns read.
        first, last: the words of the turn that it stands for.
        clause, sentence: numbers over everything read.
        is_denied: a negation reaches it.
        is_quoted: somebody else is said to say it.
        is_asked: its sentence is a question.
        is_no: takes part in a negation itself.
    """

    text: str
    value: float | None = None
    turn: int = 0
    first: int = 0
    last: int = 0
    clause: int = 0
    sentence: int = 0
    is_denied: bool = False
    is_quoted: bool = False
    is_asked: bool = False
    is_no: bool = False

    @property
    def has_content(self) -> bool:
        """Whether it says more than grammar."""
        return self.value is None and len(self.text) > 2 and self.text not in STOPWORDS


@dataclass(frozen=True)
class Side:
    """What one side said, in order of time."""

    turns: tuple[Turn, ...]
    tokens: tuple[Token, ...]
    language: str

    @cached_property
    def texts(self) -> list[str]:
        return [token.text for token in self.tokens]

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Tokens ``[first, end)`` of every clause."""
        return _runs([token.clause for token in self.tokens])

    def words(self, first: int, end: int) -> tuple[Word, ...]:
        """The words under tokens ``[first, end)``, which lie in one turn or in neighbouring ones."""
        found: list[Word] = []
        for number in range(self.tokens[first].turn, self.tokens[end - 1].turn + 1):
            inside = [t for t in self.tokens[first:end] if t.turn == number]
            if inside:
                words = self.turns[number].words
                found += words[inside[0].first : max(t.last for t in inside) + 1]
        return tuple(found)

    def quote(self, first: int, end: int) -> str:
        """The exact words, as recognised."""
        return "".join(word.word for word in self.words(first, end)).strip()

    def widened(self, first: int, end: int) -> tuple[int, int]:
        """The clauses that ``[first, end)`` touches."""
        clauses = {self.tokens[first].clause, self.tokens[end - 1].clause}
        while first > 0 and self.tokens[first - 1].clause in clauses:
            first -= 1
        while end < len(self.tokens) and self.tokens[end].clause in clauses:
            end += 1
        return first, end


def read_side(turns: Iterable[Turn], language: str = "fr") -> Side:
    """Everything these turns say; turns without words are spread from their text."""
    known = language if language in _NUMBER_WORDS else "fr"
    words = load_words(known)
    kept = tuple(sorted((_worded(turn) for turn in turns), key=lambda turn: turn.start_s))
    tokens: list[Token] = []
    clause = sentence = 0
    for number, turn in enumerate(kept):
        size = 0
        for index, word in enumerate(turn.words):
            pieces = _PIECE.findall(fold(word.word))
            tokens += [
                Token(piece, _digits(piece), number, index, index, clause, sentence)
                for piece in pieces
            ]
            size += len(pieces)
            mark = word.word.rstrip()[-1:]
            if mark in _BREAKS or size >= LONGEST_CLAUSE:
                clause, size = clause + 1, 0
            if mark in _ENDS:
                sentence += 1
        clause, sentence = clause + 1, sentence + 1
    merged = _numbers(tokens, known, words)
    side = Side(kept, tuple(_marked(merged, words)), known)
    return _with_questions(side)


@lru_cache(maxsize=2048)
def read_text(text: str, language: str = "fr") -> tuple[Token, ...]:
    """A statement, read as what is said is."""
    words = tuple(Word(f" {part}", 0.0, 0.0, 1.0) for part in text.split())
    turn = Turn(0, "unknown", 0, 0.0, 0.0, text, words)  # type: ignore[arg-type]
    return read_side([turn], language).tokens


def _worded(turn: Turn) -> Turn:
    parts = turn.text.split()
    if turn.words or not parts:
        return turn
    step = (turn.end_s - turn.start_s) / len(parts)
    words = tuple(
        Word(f" {part}", turn.start_s + number * step, turn.start_s + (number + 1) * step, 1.0)
        for number, part in enumerate(parts)
    )
    return replace(turn, words=words)


def _digits(piece: str) -> float | None:
    if not piece[0].isdigit():
        return None
    whole, mark, part = piece.replace(",", ".").partition(".")
    if len(whole) + len(part) > 12:
        return None
    # "1.500" groups thousands; "2,5" is a decimal
    return float(whole + part) if mark and len(part) == 3 else float(f"{whole}.{part or 0}")


def _numbers(tokens: Sequence[Token], language: str, words: Words) -> list[Token]:
    """Numbers in letters, and groups of digits, as one token in digits."""
    units = {unit[0] for unit in words.units}
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end, value = at + 1, token.value
        if token.value is not None:
            following = tokens[at + 1] if end < len(tokens) else None
            if (
                following is not None
                and following.turn == token.turn
                and following.clause == token.clause
                and 0 < token.value < 1000
                and token.text.isdigit()
                and re.fullmatch(r"\d{3}", following.text)
            ):
                end, value = at + 2, token.value * 1000 + float(following.text)
        elif token.text in _HALF and at + 1 < len(tokens) and tokens[at + 1].text in units:
            value = 0.5
        elif token.text in words.about:
            value = float(words.about[token.text])
        elif token.text in _NUMBER_WORDS[language]:
            end, value = _spelt(tokens, at, language)
            if value is not None and end == at + 1 and token.text in _ONES:
                after = tokens[end].text if end < len(tokens) else ""
                value = value if after in units and token.text != "zero" else None
        if value is None:
            found.append(token)
            at += 1
            continue
        text = f"{value:g}" if value < 1e6 else str(int(value))
        found.append(replace(token, text=text, value=value, last=tokens[end - 1].last))
        at = end
    return _percents(found, language)


def _spelt(tokens: Sequence[Token], at: int, language: str) -> tuple[int, float | None]:
    """The longest number in letters at `at` within a clause: where it ends and what it is."""
    run: list[str] = []
    for token in tokens[at : at + 9]:
        same = token.turn == tokens[at].turn and token.clause == tokens[at].clause
        if not same or (token.text not in _NUMBER_WORDS[language] and token.text != _AND[language]):
            break
        run.append(token.text)
    while run:
        if run[-1] != _AND[language]:
            try:
                return at + len(run), float(text2num(" ".join(run), language))
            except ValueError:
                pass
        run.pop()
    return at + 1, None


def _percents(tokens: Sequence[Token], language: str) -> list[Token]:
    """The words "pour cent" as "%": the number was read as 100 by then."""
    word = {"fr": "pour", "en": "per"}[language]
    found: list[Token] = []
    for token in tokens:
        hundred = token.value == 100 or token.text == "cent"
        if hundred and len(found) > 1 and found[-1].text == word and found[-2].value is not None:
            before = found.pop()
            found.append(replace(before, text="%", last=token.last))
        else:
            found.append(token)
    return found


def _marked(tokens: Sequence[Token], words: Words) -> list[Token]:
    """With what is denied and what is quoted, clause by clause."""
    marked: list[Token] = []
    for first, end in _runs([token.clause for token in tokens]):
        part = list(tokens[first:end])
        texts = [token.text for token in part]
        denied, no = _denied(texts, words)
        quoted_from = min(
            (stop for _, stop in occurrences(texts, words.lists["reported"])), default=end
        )
        marked += [
            replace(
                token,
                is_denied=denied[number],
                is_no=no[number],
                is_quoted=number >= quoted_from,
            )
            for number, token in enumerate(part)
        ]
    return marked


def _denied(texts: Sequence[str], words: Words) -> tuple[list[bool], list[bool]]:
    """Which words of a clause a negation reaches, and which are negations."""
    negators, privatives = words.single("negators"), words.single("privatives")
    stops, ne = words.single("conjunctions"), words.single("ne")
    by_negator, by_privative = [False] * len(texts), [False] * len(texts)
    no = [text in ne for text in texts]
    for number, text in enumerate(texts):
        has_ne = any(other in ne for other in texts[max(0, number - _NE_BEFORE) : number])
        after = texts[number + 1] if number + 1 < len(texts) else ""
        no_more = has_ne or after in words.single("no_more")
        denies = text in negators or (text in words.single("negators_with_ne") and no_more)
        takes = text in privatives
        if not (denies or takes) or (denies and after in words.single("no_denial")):
            continue
        no[number] = True
        reached = by_privative if takes else by_negator
        for place in range(number + 1, min(len(texts), number + 1 + (3 if takes else REACH))):
            if texts[place] in stops:
                break
            reached[place] = True
        if denies and (has_ne or after not in ("de", "d")):
            for place in range(max(0, number - REACH_BACK), number):
                reached[place] = reached[place] or texts[place] not in STOPWORDS
    return [one != other for one, other in zip(by_negator, by_privative, strict=True)], no


def _with_questions(side: Side) -> Side:
    """With what is asked, sentence by sentence."""
    tokens: list[Token] = []
    for first, end in _runs([token.sentence for token in side.tokens]):
        asked = is_question(_sentence(side, first, end))
        tokens += [replace(token, is_asked=asked) for token in side.tokens[first:end]]
    return Side(side.turns, tuple(tokens), side.language)


def _sentence(side: Side, first: int, end: int) -> str:
    """The words of a sentence, a mark that stands alone after it included."""
    opening = side.tokens[first]
    words = side.turns[opening.turn].words
    after = end < len(side.tokens) and side.tokens[end].turn == opening.turn
    stop = side.tokens[end].first if after else len(words)
    return "".join(word.word for word in words[opening.first : stop]).strip()


def _runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Stretches of the same number, ``[first, end)``."""
    found: list[tuple[int, int]] = []
    first = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[first]:
            found.append((first, place))
            first = place
    return tuple(found)
