"""What in a text could tell who somebody is, or be abused: found, and struck out. Pure.

Names of people, telephone numbers, e-mail addresses, bank and card numbers, postal addresses, also
as they are spoken and as recognition writes them ("zéro six douze…", "martin arobase orange point
fr", "D U R A N D"). Rules and checksums, no list of first names: recognition misspells names, and
what a rule misses a person must still see (`benchmarks/redaction.py` says how much that is). So nothing found here may be shown to an outsider before
a person has released it; this proposes what to strike out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from rapidfuzz import fuzz
from stdnum import iban, luhn
from text_to_num import alpha2digit

from callcoach.analysis.model import Word
from callcoach.analysis.redaction_words import (
    BEFORE_NAMES,
    COMMON,
    OFFICES,
    SAID_FIRST,
    UNITS,
    is_word,
)
from callcoach.analysis.text import fold


class Sensitive(StrEnum):
    """What kind of thing was found."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    ADDRESS = "address"
    #: A long number of no known kind: a customer or contract number, or one that was misheard.
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text.

    Args:
        start, end: characters, half-open.
        is_sure: by a checksum, a known name or a plain form; otherwise by a guess, such as a capital
            letter in the middle of a sentence.
    """

    start: int
    end: int
    kind: Sensitive
    is_sure: bool = True


#: Likeness, 0 to 100, from which a word counts as a known name misspelt (rapidfuzz `ratio`): one
#: letter of six.
LIKE_NAME = 82.0
#: Shortest known name matched with errors, letters: shorter ones are like too many words.
SHORTEST_FUZZY = 5
#: Digits from which an unknown number is struck out: a French telephone number has ten, and
#: recognition loses some; prices and numbers of employees have fewer.
LONG_NUMBER = 7

#: Shortest word that opens a sentence as a name, letters: shorter ones are interjections.
SHORTEST_OPENING = 4

#: After these a capital letter says nothing.
ENDS_OF_SENTENCES = '.!?…:«»“”"-–'

_DIGITS = rf"(?:\d[\d.]*|{'|'.join(sorted(UNITS, key=len, reverse=True))})"
_NUMBER_RUN = re.compile(
    rf"(?<![\w@]){_DIGITS}(?:(?:[\s,./-]|\bet\b|\beuh\b|\bvirgule\b)+{_DIGITS})*(?!\w)",
    re.IGNORECASE,
)
_PLUS = re.compile(r"(?:\+|\bplus\s+|\b00\s*)(?=33\b|trente[- ]trois)", re.IGNORECASE)
#: Behind a long number these say that it is an amount, not somebody's.
_MEASURED = re.compile(
    r"\s*(?:euros?|€|k€|mètres?|m²|m2|kilomètres?|pour\s+cent|%|kilowatt|kwh|salariés|tonnes)",
    re.IGNORECASE,
)
#: The letters that a contract's or an invoice's number begins with.
_PREFIX = re.compile(r"\b[A-Z]{2,4}[\s-]?$")
_IBAN = re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]){11,30}\b", re.IGNORECASE)
#: An account's number that was misheard: its checksum does not hold.
_LIKE_IBAN = re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?\d){12,26}\b")
_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+")
_LINK = r"(?:\s*[.\-_]\s*|\s+(?:point|tiret|underscore|souligné|du bas|dot|dash)\s+(?:du\s+(?:6|six)\s+)?)"
_SPOKEN_EMAIL = re.compile(
    rf"(?:\b\w+(?:{_LINK}\w+)*|\b\w(?:[\s-]+\w)+)\s+(?:arobase|arobas|arobaze|at|@)\s+"
    rf"\w+(?:(?:[\s-]+\w+){{0,2}}?(?:{_LINK}\w+)+)?",
    re.IGNORECASE,
)
#: "arobase" as a small recogniser writes it: "à robases", "à Robas", "à robuste", "au base".
_MISHEARD_AT = r"(?:(?:à|a)\s+roba\w*|arobas\w*|à\s+robuste|(?<=contacter )au\s+base)"
_PARTS = r"[\w'’-]+"
_MISHEARD_EMAIL = re.compile(
    rf"(?:{_PARTS}\s+)?{_PARTS}[\s,]+{_MISHEARD_AT}"
    rf"(?:\.(?:fr|com|net|org|eu)\b|(?:[\s,]+{_PARTS}){{1,5}}?\s*(?:\.|point)\s*(?:fr|com|net|org|eu|f\s?r)\b"
    rf"|(?:[\s,]+{_PARTS}){{1,2}})",
    re.IGNORECASE,
)
_STREET = (
    "rue|avenue|boulevard|place|impasse|allée|allee|chemin|route|quai|cours|square|faubourg|passage|"
    "lotissement|résidence|residence|villa|esplanade|rond-point|sentier|street|road"
)
_ADDRESS = re.compile(
    rf"(?:\b{_DIGITS}(?:[\s-]{_DIGITS}){{0,3}}\s*(?:bis|ter|quater)?\s*,?\s*)"
    rf"(?:{_STREET})\b(?:\s+(?:de\s+la|de\s+l['’]|des|du|de|d['’]|la|le|les))?(?:\s*[\w'’-]+){{1,3}}?"
    rf"(?=\s*(?:[,.;!?]|$|\s(?:à|a|et|dans|en|c['’]est|pour|qui|je|vous|on|\d{{5}})\b))"
    r"(?:\s*,?\s*(?:à|a)?\s*(?:\d{5}\s*)?(?-i:[A-ZÉÈ][\w'’-]+(?:[\s-][A-ZÉÈ][\w'’-]+)*))?",
    re.IGNORECASE,
)
_PLACE = r"[A-ZÉÈ][\w'’-]+(?:[\s-][A-ZÉÈ][\w'’-]+)*"
_OF = r"(?:(?:de\s+la|de\s+l['’]|des|du|de|d['’]|la|le|les)\s*)?"
#: A street without a number, and a business park: only before a name.
_UNNUMBERED = re.compile(
    rf"\b(?:(?i:{_STREET})\s+{_OF}|"
    rf"(?i:zone\s+(?:industrielle|artisanale|commerciale|d['’]activités?)|parc\s+d['’]activités?)\s+{_OF}|"
    rf"(?:ZI|ZA|ZAC)\s+{_OF}){_PLACE}(?:\s*,?\s*\d{{5}}\s+{_PLACE})?"
)
#: A street's name in small letters, after words that mean little else.
_SMALL_STREET = re.compile(
    r"\b(?:rue|avenue|boulevard|impasse)\s+(?:de\s+la\s+|de\s+l['’]|des\s+|du\s+|de\s+|d['’])[\w'’-]+",
    re.IGNORECASE,
)
_SAID_POSTCODE = re.compile(
    r"(?<=code postal )(?:(?:c['’]est|est)\s+)?(?:le\s+)?\d{2}\s?\d{3}\b", re.IGNORECASE
)
_POSTCODE = re.compile(r"\b\d{5}\s+(?:[A-ZÉÈ][\w'’-]+)(?:[\s-][A-ZÉÈ][\w'’-]+)*")
_NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’]*(?:-[A-ZÀ-ÖØ-Þ][\w'’]*)*"
_FULL_NAME = (
    rf"{_NAME_WORD}(?:\s+(?:(?:de|du|des|le|la|von|van|ben|el|al[\s-])\s+)?{_NAME_WORD}){{0,2}}"
)
_TITLED = re.compile(
    rf"\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Mm]aître|[Dd]octeur|M\.|Mme|Mlle|Mr|Mrs|Ms)\s+({_FULL_NAME})"
)
_INTRODUCED = re.compile(
    rf"\b(?i:je\s+m['’]appelle|mon\s+nom\s+(?:c['’])?est|ici|de\s+la\s+part\s+de|je\s+suis|"
    rf"c['’]est|my\s+name\s+is|this\s+is|speaking\s+to)\s+({_FULL_NAME})"
)
#: A name that recognition took for a noun: "madame le Breton", "monsieur le moine", "madame de l'âtre".
_TITLED_NOUN = re.compile(
    r"\b(?:monsieur|madame|mademoiselle|maître)(?:\s+((?:le|la|du|de\s+la|de)\s+\w+|(?:de\s+)?[lds]['’]\w+|\w+)|-(\w+))",
    re.IGNORECASE,
)
_ANSWERING = re.compile(rf"\b({_FULL_NAME})\s+(?i:à\s+l['’]appareil|au\s+téléphone|speaking)\b")
_SPELLED = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ](?:[\s.,-]+(?:comme\s+\w+[\s.,-]+)?(?:deux\s+)?[A-ZÀ-ÖØ-Þ]\b){3,}"
    r"|\b[A-Za-zÀ-ÿ]\s+comme\s+\w+(?:[\s,.]+[A-Za-zÀ-ÿ]\s+comme\s+\w+)+"
)
_CAPITAL = re.compile(rf"\b{_NAME_WORD}")
_OPENING = re.compile(rf"(?:^|(?<=[.!?…:«»“”])\s*)({_FULL_NAME})")


_Found = Iterable[Span]


def find(
    text: str, *, names: Collection[str] = (), spared: Collection[str] = ()
) -> tuple[Span, ...]:
    """Everything to strike out of a text, in order, never overlapping.

    Args:
        text: of one turn or more, in French or English.
        names: known names, full or in part: the agent's, the prospect's. Found with errors too.
        spared: names that may be said: the sponsor, its products, the campaign's vocabulary.
    """
    kept_out = {fold(word) for name in spared for word in re.findall(r"\w+", name)} | COMMON
    rules: Sequence[Callable[[], _Found]] = (
        lambda: _by_pattern(text, _EMAIL, Sensitive.EMAIL),
        lambda: _by_pattern(text, _SPOKEN_EMAIL, Sensitive.EMAIL),
        lambda: _by_pattern(text, _MISHEARD_EMAIL, Sensitive.EMAIL, is_sure=False),
        lambda: _ibans(text),
        lambda: _by_pattern(text, _ADDRESS, Sensitive.ADDRESS),
        lambda: _by_pattern(text, _UNNUMBERED, Sensitive.ADDRESS),
        lambda: _by_pattern(text, _SMALL_STREET, Sensitive.ADDRESS, is_sure=False),
        lambda: _by_pattern(text, _SAID_POSTCODE, Sensitive.ADDRESS),
        lambda: _by_pattern(text, _POSTCODE, Sensitive.ADDRESS),
        lambda: _numbers(text),
        lambda: _known_names(text, names),
        lambda: _named(text, kept_out),
        lambda: _titled_nouns(text, kept_out),
        lambda: _by_pattern(text, _SPELLED, Sensitive.NAME),
        lambda: _openings(text, kept_out),
        lambda: _capitals(text, kept_out, kept_out - COMMON),
    )
    found: list[Span] = []
    for rule in rules:
        for span in rule():
            found = _joined(span, found)
    whole: list[Span] = [span for span in found if span.kind is not Sensitive.NAME]
    for span in sorted(found, key=lambda span: span.start):
        if span.kind is Sensitive.NAME:
            more = _with_first_name(text, span, kept_out)
            is_free = all(
                other.kind is Sensitive.NAME or other.end <= more.start or more.end <= other.start
                for other in whole
            )
            whole = _joined(more if is_free else span, whole)
    return tuple(sorted(whole, key=lambda span: span.start))


def _with_first_name(text: str, span: Span, kept_out: Collection[str]) -> Span:
    """A name with the capitalised word right before it: at the beginning of a sentence "Claire" in
    "Claire Garnier" is a word like any other.
    """
    before = re.search(rf"({_NAME_WORD})\s+$", text[: span.start])
    if span.kind is not Sensitive.NAME or before is None:
        return span
    word = before[1]
    is_name = (
        len(word) > 3
        and not word.isupper()
        and not {fold(word)} & {*kept_out, *SAID_FIRST, *BEFORE_NAMES}
    )
    return Span(before.start(1), span.end, span.kind, span.is_sure) if is_name else span


def strike(text: str, spans: Iterable[Span], labels: Mapping[Sensitive, str]) -> str:
    """The text with each span replaced by its label in square brackets.

    >>> strike("Je suis Paul.", [Span(8, 12, Sensitive.NAME)], {Sensitive.NAME: "nom"})
    'Je suis [nom].'
    """
    parts: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        parts += [text[at : span.start], f"[{labels[span.kind]}]"]
        at = max(at, span.end)
    return "".join([*parts, text[at:]])


def find_in_words(
    words: Sequence[Word], *, names: Collection[str] = (), spared: Collection[str] = ()
) -> tuple[tuple[int, int, Sensitive], ...]:
    """As `find`, as stretches of words: indices of the first and after the last, with the kind.

    A word that a span touches is struck out whole: half a name tells it.
    """
    ends: list[int] = []
    text = ""
    for word in words:
        text += word.word
        ends.append(len(text))
    stretches: list[tuple[int, int, Sensitive]] = []
    for span in find(text, names=names, spared=spared):
        first = next(index for index, end in enumerate(ends) if end > span.start)
        last = next(index for index, end in enumerate(ends) if end >= span.end)
        if stretches and stretches[-1][1] > first:
            first = stretches[-1][1]
        if last >= first:
            stretches.append((first, last + 1, span.kind))
    return tuple(stretches)


def _joined(span: Span, found: list[Span]) -> list[Span]:
    """`found` with one more. A name in part known already becomes the whole name ("Philippe Rousselle"
    where "Rousselle" is the prospect's); otherwise what was found first stays as it is.
    """
    touched = [other for other in found if span.start < other.end and other.start < span.end]
    if not touched:
        return [*found, span]
    if span.kind is not Sensitive.NAME or any(
        other.kind is not Sensitive.NAME for other in touched
    ):
        return found
    whole = Span(
        min(span.start, *(other.start for other in touched)),
        max(span.end, *(other.end for other in touched)),
        Sensitive.NAME,
        any(other.is_sure for other in touched),
    )
    return [*(other for other in found if other not in touched), whole]


def _by_pattern(
    text: str, pattern: re.Pattern[str], kind: Sensitive, *, is_sure: bool = True
) -> _Found:
    for match in pattern.finditer(text):
        yield _trimmed(text, match.start(), match.end(), kind, is_sure=is_sure)


def _trimmed(text: str, start: int, end: int, kind: Sensitive, *, is_sure: bool = True) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",."):
        end -= 1
    return Span(start, end, kind, is_sure)


def _ibans(text: str) -> _Found:
    for match in _IBAN.finditer(text):
        # The pattern may run on into the next word: the longest beginning whose checksum holds
        for end in range(match.end(), match.start() + 14, -1):
            if iban.is_valid(text[match.start() : end]):
                yield _trimmed(text, match.start(), end, Sensitive.IBAN)
                break
        else:
            if like := _LIKE_IBAN.match(text, match.start()):
                yield _trimmed(text, *like.span(), Sensitive.IBAN, is_sure=False)


def _numbers(text: str) -> _Found:
    for match in _NUMBER_RUN.finditer(text):
        start = match.start()
        if plus := _PLUS.search(text[:start] + text[start : start + 12], max(0, start - 6)):
            start = min(start, plus.start())
        digits = re.sub(r"\D", "", alpha2digit(match.group().replace("-", " "), "fr"))
        has_plus = start < match.start()
        kind = _kind_of_number(digits, has_plus=has_plus)
        if kind is Sensitive.NUMBER:
            if _MEASURED.match(text, match.end()):
                continue
            if prefix := _PREFIX.search(text, 0, start):
                start = prefix.start()
        if kind is not None:
            yield _trimmed(text, start, match.end(), kind)


def _kind_of_number(digits: str, *, has_plus: bool) -> Sensitive | None:
    if 13 <= len(digits) <= 19 and luhn.is_valid(digits):
        return Sensitive.CARD
    if has_plus or digits.startswith("0"):
        try:
            number = phonenumbers.parse(f"+{digits}" if has_plus else digits, "FR")
        except phonenumbers.NumberParseException:
            pass
        else:
            if phonenumbers.is_possible_number(number):
                return Sensitive.PHONE
    return Sensitive.NUMBER if len(digits) >= LONG_NUMBER else None


def _known_names(text: str, names: Collection[str]) -> _Found:
    wanted = {fold(part) for name in names for part in re.findall(r"\w{2,}", name)}
    for match in re.finditer(r"\w+", text):
        said = fold(match.group())
        is_like = match.group()[0].isupper() and any(
            len(name) >= SHORTEST_FUZZY and fuzz.ratio(said, name) >= LIKE_NAME for name in wanted
        )
        if said in wanted or is_like:
            yield Span(match.start(), match.end(), Sensitive.NAME)


def _named(text: str, kept_out: Collection[str]) -> _Found:
    for pattern in (_TITLED, _INTRODUCED, _ANSWERING):
        for match in pattern.finditer(text):
            span = _without(text, match.start(1), match.end(1), kept_out)
            if span is not None:
                yield span


def _titled_nouns(text: str, kept_out: Collection[str]) -> _Found:
    """What stands after "madame" where no office and no ordinary word follows."""
    for match in _TITLED_NOUN.finditer(text):
        group = 1 if match[1] else 2
        said = re.findall(r"\w+", match[group])
        has_article = len(said) > 1
        word = said[-1]
        if fold(word) in kept_out or fold(word) in OFFICES or len(word) < 3:
            continue
        if has_article or group == 2 or not is_word(word):
            yield Span(match.start(group), match.end(group), Sensitive.NAME, is_sure=False)


def _without(text: str, start: int, end: int, kept_out: Collection[str]) -> Span | None:
    """The name up to the first word that is none; None when its first is not."""
    last = start
    for word in re.finditer(r"\w+", text[start:end]):
        if fold(word.group()) in kept_out:
            break
        last = start + word.end()
    return Span(start, last, Sensitive.NAME) if last > start else None


def _openings(text: str, kept_out: Collection[str]) -> _Found:
    """A sentence that opens with a word of no language spoken here: "Hanta, c'est ça ?"."""
    for match in _OPENING.finditer(text):
        first = re.match(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", match[1])
        if first is None or len(first.group()) < SHORTEST_OPENING or first.group().isupper():
            continue
        parts = re.findall(r"[^\W\d_]+", first.group())
        if any(is_word(part) or fold(part) in kept_out for part in parts):
            continue
        span = _without(text, match.start(1), match.end(1), kept_out)
        if span is not None:
            yield Span(span.start, span.end, Sensitive.NAME, is_sure=False)


def _is_spared(word: str, kept_out: Collection[str], names: Collection[str]) -> bool:
    """May be said; one of `names` also misspelt, where only a capital speaks against it: "Voltanore"."""
    said = fold(word)
    return said in kept_out or any(
        len(name) >= SHORTEST_FUZZY and fuzz.ratio(said, name) >= LIKE_NAME for name in names
    )


def _capitals(text: str, kept_out: Collection[str], names: Collection[str]) -> _Found:
    for match in _CAPITAL.finditer(text):
        word = match.group()
        said_before = text[: match.start()].rstrip()
        is_start = not said_before or said_before[-1] in ENDS_OF_SENTENCES
        if is_start or len(word) < 3 or word.isupper() or fold(word) in kept_out:
            continue
        if any(_is_spared(part, kept_out, names) for part in re.findall(r"\w+", word)):
            continue
        yield Span(match.start(), match.end(), Sensitive.NAME, is_sure=False)
