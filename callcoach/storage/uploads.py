"""Uploads that arrive in pieces, over a line that may break between any two of them.

What has come so far lies in the store, under a key made from whose upload it is, with its whole
length in front. A piece is taken where the last one ended; one that was taken already is
recognised, and anything else is refused. So the same bytes come together in whatever pieces they
were sent, or the sender is told. Uploads that nobody finishes have no row: the sweep of files
without one removes them.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable
from typing import TypeVar

from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.storage.store import check_key, get_store
from callcoach.web.uploads import Piece

_HEAD = struct.Struct(">Q")
Made = TypeVar("Made")


def upload_key(*whose: str | int) -> str:
    """The key of an upload: what is given tells it from all others, and cannot be read from it.

    >>> upload_key("take", 3, "a") == upload_key("take", 3, "a") != upload_key("take", 3, "b")
    True
    """
    name = hashlib.sha256("\n".join(str(part) for part in whose).encode()).hexdigest()[:32]
    return check_key(f"{name[:2]}/{name}.part")


def received(key: str) -> int:
    """How many bytes have come so far; 0 when none has."""
    try:
        return max(0, get_store().size(key) - _HEAD.size)
    except FileNotFoundError:
        return 0


def take_piece(key: str, offset: int, piece: bytes, *, length: int, max_bytes: int) -> int:
    """Add a piece of an upload; returns how many bytes there are now.

    A piece that was taken already, whole or in part, must hold what was taken then.

    Args:
        offset: of its first byte in the whole.
        length: of the whole, in bytes; the same with every piece.
        max_bytes: longest whole.

    Raises:
        InvalidInput: it is empty, longer than allowed, or lies outside the whole.
        Conflict: it does not follow what has come, or is not what came before in its place.
    """
    if length > max_bytes:
        raise InvalidInput(
            "This recording is too long: %(limit)s MB at most.", limit=max_bytes // 1_000_000
        )
    if length < 1 or offset < 0 or not piece or offset + len(piece) > length:
        raise InvalidInput("This piece of the recording cannot be used. Send it again.")
    announced, before = _read(key)
    if announced not in (None, length):
        raise Conflict("Another recording was begun under the same name. Record again.")
    if offset > len(before):
        raise Conflict("A piece of the recording is missing. Send it again.", offset=len(before))
    known = before[offset : offset + len(piece)]
    if known != piece[: len(known)]:
        raise Conflict("The recording does not match what came before. Record again.")
    if len(known) == len(piece):
        return len(before)
    whole = before + piece[len(known) :]
    get_store().put(io.BytesIO(_HEAD.pack(length) + whole), key)
    return len(whole)


def read_upload(key: str, *, sha256: str = "") -> bytes:
    """A finished upload.

    Args:
        sha256: of the whole as it was sent, 64 hex digits; "" when nobody said.

    Raises:
        NotFound: there is none, or it is not finished.
        Conflict: it is not what was sent; it is forgotten, so that it can be sent anew.
    """
    length, content = _read(key)
    if length is None or len(content) != length:
        raise NotFound("The recording has not come whole.")
    if sha256 and hashlib.sha256(content).hexdigest() != sha256.lower():
        forget_upload(key)
        raise Conflict("The recording came damaged. Send it again.")
    return content


def take_whole(
    key: str, piece: Piece, *, max_bytes: int, make: Callable[[bytes], Made]
) -> tuple[int, Made | None]:
    """Add a piece, as `take_piece` does; with the last one make something of the whole, which is
    forgotten then, whatever came of it.

    Returns:
        How many bytes there are now, and what `make` made; None before the last piece.

    Raises:
        InvalidInput, Conflict: as `take_piece` and `read_upload` do; and whatever `make` raises.
    """
    so_far = take_piece(key, piece.offset, piece.data, length=piece.length, max_bytes=max_bytes)
    if so_far < piece.length:
        return so_far, None
    whole = read_upload(key, sha256=piece.sha256)
    try:
        return so_far, make(whole)
    finally:
        forget_upload(key)


def forget_upload(key: str) -> None:
    """Remove what has come; nothing happens when there is nothing."""
    get_store().delete(key)


def _read(key: str) -> tuple[int | None, bytes]:
    """The announced length, None when nothing has come, and the bytes so far."""
    try:
        stored = b"".join(get_store().open_range(key))
    except FileNotFoundError:
        return None, b""
    if len(stored) < _HEAD.size:
        return None, b""
    return int(_HEAD.unpack_from(stored)[0]), stored[_HEAD.size :]
