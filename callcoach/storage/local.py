"""A store in a local folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from callcoach.storage.store import HashingReader, StoredContent, check_key, new_key, read_range

#: Holds unfinished writes and lent copies; on the same disk, so that renames and links are free.
_WORK = "tmp"


class LocalStore:
    """Files under ``folder/ab/abcdef…``, written beside and renamed into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._work = self._folder / _WORK
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, stream: BinaryIO, key: str | None = None) -> StoredContent:
        key = check_key(key or new_key())
        target = self._folder / key
        unfinished = self._work / f"{secrets.token_hex(8)}.part"
        reader = HashingReader(stream)
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                for chunk in reader:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            target.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(unfinished, target)
            _sync_folder(target.parent)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return reader.content(key)

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return read_range(self._path(key).open("rb"), start, end)

    def size(self, key: str) -> int:
        return self._path(key).stat().st_size

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # only when empty

    @contextlib.contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        source = self._path(key)
        folder = Path(tempfile.mkdtemp(dir=self._work))
        try:
            path = folder / "content"
            # A copy, not a link: whoever borrows it may write to it, and the original must not move
            shutil.copyfile(source, path)
            yield path
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def list_keys(self) -> Iterator[tuple[str, datetime]]:
        for folder in sorted(self._folder.iterdir()):
            if folder.name == _WORK or not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                with contextlib.suppress(FileNotFoundError):
                    yield f"{folder.name}/{path.name}", _written_at(path)

    def clear_leftovers(self, before: datetime) -> None:
        for path in self._work.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if _written_at(path) >= before:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / check_key(key)


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, as its content does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
