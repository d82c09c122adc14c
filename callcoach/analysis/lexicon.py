"""Packaged phrase lists, matched so that recognition errors do not hide a phrase.

A phrase of at least eight letters and two words is also found when the recogniser bent it a little
(rapidfuzz partial ratio); shorter ones must match word for word, because at 25 to 30 % word errors
a short fuzzy match finds everything.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from callcoach.analysis.model import Turn, Word
from callcoach.analysis.text import tokens
from callcoach.analysis.tuning import Tuning

#: Similarity, 0 to 100, that counts as the same phrase (TIPPING.md §2: "rappelez/rappeler moi" 92,
#: "Dialtronix/Dial Tronique" 70: between the two, on the safe side).
FUZZY_RATIO = 88.0
#: Shortest phrase, in letters, that may match with errors.
FUZZY_LETTERS = 8
#: Letters that a last word may have more than the phrase: an ending, not another word.
MAX_ENDING = 2
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn as a folded string, with the word under every letter.

    Args:
        text: folded tokens joined by single spaces, with a space at both ends.
        word_at: index into `words` for every character of `text`.
    """

    text: str
    word_at: tuple[int, ...]
    words: tuple[Word, ...]
    start_s: float
    end_s: float

    @property
    def size(self) -> int:
        """Number of tokens."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: where in time, in which exact words, how surely (0 to 1)."""

    phrase: str
    start_s: float
    end_s: float
    quote: str
    score: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Phrases:
    """A prepared list of phrases and patterns."""

    exact: tuple[str, ...]
    fuzzy: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


#: Prepared lists by name.
Lexicon = Mapping[str, Phrases]


def read_turn(turn: Turn) -> ReadTurn:
    """Prepare `turn` for matching; a turn without words reads as an empty text."""
    text, word_at = " ", [0]
    for index, word in enumerate(turn.words):
        for token in tokens(word.word):
            text += token + " "
            word_at += [index] * (len(token) + 1)
    return ReadTurn(text, tuple(word_at), turn.words, turn.start_s, turn.end_s)


def prepare(phrases: Iterable[str]) -> Phrases:
    """Sort raw phrases into exact, fuzzy and ``re:`` patterns.

    >>> prepare(["Zéro risque", "re:^oui"]).fuzzy
    ('zero risque',)
    """
    exact, fuzzy, patterns = [], [], []
    for phrase in phrases:
        if phrase.startswith("re:"):
            patterns.append(re.compile(phrase[3:]))
            continue
        folded = " ".join(tokens(phrase))
        if not folded:
            continue
        exact.append(folded)
        if " " in folded and len(folded) >= FUZZY_LETTERS:
            fuzzy.append(folded)
    return Phrases(tuple(dict.fromkeys(exact)), tuple(dict.fromkeys(fuzzy)), tuple(patterns))


def read_lexicon(language: str) -> dict[str, dict[str, list[str]]]:
    """The packaged lists of `language` as written; an unknown language falls back to French.

    A list has ``phrases`` or ``general`` or both; the latter are phrases from general knowledge of the
    language, written without reading any call that the engine is measured on.
    """
    known = language if language in LANGUAGES else "fr"
    resource = files("callcoach.analysis") / "data" / "lexicon" / f"{known}.toml"
    data: dict[str, dict[str, list[str]]] = tomllib.loads(resource.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=16)
def load_lexicon(language: str) -> Lexicon:
    """The packaged lists of `language`, prepared."""
    return {
        name: prepare([*entry.get("phrases", ()), *entry.get("general", ())])
        for name, entry in read_lexicon(language).items()
    }


#: What a list's name begins with when it describes how calls open (`opening`): a small grammar whose
#: entries depend on each other, not for a campaign to edit.
_FIXED = "opening_"


@lru_cache(maxsize=len(LANGUAGES) + 1)
def list_names(language: str) -> tuple[str, ...]:
    """Names of the lists that a campaign may edit, as ordered in the file; the same in any language.

    Each is worded by ``list.<name>`` and ``list.<name>.use``.
    """
    return tuple(name for name in read_lexicon(language) if not name.startswith(_FIXED))


#: The editable lists.
LISTS = list_names("fr")


def tuned_lexicon(language: str, tuning: Tuning) -> Lexicon:
    """The packaged lists with a campaign's added and removed phrases.

    Prepared once for each language and content. Lists that are not editable or not known stay as
    they are, so that a name that an older engine knew does no harm.
    """
    changes = [
        tuple((name, found) for name, found in sorted(part.items()) if name in LISTS and found)
        for part in (tuning.added, tuning.removed)
    ]
    if not any(changes):
        return load_lexicon(language)
    return _tune(language, *changes)


#: (name of a list, its phrases), for every list that changes.
_Changes = tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=64)
def _tune(language: str, added: _Changes, removed: _Changes) -> Lexicon:
    lists = dict(load_lexicon(language))
    gone = dict(removed)
    more = dict(added)
    for name in {*gone, *more} & lists.keys():
        folded = {" ".join(tokens(phrase)) for phrase in gone.get(name, ())}
        entry = read_lexicon(language)[name]
        kept = [
            phrase
            for phrase in (*entry.get("phrases", ()), *entry.get("general", ()))
            if phrase not in gone.get(name, ()) and " ".join(tokens(phrase)) not in folded
        ]
        # a person's phrase is never a pattern: a colon and what follows are read as words
        lists[name] = prepare([*kept, *(" ".join(tokens(phrase)) for phrase in more.get(name, ()))])
    return lists


def phrases(name: str, language: str) -> Phrases:
    """The packaged list `name`; an unknown language falls back to French.

    Raises:
        KeyError: no list has this name.
    """
    return load_lexicon(language)[name]


def find(read: ReadTurn, wanted: Phrases) -> tuple[Hit, ...]:
    """All places of `read` where a phrase of `wanted` is said, sorted by start, none inside another."""
    if not read.words:
        return ()
    spans: list[tuple[int, int, str, float]] = []
    for phrase in wanted.exact:
        at = read.text.find(f" {phrase} ")
        while at >= 0:
            spans.append((at + 1, at + 1 + len(phrase), phrase, 1.0))
            at = read.text.find(f" {phrase} ", at + 1)
    body = read.text.strip()
    for pattern in wanted.patterns:
        spans += [
            (m.start() + 1, m.end() + 1, m.group(), 1.0)
            for m in pattern.finditer(body)
            if m.group()
        ]
    found = {phrase for _, _, phrase, _ in spans}
    near = process.extract(
        read.text, wanted.fuzzy, scorer=fuzz.partial_ratio, score_cutoff=FUZZY_RATIO, limit=None
    )
    for phrase, _, _ in near:
        if phrase not in found and len(body) >= len(phrase) - 2:
            spans += _fuzzy(read.text, phrase)
    return _distinct(read, spans)


def _fuzzy(text: str, phrase: str) -> list[tuple[int, int, str, float]]:
    aligned = fuzz.partial_ratio_alignment(phrase, text, score_cutoff=FUZZY_RATIO)
    if aligned is None:
        return []
    start, end = aligned.dest_start, min(aligned.dest_end, len(text) - 1)
    if text[start] == " ":
        start += 1
    whole_end = text.find(" ", max(start, end - 1))
    at_boundary = text[start - 1] == " " and whole_end - end <= MAX_ENDING
    return [(start, end, phrase, aligned.score / 100)] if at_boundary and end > start else []


def _distinct(read: ReadTurn, spans: Sequence[tuple[int, int, str, float]]) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    reached = -1
    for start, end, phrase, score in sorted(spans, key=lambda span: (span[0], span[0] - span[1])):
        if start < reached:
            continue
        reached = end
        first, last = read.word_at[start], read.word_at[max(start, end - 1)]
        words = read.words[first : last + 1]
        quote = "".join(word.word for word in words).strip()
        probability = min(word.probability for word in words)
        certainty = score * (0.6 + 0.4 * probability)
        hits.append(
            Hit(
                phrase,
                min(max(words[0].start_s, read.start_s), read.end_s),
                min(max(words[-1].end_s, read.start_s), read.end_s),
                quote,
                certainty,
                first,
                last,
            )
        )
    return tuple(hits)
