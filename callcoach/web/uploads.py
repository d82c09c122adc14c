"""The pieces of an upload that can be resumed, as requests carry them: a few lines of tus.

``PUT`` with ``Upload-Offset`` and ``Upload-Length`` in bytes and the piece as its body;
``Upload-Checksum`` is the SHA-256 of the whole in hexadecimal. Answers say ``Upload-Offset``: from
where to go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, jsonify, request

from callcoach.errors import InvalidInput

#: Largest piece, bytes. Pages send far smaller ones: what a broken line loses is one piece.
MAX_PIECE_BYTES = 1_000_000
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an upload: where it belongs, of how much, and its bytes."""

    offset: int
    length: int
    data: bytes
    sha256: str


def read_piece() -> Piece:
    """The piece that the present request brings.

    Raises:
        InvalidInput: a header is missing or is no number, or the piece is too large.
    """
    if (request.content_length or 0) > MAX_PIECE_BYTES:
        raise InvalidInput("This piece of the recording is too large.")
    try:
        offset, length = (int(request.headers[n]) for n in ("Upload-Offset", "Upload-Length"))
    except (KeyError, ValueError):
        raise InvalidInput("This piece of the recording cannot be used. Send it again.") from None
    checksum = request.headers.get("Upload-Checksum", "")
    if checksum and not _SHA256.fullmatch(checksum):
        raise InvalidInput("This piece of the recording cannot be used. Send it again.")
    return Piece(offset, length, request.get_data(cache=False), checksum)


def upload_state(offset: int, *, is_done: bool = False, **facts: object) -> Response:
    """How far an upload has come."""
    response = jsonify(offset=offset, done=is_done, **facts)
    response.headers["Upload-Offset"] = str(offset)
    return response
