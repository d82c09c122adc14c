"""An agent's drills: what there is to do, doing it, and what was answered.

Made for a cheap phone on a slow line, as the pages of notes are.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import cast

from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.accounts.session import current_viewer
from callcoach.coaching.queries import inbox
from callcoach.coaching.take_views import show_take, take_in
from callcoach.drills import media, my_presenters
from callcoach.drills.blueprint import bp
from callcoach.drills.models import Answer, Assignment, DrillKind
from callcoach.drills.operations import assigning, practice
from callcoach.drills.queries import practice as queries
from callcoach.drills.sound_views import ask_for_sound
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.storage import StoredContent, uploads
from callcoach.web import nav
from callcoach.web.gate import lock_late
from callcoach.web.requests import is_seen, wants_json
from callcoach.web.toasts import notify
from callcoach.web.uploads import read_piece


@bp.get("/my/drills")
def my_drills() -> ResponseReturnValue:
    """What there is to do, soonest due first, and what is done."""
    viewer = current_viewer()
    found = queries.my_drills(viewer)
    today = _today(viewer)
    return render_template(
        "drills/my_drills.html",
        to_do=[my_presenters.my_card(each, today) for each in found.to_do],
        done=[my_presenters.my_card(each, today) for each in found.done.rows],
        page=found.done,
    )


@bp.get("/my/drills/<int:assignment_id>")
def my_drill(assignment_id: int) -> ResponseReturnValue:
    """One drill; answers to its tries are thereby read."""
    viewer = current_viewer()
    assignment = queries.get_my_assignment(viewer, assignment_id)
    following = queries.next_to_do(viewer, assignment)
    html = render_template(
        "drills/my_drill.html",
        drill=my_presenters.my_drill(viewer, assignment, _today(viewer)),
        next_id=following.id if following else 0,
        max_s=practice.MAX_TAKE_S,
        max_text=practice.MAX_TEXT,
    )
    if is_seen():
        _seen(viewer, assignment)
    return html


@bp.get("/my/drills/<int:assignment_id>/tries")
def my_tries(assignment_id: int) -> ResponseReturnValue:
    """The tries that were sent, once more: their words come a little later."""
    viewer = current_viewer()
    assignment = queries.get_my_assignment(viewer, assignment_id)
    drill = my_presenters.my_drill(viewer, assignment, _today(viewer))
    html = render_template("drills/_my_tries.html", drill=drill)
    return jsonify(waiting=drill.is_waiting, html=html)


@bp.get("/my/drills/<int:assignment_id>/steps/<int:step_id>/takes/<name>")
def take_state(assignment_id: int, step_id: int, name: str) -> ResponseReturnValue:
    """How much of a take has come."""
    viewer = current_viewer()
    assignment, step = queries.get_my_step(viewer, assignment_id, step_id)
    key = _upload_key(viewer, assignment, step_id, name)
    kept = _kept(assignment, step.id, key)
    return show_take(key, None if kept is None else _kept_facts(kept))


@bp.put("/my/drills/<int:assignment_id>/steps/<int:step_id>/takes/<name>")
@lock_late
def put_take(assignment_id: int, step_id: int, name: str) -> ResponseReturnValue:
    """One more piece of a take; with the last one it is decoded, and counts from then on."""
    viewer = current_viewer()
    piece = read_piece()
    assignment, step = queries.get_my_step(viewer, assignment_id, step_id)
    drill = step.drill
    if drill.kind == DrillKind.EAR:
        raise Conflict("There is nothing to record in this drill.")
    key = _upload_key(viewer, assignment, step_id, name)
    kept = _kept(assignment, step_id, key)

    def keep(sound: StoredContent, length_ms: int) -> Mapping[str, object]:
        assignment, step = queries.get_my_step(viewer, assignment_id, step_id)
        answer = _kept(assignment, step_id, key) or practice.keep_take(
            viewer, assignment, step, sound, length_ms
        )
        return _kept_facts(answer)

    return take_in(
        key,
        piece,
        None if kept is None else _kept_facts(kept),
        keep,
        write=media.write_take,
        max_bytes=practice.MAX_TAKE_BYTES,
    )


@bp.delete("/my/drills/<int:assignment_id>/steps/<int:step_id>/takes/<name>")
def discard_take(assignment_id: int, step_id: int, name: str) -> ResponseReturnValue:
    """Delete what was recorded at a step, also what has only come in part."""
    viewer = current_viewer()
    assignment, step = queries.get_my_step(viewer, assignment_id, step_id)
    uploads.forget_upload(_upload_key(viewer, assignment, step_id, name))
    practice.discard_take(viewer, assignment, step)
    db.session.commit()
    return jsonify(discarded=True)


@bp.post("/my/drills/<int:assignment_id>/send")
def send_try(assignment_id: int) -> ResponseReturnValue:
    """Send the try: what was recorded, with what was typed or tapped."""
    viewer = current_viewer()
    assignment = queries.get_my_assignment(viewer, assignment_id)
    practice.submit(viewer, assignment, _replies(assignment))
    db.session.commit()
    is_ear = assignment.drill is not None and assignment.drill.kind == DrillKind.EAR
    message = _("Compared.") if is_ear else _("Sent. Your supervisor listens to it.")
    target = url_for("drills.my_drill", assignment_id=assignment_id, _anchor="tries")
    notify(message)
    if wants_json():
        return jsonify(message=message, show=target)
    return redirect(target)


@bp.post("/my/drills/<int:assignment_id>/listened")
def listened(assignment_id: int) -> ResponseReturnValue:
    """The call of a path was listened to, or read."""
    viewer = current_viewer()
    assignment = queries.get_my_assignment(viewer, assignment_id)
    assigning.finish_listening(viewer, assignment)
    db.session.commit()
    notify(_("Noted."))
    following = queries.next_to_do(viewer, assignment)
    if following is not None:
        return redirect(url_for("drills.my_drill", assignment_id=following.id))
    return redirect(url_for("drills.my_drills"))


@bp.post("/my/notes/<int:note_id>/drill")
def take_up(note_id: int) -> ResponseReturnValue:
    """Practise what a note says."""
    viewer = current_viewer()
    note = inbox.get_my_note(viewer, note_id)
    assignment = assigning.take_up(viewer, note)
    db.session.commit()
    return redirect(url_for("drills.my_drill", assignment_id=assignment.id))


def _today(viewer: Viewer) -> date:
    assert viewer.user_id is not None  # an agent, whose drills were found
    return assigning.today_of(db.session.get_one(User, viewer.user_id))


def _seen(viewer: Viewer, assignment: Assignment) -> None:
    """Answers are read, the notice is gone, and the sound is asked for if nobody has; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    assignment_id = assignment.id
    db.session.rollback()
    with write_transaction(), suppress(NotFound):  # taken back in between: nothing to remember
        assignment = queries.get_my_assignment(viewer, assignment_id)
        practice.mark_seen(viewer, assignment)
        mark_subject_seen(viewer, assigning.subject_of(assignment))
        for step in assignment.drill.steps if assignment.drill else ():
            ask_for_sound(viewer, step, "line")
        db.session.commit()


def _upload_key(viewer: Viewer, assignment: Assignment, step_id: int, name: str) -> str:
    return uploads.upload_key("take", viewer.user_id or 0, assignment.id, step_id, name[:80])


def _kept(assignment: Assignment, step_id: int, key: str) -> Answer | None:
    """The take that this very upload has become; it may have been sent since, when the answer to
    its last piece was lost on the way.
    """
    for answer in (each for attempt in assignment.attempts for each in attempt.answers):
        if answer.step_id == step_id and answer.file and answer.file.key == media.take_key(key):
            return answer
    return None


def _kept_facts(answer: Answer) -> dict[str, object]:
    sound = url_for("drills.answer_sound", answer_id=answer.id) if answer.file_id else ""
    return {"sound": sound, "duration_ms": answer.duration_ms}


def _replies(assignment: Assignment) -> dict[int, practice.Reply]:
    """What the form says of each step: ``text-3``, and ``taps-3`` as milliseconds and spaces."""
    found = {}
    for step in assignment.drill.steps if assignment.drill else ():
        try:
            taps = [int(tap) for tap in request.form.get(f"taps-{step.id}", "").split()]
        except ValueError:
            raise InvalidInput("Listen, and press where you hear it turn.", field="taps") from None
        found[step.id] = practice.Reply(request.form.get(f"text-{step.id}", ""), taps)
    return found


def _count_to_do() -> int:
    return queries.count_to_do(current_viewer())


bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "drills.my_drills", _count_to_do)
)
