"""Packaged phrase lists, matched so that recognition errors do not hide a phrase.

A phrase of at least eight letters and two words is also found when the recogniser bent it a little
(rapidfuzz partial ratio); shorter ones must match word for word, because at 25 to 30 % word errors
a short fuzzy match finds everything. A phrase that sounds the same (`sounds`) is found however it is
spelt or cut into words: "rappeler moi" is "rappelez-moi". Only one long word may also differ a little
in its sound ("Dial Tronique" is Dialtronix): on the training calls, phrases of several words with an
error in their sound were somebody else's words three times in four.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from callcoach.analysis.model import Turn, Word
from callcoach.analysis.sounds import MIN_LETTERS, has_heard_ending, sound_of
from callcoach.analysis.text import tokens
from callcoach.analysis.tuning import Tuning

#: Similarity, 0 to 100, that counts as the same phrase (TIPPING.md §2: "rappelez/rappeler moi" 92,
#: "Dialtronix/Dial Tronique" 70: between the two, on the safe side).
FUZZY_RATIO = 88.0
#: Shortest phrase, in letters, that may match with errors.
FUZZY_LETTERS = 8
#: Certainty of a phrase that only sounds alike, beside 1 for one that is spelt alike.
SOUND_SCORE = 0.95
#: Letters that a last word may have more than the phrase: an ending, not another word.
MAX_ENDING = 2
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn as a folded string, with the word under every letter.

    Args:
        text: folded tokens joined by single spaces, with a space at both ends.
        word_at: index into `words` for every character of `text`.
        sound: the sounds of the same tokens in one piece, so that a word cut in two is found again.
        starts, ends: where in `text` a token begins or ends, by its place in `sound`.
    """

    text: str
    word_at: tuple[int, ...]
    words: tuple[Word, ...]
    start_s: float
    end_s: float
    sound: str
    starts: Mapping[int, int]
    ends: Mapping[int, int]

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
    """A prepared list of phrases and patterns.

    Args:
        sounds: the sound of every phrase that may be found by its sound.
        names: of these, long single words, which may be found with an error in the sound.
    """

    exact: tuple[str, ...]
    fuzzy: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    sounds: Mapping[str, str]
    names: Mapping[str, str]


#: Prepared lists by name.
Lexicon = Mapping[str, Phrases]


def read_turn(turn: Turn, language: str = "fr") -> ReadTurn:
    """Prepare `turn` for matching; a turn without words reads as an empty text."""
    text, word_at = " ", [0]
    sound, starts, ends = "", dict[int, int](), dict[int, int]()
    for index, word in enumerate(turn.words):
        for token in tokens(word.word):
            starts[len(sound)] = len(text)
            text += token + " "
            word_at += [index] * (len(token) + 1)
            sound += sound_of(token, language)
            ends[len(sound)] = len(text) - 1
    return ReadTurn(text, tuple(word_at), turn.words, turn.start_s, turn.end_s, sound, starts, ends)


def prepare(phrases: Iterable[str], language: str = "fr") -> Phrases:
    """Sort raw phrases into exact, fuzzy and ``re:`` patterns, with their sounds in `language`.

    >>> prepare(["Zéro risque", "re:^oui"]).fuzzy
    ('zero risque',)
    """
    exact, patterns = dict[str, tuple[str, ...]](), []
    for phrase in phrases:
        if phrase.startswith("re:"):
            patterns.append(re.compile(phrase[3:]))
        elif words := tokens(phrase):
            exact[" ".join(words)] = words
    sounds = {folded: _sound(words, language) for folded, words in exact.items()}
    sounds = {folded: sound for folded, sound in sounds.items() if sound}
    return Phrases(
        tuple(exact),
        tuple(folded for folded in exact if " " in folded and len(folded) >= FUZZY_LETTERS),
        tuple(patterns),
        sounds,
        {
            folded: sound
            for folded, sound in sounds.items()
            if " " not in folded and len(sound) >= FUZZY_LETTERS
        },
    )


def _sound(words: Sequence[str], language: str) -> str:
    """The sound of a phrase in one piece, "" where it may not be matched by its sound.

    The phrase must have a word long enough to have a sound of its own, and the whole be long enough.
    One word whose ending tells "arrêtez" from "arrêter" is left to its spelling.
    """
    sound = "".join(sound_of(word, language) for word in words)
    spelt = all(len(word) < MIN_LETTERS for word in words)
    alone = len(words) == 1 and has_heard_ending(words[0], language)
    return "" if spelt or alone or len(sound) < MIN_LETTERS else sound


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
        name: prepare([*entry.get("phrases", ()), *entry.get("general", ())], language)
        for name, entry in read_lexicon(language).items()
    }


#: What a list's name begins with when it is not for a campaign to edit: how calls open (`opening`), a
#: small grammar whose entries depend on each other, and the closed classes (`topics`).
_FIXED = ("opening_", "topic_")


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
        added_here = (" ".join(tokens(phrase)) for phrase in more.get(name, ()))
        lists[name] = prepare([*kept, *added_here], language)
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
    return _distinct(read, [*spans, *_by_sound(read, wanted, {span[2] for span in spans})])


#: Likeness of a stretch that may still become the word's once its ends are put right.
_NEARLY = FUZZY_RATIO - 2.0
#: A place in a text: first and last character, the phrase, likeness in (0, 1].
_Span = tuple[int, int, str, float]


def _by_sound(read: ReadTurn, wanted: Phrases, known: Collection[str]) -> Iterable[_Span]:
    """Places where a phrase that is not `known` yet sounds alike, however it is cut into words."""
    for phrase in [phrase for phrase, sound in wanted.sounds.items() if sound in read.sound]:
        sound = wanted.sounds[phrase]
        at = read.sound.find(sound)
        while at >= 0:
            end = at + len(sound)
            if at in read.starts and end in read.ends and phrase not in known:
                yield read.starts[at], read.ends[end], phrase, SOUND_SCORE
            at = read.sound.find(sound, at + 1)
    near = process.extract(
        read.sound, wanted.names, scorer=fuzz.partial_ratio, score_cutoff=_NEARLY, limit=None
    )
    for sound, _, phrase in near:
        if phrase not in known:
            yield from _nearly(read, phrase, sound)


def _nearly(read: ReadTurn, phrase: str, sound: str) -> Iterable[_Span]:
    """Where whole words sound nearly like `sound`."""
    near = fuzz.partial_ratio_alignment(sound, read.sound, score_cutoff=_NEARLY)
    if near is None or len(read.sound) < len(sound):
        return
    first, last = near.dest_start, near.dest_end
    around = range(-MAX_ENDING, MAX_ENDING + 1)
    places = [
        (fuzz.ratio(sound, read.sound[start:end]), start, end)
        for start in (first + step for step in around)
        for end in (last + step for step in around)
        if start in read.starts and end in read.ends
    ]
    likeness, start, end = max(places, default=(0.0, 0, 0))
    if likeness >= FUZZY_RATIO:
        yield read.starts[start], read.ends[end], phrase, SOUND_SCORE * likeness / 100


def _fuzzy(text: str, phrase: str) -> list[_Span]:
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
