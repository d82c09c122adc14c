"""Edits of a document: each takes one and gives another. Pure.

An edit names the line or section it is about (`subject`) and what it does (`action`, the word kept
in `ScriptEdit`), so that a history can be told and single edits taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, Protocol

from callcoach.errors import N_, Conflict
from callcoach.script_library.document import (
    Document,
    Line,
    Register,
    Section,
    SectionKind,
    Variant,
    with_line,
)

#: Sections in the order of a call.
CALL_ORDER = tuple(SectionKind)


class Change(Protocol):
    """An edit of a document."""

    @property
    def action(self) -> str: ...

    @property
    def subject(self) -> str: ...

    def apply(self, document: Document) -> Document:
        """The document afterwards.

        Raises:
            Conflict: what it is about is no longer there.
        """
        ...


@dataclass(frozen=True, slots=True)
class AddLine:
    """A new line in a section.

    Args:
        index: place in the section, from 0; None for the end.
    """

    section_key: str
    line: Line
    index: int | None = None
    action: ClassVar[str] = "line_added"

    @property
    def subject(self) -> str:
        return self.line.key

    def apply(self, document: Document) -> Document:
        section = _section(document, self.section_key)
        return document.with_section(_with_line_at(section, self.line, self.index))


@dataclass(frozen=True, slots=True)
class ReplaceLine:
    """All that a line says, its variants and register included; its place stays."""

    line: Line
    action: ClassVar[str] = "line_changed"

    @property
    def subject(self) -> str:
        return self.line.key

    def apply(self, document: Document) -> Document:
        place = document.place_of(self.line.key)
        if place is None:
            raise Conflict(N_("This line was removed meanwhile."))
        return document.with_section(with_line(place.section, self.line))


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """Take a line out."""

    key: str
    action: ClassVar[str] = "line_removed"

    @property
    def subject(self) -> str:
        return self.key

    def apply(self, document: Document) -> Document:
        return Document(tuple(_without_line(section, self.key) for section in document.sections))


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Put a line elsewhere.

    Args:
        index: its place there once it has left its old one, from 0; beyond the end is the end.
    """

    key: str
    section_key: str
    index: int
    action: ClassVar[str] = "line_moved"

    @property
    def subject(self) -> str:
        return self.key

    def apply(self, document: Document) -> Document:
        line = document.line(self.key)
        if line is None:
            raise Conflict(N_("This line was removed meanwhile."))
        rest = RemoveLine(self.key).apply(document)
        section = _section(rest, self.section_key)
        return rest.with_section(_with_line_at(section, line, self.index))


@dataclass(frozen=True, slots=True)
class AddSection:
    """A new section.

    Args:
        index: place among the sections, from 0; None for where its kind stands in a call.
    """

    section: Section
    index: int | None = None
    action: ClassVar[str] = "section_added"

    @property
    def subject(self) -> str:
        return self.section.key

    def apply(self, document: Document) -> Document:
        index = self.index
        if index is None:
            index = _place_in_call(document, self.section.kind)
        known = list(document.sections)
        known.insert(index, self.section)
        return Document(tuple(known))


@dataclass(frozen=True, slots=True)
class ChangeSection:
    """Another kind or title."""

    key: str
    kind: SectionKind
    title: str
    action: ClassVar[str] = "section_changed"

    @property
    def subject(self) -> str:
        return self.key

    def apply(self, document: Document) -> Document:
        section = _section(document, self.key)
        return document.with_section(replace(section, kind=self.kind, title=self.title))


@dataclass(frozen=True, slots=True)
class RemoveSection:
    """Take a section out with all its lines."""

    key: str
    action: ClassVar[str] = "section_removed"

    @property
    def subject(self) -> str:
        return self.key

    def apply(self, document: Document) -> Document:
        return Document(tuple(s for s in document.sections if s.key != self.key))


@dataclass(frozen=True, slots=True)
class MoveSection:
    """Put a section elsewhere; `index` counts once it has left its old place."""

    key: str
    index: int
    action: ClassVar[str] = "section_moved"

    @property
    def subject(self) -> str:
        return self.key

    def apply(self, document: Document) -> Document:
        section = _section(document, self.key)
        rest = [known for known in document.sections if known.key != self.key]
        rest.insert(max(0, self.index), section)
        return Document(tuple(rest))


@dataclass(frozen=True, slots=True)
class ReplaceAll:
    """Another document altogether: an import, or a former version brought back."""

    document: Document
    action: str = "imported"
    subject: str = field(default="", init=False)

    def apply(self, document: Document) -> Document:
        return self.document


def set_wording(line: Line, persona: str, text: str) -> Line:
    """A line with other words for a persona; "" for those said to everybody else.

    A persona that had no variant gets one.
    """
    if not persona:
        return replace(line, text=text)
    wanted = persona.casefold()
    known = [v.persona.casefold() for v in line.variants]
    if wanted in known:
        variants = tuple(
            replace(v, text=text) if v.persona.casefold() == wanted else v for v in line.variants
        )
    else:
        variants = (*line.variants, Variant(persona, text, line.register))
    return replace(line, variants=variants)


def set_register(line: Line, persona: str, register: Register) -> Line:
    """A line with other notes on how it is said, to everybody or in the variant for a persona."""
    if not persona:
        return replace(line, register=register)
    wanted = persona.casefold()
    return replace(
        line,
        variants=tuple(
            replace(v, register=register) if v.persona.casefold() == wanted else v
            for v in line.variants
        ),
    )


def merge_line(base: Line, mine: Line, theirs: Line) -> Line | None:
    """Two changes of one line put together, field by field, or None where both changed the same.

    The words for each persona are a field of their own.
    """
    merged, is_clash = _merge_fields(base, mine, theirs)
    return None if is_clash else merged


def prefer_mine(base: Line, mine: Line, theirs: Line) -> Line:
    """As `merge_line`, mine where both changed the same: what "keep mine" saves."""
    return _merge_fields(base, mine, theirs)[0]


def merge(base: Document, current: Document, change: Change) -> Document | None:
    """Apply a change that was made on `base` to what others have made of it meanwhile.

    Returns:
        None when it changes what others changed too: a person has to look at both.

    Raises:
        Conflict: what it is about is no longer there, or is removed unread.
    """
    if isinstance(change, RemoveLine) and current.line(change.key) not in (
        None,
        base.line(change.key),
    ):
        raise Conflict(N_("This line was changed meanwhile. Read it before you remove it."))
    if base == current or not isinstance(change, ReplaceLine | ChangeSection):
        return change.apply(current)
    if isinstance(change, ReplaceLine):
        old, theirs = base.line(change.line.key), current.line(change.line.key)
        if old is None or theirs is None:
            return change.apply(current)
        line = merge_line(old, change.line, theirs)
        return None if line is None else ReplaceLine(line).apply(current)
    was, now = base.section(change.key), current.section(change.key)
    mine = (change.kind, change.title)
    if was and now and (now.kind, now.title) not in ((was.kind, was.title), mine):
        return None
    return change.apply(current)


def revert(current: Document, before: Document, after: Document, subject: str) -> Document:
    """Take one edit back, other edits made since staying.

    Args:
        before, after: the document as that edit found and left it.
        subject: line or section that it was about.

    Raises:
        Conflict: what it did was changed again since.
    """
    if current == after:
        return before
    old, new = before.place_of(subject), after.place_of(subject)
    here = current.place_of(subject)
    if old is None and new is None:
        return _revert_section(current, before, after, subject)
    if (here.line if here else None) != (new.line if new else None):
        raise Conflict(N_("This line was changed again since. Take that back first."))
    if old is None:
        return RemoveLine(subject).apply(current)
    if here is None:
        if current.section(old.section.key) is None:  # taken out with it
            current = AddSection(replace(old.section, lines=())).apply(current)
        return AddLine(old.section.key, old.line, old.index).apply(current)
    found = ReplaceLine(old.line).apply(current)
    if new and (old.section.key, old.index) != (new.section.key, new.index):
        found = MoveLine(subject, old.section.key, old.index).apply(found)
    return found


def _revert_section(current: Document, before: Document, after: Document, subject: str) -> Document:
    old, new, here = (document.section(subject) for document in (before, after, current))
    if old is not None and new is None and here is None:
        return AddSection(old, before.sections.index(old)).apply(current)
    if old is not None and here is not None and here == new:
        found = ChangeSection(subject, old.kind, old.title).apply(current)
        return MoveSection(subject, before.sections.index(old)).apply(found)
    if old is None and here is not None and here == new:
        return RemoveSection(subject).apply(current)
    raise Conflict(N_("Something was changed after this. Take the later changes back first."))


def _section(document: Document, key: str) -> Section:
    found = document.section(key)
    if found is None:
        raise Conflict(N_("This section was removed meanwhile."))
    return found


def _with_line_at(section: Section, line: Line, index: int | None) -> Section:
    lines = list(section.lines)
    lines.insert(len(lines) if index is None else max(0, index), line)
    return replace(section, lines=tuple(lines))


def _without_line(section: Section, key: str) -> Section:
    kept = tuple(line for line in section.lines if line.key != key)
    return section if len(kept) == len(section.lines) else replace(section, lines=kept)


def _place_in_call(document: Document, kind: SectionKind) -> int:
    """Behind the last section that comes no later in a call."""
    rank = CALL_ORDER.index(kind)
    places = [i for i, s in enumerate(document.sections) if CALL_ORDER.index(s.kind) <= rank]
    return places[-1] + 1 if places else 0


def _merge_fields(base: Line, mine: Line, theirs: Line) -> tuple[Line, bool]:
    merged, is_clash = theirs, False
    for name in ("text", "register", "answers", "promise_id", "is_disclosure", "is_required"):
        old, my, their = getattr(base, name), getattr(mine, name), getattr(theirs, name)
        if my not in (old, their):
            is_clash = is_clash or their != old
            merged = replace(merged, **{name: my})
    variants, is_other_clash = _merge_variants(base, mine, theirs)
    return replace(merged, variants=variants), is_clash or is_other_clash


def _merge_variants(base: Line, mine: Line, theirs: Line) -> tuple[tuple[Variant, ...], bool]:
    old, my, their = ({v.persona: v for v in line.variants} for line in (base, mine, theirs))
    kept: list[Variant] = []
    is_clash = False
    for persona in dict.fromkeys((*their, *my)):
        was, a, b = old.get(persona), my.get(persona), their.get(persona)
        is_clash = is_clash or (a != b and was not in (a, b))
        # Who differs from what was there has decided
        chosen = b if a == was else a
        if chosen is not None:
            kept.append(chosen)
    return tuple(kept), is_clash


def step(document: Document, key: str, by: int) -> tuple[str, int] | None:
    """Where a line comes when it goes one place down (``by=1``) or up (``-1``): section and index
    for `MoveLine`. Beyond the end of its section that is the next one; None at the very end.
    """
    place = document.place_of(key)
    if place is None:
        return None
    index = place.index + by
    if 0 <= index < len(place.section.lines):
        return place.section.key, index
    at = document.sections.index(place.section) + by
    if not 0 <= at < len(document.sections):
        return None
    other = document.sections[at]
    return other.key, 0 if by > 0 else len(other.lines)
