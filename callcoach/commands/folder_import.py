"""What `callcoach import` and `callcoach watch` share: a folder's metadata and one file's import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from callcoach.accounts.access import Viewer
from callcoach.calls import operations
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.metadata_files import MetadataRow, read_csv
from callcoach.commands.calls import visible_files
from callcoach.errors import CallCoachError, InvalidInput
from callcoach.extensions import db, write_transaction
from callcoach.speech.audio import file_hash

#: Files that lie beside recordings and are none.
SIDE_FILES = frozenset((".csv", ".json", ".md", ".txt", ".xml", ".log", ".pdf"))
METADATA_NAME = "calls.csv"


class Fate(StrEnum):
    """What became of a file."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    MISSING = "missing"


_COLOURS = {
    Fate.IMPORTED: "green",
    Fate.CONFLICT: "red",
    Fate.REJECTED: "red",
    Fate.MISSING: "yellow",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report."""

    fate: Fate
    name: str
    message: str
    call_id: int | None = None

    @property
    def colour(self) -> str | None:
        """For a terminal; the word beside it says the same."""
        return _COLOURS.get(self.fate)

    @property
    def is_refusal(self) -> bool:
        return self.fate not in (Fate.IMPORTED, Fate.DUPLICATE)

    def __str__(self) -> str:
        number = f" (call {self.call_id})" if self.call_id is not None else ""
        return f"{self.fate.value:<10} {self.name}{number}: {self.message}"


class Report:
    """Counts of fates."""

    def __init__(self) -> None:
        self._counts: Counter[Fate] = Counter()
        self.side_files = 0

    def add(self, line: Line) -> None:
        self._counts[line.fate] += 1

    @property
    def has_refusals(self) -> bool:
        return any(self._counts[fate] for fate in (Fate.CONFLICT, Fate.REJECTED, Fate.MISSING))

    def totals(self, *, is_dry_run: bool) -> Iterator[str]:
        """The closing lines."""
        if self.side_files:
            yield f"{self.side_files} files that are no recordings were left aside."
        if not self._counts:
            yield "No recording found."
            return
        words = [f"{self._counts[fate]} {fate.value}" for fate in Fate if self._counts[fate]]
        yield ("Dry run, nothing was kept: " if is_dry_run else "Total: ") + ", ".join(words) + "."


class FolderImport:
    """The import of a folder, or of one file.

    Args:
        folder: searched with its subfolders.
        metadata_path: ``calls.csv`` of the folder when None.
        defaults: what the options say.
        zone: of times that carry none (IANA).

    Raises:
        InvalidInput: the metadata file cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        metadata_path: Path | None = None,
        defaults: CallMetadata | None = None,
        zone: str,
        source: str = "import",
        is_dry_run: bool = False,
    ) -> None:
        self._folder = folder if folder.is_dir() else folder.parent
        self._only = None if folder.is_dir() else folder
        self._defaults = defaults or CallMetadata()
        self._source = source
        self._zone = zone
        self._is_dry_run = is_dry_run
        self._seen: dict[str, str] = {}
        self.side_files = 0
        if metadata_path is None and (self._folder / METADATA_NAME).is_file():
            metadata_path = self._folder / METADATA_NAME
        self._metadata_name = metadata_path.name if metadata_path else METADATA_NAME
        self.rows = rows_by_file(metadata_path, zone=zone) if metadata_path else {}

    def run(self) -> Iterator[Line]:
        """Import every recording, one transaction each; what each came to."""
        used: set[str] = set()
        for path in [self._only] if self._only else visible_files(self._folder):
            relative = path.relative_to(self._folder).as_posix()
            row = self.rows.get(relative) or self.rows.get(path.name)
            if row is not None:
                used.add(row.file)
            elif path.suffix.lower() in SIDE_FILES:
                self.side_files += 1
                continue
            yield self._import(path, relative, row)
        if self._only is None:
            for row in self.rows.values():
                if row.file not in used:
                    where = f"{self._metadata_name}, line {row.line}"
                    yield Line(Fate.MISSING, row.file, f"There is no such file ({where}).")

    def _import(self, path: Path, name: str, row: MetadataRow | None) -> Line:
        if self._is_dry_run:
            sha256 = file_hash(path)
            first = self._seen.setdefault(sha256, name)
            if first != name:
                return Line(Fate.DUPLICATE, name, f"The same recording as {first}.")
        if row is not None and row.error is not None:
            where = f"{self._metadata_name}, line {row.line}"
            return Line(Fate.REJECTED, name, f"{row.error} ({where})")
        line = import_file(
            path,
            name=name,
            metadata=row.metadata if row else None,
            defaults=self._defaults,
            source=self._source,
            zone=self._zone,
            is_dry_run=self._is_dry_run,
        )
        if line.fate is Fate.REJECTED and row is not None:
            where = f"{self._metadata_name}, line {row.line}"
            return replace(line, message=f"{line.message} ({where})")
        return line


def import_file(
    path: Path,
    *,
    name: str,
    metadata: CallMetadata | None,
    defaults: CallMetadata,
    source: str,
    zone: str,
    is_dry_run: bool = False,
) -> Line:
    """Import one file and commit; a refusal becomes a line.

    The file's own date is what is known of the call's when nothing else says one.
    """
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    defaults = defaults.over(CallMetadata(started_at=written_at))
    try:
        with write_transaction():
            result = operations.import_recording(
                Viewer.system(),
                path,
                path.name,
                metadata=metadata,
                defaults=defaults,
                source=source,
                zone=zone,
                is_dry_run=is_dry_run,
            )
            db.session.commit()
    except CallCoachError as error:
        db.session.rollback()
        return Line(Fate.REJECTED, name, str(error))
    except OSError as error:
        db.session.rollback()
        return Line(Fate.REJECTED, name, f"The file cannot be read: {error.strerror or error}.")
    except BaseException:
        db.session.rollback()
        raise
    return Line(Fate(result.outcome.value), name, str(result), result.call_id)


def rows_by_file(path: Path, *, zone: str) -> dict[str, MetadataRow]:
    """Rows of a metadata file by the name they give.

    Raises:
        InvalidInput: the file cannot be read, or two rows are about one file.
    """
    rows: dict[str, MetadataRow] = {}
    for row in read_csv(path.read_bytes(), zone=zone):
        file = row.file.replace("\\", "/")
        if file in rows:
            raise InvalidInput(
                "%(name)s speaks twice of %(file)s, in lines %(first)s and %(second)s.",
                name=path.name,
                file=file,
                first=str(rows[file].line),
                second=str(row.line),
            )
        rows[file] = replace(row, file=file)
    return rows
