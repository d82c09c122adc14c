"""What a store can do, and which one this installation has."""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import current_app

from callcoach.config import Settings

#: How much is read or written at a time, bytes.
CHUNK_BYTES = 256 * 1024
_KEY = re.compile(r"[a-z0-9]{2}/[a-z0-9][a-z0-9._-]{0,100}")


@dataclass(frozen=True, slots=True)
class StoredContent:
    """What `put` wrote: its key, size in bytes and SHA-256 in hexadecimal."""

    key: str
    size_bytes: int
    sha256: str


class Store(Protocol):
    """Files by key. All methods raise `FileNotFoundError` for a key that is not there, but
    `delete`, which is content: the file is gone either way.
    """

    def put(self, stream: BinaryIO, key: str | None = None) -> StoredContent:
        """Write all that `stream` still holds; the file is there whole or not at all.

        Args:
            key: replaces what is there, at once; a new random key when None.
        """

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes ``[start, end)`` in chunks; to the end when `end` is None or past it.

        The file is opened before this returns, so that a missing one raises here.
        """

    def size(self, key: str) -> int:
        """Bytes in the file."""

    def delete(self, key: str) -> None:
        """Remove the file; nothing happens when it is not there."""

    def local_copy(self, key: str) -> contextlib.AbstractContextManager[Path]:
        """Lend a file with this content under a generated name, alone in a folder; gone after."""

    def list_keys(self) -> Iterator[tuple[str, datetime]]:
        """Every key with the moment it was last written, in no order."""

    def clear_leftovers(self, before: datetime) -> None:
        """Remove unfinished writes and forgotten copies that are older than `before`."""


def new_key() -> str:
    """A random key; the first two characters spread files over folders."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def derived_key(key: str, suffix: str) -> str:
    """The one key of a file made from another: writing it again replaces it, so that a repeated
    attempt leaves nothing behind.

    >>> derived_key("ab/ab12", "playback")
    'ab/ab12.playback'
    """
    return check_key(f"{key}.{suffix}")


def check_key(key: str) -> str:
    """The key, when it is one of ours.

    Raises:
        ValueError: it is not; whatever made it has a bug.
    """
    if not _KEY.fullmatch(key) or ".." in key:
        raise ValueError(f"{key!r} is not a key of this store")
    return key


class HashingReader:
    """Chunks of a stream, counted and hashed on the way."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._stream.read(CHUNK_BYTES):
            self._hash.update(chunk)
            self.size_bytes += len(chunk)
            yield chunk

    def content(self, key: str) -> StoredContent:
        """What was read so far, as stored under `key`."""
        return StoredContent(key, self.size_bytes, self._hash.hexdigest())


def read_range(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    """Bytes ``[start, end)`` of an open file in chunks; closes it."""
    with file:
        file.seek(start)
        left = None if end is None else max(0, end - start)
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


def make_store(settings: Settings) -> Store:
    """The store that `settings.storage_url` names: a local folder unless told otherwise."""
    from callcoach.storage.local import LocalStore
    from callcoach.storage.remote import RemoteStore

    url = settings.storage_url
    if url and not url.startswith(("file://", "/")):
        return RemoteStore(url, settings.data_dir / "tmp")
    return LocalStore(Path(url.removeprefix("file://")) if url else settings.data_dir / "files")


def get_store() -> Store:
    """The store of the current application."""
    if "callcoach.store" not in current_app.extensions:
        current_app.extensions["callcoach.store"] = make_store(current_app.extensions["callcoach"])
    return cast("Store", current_app.extensions["callcoach.store"])
