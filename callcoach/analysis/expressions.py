"""Finding a set phrase in what was said, as a person would recognise it.

Four ways, from strict to loose: word for word (`How.EXACT`: case, accents, elision and punctuation
aside), in another form (`INFLECTED`: number, person, tense, tu or vous), with a few small words
between (`GAPPED`), and as a recogniser mangles it (`NEAR`). "…", "*" or a bracketed placeholder in
a phrase stands for a few words of any kind.

A phrase that is denied ("ce n'est pas gratuit", "je ne vous garantis rien") is not said: it is not
found, unless the phrase itself denies. Not seen: irony, quotation ("certains vous disent que c'est
gratuit"), denial more than one sentence away, and a meaning put in quite other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from callcoach.analysis.forms import NEGATIONS, Token, tokenise
from callcoach.analysis.model import Turn, Word

#: Small words that may stand between two words of a phrase, and in all of it.
MAX_BETWEEN, MAX_BETWEEN_ALL = 2, 3
#: Words that a placeholder stands for at most.
MAX_WILD = 6
#: Similarity (0 to 100) of a bent word, one letter in five, and of words that were joined or torn:
#: between recognition errors on telephone calls ("rappelez/rappeler moi", 92) and other words (70).
NEAR_WORD, NEAR_PHRASE = 80.0, 88.0
#: Fewest letters of a word that may be bent, and of a phrase that may be joined or torn: shorter
#: ones have neighbours that mean something else ("devis", "devez").
NEAR_LETTERS, NEAR_PHRASE_LETTERS = 6, 12
#: How far before a phrase its denial may stand, words; "sans", "aucun" and "ni" only deny what follows.
DENIAL_BEFORE, CLOSE_DENIAL = 6, 2
#: Certainty by how it was found; of a near one, times its likeness.
_CERTAINTY = {"exact": 1.0, "inflected": 0.95, "gapped": 0.9, "near": 0.85}
_CLOSE = frozenset({"sans", "aucun", "aucune", "ni", "without", "no", "nor"})
#: "pas seulement gratuit" says that it is gratuit.
_NOT_ONLY = frozenset({"seulement", "uniquement", "juste", "mal", "only", "just"})
_SUBJECTS = {
    "fr": frozenset({"je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "ce", "ca"}),
    "en": frozenset({"i", "you", "he", "she", "it", "we", "they", "this", "that", "there"}),
}
#: What carries a denial over into the clause that it opens: "je ne dis pas que c'est gratuit".
_CARRIES = frozenset({"que", "si", "comme", "quand", "that", "if", "whether", "say", "saying"})
#: Words that begin something new; French denies two things with "ni", not with "et".
_BREAKS = frozenset(
    {"et", "and", "mais", "donc", "car", "parce", "puisque", "but", "because", "so"}
)
#: Words of a phrase that a speaker or the recogniser may swallow ("envoyez un mail"), and how alike
#: the phrase is without one.
_SWALLOWED = frozenset(
    {"le", "la", "les", "un", "une", "de", "des", "du", "a", "au", "et", "en", "moi"}
)
_SWALLOWED_LIKENESS = 0.9
#: Small words that make it somebody else's affair: "envoyez-lui un mail".
_OTHERS = frozenset({"lui", "leur", "him", "her", "them"})
_WILD = re.compile(r"…|\.\.\.+|\*+|\{[^}]*\}|\[[^\]]*\]|<[^>]*>|_{2,}")


class How(StrEnum):
    """How a phrase was found, from strict to loose."""

    EXACT = "exact"
    INFLECTED = "inflected"
    GAPPED = "gapped"
    NEAR = "near"


_LOOSENESS = {how: place for place, how in enumerate(How)}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase ready to be looked for.

    Args:
        tokens: its words.
        wild: for each word, whether a placeholder stands before it.
        denies: it has a denial of its own.
    """

    phrase: str
    language: str
    tokens: tuple[Token, ...]
    wild: tuple[bool, ...]
    denies: bool

    @property
    def is_empty(self) -> bool:
        """It has no word; it is found nowhere."""
        return not self.tokens

    @property
    def joined(self) -> str:
        """Its letters."""
        return "".join(token.text for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found.

    Args:
        start_s, end_s: half-open, seconds from the start of the recording.
        quote: the words as recognised, those between included.
        first, last: of these words, in the turn.
        score: certainty, 0 to 1, the words' own probability included.
    """

    start_s: float
    end_s: float
    quote: str
    first: int
    last: int
    how: How
    score: float


@lru_cache(maxsize=2048)
def read_phrase(phrase: str, language: str = "fr") -> Pattern:
    """Prepare a phrase.

    >>> read_phrase("Je vous garantis … jours").wild
    (False, False, False, True)
    >>> read_phrase("…").is_empty
    True
    """
    tokens: list[Token] = []
    wild: list[bool] = []
    denies = False
    for place, part in enumerate(_WILD.split(phrase)):
        found = tokenise(part.split(), language)
        denies = denies or bool(re.search(r"\b[Nn](e\b|['’ʼ])", part) and language != "en")
        for number, token in enumerate(found):
            tokens.append(token)
            wild.append(bool(place and not number and len(tokens) > 1))
    denies = denies or any(token.text in _negations(language) for token in tokens)
    return Pattern(phrase, language, tuple(tokens), tuple(wild), denies)


@dataclass(frozen=True, slots=True)
class Said:
    """What one speaker said at a stretch, read once for many phrases."""

    words: tuple[Word, ...]
    tokens: tuple[Token, ...]
    forms: frozenset[str]
    language: str


def read_turn(turn: Turn, language: str = "fr") -> Said:
    """A turn, ready."""
    return read_words(turn.words, language)


def read_words(words: Sequence[Word], language: str = "fr") -> Said:
    """Words of one speaker in their order, ready."""
    tokens = tokenise([word.word for word in words], language)
    forms = frozenset(form for token in tokens for form in token.forms)
    return Said(tuple(words), tokens, forms, language)


def read_text(text: str, language: str = "fr") -> Said:
    """A text without times: every word lasts a second, which only says in which order they come."""
    parts = text.split()
    return read_words(
        [Word(f" {part}", at, at + 1.0, 1.0) for at, part in enumerate(parts)], language
    )


def find(said: Said, pattern: Pattern) -> tuple[Match, ...]:
    """Every place where the phrase is said, in order, none overlapping another; denied ones not."""
    if pattern.is_empty or not said.tokens or not _may_be_there(said, pattern):
        return ()
    tokens = said.tokens
    may_bend = _bendable(pattern)
    found = (_from(tokens, pattern, at, may_bend) for at in range(len(tokens)))
    spans = [span for span in found if span is not None]
    spans += _torn(tokens, pattern)
    kept: list[_Span] = []
    for span in sorted(spans, key=_Span.order):
        if any(span.first <= other.last and other.first <= span.last for other in kept):
            continue
        if not is_denied(tokens, span.first, span.last, pattern):
            kept.append(span)
    return tuple(_match(said, span) for span in sorted(kept, key=lambda span: span.first))


def find_phrase(text: str, phrase: str, language: str = "fr") -> tuple[Match, ...]:
    """`find` in a text.

    >>> [match.quote for match in find_phrase("Envoyez-moi donc un petit mail", "envoyez-moi un mail")]
    ['Envoyez-moi donc un petit mail']
    >>> find_phrase("Ce n'est pas gratuit.", "c'est gratuit")
    ()
    """
    return find(read_text(text, language), read_phrase(phrase, language))


def is_denied(tokens: Sequence[Token], first: int, last: int, pattern: Pattern) -> bool:
    """Whether what stands at ``tokens[first:last + 1]`` is denied there."""
    denials = _negations(pattern.language)
    inside = tokens[first : last + 1]
    if not pattern.denies and any(token.after_ne or token.text in denials for token in inside):
        return True
    return _denied_before(tokens, first, pattern) or _denied_after(tokens, last, pattern)


def _denied_before(tokens: Sequence[Token], first: int, pattern: Pattern) -> bool:
    denials, subjects = _negations(pattern.language), _SUBJECTS[_known(pattern.language)]
    for at in range(first, max(-1, first - DENIAL_BEFORE - 1), -1):
        token = tokens[at]
        before = tokens[at - 1] if at else None
        if at < first:
            if token.ends_clause or token.text in _BREAKS:
                return False
            follows = tokens[at + 1]
            if token.text in denials and follows.text in _NOT_ONLY:
                return False
            if token.text in denials and follows.text != token.text:
                return token.text not in _CLOSE or first - at <= CLOSE_DENIAL
            if token.after_ne and not pattern.denies:
                return all(other.text != "que" for other in tokens[at:first])
        is_object = at + 1 < len(tokens) and tokens[at + 1].text.endswith(("er", "ir", "re"))
        opens = token.text in subjects and not is_object
        if opens and (before is None or before.text not in _CARRIES):
            return False
    return False


def _denied_after(tokens: Sequence[Token], last: int, pattern: Pattern) -> bool:
    """Speech drops "ne": "je vous garantis pas", "on promet rien"."""
    if pattern.denies or tokens[last].ends_clause:
        return False
    if _known(pattern.language) == "en":
        return last + 1 < len(tokens) and tokens[last + 1].text in {"nothing", "none"}
    if not tokens[last].is_verb:
        return False
    for token in tokens[last + 1 : last + 3]:
        if token.text in NEGATIONS["fr"] - {"sans", "ni"}:
            return True
        if token.ends_clause or not token.is_small:
            return False
    return False


@dataclass(frozen=True, slots=True)
class _Span:
    """``tokens[first:last + 1]``; likeness 0 to 1."""

    first: int
    last: int
    how: How
    likeness: float = 1.0

    def order(self) -> tuple[int, int, int]:
        """The surest first, then the shortest, then the earliest."""
        return _LOOSENESS[self.how], self.last - self.first, self.first


def _known(language: str) -> str:
    return language if language in NEGATIONS else "fr"


def _negations(language: str) -> frozenset[str]:
    return NEGATIONS[_known(language)]


def _bendable(pattern: Pattern) -> int:
    """How many of a phrase's words may be misrecognised: one of two that carry content."""
    return sum(1 for token in pattern.tokens if _carries_content(token)) // 2


def _carries_content(token: Token) -> bool:
    return len(token.text) >= 4 and not token.is_small


def _may_be_there(said: Said, pattern: Pattern) -> bool:
    """A quick look: most turns have nothing in common with a phrase."""
    missing = sum(1 for token in pattern.tokens if not token.forms & said.forms)
    if missing <= _bendable(pattern) + (len(pattern.tokens) >= 4):
        return True
    joined = pattern.joined
    if len(joined) < NEAR_PHRASE_LETTERS:
        return False
    letters = "".join(token.text for token in said.tokens)
    return fuzz.partial_ratio(joined, letters, score_cutoff=NEAR_WORD) > 0


def _from(tokens: Sequence[Token], pattern: Pattern, start: int, may_bend: int) -> _Span | None:
    """The surest reading of the phrase that begins at `start`."""
    if _same(pattern.tokens[0], tokens[start]) is None:
        return None  # most words begin no phrase
    found: list[_Span] = []
    _walk(tokens, pattern, _Walk(start, start, may_bend), found)
    return min(found, key=_Span.order, default=None)


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far a reading has come: ``pattern.tokens[place:]`` is to be read from ``tokens[at:]``."""

    first: int
    at: int
    may_bend: int
    place: int = 0
    between: int = 0
    how: How = How.EXACT
    likeness: float = 1.0
    swallowed: bool = False
    is_verbatim: bool = True

    def looser(self, how: How) -> How:
        return max(self.how, how, key=_LOOSENESS.__getitem__)


def _walk(tokens: Sequence[Token], pattern: Pattern, walk: _Walk, found: list[_Span]) -> None:
    if walk.at >= len(tokens):
        return
    wanted, size = pattern.tokens[walk.place], len(pattern.tokens)
    step = _same(wanted, tokens[walk.at])
    if step is not None and not (step[0] is How.NEAR and walk.may_bend < 1):
        how, likeness = step
        now = replace(
            walk,
            may_bend=walk.may_bend - (how is How.NEAR),
            place=walk.place + 1,
            how=walk.looser(how),
            likeness=min(walk.likeness, likeness),
            is_verbatim=walk.is_verbatim and how is How.EXACT,
        )
        if now.place == size:
            found.append(_Span(now.first, now.at, now.how, now.likeness))
        else:
            for at, between in _onward(tokens, pattern, now):
                how = now.looser(How.GAPPED) if between else now.how
                then = replace(now, at=at, between=now.between + between, how=how)
                _walk(tokens, pattern, then, found)
    may_miss = 0 < walk.place < size - 1 and size >= 4 and wanted.text in _SWALLOWED
    # "Envoyez un mail" asks; "je vous envoie un mail" does not
    is_asking = wanted.text != "moi" or walk.is_verbatim
    if may_miss and is_asking and not walk.swallowed:
        likeness = min(walk.likeness, _SWALLOWED_LIKENESS)
        then = replace(walk, place=walk.place + 1, swallowed=True, how=How.NEAR, likeness=likeness)
        _walk(tokens, pattern, then, found)


def _onward(tokens: Sequence[Token], pattern: Pattern, walk: _Walk) -> Iterator[tuple[int, int]]:
    """Where the next word of the phrase may stand after the one just read, and how many small words
    come between; those of a placeholder count for none.
    """
    at, is_wild = walk.at, pattern.wild[walk.place]
    yield at + 1, 0
    room = MAX_WILD if is_wild else min(MAX_BETWEEN, MAX_BETWEEN_ALL - walk.between)
    for count in range(1, room + 1):
        if at + count >= len(tokens) or tokens[at + count - 1].ends_sentence:
            return
        passed = tokens[at + count]
        if passed.ends_sentence:
            return
        if not pattern.denies and passed.text in _negations(pattern.language):
            return
        if not is_wild and (not passed.is_small or passed.text in _OTHERS):
            return
        yield at + count + 1, 0 if is_wild else count


def _same(wanted: Token, token: Token) -> tuple[How, float] | None:
    """Whether two words are the same, and how surely; None when they are not."""
    if wanted.text == token.text:
        return How.EXACT, 1.0
    if wanted.forms & token.forms:
        return How.INFLECTED, 1.0
    if min(len(wanted.text), len(token.text)) < NEAR_LETTERS or token.is_small or wanted.is_small:
        return None
    likeness = fuzz.ratio(wanted.text, token.text, score_cutoff=NEAR_WORD)
    return (How.NEAR, likeness / 100) if likeness else None


def _torn(tokens: Sequence[Token], pattern: Pattern) -> list[_Span]:
    """Places where words of the phrase were joined or torn by the recogniser: what differs after the
    words that agree at both ends is alike as letters.
    """
    wanted = pattern.tokens
    if len(wanted) < 2 or any(pattern.wild) or len(pattern.joined) < NEAR_PHRASE_LETTERS:
        return []
    found = []
    for size in {len(wanted) - 1, len(wanted), len(wanted) + 1}:
        for first in range(len(tokens) - size + 1):
            window = tokens[first : first + size]
            agrees = wanted[0].forms & window[0].forms or wanted[-1].forms & window[-1].forms
            if not agrees or any(token.ends_sentence for token in window[:-1]):
                continue
            if likeness := _torn_likeness(wanted, window, _negations(pattern.language)):
                found.append(_Span(first, first + size - 1, How.NEAR, likeness))
    return found


def _torn_likeness(
    wanted: Sequence[Token], window: Sequence[Token], denials: frozenset[str]
) -> float:
    """0 to 1; 0 for another phrase."""
    head = tail = 0
    least = min(len(wanted), len(window))
    while head < least and wanted[head].forms & window[head].forms:
        head += 1
    while tail < least - head and wanted[-1 - tail].forms & window[-1 - tail].forms:
        tail += 1
    agreed = (*wanted[:head], *wanted[len(wanted) - tail :])
    if not any(_carries_content(token) for token in agreed):
        return 0.0
    ours, theirs = wanted[head : len(wanted) - tail], window[head : len(window) - tail]
    one, other = ("".join(token.text for token in part) for part in (ours, theirs))
    if len(one) < NEAR_LETTERS or not other or not any(map(_carries_content, ours)):
        return 0.0
    same_denials = Counter(t.text for t in ours if t.text in denials) == Counter(
        t.text for t in theirs if t.text in denials
    )
    same_numbers = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    if not (same_denials and same_numbers):
        return 0.0
    return fuzz.ratio(one, other, score_cutoff=NEAR_PHRASE) / 100


def _match(said: Said, span: _Span) -> Match:
    first, last = said.tokens[span.first].word, said.tokens[span.last].word
    words = said.words[first : last + 1]
    probability = min(word.probability for word in words)
    return Match(
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        quote="".join(word.word for word in words).strip(),
        first=first,
        last=last,
        how=span.how,
        score=_CERTAINTY[span.how] * span.likeness * (0.6 + 0.4 * probability),
    )
