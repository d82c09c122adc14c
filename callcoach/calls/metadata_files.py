"""Readers of metadata files: ``calls.csv``, and the JSON beside a recording."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from callcoach.calls.metadata import DEFAULT_ZONE, CallMetadata, slug
from callcoach.errors import InvalidInput

#: Largest metadata file: tens of thousands of rows.
MAX_CSV_BYTES = 20 * 1024 * 1024
#: Other headings for the columns, folded.
_ALIASES = {
    "file": ("fichier", "file_name", "filename", "nom_du_fichier", "audio", "recording"),
    "external_id": ("id", "call_id", "uniqueid", "identifiant", "guid"),
    "started_at": ("date", "datetime", "date_heure", "start", "started", "call_date", "debut"),
    "direction": ("sens",),
    "agent": ("user", "agent_id", "conseiller", "teleprospecteur"),
    "team": ("equipe",),
    "sponsor": ("donneur_d_ordre", "client"),
    "campaign": ("campagne",),
    "prospect_name": ("prospect", "contact", "nom"),
    "prospect_phone": ("phone", "phone_number", "telephone", "numero", "tel"),
    "company": ("societe", "entreprise", "raison_sociale"),
    "persona": ("interlocuteur", "fonction"),
    "kind": ("type", "nature"),
    "outcome": ("issue", "resultat", "disposition", "status"),
    "agent_channel": ("canal_agent", "canal", "channel"),
    "language": ("langue",),
}


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """One row: its line in the file (the heading is line 1), and what it says or why it cannot
    be read.
    """

    line: int
    file: str
    metadata: CallMetadata = field(default_factory=CallMetadata)
    error: InvalidInput | None = None


def read_csv(content: bytes, *, zone: str = DEFAULT_ZONE) -> list[MetadataRow]:
    """Read a ``calls.csv``: UTF-8 (or Windows-1252), separated by ``,`` ``;`` or tabs.

    Raises:
        InvalidInput: the file as a whole cannot be read; a row's own fault is in its `error`.
    """
    if len(content) > MAX_CSV_BYTES:
        raise InvalidInput("The metadata file is larger than 20 MB.")
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), delimiter=_delimiter(content))
    try:
        heading = next(reader, None)
        if heading is None:
            raise InvalidInput("The metadata file is empty.")
        columns = _columns(heading)
        return [
            _row(reader.line_num, columns, row, zone)
            for row in reader
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise InvalidInput(
            "Line %(line)s of the metadata file cannot be read: %(error)s.",
            line=str(reader.line_num),
            error=str(error),
        ) from error


def read_json(content: bytes, *, zone: str = DEFAULT_ZONE) -> CallMetadata:
    """Read the JSON object that lies beside a recording (``<file>.json``).

    Raises:
        InvalidInput: it is not an object of plain values, or a value cannot be read.
    """
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidInput("The JSON file beside the recording cannot be read.") from error
    if not isinstance(data, dict):
        raise InvalidInput("The JSON file beside the recording must hold one object.")
    names = {name: _field_of(name) for name in data}
    return CallMetadata.from_values(
        {
            field_name: data[name]
            for name, field_name in names.items()
            if field_name and not isinstance(data[name], (dict, list))
        },
        zone=zone,
    )


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(content: bytes) -> str:
    heading = _decoded(content[:10_000]).splitlines()[:1]
    return max(",;\t", key=heading[0].count) if heading else ","


def _columns(heading: Iterable[str]) -> list[str | None]:
    columns = [_field_of(name) for name in heading]
    known = [name for name in columns if name]
    if "file" not in known:
        raise InvalidInput(
            "The metadata file has no column “file”; its first line must name the columns."
        )
    twice = sorted({name for name in known if known.count(name) > 1})
    if twice:
        raise InvalidInput(
            "The metadata file has two columns for “%(field)s”; keep one.", field=twice[0]
        )
    return columns


def _field_of(heading: str) -> str | None:
    folded = slug(heading)
    for name, aliases in _ALIASES.items():
        if folded == name or folded in aliases:
            return name
    return None


def _row(line: int, columns: list[str | None], cells: list[str], zone: str) -> MetadataRow:
    values = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    file = values.pop("file", "").strip()
    if not file:
        return MetadataRow(line, file, error=InvalidInput("The column “file” is empty."))
    if len(cells) > len(columns):
        return MetadataRow(
            line, file, error=InvalidInput("The row has more cells than the heading has columns.")
        )
    try:
        return MetadataRow(line, file, CallMetadata.from_values(values, zone=zone))
    except InvalidInput as error:
        return MetadataRow(line, file, error=error)
