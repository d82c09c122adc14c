"""The sound of a call and its peaks: access-checked, logged, and answered in parts."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import quote_etag

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record, was_recorded
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries
from callcoach.calls.blueprint import bp
from callcoach.calls.sound import require_sound
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.storage.models import StoredFile
from callcoach.storage.store import get_store


@bp.get("/calls/<int:call_id>/audio")
def audio(call_id: int) -> ResponseReturnValue:
    """The playback file; `Range` gives a part of it.

    Never kept by the browser: agents share computers.
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    require_sound(viewer, call.campaign)
    file = call.recording.playback if call.recording is not None else None
    if file is None:
        raise NotFound("The audio of this call is not there.")
    return play(viewer, file, "call.heard", "call", call_id)


@bp.get("/calls/<int:call_id>/peaks/<version>")
def peaks(call_id: int, version: str) -> ResponseReturnValue:
    """The peaks of both channels; the version in the address changes with their content.

    Kept by the browser, but not by an agent's: they share telephones and computers.
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    file = call.recording.peaks if call.recording is not None else None
    if file is None or not file.sha256.startswith(version):
        raise NotFound("The peaks of this call are not there.")
    response = send_file(file)
    db.session.rollback()
    is_shared = viewer.role is Role.AGENT
    response.headers["Cache-Control"] = (
        "private, no-store" if is_shared else "private, max-age=31536000, immutable"
    )
    return response


def play(
    viewer: Viewer,
    file: StoredFile,
    action: str,
    subject_kind: str,
    subject_id: int,
    *,
    is_logged: bool = True,
) -> Response:
    """Answer with a sound that the viewer may hear, as `send_file`; never kept by the browser, for
    devices are shared. One listening is one line of the access log, however many parts it is
    fetched in; the reading transaction ends first, and none stays open while the sound is sent.

    Args:
        action, subject_kind, subject_id: of the line, as for `accounts.access_log.record`.
        is_logged: not for what is nobody's but the listener's own.
    """
    response = send_file(file)
    response.headers["Cache-Control"] = "private, no-store"
    is_due = (
        is_logged
        and is_played(response)
        and not was_recorded(
            viewer.user_id, action, subject_kind=subject_kind, subject_id=subject_id
        )
    )
    db.session.rollback()
    if is_due:
        with write_transaction():
            record(viewer.user_id, action, subject_kind=subject_kind, subject_id=subject_id)
            db.session.commit()
    return response


def is_played(response: Response) -> bool:
    """Whether sound goes out with an answer of `send_file`: not when only its head was asked for, or
    when the browser has it.
    """
    return request.method == "GET" and response.status_code in (200, 206)


def send_file(file: StoredFile) -> Response:
    """Answer with a file or the one part of it that was asked for (RFC 9110 §14).

    Several parts at once are answered with the whole, as the standard allows.
    """
    etag, size = file.sha256, file.size_bytes
    headers = {
        "ETag": quote_etag(etag),
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
    }
    if request.if_none_match.contains(etag):
        return Response(status=304, headers=headers)
    wanted = request.range
    if wanted is not None and _is_stale(etag):
        wanted = None
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return _body(file, 0, size, 200, headers)
    part = wanted.range_for_length(size)
    if part is None:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status=416, headers=headers)
    start, end = part
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _body(file, start, end, 206, headers)


def _is_stale(etag: str) -> bool:
    """`If-Range` names another version: the parts that the browser has do not fit this file."""
    condition = request.if_range
    if condition.date is not None:
        return True  # no date was ever given out
    return condition.etag is not None and condition.etag != etag


def _body(file: StoredFile, start: int, end: int, status: int, headers: dict[str, str]) -> Response:
    chunks: Iterator[bytes] = iter(())
    try:
        if request.method == "HEAD":
            get_store().size(file.key)  # nothing to read, and so nothing left open
        else:
            chunks = get_store().open_range(file.key, start, end)
    except FileNotFoundError:
        raise NotFound("The audio of this call is not there.") from None
    response = Response(chunks, status=status, headers=headers, mimetype=file.media_type)
    response.content_length = end - start
    return response
