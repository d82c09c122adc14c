"""What differs between two documents: sections, lines, words. Pure.

Lines and sections are matched by key, so that one that moved or was reworded is never shown as
taken out and put in. Which lines moved is the least that explains the new order: all but a longest
run of lines that kept their order.

Words are compared by difflib's matching blocks; what is shown as equal, taken out and put in spells
both texts exactly.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from callcoach.script_library.document import Document, Line, Place, Register, Section

#: A word with the punctuation that clings to it, a stretch of space, or one mark.
_TOKEN = re.compile(r"\{[^{}]*\}|\w+(?:['’-]\w+)*['’]?|\s+|[^\w\s]")


class Op(StrEnum):
    """What became of a stretch of words."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of text and what became of it."""

    op: Op
    text: str


class What(StrEnum):
    """What of a line differs."""

    TEXT = "text"
    VARIANT_ADDED = "variant_added"
    VARIANT_REMOVED = "variant_removed"
    VARIANT_TEXT = "variant_text"
    ADDRESS = "address"
    PACE = "pace"
    USE = "use"
    AVOID = "avoid"
    ANSWERS = "answers"
    PROMISE = "promise"
    DISCLOSURE = "disclosure"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing of a line that differs.

    Args:
        persona: of which variant, "" for the line itself.
        before, after: as text; words to use and avoid joined by ", ", a promise as its number,
            flags as "yes" and "".
        words: the two texts woven together, for wordings.
    """

    what: What
    persona: str
    before: str
    after: str
    words: tuple[Words, ...] = ()


class Status(StrEnum):
    """What became of a line or section."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of either document.

    Args:
        is_moved: it stands elsewhere among the lines that both documents have.
        moved_from: the section it left, when it left one.
        details: empty unless `status` is CHANGED.
    """

    key: str
    status: Status
    before: Line | None
    after: Line | None
    is_moved: bool = False
    moved_from: Section | None = None
    details: tuple[Detail, ...] = ()

    @property
    def is_change(self) -> bool:
        return self.is_moved or self.status is not Status.SAME


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section of either document with all its lines, those it lost included.

    Args:
        is_moved: as of a line.
        lines: in the order of the newer document, a removed line behind the line it followed. A
            line that moved to another section is listed there only.
    """

    key: str
    status: Status
    before: Section | None
    after: Section | None
    is_moved: bool
    lines: tuple[LineChange, ...]

    @property
    def is_change(self) -> bool:
        return (
            self.is_moved
            or self.status is not Status.SAME
            or any(line.is_change for line in self.lines)
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines were added, removed, reworded or otherwise changed, and moved.

    A line that was changed and moved counts in both.
    """

    added: int
    removed: int
    changed: int
    moved: int

    @property
    def total(self) -> int:
        return self.added + self.removed + self.changed + self.moved


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two documents, in the order of the newer one."""

    sections: tuple[SectionChange, ...]

    def lines(self) -> Iterator[LineChange]:
        for section in self.sections:
            yield from section.lines

    def changed_lines(self) -> tuple[LineChange, ...]:
        """Lines that were added, removed, changed or moved."""
        return tuple(line for line in self.lines() if line.is_change)

    @property
    def is_empty(self) -> bool:
        return not any(section.is_change for section in self.sections)

    def counts(self) -> Counts:
        lines = tuple(self.lines())
        return Counts(
            added=sum(line.status is Status.ADDED for line in lines),
            removed=sum(line.status is Status.REMOVED for line in lines),
            changed=sum(line.status is Status.CHANGED for line in lines),
            moved=sum(line.is_moved for line in lines),
        )


def compare(before: Document, after: Document) -> Difference:
    """What has to be done to `before` to get `after`."""
    moved_sections = moved(
        [section.key for section in before.sections], [section.key for section in after.sections]
    )
    weave = _LineWeave(before, after)
    sections = []
    old_keys = [section.key for section in before.sections]
    new_keys = [section.key for section in after.sections]
    for key in merged_order(old_keys, new_keys):
        old, new = before.section(key), after.section(key)
        sections.append(
            SectionChange(
                key=key,
                status=_section_status(old, new),
                before=old,
                after=new,
                is_moved=key in moved_sections,
                lines=weave.lines_of(old, new),
            )
        )
    # A section whose lines all moved elsewhere is still shown, since it was removed
    return Difference(tuple(sections))


def compare_words(before: str, after: str) -> tuple[Words, ...]:
    """Two texts woven together: the equal and deleted stretches spell `before`, the equal and
    inserted ones `after`.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Words] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Words(Op.EQUAL, "".join(old[i1:i2])))
            continue
        if i2 > i1:
            found.append(Words(Op.DELETE, "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Words(Op.INSERT, "".join(new[j1:j2])))
    return _without_crumbs(found)


def moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest of the common items whose moving explains the new order.

    Args:
        before, after: each item once in either.
    """
    place = {key: index for index, key in enumerate(before)}
    common = [key for key in after if key in place]
    return frozenset(common) - frozenset(_longest_rising(common, [place[key] for key in common]))


def merged_order(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """All items of both in the order of `after`; one that is only in `before` comes behind the
    nearest item before it that both have, or first.
    """
    kept = set(after)
    behind: dict[str | None, list[str]] = {}
    last: str | None = None
    for key in before:
        if key in kept:
            last = key
        else:
            behind.setdefault(last, []).append(key)
    found = list(behind.get(None, ()))
    for key in after:
        found += [key, *behind.get(key, ())]
    return found


class _LineWeave:
    """The lines of both documents, section by section."""

    def __init__(self, before: Document, after: Document) -> None:
        self._old = {place.line.key: place for place in before.places()}
        self._new = {place.line.key: place for place in after.places()}
        self._moved: set[str] = set()
        for key, place in self._new.items():
            old = self._old.get(key)
            if old is not None and old.section.key != place.section.key:
                self._moved.add(key)
        for section in after.sections:
            was = before.section(section.key)
            if was is not None:
                here = [line.key for line in section.lines if line.key not in self._moved]
                self._moved |= moved([line.key for line in was.lines], here)

    def lines_of(self, old: Section | None, new: Section | None) -> tuple[LineChange, ...]:
        # Lines that went to another section are shown there
        before = [
            line.key
            for line in (old.lines if old else ())
            if line.key not in self._new or self._is_here(line.key, new)
        ]
        after = [line.key for line in (new.lines if new else ())]
        return tuple(self._change_of(key) for key in merged_order(before, after))

    def _is_here(self, key: str, section: Section | None) -> bool:
        place: Place | None = self._new.get(key)
        return section is not None and place is not None and place.section.key == section.key

    def _change_of(self, key: str) -> LineChange:
        old, new = self._old.get(key), self._new.get(key)
        if old is None:
            assert new is not None
            return LineChange(key, Status.ADDED, None, new.line)
        if new is None:
            return LineChange(key, Status.REMOVED, old.line, None)
        details = tuple(line_details(old.line, new.line))
        return LineChange(
            key=key,
            status=Status.CHANGED if details else Status.SAME,
            before=old.line,
            after=new.line,
            is_moved=key in self._moved,
            moved_from=old.section if old.section.key != new.section.key else None,
            details=details,
        )


def line_details(before: Line, after: Line) -> Iterator[Detail]:
    """All that differs between two states of one line; nothing when they are alike."""
    if before.text != after.text:
        words = compare_words(before.text, after.text)
        yield Detail(What.TEXT, "", before.text, after.text, words)
    yield from _register_details("", before.register, after.register)
    old = {variant.persona: variant for variant in before.variants}
    new = {variant.persona: variant for variant in after.variants}
    for persona in merged_order(list(old), list(new)):
        was, now = old.get(persona), new.get(persona)
        if now is None:
            yield Detail(What.VARIANT_REMOVED, persona, old[persona].text, "")
        elif was is None:
            yield Detail(What.VARIANT_ADDED, persona, "", now.text)
        else:
            if was.text != now.text:
                words = compare_words(was.text, now.text)
                yield Detail(What.VARIANT_TEXT, persona, was.text, now.text, words)
            yield from _register_details(persona, was.register, now.register)
    for what, a, b in (
        (What.ANSWERS, before.answers, after.answers),
        (What.PROMISE, _number(before.promise_id), _number(after.promise_id)),
        (What.DISCLOSURE, _flag(before.is_disclosure), _flag(after.is_disclosure)),
        (What.REQUIRED, _flag(before.is_required), _flag(after.is_required)),
    ):
        if a != b:
            yield Detail(what, "", a, b)


def _register_details(persona: str, before: Register, after: Register) -> Iterator[Detail]:
    for what, a, b in (
        (What.ADDRESS, before.address.value, after.address.value),
        (What.PACE, before.pace, after.pace),
        (What.USE, ", ".join(before.use), ", ".join(after.use)),
        (What.AVOID, ", ".join(before.avoid), ", ".join(after.avoid)),
    ):
        if a != b:
            yield Detail(what, persona, a, b)


def _section_status(old: Section | None, new: Section | None) -> Status:
    if old is None:
        return Status.ADDED
    if new is None:
        return Status.REMOVED
    is_same = (old.kind, old.title) == (new.kind, new.title)
    return Status.SAME if is_same else Status.CHANGED


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _flag(value: bool) -> str:
    return "yes" if value else ""


def _without_crumbs(found: Sequence[Words]) -> tuple[Words, ...]:
    """Runs of replaced words with only a space between them read as one replacement."""
    kept: list[Words] = []
    for index, piece in enumerate(found):
        is_crumb = (
            piece.op is Op.EQUAL
            and not piece.text.strip()
            and 0 < index < len(found) - 1
            and found[index - 1].op is not Op.EQUAL
            and found[index + 1].op is not Op.EQUAL
        )
        kept += (
            [Words(Op.DELETE, piece.text), Words(Op.INSERT, piece.text)] if is_crumb else [piece]
        )
    joined: list[Words] = []
    removed = added = ""
    for piece in [*kept, Words(Op.EQUAL, "")]:
        if piece.op is Op.DELETE:
            removed += piece.text
        elif piece.op is Op.INSERT:
            added += piece.text
        else:
            joined += [Words(Op.DELETE, removed)] if removed else []
            joined += [Words(Op.INSERT, added)] if added else []
            joined += [piece] if piece.text else []
            removed = added = ""
    return tuple(joined)


def _longest_rising(keys: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Keys whose numbers form a longest rising run, not necessarily side by side."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(number)
            ends.append(index)
        else:
            tails[at], ends[at] = number, index
    found: list[str] = []
    index_: int | None = ends[-1] if ends else None
    while index_ is not None:
        found.append(keys[index_])
        index_ = before[index_]
    return found[::-1]
