"""The loop of `callcoach watch`: files settle, are imported, and are put away.

Nothing is remembered between runs. What lies in the folder is still to be done; a file that was
imported but not yet moved when the process died is found to be a duplicate and then moved.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from callcoach.calls.metadata import CallMetadata
from callcoach.calls.metadata_files import MetadataRow, read_json
from callcoach.commands.calls import visible_files
from callcoach.commands.folder_import import (
    METADATA_NAME,
    SIDE_FILES,
    Fate,
    Line,
    import_file,
    rows_by_file,
)
from callcoach.errors import CallCoachError, InvalidInput
from callcoach.extensions import db

DONE, QUARANTINE = "done", "quarantine"
#: Names under which copies arrive before they are whole.
UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".filepart", ".download")
#: How long a wait for changes lasts before the folder is looked at anyway, seconds: notices of
#: changes do get lost, and never come from network drives.
LOOK_S = 30.0
POLL_S = 2.0


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was seen: `at_s` by the monotonic clock, when it was first seen like this."""

    size_bytes: int
    mtime_ns: int
    at_s: float


class FolderWatch:
    """A watched folder.

    Args:
        settle_s: how long size and date must stay the same before a file is read.
        keeps_files: leave imported files in place, and remember them for this run only.
        is_polling: do not rely on the system's notices of changes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settle_s: float,
        keeps_files: bool,
        is_polling: bool,
        defaults: CallMetadata,
        zone: str,
        source: str,
    ) -> None:
        self._folder = folder
        self._settle_s = settle_s
        self._keeps_files = keeps_files
        self._is_polling = is_polling
        self._defaults = defaults
        self._zone = zone
        self._source = source
        self._looks: dict[Path, _Look] = {}
        self._kept: dict[Path, _Look] = {}
        self._stopped = threading.Event()
        self.has_refusals = False

    def stop(self) -> None:
        """End `run` at the next file, or while it waits."""
        self._stopped.set()

    def run(self, *, once: bool = False) -> Iterator[Line]:
        """Import what arrives, until stopped; with `once`, until nothing is left."""
        while not self._stopped.is_set():
            settled, waiting = self._look()
            for path in settled:
                yield self._take(path)
            if settled:
                continue
            if once and not waiting:
                return
            self._wait(is_settling=bool(waiting))

    def _look(self) -> tuple[list[Path], list[Path]]:
        """Recordings that have settled, and those that still may change."""
        now_s = time.monotonic()
        settled: list[Path] = []
        waiting: list[Path] = []
        looks: dict[Path, _Look] = {}
        for path in self._recordings():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            before = self._looks.get(path)
            look = _Look(status.st_size, status.st_mtime_ns, now_s)
            is_same = before is not None and (before.size_bytes, before.mtime_ns) == (
                look.size_bytes,
                look.mtime_ns,
            )
            looks[path] = before if is_same and before is not None else look
            kept = self._kept.get(path)
            if kept is not None and (kept.size_bytes, kept.mtime_ns) == (
                look.size_bytes,
                look.mtime_ns,
            ):
                continue
            age_s = now_s - looks[path].at_s
            (settled if age_s >= self._settle_s else waiting).append(path)
        self._looks = looks
        return settled, waiting

    def _recordings(self) -> Iterator[Path]:
        for path in visible_files(self._folder, skipped=frozenset((DONE, QUARANTINE))):
            if path.suffix.lower() not in SIDE_FILES and path.suffix.lower() not in UNFINISHED:
                yield path

    def _wait(self, *, is_settling: bool) -> None:
        if is_settling:
            self._stopped.wait(min(max(self._settle_s / 2, 0.05), POLL_S))
        elif self._is_polling:
            self._stopped.wait(POLL_S)
        else:
            from watchfiles import watch

            changes = watch(
                self._folder,
                rust_timeout=int(LOOK_S * 1000),
                yield_on_timeout=True,
                raise_interrupt=True,
                stop_event=self._stopped,
            )
            with contextlib.closing(changes):
                next(changes, None)

    def _take(self, path: Path) -> Line:
        name = path.relative_to(self._folder).as_posix()
        try:
            metadata = self._metadata(path, name)
        except (CallCoachError, OSError) as error:
            line = Line(Fate.REJECTED, name, str(error))
        else:
            line = import_file(
                path,
                name=name,
                metadata=metadata,
                defaults=self._defaults,
                source=self._source,
                zone=self._zone,
            )
        db.session.remove()
        if line.is_refusal:
            self.has_refusals = True
            self._quarantine(path, line)
        elif self._keeps_files:
            self._kept[path] = self._looks[path]
        else:
            self._move(path, self._folder / DONE)
        return line

    def _metadata(self, path: Path, name: str) -> CallMetadata | None:
        """From the file's own JSON or CSV, else from the folder's ``calls.csv``.

        Raises:
            InvalidInput: what lies there cannot be read.
        """
        beside = _beside(path, ".json")
        if beside is not None:
            return read_json(beside.read_bytes(), zone=self._zone)
        own = _beside(path, ".csv")
        if own is not None:
            rows = rows_by_file(own, zone=self._zone)
            return _said(rows.get(path.name) or next(iter(rows.values()), None), own.name)
        shared = self._folder / METADATA_NAME
        if shared.is_file():
            rows = rows_by_file(shared, zone=self._zone)
            return _said(rows.get(name) or rows.get(path.name), shared.name)
        return None

    def _quarantine(self, path: Path, line: Line) -> None:
        target = self._move(path, self._folder / QUARANTINE)
        reason = target.with_name(target.name + ".reason.txt")
        reason.write_text(f"{line.fate.value}: {line.message}\n", encoding="utf-8")

    def _move(self, path: Path, folder: Path) -> Path:
        """Move a file with what lies beside it, never over another."""
        folder = folder / path.parent.relative_to(self._folder)
        folder.mkdir(parents=True, exist_ok=True)
        target = _free_name(folder / path.name)
        for suffix in (".json", ".csv"):
            beside = _beside(path, suffix)
            if beside is not None:
                os.replace(beside, target.with_name(target.name + suffix))
        os.replace(path, target)
        self._looks.pop(path, None)
        return target


def _said(row: MetadataRow | None, name: str) -> CallMetadata | None:
    if row is None:
        return None
    if row.error is not None:
        raise InvalidInput(
            "%(reason)s (%(name)s, line %(line)s)",
            reason=str(row.error),
            name=name,
            line=str(row.line),
        )
    return row.metadata


def _beside(path: Path, suffix: str) -> Path | None:
    """``call.wav.json``, or ``call.json``; None when there is neither."""
    for candidate in (path.with_name(path.name + suffix), path.with_suffix(suffix)):
        if candidate.is_file() and candidate.name != METADATA_NAME:
            return candidate
    return None


def _free_name(target: Path) -> Path:
    candidate, number = target, 1
    while candidate.exists():
        number += 1
        candidate = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return candidate
