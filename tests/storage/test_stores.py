"""Both stores keep one contract."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from callcoach.config import Settings
from callcoach.storage.local import LocalStore
from callcoach.storage.remote import RemoteStore
from callcoach.storage.store import CHUNK_BYTES, Store, derived_key, make_store

CONTENT = bytes(range(256)) * 5000


class BrokenStream(io.RawIOBase):
    """Gives some bytes, then fails as a connection does."""

    def __init__(self) -> None:
        self.left = 3

    def read(self, size: int = -1) -> bytes:
        self.left -= 1
        if self.left == 0:
            raise ConnectionResetError("the sender went away")
        return b"x" * size


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "local":
        yield LocalStore(tmp_path / "files")
    else:
        yield RemoteStore(f"memory://{uuid.uuid4().hex}/calls", tmp_path / "tmp")


def _read(store: Store, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(store.open_range(key, start, end))


def _broken() -> BinaryIO:
    return BrokenStream()  # type: ignore[return-value]


def test_what_is_put_can_be_read_and_is_described(store: Store) -> None:
    stored = store.put(io.BytesIO(CONTENT))
    assert stored.size_bytes == len(CONTENT) == store.size(stored.key)
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert _read(store, stored.key) == CONTENT
    assert len(CONTENT) > CHUNK_BYTES, "more than one chunk"


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (10, 20), (0, None), (len(CONTENT) - 3, None), (5, 10**9), (7, 7), (10**9, None)],
)
def test_a_range_holds_exactly_its_bytes(store: Store, start: int, end: int | None) -> None:
    key = store.put(io.BytesIO(CONTENT)).key
    assert _read(store, key, start, end) == CONTENT[start:end]


def test_putting_under_a_key_replaces_the_file(store: Store) -> None:
    key = derived_key(store.put(io.BytesIO(b"original")).key, "playback")
    store.put(io.BytesIO(b"first"), key)
    store.put(io.BytesIO(b"second"), key)
    assert _read(store, key) == b"second"
    assert len(list(store.list_keys())) == 2


def test_a_stream_that_breaks_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        store.put(_broken())
    assert list(store.list_keys()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_stream_that_breaks_leaves_what_was_there(store: Store) -> None:
    key = store.put(io.BytesIO(b"before")).key
    with pytest.raises(ConnectionResetError):
        store.put(_broken(), key)
    assert _read(store, key) == b"before"


def test_a_deleted_file_is_gone_and_deleting_again_is_harmless(store: Store) -> None:
    key = store.put(io.BytesIO(CONTENT)).key
    store.delete(key)
    store.delete(key)
    assert list(store.list_keys()) == []
    with pytest.raises(FileNotFoundError):
        store.size(key)
    with pytest.raises(FileNotFoundError):
        store.open_range(key)


def test_a_local_copy_is_alone_in_its_folder_and_gone_afterwards(store: Store) -> None:
    key = store.put(io.BytesIO(CONTENT)).key
    with store.local_copy(key) as path:
        assert path.read_bytes() == CONTENT
        assert [other.name for other in path.parent.iterdir()] == [path.name]
        path.write_bytes(b"scribbled over")
    assert not path.exists()
    assert _read(store, key) == CONTENT, "writing to the copy must not reach the store"


def test_a_copy_of_a_missing_file_says_so(store: Store) -> None:
    with pytest.raises(FileNotFoundError), store.local_copy("ab/abcdef"):
        pass


@pytest.mark.parametrize(
    "key", ["../secret", "/etc/passwd", "ab/../../x", "ab/..", "AB/abc", "ab/a/b", "", "ab/.x"]
)
def test_a_key_that_is_not_of_the_store_is_refused(store: Store, key: str) -> None:
    for call in (
        lambda: store.size(key),
        lambda: store.delete(key),
        lambda: store.open_range(key),
        lambda: store.put(io.BytesIO(b"x"), key or "/"),
    ):
        with pytest.raises(ValueError, match="not a key"):
            call()


def test_keys_are_listed_with_the_time_of_writing(store: Store) -> None:
    keys = {store.put(io.BytesIO(b"x")).key for _ in range(3)}
    listed = dict(store.list_keys())
    assert set(listed) == keys
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at in listed.values())


def test_leftovers_are_cleared_by_age(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    key = store.put(io.BytesIO(b"kept")).key
    part = tmp_path / "tmp" / "0123.part"
    part.write_bytes(b"half")
    store.clear_leftovers(datetime.now(UTC) - timedelta(hours=1))
    assert part.exists(), "may still be being written"
    store.clear_leftovers(datetime.now(UTC) + timedelta(hours=1))
    assert not part.exists()
    assert _read(store, key) == b"kept"


def test_settings_choose_the_store(settings: Settings) -> None:
    from dataclasses import replace

    assert isinstance(make_store(settings), LocalStore)
    assert isinstance(make_store(replace(settings, storage_url="memory://x")), RemoteStore)
    other = make_store(replace(settings, storage_url=f"file://{settings.data_dir}/elsewhere"))
    assert other.put(io.BytesIO(b"x")).size_bytes == 1
    assert (settings.data_dir / "elsewhere").is_dir()
