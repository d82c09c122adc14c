"""What of a new version the sponsor has to approve. Pure.

Wording that touches a promise, a disclosure or a phrase the sponsor warned of waits for the
sponsor; the rest may enter force at once. What is new is judged against what the sponsor approved
last, never against the version that a draft was begun from: two steps that ask nobody could
otherwise carry in what one step could not.

When in doubt a change waits: asking in vain costs two taps, a promise slipped in costs the sponsor's
trust.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from rapidfuzz import fuzz

from callcoach.analysis.text import content_words, tokens
from callcoach.script_library.document import Document, Line, Register, SectionKind


class GroundKind(StrEnum):
    """Why something waits for the sponsor."""

    #: Nothing of this script was ever approved.
    FIRST = "first"
    PROMISE = "promise"
    DISCLOSURE = "disclosure"
    FORBIDDEN = "forbidden"
    AMBIGUOUS = "ambiguous"
    #: It says again what the sponsor had suspended.
    SUSPENDED = "suspended"


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Statement:
    """A phrase that the sponsor approved, or warned of.

    Args:
        kind: PROMISE for an approved one, FORBIDDEN or AMBIGUOUS.
        promise_id: the promise of the campaign; None for an expression.
    """

    kind: GroundKind
    text: str
    promise_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for which a version waits.

    Args:
        key: of the line, or of the section whose title it is; "" for the whole version.
        persona: whose wording; "" for the common one.
        before, after: the words; "" where there were or are none.
        phrase: the sponsor's phrase that is touched; "" for a line that is marked.
        promise_id: the promise that is touched.
    """

    kind: GroundKind
    change: ChangeKind = ChangeKind.ADDED
    key: str = ""
    persona: str = ""
    before: str = ""
    after: str = ""
    phrase: str = ""
    promise_id: int | None = None


#: Words between two words of a phrase that do not hide it ("sans aucun engagement").
MAX_BETWEEN = 2
#: Share of a statement's content words that touches it (at least two of them): half, since people
#: reword a promise and keep its nouns ("clôture … jours"); numbers are left out, they change.
SHARED_CONTENT = 0.5
#: Likeness, 0 to 100, of two words of six letters or more that are one, mistyped: one letter wrong
#: in six is 83.
MISTYPED = 83.0
_MISTYPED_LETTERS = 6
#: Letters that two forms of a word share at least, and at most have to.
_STEM, _FULL_STEM = 4, 6

#: Articles, elided or not, and other words that come and go without changing what is said.
_LINKS = frozenset(
    """a au aux c ce ces cet cette d de des du en et j je l la le les m me n ne nos notre on qu que s
    se t te un une vos votre vous y the a an of""".split()  # noqa: SIM905 - a word list reads better so
)
#: Left out of a phrase of which two words remain: "sans risque" says "sans aucun risque".
_EMPHASIS = frozenset(
    "aucun aucune absolument tout toute tous toutes totalement vraiment".split()  # noqa: SIM905
)
#: In digits, as some write them; "un" is an article more often.
_UNITS = """zero deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
    seize""".split()  # noqa: SIM905 - a word list reads better so
_DIGITS = {word: str(number + (number > 0)) for number, word in enumerate(_UNITS)}
_DIGITS |= {"vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50", "soixante": "60"}
_DIGITS |= {"cent": "100", "mille": "1000"}


def grounds(
    before: Document | None,
    after: Document,
    statements: Sequence[Statement],
    suspended: Iterable[Document] = (),
) -> tuple[Ground, ...]:
    """Why a version waits for the sponsor, in reading order; nothing when it need not.

    Args:
        before: what the sponsor approved last; None when nothing ever was.
        after: what the version says.
        statements: the sponsor's phrases.
        suspended: versions that the sponsor has suspended since `before`.
    """
    if before is None:
        return (Ground(GroundKind.FIRST),)
    refused = {words for document in suspended for words in _said(document)} - set(_said(before))
    found: list[Ground] = []
    gone = [line for line in before.lines() if after.line(line.key) is None]
    for section in after.sections:
        known = before.section(section.key)
        was = known.title if known else ""
        if section.title != was:
            found += _phrases(section.key, "", was, section.title, statements)
        for line in section.lines:
            found += _of_line(before.line(line.key), line, statements)
            found += _moved(before, after, line)
            found += _said_again(before.line(line.key), line, refused)
    for line in gone:
        found += _of_line(line, None, statements)
    for section in before.sections:
        if section.title and after.section(section.key) is None:
            found += _phrases(section.key, "", section.title, "", statements)
    return tuple(dict.fromkeys(found))


def touches(wording: str, phrase: str) -> bool:
    """Whether a wording says a phrase, robust to accents, elision, inflection, typing errors and up
    to `MAX_BETWEEN` words put in between. Without any word in `phrase`: never.

    >>> touches("C’est sans aucun engagement de votre part.", "sans engagement")
    True
    >>> touches("Nous le garantissons.", "Garanti")
    True
    >>> touches("On s’engage avec vous.", "sans engagement")
    False
    """
    wanted, said = _words(phrase), _words(wording)
    plain = tuple(word for word in wanted if word not in _EMPHASIS)
    wanted = plain if len(plain) > 1 else wanted
    if not wanted:
        return False
    return any(_starts_with(said, index, wanted) for index in range(len(said)))


def rewords(wording: str, statement: str, share: float = SHARED_CONTENT) -> bool:
    """Whether a wording says a statement in other words or another order: a share of its content
    words, at least two.

    >>> rewords("La clôture tombe à deux jours.", "Votre clôture passe de dix à cinq jours")
    True
    """
    wanted, said = _content(statement), _content(wording)
    shared = sum(any(_is_same(word, other) for other in said) for word in wanted)
    return shared >= 2 and shared >= share * len(wanted)


def _of_line(
    before: Line | None, after: Line | None, statements: Sequence[Statement]
) -> Iterator[Ground]:
    """Grounds of one line: what it is marked with, then what each of its wordings touches."""
    if before == after:
        return
    old, new = (before.text if before else ""), (after.text if after else "")
    change = _change(before, after)
    is_disclosure = any(line is not None and line.is_disclosure for line in (before, after))
    key = after.key if after else before.key if before else ""
    if is_disclosure:
        yield Ground(GroundKind.DISCLOSURE, change, key, "", old, new)
    promises = {line.promise_id for line in (before, after) if line is not None} - {None}
    for promise_id in sorted(promise for promise in promises if promise is not None):
        text = next((each.text for each in statements if each.promise_id == promise_id), "")
        yield Ground(GroundKind.PROMISE, change, key, "", old, new, text, promise_id)
    for persona in _personas(before, after):
        yield from _phrases(
            key, persona, _heard(before, persona), _heard(after, persona), statements
        )


def _phrases(
    key: str, persona: str, before: str, after: str, statements: Sequence[Statement]
) -> Iterator[Ground]:
    if before == after:
        return
    change = _change(before or None, after or None)
    for statement in statements:
        # A promise is known by half of its words; to a warning all of them belong
        share = SHARED_CONTENT if statement.kind is GroundKind.PROMISE else 1.0
        for wording in (before, after):
            if touches(wording, statement.text) or rewords(wording, statement.text, share):
                yield Ground(
                    statement.kind,
                    change,
                    key,
                    persona,
                    before,
                    after,
                    statement.text,
                    statement.promise_id,
                )
                break


def _moved(before: Document, after: Document, line: Line) -> Iterator[Ground]:
    """A disclosure that is said in another part of the call is another disclosure."""
    was = before.place_of(line.key)
    now = after.place_of(line.key)
    if was is None or now is None or not (line.is_disclosure or was.line.is_disclosure):
        return
    kinds: tuple[SectionKind, SectionKind] = (was.section.kind, now.section.kind)
    if kinds[0] != kinds[1] and was.line == line:
        yield Ground(
            GroundKind.DISCLOSURE, ChangeKind.CHANGED, line.key, "", was.line.text, line.text
        )


def _said_again(
    before: Line | None, after: Line, refused: set[tuple[str, ...]]
) -> Iterator[Ground]:
    """By its words alone, whatever line says them: a new line in another place is no new wording."""
    for persona in _personas(before, after):
        if not refused.isdisjoint(_folded(after, persona)):
            old, new = _heard(before, persona), _heard(after, persona)
            yield Ground(GroundKind.SUSPENDED, _change(before, after), after.key, persona, old, new)


def _said(document: Document) -> Iterator[tuple[str, ...]]:
    for line in document.lines():
        for persona in _personas(line, None):
            yield from _folded(line, persona)


def _folded(line: Line, persona: str) -> Iterator[tuple[str, ...]]:
    """What a line has a person say, in folded words; what has no word in it is left out."""
    for part in _parts(line, persona):
        if words := tokens(_plain(part)):
            yield words


def _personas(before: Line | None, after: Line | None) -> tuple[str, ...]:
    """Nobody in particular (""), then every persona that has words of its own in one of both."""
    lines = [line for line in (before, after) if line is not None]
    return ("", *dict.fromkeys(variant.persona for line in lines for variant in line.variants))


def _heard(line: Line | None, persona: str) -> str:
    """All that a line has a person say: its words, and those that its register asks for."""
    return " · ".join(_parts(line, persona)) if line else ""


def _parts(line: Line, persona: str) -> tuple[str, ...]:
    wanted = persona.casefold()
    variants = (each for each in line.variants if each.persona.casefold() == wanted)
    variant = next(variants, None) if persona else None
    register: Register = variant.register if variant else line.register
    return (line.said_to(persona), *filter(None, (register.pace, *register.use)))


def _change(before: object | None, after: object | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if after is None else ChangeKind.CHANGED


def _plain(text: str) -> str:
    """Without characters that cannot be seen: a soft hyphen from a word processor splits a word."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def _content(text: str) -> frozenset[str]:
    """Stems of content words without numbers: another number is what a reworded promise has."""
    plain = (word for word in tokens(_plain(text)) if word not in _DIGITS)
    return content_words(" ".join(word for word in plain if not word[0].isdigit()))


def _words(text: str) -> tuple[str, ...]:
    """Folded words without what comes and goes, numbers in digits; all words where nothing else is
    left.
    """
    found = tuple(_DIGITS.get(word, word) for word in tokens(_plain(text)))
    return tuple(word for word in found if word not in _LINKS) or found


def _starts_with(said: Sequence[str], index: int, wanted: Sequence[str]) -> bool:
    """Whether the words of a phrase follow each other from one place on."""
    places = {index} if _is_same(said[index], wanted[0]) else set()
    for word in wanted[1:]:
        places = {
            after
            for place in places
            for after in range(place + 1, min(place + 2 + MAX_BETWEEN, len(said)))
            if _is_same(said[after], word)
        }
    return bool(places)


def _is_same(first: str, second: str) -> bool:
    """Whether two folded words are forms of one word, or one of them mistyped."""
    if first == second:
        return True
    if first[0].isdigit() or second[0].isdigit():
        return False
    short, long = sorted((first, second), key=len)
    if len(short) < _STEM:
        return long.removesuffix("s").removesuffix("e") == short.removesuffix("s").removesuffix("e")
    shared = next(
        (i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    if shared >= max(_STEM, min(_FULL_STEM, ceil(0.6 * len(long)))):
        return True
    return len(short) >= _MISTYPED_LETTERS and fuzz.ratio(short, long) >= MISTYPED
