"""Recordings of a voice as they come in, piece by piece: what the endpoints of several rooms share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, current_app

from callcoach.coaching import voice_media as media
from callcoach.config import Settings
from callcoach.extensions import db, write_transaction
from callcoach.storage import StoredContent, uploads
from callcoach.web.uploads import Piece, upload_state

#: What a page is told of a recording that is kept.
Facts = Mapping[str, object]


def show_take(key: str, kept: Facts | None) -> Response:
    """How much of a recording has come.

    Args:
        key: of the upload.
        kept: what is told of the recording, where this very upload has become one.
    """
    if kept is not None:
        return upload_state(0, is_done=True, **kept)
    return upload_state(uploads.received(key))


def take_in(
    key: str,
    piece: Piece,
    kept: Facts | None,
    keep: Callable[[StoredContent, int], Facts],
    *,
    write: Callable[[Settings, str, bytes], tuple[StoredContent, int]] = media.write_voice,
    max_bytes: int = media.MAX_VOICE_BYTES,
) -> Response:
    """Take one more piece; with the last one the recording is decoded and kept. Commits.

    Args:
        key: of the upload.
        kept: as for `show_take`: the answer to the last piece was lost on the way.
        keep: keeps the file and its length in milliseconds, and says what is told of it; called in
            a transaction of its own, and so must read anew what it works on.
        write: decodes the upload into the file.
        max_bytes: of the upload.

    Raises:
        InvalidInput, Conflict, RecordingRejected: it cannot be used; says why.
    """
    if kept is not None:
        return upload_state(0, is_done=True, **kept)
    db.session.rollback()  # nothing is held while the sound is read
    settings: Settings = current_app.extensions["callcoach"]
    so_far, made = uploads.take_whole(
        key, piece, max_bytes=max_bytes, make=lambda sound: write(settings, key, sound)
    )
    if made is None:
        return upload_state(so_far)
    with write_transaction():
        facts = keep(*made)
        db.session.commit()
    return upload_state(so_far, is_done=True, **facts)
