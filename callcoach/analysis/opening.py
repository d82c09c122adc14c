"""Where a conversation proper starts: after ringing, waiting and the exchange of greetings.

A player may start there. It serves listening only, no flag or figure reads it, and it errs on one
side: what is not surely an opening formula is content, so a greeting may be heard, but the sentence
that says who calls and why is never skipped.

Does not detect: greetings inside a turn that goes on ("Bonjour madame, Hanta, de…" is content as a
whole), the talk with a switchboard, or small talk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from rapidfuzz import fuzz

from callcoach.analysis.lexicon import FUZZY_LETTERS, FUZZY_RATIO, phrases
from callcoach.analysis.model import Speaker
from callcoach.analysis.text import is_question, tokens

#: Never skips more than this, in seconds: French operators let a phone ring 30 to 45 s before the
#: voicemail takes it; twice that leaves room for a queue's announcement.
MAX_SKIP_S = 90.0
#: Longest spoken opening, in seconds from its first word to its last, an announcement aside. In the
#: 56 labelled calls the greetings before the presentation last 7.1 s at most; twice that.
MAX_GREETING_S = 15.0
#: Longest single greeting, in words: the longest of the labelled calls has 15 ("Oui allô, bonjour,
#: est-ce que je parle bien à monsieur Roussel, monsieur Philippe Roussel ?").
MAX_GREETING_WORDS = 20
#: Words with which somebody answers, no formula after them ("Kowalski, achats.", "Oui allô, Tanguy").
MAX_BARE_ANSWER_WORDS = 3
#: Words of an answer before a formula that ends it ("Bureau d’études Tilleul, bonjour").
MAX_ANSWER_WORDS = 8
#: Words that a name has after its title ("monsieur Philippe Roussel"), and a post after its article.
MAX_NAME_WORDS = 2
MAX_POST_WORDS = 5
#: Longest unread speech, in seconds, that may be a greeting nobody could read: the single words of
#: greeting in the labelled calls last 0.5 to 1.2 s. Longer speech may say something.
MAX_UNREAD_S = 1.5
#: Started this long before the first sound, in seconds: voice activity finds a soft onset late (its
#: frames are 32 ms, its padding 30 ms), and a sound from nothing is hard to follow.
LEAD_S = 0.3

#: A dot that shortens a title does not end a clause.
_TITLE_DOT = re.compile(r"\b(mr?s?|mme|mlle|dr)\.", re.IGNORECASE)
_CLAUSE = re.compile(r"[^,;:.!?…]+[,;:.!?…]*")
#: Folded words, as `text.tokens` gives them and as the lexicon writes them.
Words = tuple[str, ...]


class Said(Protocol):
    """What is read of a turn; `callcoach.analysis.model.Turn` is one. Times in seconds."""

    @property
    def speaker(self) -> str: ...

    @property
    def start_s(self) -> float: ...

    @property
    def end_s(self) -> float: ...

    @property
    def text(self) -> str: ...


def talk_start_s(turns: Iterable[Said], *, language: str = "fr") -> float:
    """Seconds from the start of the recording where the conversation proper starts.

    Args:
        turns: in any order; a turn that could not be read has empty text.
        language: spoken, "fr" or "en"; anything else is read as French.

    Returns:
        From 0 to `MAX_SKIP_S`, never later than the start of the last turn, never inside a turn
        that was not recognised as an opening formula. 0.0 without turns. When nothing but greetings
        was said, or when it is unclear, only what comes before the first sound is skipped.
    """
    ordered = sorted(turns, key=lambda turn: (turn.start_s, turn.end_s))
    if not ordered:
        return 0.0
    start_s = ordered[_skipped(ordered, language)].start_s
    ended_s = max(
        (turn.end_s for turn in ordered if turn.end_s <= start_s),
        default=0.0,
    )
    # The lead must not bring back the end of the greeting
    return min(MAX_SKIP_S, max(0.0, min(start_s, max(ended_s, start_s - LEAD_S))))


def _skipped(ordered: list[Said], language: str) -> int:
    """How many of the first turns are opening formulas, the last turn never among them."""
    skipped = 0
    greeted_from_s: float | None = None
    waited = False
    for place, (turn, following) in enumerate(pairwise(ordered), start=1):
        if following.start_s > MAX_SKIP_S:
            break
        if not turn.text.strip():
            # Skipped only if a greeting follows: a greeting nobody read, or music before it
            if turn.end_s - turn.start_s > MAX_UNREAD_S:
                if turn.speaker == Speaker.AGENT or greeted_from_s is not None:
                    break
                waited = True
            continue
        if _is_announcement(turn, language):
            greeted_from_s, waited = None, False
        else:
            greeted_from_s = turn.start_s if greeted_from_s is None else greeted_from_s
            if (
                turn.end_s - greeted_from_s > MAX_GREETING_S
                or (waited and not _names_answer(turn, language))
                or not (
                    is_greeting(turn.text, language)
                    or (skipped == 0 and _is_answer(turn, following, language))
                )
            ):
                break
            waited = False
        skipped = place
    return skipped


def is_greeting(text: str, language: str = "fr") -> bool:
    """Whether `text` is nothing but greetings, and asking or saying whether the right person speaks.

    Words without a greeting, a title or such a question are content, so a name alone is not enough.

    >>> is_greeting("Oui allô, bonjour, est-ce que je parle bien à monsieur Roussel ?")
    True
    >>> is_greeting("Bonjour madame Delattre, Hanta Rakoto, de la société Comptaclair.")
    False
    >>> is_greeting("")
    False
    """
    clauses = [(tokens(part), part) for part in _CLAUSE.findall(_TITLE_DOT.sub(r"\1", text))]
    clauses = [(words, part) for words, part in clauses if words]
    if not clauses or sum(len(words) for words, _ in clauses) > MAX_GREETING_WORDS:
        return False
    asks = False
    for words, part in clauses:
        asked = _read_clause(words, language, asks=asks, is_question=part.rstrip().endswith("?"))
        if asked is None:
            return False
        asks = asks or asked
    return True


def _read_clause(words: Words, language: str, *, asks: bool, is_question: bool) -> bool | None:
    """Whether a clause of opening formulas asks who is there; None when it says something else."""
    at = 0
    asked = False
    while at < len(words):
        size = _starts_with(words[at:], "opening_identity", language)
        named = _name_size(words[at + size :], language, is_asked=True) if size else 0
        if named:
            at, asked = at + size + named, True
            continue
        size = _starts_with(words[at:], "opening_greeting", language)
        if not size:
            size = _name_size(words[at:], language, is_asked=asks and at == 0)
            if is_question and size == 2 and at + size + 1 == len(words):
                size += _is_name(words[at + size], language)  # "monsieur Philippe Roussel ?"
        if not size:
            return None
        at += size
    return asked


def _name_size(words: Words, language: str, *, is_asked: bool) -> int:
    """How many words a title with its name takes, or a post once somebody was asked for.

    Without a question only one word goes with a title: in "bonjour madame Garnier Fatou" the
    second is the caller's.
    """
    size = _starts_with(words, "opening_title", language)
    if size:
        longest = MAX_NAME_WORDS if is_asked else 1
    elif is_asked and _starts_with(words, "opening_post", language):
        size, longest = 1, MAX_POST_WORDS
    else:
        return 0
    taken = 0
    while taken < longest and size + taken < len(words) and _is_name(words[size + taken], language):
        taken += 1
    return size + taken


def _is_name(word: str, language: str) -> bool:
    return not any(
        (word,) in _lists(name, language)
        for name in ("opening_content", "opening_greeting", "opening_title")
    )


def _is_announcement(turn: Said, language: str) -> bool:
    """A machine or a waiting queue on the side that is called; one that asks is a person."""
    if turn.speaker == Speaker.AGENT or is_question(turn.text):
        return False
    wanted = phrases("opening_announcement", language)
    body = f" {' '.join(tokens(turn.text))} "
    return any(f" {phrase} " in body for phrase in wanted.exact) or any(
        pattern.search(body.strip()) for pattern in wanted.patterns
    )


def _names_answer(turn: Said, language: str) -> bool:
    """Whether a turn ends with words said when picking up; a mere "oui" may be anywhere."""
    return _ends_with(tokens(turn.text), "opening_answer", language) > 0


def _is_answer(turn: Said, following: Said, language: str) -> bool:
    """Whether somebody picks up the phone with a name or a company, and is greeted for it.

    Only the first words of the side that is called can be that, and only when the other side then
    opens with a greeting: a caller may be greeted by name, but does not greet twice.
    """
    words = tokens(turn.text)
    if turn.speaker != Speaker.PROSPECT or following.speaker == turn.speaker:
        return False
    if not _starts_with(tokens(following.text), "opening_greeting", language):
        return False
    end = _ends_with(words, "opening_answer", language)
    said = words[: len(words) - end]
    while greeting := _starts_with(said, "opening_greeting", language):
        said = said[greeting:]
    if any((word,) in _lists("opening_content", language) for word in said):
        return False
    return len(said) <= (MAX_ANSWER_WORDS if end else MAX_BARE_ANSWER_WORDS)


def _starts_with(words: Words, name: str, language: str) -> int:
    """How many words the longest phrase of a list takes at the start; 0 for none."""
    return next(
        (len(phrase) for phrase in _lists(name, language) if _same(words[: len(phrase)], phrase)), 0
    )


def _ends_with(words: Words, name: str, language: str) -> int:
    return next(
        (len(phrase) for phrase in _lists(name, language) if _same(words[-len(phrase) :], phrase)),
        0,
    )


def _same(words: Words, phrase: Words) -> bool:
    """The same words, or long enough to be known with a recognition error."""
    if words == phrase:
        return True
    joined = " ".join(phrase)
    if len(words) != len(phrase) or len(phrase) < 2 or len(joined) < FUZZY_LETTERS:
        return False
    return fuzz.ratio(" ".join(words), joined) >= FUZZY_RATIO


@lru_cache(maxsize=16)
def _lists(name: str, language: str) -> tuple[Words, ...]:
    """The phrases of a list as words, longest first."""
    listed = (tuple(phrase.split()) for phrase in phrases(name, language).exact)
    return tuple(sorted(listed, key=len, reverse=True))
