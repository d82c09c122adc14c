"""A store behind fsspec: S3 and what speaks its protocol, for several machines."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec

from callcoach.storage.store import (
    CHUNK_BYTES,
    HashingReader,
    StoredContent,
    check_key,
    new_key,
    read_range,
)


class RemoteStore:
    """Files at ``url/ab/abcdef…``.

    An object appears in a bucket when its upload has completed, so that writing is atomic.

    Args:
        url: ``s3://bucket/prefix``; credentials and endpoint come from fsspec's own settings
            (``FSSPEC_S3_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID`` …).
        work_folder: where lent copies and uploads are prepared.
    """

    def __init__(self, url: str, work_folder: Path) -> None:
        files, root = fsspec.core.url_to_fs(url)
        # A listing kept from before would hide what another machine wrote since
        self._files: Any = type(files)(**{**files.storage_options, "use_listings_cache": False})
        self._root = root.rstrip("/")
        self._work = work_folder

    def put(self, stream: BinaryIO, key: str | None = None) -> StoredContent:
        key = check_key(key or new_key())
        reader = HashingReader(stream)
        # Whole on this machine first: a stream that breaks must not become a short object
        with self._lent_folder() as folder:
            path = folder / "content"
            with path.open("wb") as file:
                for chunk in reader:
                    file.write(chunk)
            self._files.put_file(str(path), self._path(key))
        return reader.content(key)

    def open_range(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return read_range(cast("BinaryIO", self._files.open(self._path(key), "rb")), start, end)

    def size(self, key: str) -> int:
        return int(self._files.info(self._path(key))["size"])

    def delete(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    @contextlib.contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        with self._lent_folder() as folder:
            path = folder / "content"
            with self._files.open(self._path(key), "rb") as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, CHUNK_BYTES)
            yield path

    @contextlib.contextmanager
    def _lent_folder(self) -> Iterator[Path]:
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="copy-", dir=self._work) as folder:
            yield Path(folder)

    def list_keys(self) -> Iterator[tuple[str, datetime]]:
        for path, info in self._files.find(self._root, detail=True).items():
            written = info.get("LastModified") or info.get("created") or info.get("mtime")
            if isinstance(written, (int, float)):
                written = datetime.fromtimestamp(written, UTC)
            key = path.removeprefix(self._root).lstrip("/")
            with contextlib.suppress(ValueError):  # something else in the same bucket
                yield check_key(key), written or datetime.now(UTC)

    def clear_leftovers(self, before: datetime) -> None:
        """Unfinished uploads are the bucket's to expire; copies are this machine's."""
        for folder in self._work.glob("copy-*"):
            with contextlib.suppress(FileNotFoundError):
                if datetime.fromtimestamp(folder.stat().st_mtime, UTC) < before:
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, key: str) -> str:
        return f"{self._root}/{check_key(key)}"
