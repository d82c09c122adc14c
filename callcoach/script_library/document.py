"""What a version of a script says: sections of lines, each line with its variants. Pure.

A line and a section keep their key from version to version, whatever becomes of their words and
place: that is how a change is told from a removal, and what notes and figures hang on.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

#: Longest text of a line or variant, characters.
MAX_LINE = 1_000
#: Longest title, note or word to use, characters.
MAX_SHORT = 200
#: Most lines of one document: a script that nobody could learn is refused, not shortened.
MAX_LINES = 400

_KEY = re.compile(r"[0-9a-z]{1,32}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[^\W\d_][\w '’-]{0,39}")


class SectionKind(StrEnum):
    """What part of a call a section serves, in the order of a call."""

    OPENING = "opening"
    REASON = "reason"
    DISCOVERY = "discovery"
    ARGUMENT = "argument"
    OBJECTION = "objection"
    CLOSING = "closing"
    VOICEMAIL = "voicemail"
    RECEPTIONIST = "receptionist"


class Address(StrEnum):
    """How the person called is addressed."""

    UNSAID = ""
    VOUS = "vous"
    TU = "tu"


@dataclass(frozen=True, slots=True)
class Register:
    """How something is to be said.

    Args:
        pace: in the author's words ("posé, une respiration avant la question").
        use, avoid: words to use and to avoid.
    """

    address: Address = Address.UNSAID
    pace: str = ""
    use: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A line as it is said to one kind of person.

    Args:
        persona: name of a persona of the campaign, not empty; once in a line.
    """

    persona: str
    text: str
    register: Register = field(default_factory=Register)


@dataclass(frozen=True, slots=True)
class Line:
    """Something to say.

    Args:
        key: stays with the line through all versions.
        text: to everybody who has no variant; ``{prénom}`` stands for what the agent fills in.
        answers: the objection that it answers, in the prospect's words; "" elsewhere.
        promise_id: the promise of the campaign that it serves.
        is_disclosure: who is calling, for whom, that it is prospecting, that it is recorded, the
            right to object: what the law wants said.
        is_required: to be said in every conversation.
    """

    key: str
    text: str
    variants: tuple[Variant, ...] = ()
    register: Register = field(default_factory=Register)
    answers: str = ""
    promise_id: int | None = None
    is_disclosure: bool = False
    is_required: bool = False

    def said_to(self, persona: str) -> str:
        """Its words for a persona; the common ones where it has no variant."""
        wanted = persona.casefold()
        found = (variant.text for variant in self.variants if variant.persona.casefold() == wanted)
        return next(found, self.text)

    def wordings(self) -> tuple[str, ...]:
        """All its words, the common ones first."""
        return (self.text, *(variant.text for variant in self.variants))


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one part of the call.

    Args:
        key: stays with the section through all versions.
        title: "" takes the name of its kind.
    """

    key: str
    kind: SectionKind
    title: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: its section and its index there, from 0."""

    section: Section
    index: int
    line: Line


@dataclass(frozen=True, slots=True)
class Document:
    """All that one version says."""

    sections: tuple[Section, ...] = ()

    def places(self) -> Iterator[Place]:
        """Every line with its place, in reading order."""
        for section in self.sections:
            for index, line in enumerate(section.lines):
                yield Place(section, index, line)

    def lines(self) -> tuple[Line, ...]:
        return tuple(place.line for place in self.places())

    def place_of(self, key: str) -> Place | None:
        """Where the line with this key stands; None when this version has no such line."""
        return next((place for place in self.places() if place.line.key == key), None)

    def line(self, key: str) -> Line | None:
        place = self.place_of(key)
        return place.line if place else None

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)

    def with_section(self, section: Section) -> Document:
        """A copy in which `section` takes the place of the one with its key, or comes last."""
        if self.section(section.key) is None:
            return Document((*self.sections, section))
        return Document(
            tuple(section if known.key == section.key else known for known in self.sections)
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON types; `from_dict` reads them back to an equal document."""
        return {"sections": [_section_to_dict(section) for section in self.sections]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: something is missing, too long, unknown or there twice; the message says what.
        """
        found = cls(tuple(_section_from(item) for item in _list(data, "sections")))
        check(found)
        return found


def new_key() -> str:
    """A key that no other line or section has."""
    return uuid.uuid4().hex[:16]


def placeholders(text: str) -> tuple[str, ...]:
    """What the agent fills in, in order, each once: ``"Bonjour {prénom}"`` → ``("prénom",)``."""
    return tuple(dict.fromkeys(name.strip() for name in _PLACEHOLDER.findall(text)))


def split_fields(text: str) -> tuple[tuple[str, bool], ...]:
    """A text cut at its placeholders, each piece with whether it is one, without its braces."""
    parts = _PLACEHOLDER.split(text)  # every second one was between braces
    cut = ((part.strip() if i % 2 else part, i % 2 == 1) for i, part in enumerate(parts))
    return tuple(piece for piece in cut if piece[0])


def without_placeholders(text: str) -> str:
    """What is said whatever the agent fills in.

    >>> without_placeholders("Bonjour {prénom}, ça va ?")
    'Bonjour, ça va ?'
    """
    bare = " ".join(_PLACEHOLDER.sub(" ", text).split())
    return re.sub(r" ([,.])", r"\1", bare)


def check(document: Document) -> None:
    """Look whether a document may be kept.

    Raises:
        ValueError: what is wrong with it, for a person to read in English.
    """
    keys = [section.key for section in document.sections]
    lines = document.lines()
    keys += [line.key for line in lines]
    if len(lines) > MAX_LINES:
        raise ValueError(f"{len(lines)} lines; at most {MAX_LINES} fit a script")
    for key in keys:
        if not _KEY.fullmatch(key):
            raise ValueError(f"key {key!r} is not made of small letters and digits")
        if keys.count(key) > 1:
            raise ValueError(f"key {key!r} is there twice")
    for section in document.sections:
        _check_length(section.title, MAX_SHORT, "title")
    for line in lines:
        _check_line(line)


def _check_line(line: Line) -> None:
    if not line.text.strip():
        raise ValueError("a line says nothing")
    personas = [variant.persona.casefold() for variant in line.variants]
    if "" in personas:
        raise ValueError("a variant names no persona")
    if len(set(personas)) < len(personas):
        raise ValueError("two variants of a line are for the same persona")
    if any(not variant.text.strip() for variant in line.variants):
        raise ValueError("a variant says nothing")
    for text in line.wordings():
        _check_length(text, MAX_LINE, "line")
        _check_placeholders(text)
    _check_length(line.answers, MAX_SHORT, "objection")
    for register in (line.register, *(variant.register for variant in line.variants)):
        for words in (register.pace, *register.use, *register.avoid):
            _check_length(words, MAX_SHORT, "note on the register")


def _check_length(text: str, most: int, what: str) -> None:
    if len(text) > most:
        raise ValueError(f"a {what} has {len(text)} characters; at most {most} are kept")


def _check_placeholders(text: str) -> None:
    bare = _PLACEHOLDER.sub("", text)
    if "{" in bare or "}" in bare:
        raise ValueError(f"braces do not match in {text[:60]!r}")
    for name in placeholders(text):
        if not _NAME.fullmatch(name):
            raise ValueError(f"{{{name}}} is no name that an agent could fill in")


def _register_to_dict(register: Register) -> dict[str, Any]:
    return {
        "address": register.address.value,
        "pace": register.pace,
        "use": list(register.use),
        "avoid": list(register.avoid),
    }


def _line_to_dict(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "text": line.text,
        "variants": [
            {
                "persona": variant.persona,
                "text": variant.text,
                "register": _register_to_dict(variant.register),
            }
            for variant in line.variants
        ],
        "register": _register_to_dict(line.register),
        "answers": line.answers,
        "promise_id": line.promise_id,
        "is_disclosure": line.is_disclosure,
        "is_required": line.is_required,
    }


def _section_to_dict(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "kind": section.kind.value,
        "title": section.title,
        "lines": [_line_to_dict(line) for line in section.lines],
    }


def _list(data: Any, key: str) -> list[Any]:
    found = data.get(key, []) if isinstance(data, Mapping) else None
    if not isinstance(found, list):
        raise ValueError(f"{key!r} must be a list")  # noqa: TRY004 - one error for all bad data
    return found


def _text(data: Any, key: str) -> str:
    found = data.get(key, "") if isinstance(data, Mapping) else None
    if not isinstance(found, str):
        raise ValueError(f"{key!r} must be text")  # noqa: TRY004 - one error for all bad data
    return found


def _register_from(data: Any) -> Register:
    if data is None:
        return Register()
    use, avoid = _list(data, "use"), _list(data, "avoid")
    if not all(isinstance(word, str) for word in [*use, *avoid]):
        raise ValueError("words to use and to avoid must be text")
    return Register(Address(_text(data, "address")), _text(data, "pace"), tuple(use), tuple(avoid))


def _line_from(data: Any) -> Line:
    variants = tuple(
        Variant(_text(item, "persona"), _text(item, "text"), _register_from(item.get("register")))
        for item in _list(data, "variants")
    )
    promise_id = data.get("promise_id")
    if not (promise_id is None or (isinstance(promise_id, int) and promise_id > 0)):
        raise ValueError("'promise_id' must be a number of a promise")
    return Line(
        key=_text(data, "key"),
        text=_text(data, "text"),
        variants=variants,
        register=_register_from(data.get("register")),
        answers=_text(data, "answers"),
        promise_id=promise_id,
        is_disclosure=bool(data.get("is_disclosure", False)),
        is_required=bool(data.get("is_required", False)),
    )


def _section_from(data: Any) -> Section:
    lines = tuple(_line_from(item) for item in _list(data, "lines"))
    return Section(
        _text(data, "key"), SectionKind(_text(data, "kind")), _text(data, "title"), lines
    )


def with_line(section: Section, line: Line) -> Section:
    """A copy of a section in which `line` takes the place of the one with its key, or comes last."""
    if all(known.key != line.key for known in section.lines):
        return replace(section, lines=(*section.lines, line))
    return replace(
        section, lines=tuple(line if known.key == line.key else known for known in section.lines)
    )
