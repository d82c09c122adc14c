"""Who the agent claims to have been sent by: the State, EDF, the town hall, and who it really is.

A name after "mandatés par", "de la part de" or "partenaires de", or before "nous a mandatés". A name
that reads as the sponsor's is true. Whether a partnership exists nobody can hear: it is a suspicion.

Does not detect: a name of a company that no list knows; what is implied without a name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from callcoach.analysis.alignment.reading import Side
from callcoach.analysis.alignment.words import Phrases, Words, load_words, starts_with
from callcoach.analysis.text import tokens as words_of

_ELIDED = re.compile(r"^['’ ]*(?:[ld]['’])?")
#: Words between what claims and the name.
_REACH, _NEAR_REACH = 7, 6
#: Likeness, 0 to 100, from which words are the sponsor's name in spite of recognition.
NAME_RATIO = 72.0
#: How sure each way of claiming is.
_SENT, _PARTNER, _CALLS, _ASKS, _PROGRAMME = 0.92, 0.72, 0.82, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class SenderClaim:
    """Tokens ``[first, end)`` claim that `who` sent the caller."""

    who: str
    first: int
    end: int
    confidence: float


def claims_of(side: Side, sponsor: str) -> tuple[SenderClaim, ...]:
    """Claims of a false sender, in order of time; none that is denied, asked or quoted."""
    words = load_words(side.language)
    lists = words.lists
    authorities = lists["senders.authorities"]
    found: list[SenderClaim] = []
    texts = side.texts
    stems = tuple(phrase[0] for phrase in lists["senders.claims"])
    for at, token in enumerate(side.tokens):
        if token.is_quoted or token.is_denied or token.is_asked:
            continue
        size, confidence, reach = 0, 0.0, _REACH
        if token.text.startswith(stems):
            size, confidence = 1, _SENT
        elif size := starts_with(texts, at, lists["senders.partners"]):
            confidence = _PARTNER
        elif size := starts_with(texts, at, lists["senders.calls"]):
            confidence, reach = _CALLS, _NEAR_REACH
        elif size := starts_with(texts, at, lists["senders.programmes"]):
            found.append(SenderClaim(side.quote(at, at + size), at, at + size, _PROGRAMME))
            continue
        if not size:
            continue
        known = (*authorities, *lists["senders.bodies"]) if confidence == _SENT else authorities
        named = _named(side, at + size, reach, known)
        if named is not None and not is_name(texts[named[0] : named[1]], sponsor):
            found.append(SenderClaim(_name(side, *named), at, named[1], confidence))
    found += _asking(side, words)
    return _apart(found)


def _name(side: Side, first: int, end: int) -> str:
    """A name as recognised, without its elided article and marks."""
    return _ELIDED.sub("", side.quote(first, end)).strip(".,;:!?… ")


def _named(side: Side, at: int, reach: int, authorities: Phrases) -> tuple[int, int] | None:
    """The first authority named within reach, in the same sentence."""
    if at >= len(side.tokens):
        return None
    sentence = side.tokens[at - 1].sentence
    for place in range(at, min(len(side.tokens), at + reach)):
        if side.tokens[place].sentence != sentence:
            return None
        size = starts_with(side.texts, place, authorities)
        if size:
            return place, place + size
    return None


def _asking(side: Side, words: Words) -> list[SenderClaim]:
    """Names before the claim: "l'État nous a mandatés", "EDF à l'appareil"."""
    lists = words.lists
    bodies = (*lists["senders.authorities"], *lists["senders.bodies"])
    verbs = tuple(phrase[0] for phrase in lists["senders.ask_verbs"])
    found: list[SenderClaim] = []
    for at, token in enumerate(side.tokens):
        size = starts_with(side.texts, at, bodies)
        if not size or token.is_quoted or token.is_denied or token.is_asked:
            continue
        who = _name(side, at, at + size)
        for place in range(at + size, min(len(side.tokens), at + size + 3)):
            if side.tokens[place].sentence != token.sentence:
                break
            end = place + starts_with(side.texts, place, lists["senders.speaks"])
            if end == place:
                end = _ask_end(side, place, lists["senders.asks"], verbs)
            if end > place:
                found.append(SenderClaim(who, at, end, _ASKS))
                break
    return found


def _ask_end(side: Side, place: int, asks: Phrases, verbs: tuple[str, ...]) -> int:
    """Where "nous a mandatés" that starts at `place` ends; `place` when it does not start there."""
    start = place + starts_with(side.texts, place, asks)
    if start == place:
        return place
    if side.texts[start - 1].startswith(verbs):
        return start
    for number in range(start, min(len(side.tokens), start + 2)):
        if side.texts[number].startswith(verbs) and not side.tokens[number].is_denied:
            return number + 1
    return place


def _apart(found: list[SenderClaim]) -> tuple[SenderClaim, ...]:
    """The surest of claims that share words."""
    kept: list[SenderClaim] = []
    for claim in sorted(found, key=lambda claim: (-claim.confidence, claim.first)):
        if all(claim.end <= other.first or other.end <= claim.first for other in kept):
            kept.append(claim)
    return tuple(sorted(kept, key=lambda claim: claim.first))


def is_name(said: list[str], name: str) -> bool:
    """Whether folded words read as a company's name or its first word, however recognised."""
    wanted = words_of(name)
    if not wanted or not said:
        return False
    joined = "".join(said)
    return any(
        fuzz.ratio(joined, "".join(form)) >= NAME_RATIO
        for form in {wanted, wanted[:1]}
        if len("".join(form)) >= 3
    )


def find_name(side: Side, name: str, first: int, end: int) -> tuple[int, int, float] | None:
    """Where a company's name is said best among tokens ``[first, end)``, and how alike, 0 to 1."""
    wanted = words_of(name)
    if not wanted:
        return None
    best: tuple[int, int, float] | None = None
    for form in {wanted, wanted[:1]}:
        spelt = "".join(form)
        if len(spelt) < 4 and form != wanted:
            continue
        for size in {len(form), len(form) + 1, max(1, len(form) - 1)}:
            for place in range(first, end - size + 1):
                if side.tokens[place].turn != side.tokens[place + size - 1].turn:
                    continue
                value = fuzz.ratio("".join(side.texts[place : place + size]), spelt) / 100
                if value * 100 >= NAME_RATIO and (best is None or value > best[2]):
                    best = (place, place + size, value)
    return best
