"""The sound of drills: lines of calls, answers, examples, and the calls of a path.

Each answers only whoever may hear it, in parts, is written to the access log, and is never kept by
the browser.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import jsonify
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.media_views import play
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.sound import require_sound
from callcoach.drills.blueprint import bp
from callcoach.drills.models import DrillStep
from callcoach.drills.queries import library, marking, practice
from callcoach.drills.queries.sound import StepSound, line_sound, original_sound
from callcoach.drills.sharing import may_hear, may_hear_example
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction

#: States of a sound that a worker can still write.
_ASKED = ("writing", "failed")
_NO_SOUND = "There is no sound to hear here; the words remain."


@bp.get("/drills/steps/<int:step_id>/<part>/sound")
def step_sound(step_id: int, part: str) -> ResponseReturnValue:
    """The prospect's line (``line``) or what was answered then (``original``), and nothing else of
    the call. 202 while a worker has yet to write it.
    """
    viewer = current_viewer()
    step = library.get_step(viewer, step_id)
    found = _found(viewer, step, part)
    if found.state in ("gone", "silent"):
        raise NotFound(_NO_SOUND)
    if found.excerpt is None or found.excerpt.file is None:
        db.session.rollback()
        with write_transaction():
            ask_for_sound(viewer, library.get_step(viewer, step_id), part)
            db.session.commit()
        return jsonify(state=found.state), 202
    return play(viewer, found.excerpt.file, "drill.heard", "drill_step", step_id)


@bp.get("/drills/steps/<int:step_id>/<part>/sound/status")
def step_sound_status(step_id: int, part: str) -> ResponseReturnValue:
    """``ready``, ``writing``, ``failed``, ``gone`` or ``silent`` (to be read only)."""
    viewer = current_viewer()
    return jsonify(state=_found(viewer, library.get_step(viewer, step_id), part).state)


@bp.get("/drills/steps/<int:step_id>/example")
def example_sound(step_id: int) -> ResponseReturnValue:
    """The supervisor's example in their own voice, for whoever may hear the note it comes from."""
    viewer = current_viewer()
    step = library.get_step(viewer, step_id)
    if step.call is not None:
        require_sound(viewer, step.call.campaign)
    if step.example_file is None or not may_hear_example(viewer, step):
        raise NotFound(_NO_SOUND)
    return play(viewer, step.example_file, "drill.example_heard", "drill_step", step_id)


@bp.get("/drills/answers/<int:answer_id>/sound")
def answer_sound(answer_id: int) -> ResponseReturnValue:
    """An answer: to whoever gave it, and once it was sent to their supervisors."""
    viewer = current_viewer()
    answer = marking.get_heard_answer(viewer, answer_id)
    assert answer.file is not None  # the query asked for one
    return play(viewer, answer.file, "drill.answer_heard", "drill_answer", answer_id)


@bp.get("/my/drills/<int:assignment_id>/call")
def listen_sound(assignment_id: int) -> ResponseReturnValue:
    """The whole call of a path, where its agent lets colleagues hear it, or is the listener."""
    viewer = current_viewer()
    assignment = practice.get_my_assignment(viewer, assignment_id)
    item = assignment.item
    call = item.call if item is not None and item.kind == "listen" else None
    if call is None or not may_hear(viewer, call, 0, call.duration_ms):
        raise NotFound(_NO_SOUND)
    file = call.recording.playback if call.recording is not None else None
    if file is None:
        raise NotFound(_NO_SOUND)
    return play(viewer, file, "call.heard", "call", call.id)


def ask_for_sound(viewer: Viewer, step: DrillStep, part: str) -> None:
    """Have a stretch written that the viewer may hear and nobody has asked for yet."""
    found = _found(viewer, step, part)
    if found.state in _ASKED and step.call is not None:
        ensure_excerpt(viewer, step.call, found.start_ms, found.end_ms)


def ask_after_reading(viewer: Viewer, step_ids: Iterable[int]) -> None:
    """Have the sounds of some steps written that are not there, once the page is drawn; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    waiting = [
        (step_id, part)
        for step_id in step_ids
        for part in ("line", "original")
        if _found(viewer, library.get_step(viewer, step_id), part).state in _ASKED
    ]
    db.session.rollback()
    if not waiting:
        return
    with write_transaction():
        for step_id, part in waiting:
            ask_for_sound(viewer, library.get_step(viewer, step_id), part)
        db.session.commit()


def _found(viewer: Viewer, step: DrillStep, part: str) -> StepSound:
    if part not in ("line", "original"):
        raise NotFound("There is no such drill.")
    return line_sound(viewer, step) if part == "line" else original_sound(viewer, step)
