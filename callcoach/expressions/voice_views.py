"""How a native says an expression: recorded by those who change it, heard by those who read it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.media_views import play
from callcoach.calls.presenters import clock
from callcoach.calls.sound import require_sound
from callcoach.coaching import voice_media as media
from callcoach.coaching.take_views import show_take, take_in
from callcoach.drills.models import DrillStep
from callcoach.drills.sharing import on_example_asked
from callcoach.errors import NotFound
from callcoach.expressions import operations, queries
from callcoach.expressions.blueprint import bp
from callcoach.extensions import db
from callcoach.script_library.models import Expression
from callcoach.storage import StoredContent, uploads
from callcoach.web.gate import lock_late
from callcoach.web.uploads import read_piece


@bp.get("/expressions/<int:expression_id>/voice/takes/<name>")
def voice_take(expression_id: int, name: str) -> ResponseReturnValue:
    """How much of a recording has come."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    key = _upload_key(viewer, expression_id, name)
    return show_take(key, _kept(expression, key))


@bp.put("/expressions/<int:expression_id>/voice/takes/<name>")
@lock_late
def put_voice_take(expression_id: int, name: str) -> ResponseReturnValue:
    """One more piece of a recording; with the last one it is decoded and kept."""
    viewer = current_viewer()
    piece = read_piece()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    key = _upload_key(viewer, expression_id, name)

    def keep(sound: StoredContent, length_ms: int) -> Mapping[str, object]:
        expression = queries.get_expression(viewer, expression_id, to_edit=True)
        operations.keep_voice(viewer, expression, sound, length_ms)
        return _facts(expression)

    return take_in(key, piece, _kept(expression, key), keep)


@bp.delete("/expressions/<int:expression_id>/voice/takes/<name>")
def remove_voice_take(expression_id: int, name: str) -> ResponseReturnValue:
    """Delete the recording, also what has only come in part."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    uploads.forget_upload(_upload_key(viewer, expression_id, name))
    operations.remove_voice(viewer, expression)
    db.session.commit()
    return jsonify(removed=True)


@bp.get("/expressions/<int:expression_id>/voice")
def voice_sound(expression_id: int) -> ResponseReturnValue:
    """The recording, in parts; never kept by the browser: devices are shared."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id)
    require_sound(viewer, expression.campaign)
    if expression.voice_file is None:
        raise NotFound("There is no recording of this expression.")
    return play(viewer, expression.voice_file, "expression.heard", "expression", expression_id)


@on_example_asked
def is_of_expression(file_id: int) -> bool:
    """Recorded for everybody who calls for the campaign, also as the drill's copy."""
    query = (
        select(Expression.id)
        .join(DrillStep, DrillStep.drill_id == Expression.drill_id)
        .where(DrillStep.example_file_id == file_id)
        .limit(1)
    )
    return db.session.scalar(query) is not None


def _facts(expression: Expression) -> dict[str, object]:
    if expression.voice_file_id is None:
        return {"state": "none"}
    return {
        "state": "ready",
        "sound": url_for("expressions.voice_sound", expression_id=expression.id),
        "length": clock(expression.voice_ms),
    }


def _upload_key(viewer: Viewer, expression_id: int, name: str) -> str:
    return uploads.upload_key("expression-voice", viewer.user_id or 0, expression_id, name[:80])


def _kept(expression: Expression, key: str) -> Mapping[str, object] | None:
    """What is told of the recording that this very upload has become."""
    return _facts(expression) if media.is_from(expression.voice_file, key) else None
