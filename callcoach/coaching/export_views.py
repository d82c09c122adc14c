"""Downloads of a call's words and notes. Each one is written into the access log."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.calls.operations import log_access
from callcoach.calls.presenters import person_called
from callcoach.coaching import exports
from callcoach.coaching.blueprint import bp
from callcoach.coaching.queries import notes as queries
from callcoach.extensions import db, utc_now, write_transaction

_VTT = "text/vtt; charset=utf-8"


@bp.get("/calls/<int:call_id>/notes.pdf")
def notes_pdf(call_id: int) -> ResponseReturnValue:
    """The sent notes that the viewer reads, to print."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    paper = exports.notes_paper(viewer, call, queries.notes_of(viewer, call), made_at=utc_now())
    return _download(viewer, call, paper, f"callcoach-{call.id}-notes.pdf", "application/pdf")


@bp.get("/calls/<int:call_id>/notes.vtt")
def notes_vtt(call_id: int) -> ResponseReturnValue:
    """The same as a track beside the transcript's."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    text = exports.notes_track(queries.notes_of(viewer, call))
    return _download(viewer, call, text.encode(), f"callcoach-{call.id}-notes.vtt", _VTT)


@bp.get("/calls/<int:call_id>/transcript.vtt")
def transcript_vtt(call_id: int) -> ResponseReturnValue:
    """What was said, as corrected, with the speakers' names."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    text = exports.transcript_track(
        calls.turns_of(call),
        agent=call.agent.name if call.agent else "",
        prospect=person_called(call),
    )
    return _download(viewer, call, text.encode(), f"callcoach-{call.id}.vtt", _VTT)


def _download(viewer: Viewer, call: Call, content: bytes, name: str, media_type: str) -> Response:
    """The file, and a line in the access log; never kept by the browser: computers are shared."""
    db.session.rollback()
    with write_transaction():
        log_access(viewer, "call.exported", call, file=name.rpartition(".")[2])
        db.session.commit()
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
