"""Scripts that were written elsewhere: Markdown, plain text and Word. No database.

Headings are sections, list items and paragraphs lines; an item inside a line that begins with the
name of a persona is its variant. What a heading means is guessed from its words and shown before
anything is kept.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from rapidfuzz import fuzz

from callcoach.errors import N_, InvalidInput
from callcoach.script_library.document import (
    MAX_LINE,
    MAX_LINES,
    MAX_SHORT,
    Document,
    Line,
    Section,
    SectionKind,
    Variant,
    check,
    new_key,
)

#: Largest file, bytes: a script of 400 lines is far smaller, a Word file with a picture fits.
MAX_BYTES = 2_000_000
#: Most bytes that a Word file may hold once unpacked, and most files in it.
MAX_UNPACKED_BYTES = 30_000_000
MAX_PARTS = 2_000
#: Most characters of its text: 400 lines of 1,000 characters and their variants stay below it.
MAX_CHARACTERS = 600_000
#: From which likeness of their words (`rapidfuzz.fuzz.ratio`, 0 to 100) a line is taken for the one
#: that was there: half of the words of a line may be new.
SAME_LINE = 60.0

# None of these may look ahead without a bound: a file may be written to keep the server busy
_HEADING = re.compile(r"^(#{1,6})\s+(\S.*)$")
_ITEM = re.compile(r"^(\s*)(?:[-*+•–]|\d{1,3}[.)])\s+(.*)$")
_PERSONA = re.compile(r"^\*{0,2}([^:*]{1,80}?)\*{0,2}\s*:\*{0,2}\s*(.+)$")
_OBJECTION = re.compile(r"^[*_]*objection\s*:\s*[«\"“]?\s*(.*?)\s*[»\"”]?[*_]*$", re.IGNORECASE)
_REMARK = re.compile(r"^\*[^*].*[^*]\*$|^_[^_].*_$")
_LINK = re.compile(r"\[([^\[\]]{0,200})\]\([^()]{0,500}\)")
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_SQUARE = re.compile(r"\[([^\W\d_][\w '’-]{0,39})\]")
_FIELD = re.compile(r"\{[^\W\d_][\w '’-]{0,39}\}")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")

#: Words in headings by the kind they speak of; the first kind with a match is taken, so that
#: "Répondeur" comes before "Introduction".
_KIND_WORDS: tuple[tuple[SectionKind, str], ...] = (
    (SectionKind.VOICEMAIL, r"r[ée]pondeur|messagerie|message vocal|voicemail|voice mail"),
    (SectionKind.RECEPTIONIST, r"standard|secr[ée]tar|barrage|accueil|receptionist|gatekeeper"),
    (SectionKind.OBJECTION, r"objection|r[ée]ticence"),
    (SectionKind.CLOSING, r"conclusion|closing|rendez-vous|prise de rdv|cl[ôo]ture|meeting|fin"),
    (SectionKind.DISCOVERY, r"d[ée]couverte|question|qualification|discovery|besoin"),
    (SectionKind.REASON, r"motif|raison|objet de l|reason|pourquoi"),
    (SectionKind.ARGUMENT, r"argument|b[ée]n[ée]fice|proposition|offre|pitch|value"),
    (SectionKind.OPENING, r"accroche|ouverture|introduction|opening|pr[ée]sentation|bonjour|intro"),
)


#: What reading a damaged, encrypted or forged archive raises; lxml's XMLSyntaxError is a SyntaxError.
_DAMAGED = (
    PackageNotFoundError,
    AttributeError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text as its file marks it.

    Args:
        depth: of a heading from 1; of an item inside another from 1; 0 for other lines.
        left: what stands left of it in a table of two columns, "" elsewhere.
    """

    text: str
    is_heading: bool = False
    depth: int = 0
    left: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read.

    Args:
        title: the heading over everything, or "".
        unsure: keys of sections whose kind no heading told.
        notes: sentences on what was changed or left out, as message ids.
    """

    document: Document
    title: str = ""
    unsure: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A section while it is read."""

    kind: SectionKind
    title: str
    is_sure: bool
    lines: list[Line] = field(default_factory=list)


def read_file(name: str, content: bytes, personas: Sequence[str]) -> Imported:
    """Read an uploaded file by its content and the end of its name.

    Args:
        personas: names by which variants are known.

    Raises:
        InvalidInput: it is too large, damaged, or no text; the message says which.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            "This file is too large: a script has at most %(megabytes)s MB.",
            megabytes=MAX_BYTES // 1_000_000,
            field="file",
        )
    if not content.strip():
        raise InvalidInput("This file is empty.", field="file")
    if content[:4] == b"PK\x03\x04":
        return from_blocks(list(_docx_blocks(content)), personas)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InvalidInput(
            "This is an old Word file. Save it as .docx and bring that one.", field="file"
        )
    return read_text(_decoded(content), personas)


def read_text(text: str, personas: Sequence[str]) -> Imported:
    """Read Markdown or plain text.

    Raises:
        InvalidInput: there is nothing in it, or far too much.
    """
    return from_blocks(list(_text_blocks(text[: MAX_CHARACTERS + 1])), personas)


def from_blocks(blocks: Sequence[Block], personas: Sequence[str]) -> Imported:
    """Sections and lines from what a file marks as headings, items and paragraphs.

    Raises:
        InvalidInput: nothing to say is in it, or more lines than a script may have.
    """
    if sum(len(block.text) + len(block.left) for block in blocks) > MAX_CHARACTERS:
        raise InvalidInput("This text is too long for a script.", field="file")
    reader = _Reader({name.casefold(): name for name in personas})
    for block in blocks:
        reader.take(block)
    return reader.finish()


def adopt_keys(found: Document, known: Document) -> Document:
    """Give lines the keys of those that they were, so that their history goes on.

    The same words make the same line wherever it stands; of the others the likest pairs are taken,
    each line once. What stands with a line and no text file carries (register, promise, marks)
    stays.
    """
    rest = {line.key: line for line in known.lines()}
    pairs: dict[str, Line] = {}
    for line in found.lines():
        same = next((old for old in rest.values() if old.text == line.text), None)
        if same is not None:
            pairs[line.key] = rest.pop(same.key)
    likeness = sorted(
        (
            (ratio, line.key, old.key)
            for line in found.lines()
            if line.key not in pairs
            for old in rest.values()
            if (ratio := _likeness(line.text, old.text))
        ),
        key=lambda each: -each[0],
    )
    for _ratio, key, old_key in likeness:
        if key not in pairs and old_key in rest:
            pairs[key] = rest.pop(old_key)
    free = list(known.sections)
    sections = []
    for section in found.sections:
        was = next(
            (s for s in free if (s.kind, s.title) == (section.kind, section.title)),
            next((s for s in free if s.kind is section.kind), None),
        )
        if was is not None:
            free.remove(was)
        lines = tuple(_adopted(line, pairs.get(line.key)) for line in section.lines)
        sections.append(replace(section, key=was.key if was else section.key, lines=lines))
    return Document(tuple(sections))


def kind_of(heading: str) -> SectionKind | None:
    """What part of a call a heading speaks of, or None."""
    words = heading.casefold()
    for kind, pattern in _KIND_WORDS:
        if re.search(rf"\b(?:{pattern})", words):
            return kind
    return None


class _Reader:
    def __init__(self, personas: dict[str, str]) -> None:
        self._personas = personas
        self._sections: list[_Draft] = []
        self._title = ""
        self._notes: dict[str, None] = {}
        self._count = 0

    def take(self, block: Block) -> None:
        if block.is_heading:
            self._heading(block)
            return
        if not self._sections:
            self._sections.append(_Draft(SectionKind.OPENING, "", is_sure=False))
        section = self._sections[-1]
        last = section.lines[-1] if section.lines else None
        if last is not None and block.depth and self._belongs_to(section, last, block.text):
            return
        for text in self._cut(self._clean(block.text)):
            self._count += 1
            if self._count > MAX_LINES:
                raise InvalidInput(
                    "This text has more than %(most)s lines, which is more than a script has.",
                    most=MAX_LINES,
                    field="file",
                )
            left = self._clean(block.left)[:MAX_SHORT]
            section.lines.append(Line(new_key(), text, answers=left))

    def finish(self) -> Imported:
        found = [section for section in self._sections if section.lines]
        if not found:
            raise InvalidInput("There is nothing to say in this text.", field="file")
        sections = tuple(
            Section(new_key(), section.kind, section.title, tuple(section.lines))
            for section in found
        )
        document = Document(sections)
        try:
            check(document)
        except ValueError as error:
            raise InvalidInput(
                "This text cannot be taken in: %(why)s.", why=str(error), field="file"
            ) from None
        unsure = frozenset(
            section.key for section, read in zip(sections, found, strict=True) if not read.is_sure
        )
        return Imported(document, self._title, unsure, tuple(self._notes))

    def _heading(self, block: Block) -> None:
        title = self._clean(block.text)[:MAX_SHORT]
        kind = kind_of(title)
        if kind is None and block.depth == 1 and not self._sections and not self._title:
            self._title = title  # the name of the whole
            return
        before = self._sections[-1].kind if self._sections else SectionKind.OPENING
        self._sections.append(_Draft(kind or before, title, is_sure=kind is not None))

    def _belongs_to(self, section: _Draft, line: Line, text: str) -> bool:
        """Whether an item inside a line says something of it: a variant, an objection, a remark."""
        text = " ".join(text.split())
        if len(text) > 2 * MAX_LINE:
            return False
        if found := _OBJECTION.match(text):
            section.lines[-1] = replace(line, answers=self._clean(found[1])[:MAX_SHORT])
            return True
        if _REMARK.match(text) and not text.startswith("**"):
            return True  # how it is said, for people to read
        found = _PERSONA.match(text)
        persona = self._personas.get(found[1].strip().casefold()) if found else None
        if found is None or persona is None:
            return False
        words = self._clean(found[2])
        if not words or any(variant.persona == persona for variant in line.variants):
            return False
        variant = Variant(persona, words[:MAX_LINE])
        section.lines[-1] = replace(line, variants=(*line.variants, variant))
        return True

    def _clean(self, text: str) -> str:
        """Without marks of the file; ``[prénom]`` becomes a field, stray braces round ones."""
        plain = _LINK.sub(r"\1", text)
        plain = _MARKS.sub("", plain)
        plain = _SQUARE.sub(r"{\1}", plain)
        kept = _FIELD.findall(plain)
        if plain.count("{") != len(kept) or plain.count("}") != len(kept):
            self._notes[N_("Braces that name no field became round ones.")] = None
            pieces = _FIELD.split(plain)
            pieces = [piece.replace("{", "(").replace("}", ")") for piece in pieces]
            plain = "".join(a + b for a, b in zip(pieces, [*kept, ""], strict=True))
        printable = "".join(c if c.isprintable() or c.isspace() else "" for c in plain)
        return " ".join(printable.split())

    def _cut(self, text: str) -> Iterator[str]:
        """A paragraph that is too long for one line, at the ends of its sentences."""
        if not text:
            return
        if len(text) <= MAX_LINE:
            yield text
            return
        self._notes[N_("Long paragraphs were cut into several lines.")] = None
        part = ""
        for sentence in _SENTENCE.split(text):
            if part and len(part) + 1 + len(sentence) > MAX_LINE:
                yield part
                part = ""
            part = f"{part} {sentence}".strip()
            while len(part) > MAX_LINE:
                yield part[:MAX_LINE].rstrip()
                part = part[MAX_LINE:].lstrip()
        if part:
            yield part


def _text_blocks(text: str) -> Iterator[Block]:
    """Markdown, or plain text with paragraphs; HTML comments and rules are left out."""
    paragraph: list[str] = []
    depth_of: list[int] = []
    for raw in [*_without_comments(text).splitlines(), ""]:
        line = raw.expandtabs(4).rstrip()
        heading = _HEADING.match(line)
        item = _ITEM.match(line)
        is_rule = bool(re.fullmatch(r"\s*([-*_=])(?:\s*\1){2,}\s*", line))
        if (not line.strip() or heading or item or is_rule or line.startswith(">")) and paragraph:
            yield Block(" ".join(paragraph), depth=len(depth_of) - 1 if depth_of else 0)
            paragraph = []
            depth_of = depth_of if item else []
        if heading:
            title = heading[2].rstrip().rstrip("#")
            yield Block(title, is_heading=True, depth=len(heading[1]))
        elif item and not is_rule:
            indent = len(item[1])
            while depth_of and depth_of[-1] >= indent:
                depth_of.pop()
            depth_of.append(indent)
            paragraph = [item[2]]
        elif line.strip() and not is_rule and not line.startswith(">"):
            if not paragraph and not line.startswith(" "):
                depth_of = []
            paragraph.append(line.strip())


def _without_comments(text: str) -> str:
    """Without what stands between ``<!--`` and ``-->``; one that never ends is text."""
    kept = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join([*kept, text[at:]])


def _docx_blocks(content: bytes) -> Iterator[Block]:
    _require_small(content)
    try:
        document = docx.Document(io.BytesIO(content))
        inner = list(document.iter_inner_content())
    except _DAMAGED as error:
        raise _damaged() from error
    for part in inner:
        if isinstance(part, Paragraph):
            yield _paragraph(part)
        elif isinstance(part, Table):
            yield from _rows(part)


def _paragraph(paragraph: Paragraph) -> Block:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    found = re.match(r"(?:heading|titre)\s*(\d)?", style.casefold())
    if found or style.casefold() == "title":
        return Block(paragraph.text, is_heading=True, depth=int(found[1] or 1) if found else 1)
    level = re.search(r"\d$", style) if "list" in style.casefold() else None
    return Block(paragraph.text, depth=int(level[0]) - 1 if level else 0)


def _rows(table: Table) -> Iterator[Block]:
    """Two columns are an objection and its answer; of others each cell is a line."""
    for row in table.rows:
        cells = [cell.text for cell in row.cells]
        if len(cells) == 2:
            yield Block(cells[1], left=cells[0])
        else:
            yield from (Block(cell) for cell in dict.fromkeys(cells))


def _require_small(content: bytes) -> None:
    """Look at what the archive claims before any of it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, ValueError) as error:
        raise _damaged() from error
    if "word/document.xml" not in names:
        raise InvalidInput(
            "This file is no Word document. Bring .docx, Markdown or plain text.", field="file"
        )
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
        raise InvalidInput("This Word file holds far more than a script.", field="file")


def _damaged() -> InvalidInput:
    return InvalidInput(
        "This Word file is damaged. Open it in Word, save it again, and bring that one.",
        field="file",
    )


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""):
        if encoding:
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return text
    if b"\x00" in content:
        raise InvalidInput(
            "This file is no text. Bring .docx, Markdown or plain text.", field="file"
        )
    return content.decode("cp1252", errors="replace")  # as Windows writes French


def _likeness(one: str, other: str) -> float:
    """0 for those that are not alike enough."""
    return float(fuzz.ratio(one.casefold(), other.casefold(), score_cutoff=SAME_LINE))


def _adopted(line: Line, was: Line | None) -> Line:
    if was is None:
        return line
    return replace(
        was,
        text=line.text,
        answers=line.answers or was.answers,
        variants=line.variants or was.variants,
    )
