"""The spreadsheet of a report: method, results, every row, and the facts that its hash is of. Pure.

Text stays text: nothing that begins with = + - or @ becomes a formula. The same content gives the
same bytes, so that its hash can stand in the chain.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as WrittenCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

#: A cell holds at most 32767 characters; the facts are cut into pieces of this many.
PIECE = 30_000
#: Name of the sheet that holds the facts, the same in every language.
FACTS = "facts"

Cell = str | int | float | None
Sheet = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def workbook_of(sheets: Sequence[Sheet], facts: bytes, *, made_at: datetime) -> bytes:
    """The file.

    Args:
        sheets: name (31 characters at most), headings, rows.
        facts: canonical JSON, kept piece by piece in a sheet of its own.
        made_at: kept as when it was made, so that the same content gives the same bytes.
    """
    book = Workbook()
    book.remove(book.active)
    for name, heads, rows in sheets:
        _fill(book.create_sheet(name[:31]), heads, rows)
    text = facts.decode()
    pieces = [[text[at : at + PIECE]] for at in range(0, len(text), PIECE)]
    _fill(book.create_sheet(FACTS), (), pieces)
    plain = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "CallCoach"
    book.properties.created = plain
    out = io.BytesIO()
    book.save(out)
    return _repacked(out.getvalue(), plain)


def facts_in(content: bytes) -> bytes:
    """The facts that a file of `workbook_of` holds; b"" where it holds none."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True)
    if FACTS not in book.sheetnames:
        return b""
    pieces = [str(row[0] or "") for row in book[FACTS].iter_rows(values_only=True) if row]
    return "".join(pieces).encode()


def _fill(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    if heads:
        for column, head in enumerate(heads, 1):
            cell = sheet.cell(1, column)
            _write_text(cell, head)
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    first = 2 if heads else 1
    widths = [len(head) for head in heads]
    for place, row in enumerate(rows, first):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(place, column)
            if isinstance(value, str):
                _write_text(cell, value)
                cell.alignment = Alignment(vertical="top", wrap_text=bool(heads))
            else:
                cell.value = value
            if column <= len(widths) and value is not None:
                widths[column - 1] = max(widths[column - 1], min(60, len(str(value))))
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width + 2


def _write_text(cell: WrittenCell, text: str) -> None:
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"  # what begins with = was taken for a formula
    # so that it stays text when somebody edits the cell
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@", "\t")


def _repacked(content: bytes, made_at: datetime) -> bytes:
    """The same archive with every date its own."""
    stamp = made_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    when = (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, made_at.second)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", data)
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, data)
    return out.getvalue()
