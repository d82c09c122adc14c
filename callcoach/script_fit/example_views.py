"""Pinned examples: pinned, taken off, asked for, and heard."""

from __future__ import annotations

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.media_views import play
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.progress.operations import consents
from callcoach.script_fit import example_queries as queries
from callcoach.script_fit import line_queries as lines
from callcoach.script_fit.blueprint import bp
from callcoach.script_fit.operations import examples as operations
from callcoach.web.toasts import notify

#: Longer numbers are no second of a call.
_MAX_DIGITS = 8


@bp.post("/campaigns/scripts/lines/<int:line_id>/examples")
def pin_example(line_id: int) -> ResponseReturnValue:
    """Pin a moment: ``call``, ``start`` and ``end`` in seconds, ``kind`` good or bad, ``caption``."""
    viewer = current_viewer()
    line = lines.get_line(viewer, line_id)
    call = calls.get_call(viewer, request.form.get("call", 0, type=int))
    example = operations.pin(
        viewer,
        line,
        call,
        _milliseconds("start"),
        _milliseconds("end"),
        is_good=request.form.get("kind") == "good",
        caption=request.form.get("caption", ""),
    )
    example_id = example.id
    db.session.commit()
    notify(_("Pinned."), undo=url_for("script_fit.unpin_example", example_id=example_id))
    return _to(line_id)


@bp.post("/campaigns/scripts/examples/<int:example_id>/remove")
def unpin_example(example_id: int) -> ResponseReturnValue:
    """Take an example off its line."""
    viewer = current_viewer()
    example = operations.unpin(
        viewer, queries.get_example(viewer, example_id, include_removed=True)
    )
    line_id = example.line_id
    db.session.commit()
    notify(
        _("Taken off the line."),
        undo=url_for("script_fit.restore_example", example_id=example_id),
    )
    return _to(line_id)


@bp.post("/campaigns/scripts/examples/<int:example_id>/restore")
def restore_example(example_id: int) -> ResponseReturnValue:
    """Put an example back."""
    viewer = current_viewer()
    example = queries.get_example(viewer, example_id, include_removed=True)
    line_id = operations.unpin(viewer, example, undo=True).line_id
    db.session.commit()
    notify(_("Pinned again."))
    return _to(line_id)


@bp.post("/campaigns/scripts/examples/<int:example_id>/ask")
def ask_for_example(example_id: int) -> ResponseReturnValue:
    """Ask its agent whether colleagues may hear it."""
    viewer = current_viewer()
    example = queries.get_example(viewer, example_id)
    consent = consents.ask(viewer, example.call, example.start_ms, example.end_ms)
    line_id, consent_id = example.line_id, consent.id
    db.session.commit()
    notify(
        _("The agent is asked. Until they say yes, colleagues read it without hearing it."),
        undo=url_for("progress.take_back_consent", consent_id=consent_id),
    )
    return _to(line_id)


@bp.get("/campaigns/scripts/examples/<int:example_id>/sound")
def example_sound(example_id: int) -> ResponseReturnValue:
    """The moment and nothing else of its call; 202 while a worker has yet to write it."""
    viewer = current_viewer()
    _example, state, excerpt = queries.find_sound(viewer, example_id)
    if state in ("gone", "silent"):
        raise NotFound("There is no sound to hear here; the words remain.")
    if excerpt is None or excerpt.file is None:
        db.session.rollback()
        with write_transaction():
            operations.ask_for_sound(viewer, queries.find_sound(viewer, example_id)[0])
            db.session.commit()
        return jsonify(state=state), 202
    return play(viewer, excerpt.file, "example.heard", "example", example_id)


@bp.get("/campaigns/scripts/examples/<int:example_id>/sound/status")
def example_sound_status(example_id: int) -> ResponseReturnValue:
    """``ready``, ``writing``, ``gone`` or ``silent`` (to be read only)."""
    return jsonify(state=queries.find_sound(current_viewer(), example_id)[1])


def _milliseconds(name: str) -> int:
    """A place in the call as people type it: seconds, ``12,2``, or ``1:05.5``.

    Raises:
        InvalidInput: it is none.
    """
    text = request.form.get(name, "").strip().replace(",", ".")
    minutes, _colon, seconds = text.rpartition(":")
    whole, _dot, rest = seconds.partition(".")
    parts = [minutes or "0", whole, rest or "0"]
    if not all(part.isdecimal() and len(part) <= _MAX_DIGITS for part in parts):
        raise InvalidInput("Say where the moment starts and ends, such as 12.5 seconds.")
    return int(minutes or 0) * 60_000 + int(whole) * 1000 + int(rest.ljust(3, "0")[:3] or 0)


def _to(line_id: int) -> ResponseReturnValue:
    return redirect(url_for("script_fit.show_line", line_id=line_id, _anchor="examples"))
