"""The agent's pages: the notes on their calls, one at a time, and the sound of their moments.

Made for a cheap phone on a slow line: words first, sound only when it is asked for, and of a call
no more than the excerpt.
"""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.media_views import is_played, play
from callcoach.calls.sound import require_sound
from callcoach.coaching import agent_presenters as presenters
from callcoach.coaching.blueprint import bp
from callcoach.coaching.dispute_presenters import dispute_view
from callcoach.coaching.models import DisputeState, Note
from callcoach.coaching.note_panels import panels_of
from callcoach.coaching.operations import notes
from callcoach.coaching.operations.disputes import mark_answers_seen
from callcoach.coaching.queries import disputes, inbox
from callcoach.coaching.queries.requests import count_new_answers
from callcoach.coaching.queries.team_notes import count_new_for_me
from callcoach.coaching.sharing import may_hear_beeped
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.web import nav
from callcoach.web.requests import is_seen, wants_json
from callcoach.web.toasts import notify


@bp.get("/my/notes")
def my_notes() -> ResponseReturnValue:
    """The notes for me; on the first page the first one is open, and thereby read."""
    viewer = _agent()
    page = inbox.list_my_notes(viewer)
    first = page.rows[0] if page.rows and page.number == 1 else None
    html = render_template(
        "coaching/my_notes.html",
        opened=_opened(viewer, first) if first is not None else None,
        panels=panels_of(viewer, first) if first is not None else [],
        **_otherwise(viewer, first),
        cards=[_card(viewer, note) for note in page.rows if note is not first],
        page=page,
        next_new=None,
        **_tabs(viewer),
    )
    if first is not None and is_seen():
        _read(viewer, first)
    return html


@bp.get("/my/notes/<int:note_id>")
def my_note(note_id: int) -> ResponseReturnValue:
    """One note for me, which is thereby read."""
    viewer = _agent()
    note = inbox.get_my_note(viewer, note_id)
    html = render_template(
        "coaching/my_note.html",
        opened=_opened(viewer, note),
        panels=panels_of(viewer, note),
        **_otherwise(viewer, note),
        next_new=inbox.next_new_note(viewer, note),
        **_tabs(viewer),
    )
    if is_seen():
        _read(viewer, note)
    return html


@bp.post("/my/notes/<int:note_id>/acknowledge")
def acknowledge(note_id: int) -> ResponseReturnValue:
    """Say that a note was understood."""
    return _acknowledge(note_id, undo=False)


@bp.post("/my/notes/<int:note_id>/unacknowledge")
def unacknowledge(note_id: int) -> ResponseReturnValue:
    """Take that back."""
    return _acknowledge(note_id, undo=True)


@bp.post("/my/notes/<int:note_id>/replies")
def reply(note_id: int) -> ResponseReturnValue:
    """Answer under a note."""
    viewer = _agent()
    note = inbox.get_my_note(viewer, note_id)
    notes.reply_to_note(viewer, note.call, note, request.form.get("text", ""))
    db.session.commit()
    message = _("Your answer was sent.")
    if wants_json():
        thread = presenters.reply_views(viewer, inbox.get_my_note(viewer, note_id))
        html = render_template("coaching/_my_replies.html", replies=list(thread))
        return jsonify(message=message, html=html)
    notify(message)
    return redirect(url_for("coaching.my_note", note_id=note_id, _anchor="replies"))


@bp.get("/notes/<int:note_id>/excerpt")
def excerpt(note_id: int) -> ResponseReturnValue:
    """The moment of a note as sound, and nothing else of the call; `Range` gives a part of it.

    Whoever fetches it hears it. 202 while a worker has yet to write it. Never kept by the
    browser: agents share telephones and computers.
    """
    viewer = current_viewer()
    call, note = inbox.get_readable_note(viewer, note_id)
    if can_read_call(viewer, call) and not may_hear_beeped(viewer, note):
        require_sound(viewer, call.campaign)
    found = inbox.excerpt_state(viewer, call, note)
    file = found.file
    if file is None:
        return _not_yet(viewer, note_id, found)
    is_first = note.agent_id == viewer.user_id and note.heard_at is None
    response = play(viewer, file, "note.heard", "note", note_id, is_logged=not is_first)
    if is_first and is_played(response):
        _keep_heard(viewer, note_id)
    return response


@bp.get("/notes/<int:note_id>/excerpt/status")
def excerpt_status(note_id: int) -> ResponseReturnValue:
    """Whether the moment can be played by now: ``ready``, ``writing``, ``failed`` or ``gone``."""
    viewer = current_viewer()
    call, note = inbox.get_readable_note(viewer, note_id)
    return jsonify(state=inbox.excerpt_state(viewer, call, note).state)


def _agent() -> Viewer:
    """The viewer, when they are an agent.

    Raises:
        NotFound: they are not: nobody else has notes of their own.
    """
    viewer = current_viewer()
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    return viewer


def _card(viewer: Viewer, note: Note) -> presenters.NoteCard:
    return presenters.note_card(viewer, note, before=inbox.text_read_before(viewer, note))


def _opened(viewer: Viewer, note: Note) -> presenters.NoteCard:
    return presenters.note_card(
        viewer,
        note,
        inbox.excerpt_state(viewer, note.call, note),
        before=inbox.text_read_before(viewer, note),
    )


def _otherwise(viewer: Viewer, note: Note | None) -> dict[str, object]:
    """How the agent sees the note, and whether there is anything (more) to say to it."""
    if note is None:
        return {}
    said = disputes.disputes_of_notes(viewer, [note]).get(note.id)
    is_rewritten = said is not None and said.state == DisputeState.REWRITTEN
    is_old = is_rewritten and said is not None and said.seen_at is not None
    return {
        "dispute": dispute_view(viewer, said) if said is not None and not is_old else None,
        "can_dispute": said is None or is_rewritten,
    }


def _tabs(viewer: Viewer) -> dict[str, object]:
    return {
        "new_notes": inbox.count_new_notes(viewer),
        "new_answers": count_new_answers(viewer),
        "new_team_notes": count_new_for_me(viewer),
    }


def _read(viewer: Viewer, note: Note) -> None:
    """Remember that the note was read, and ask for its sound if nobody has; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    note_id = note.id
    answer = disputes.disputes_of_notes(viewer, [note]).get(note_id)
    has_answer = answer is not None and answer.answered_at is not None and answer.seen_at is None
    is_told = not inbox.is_new(viewer, note) and not has_answer
    sound = inbox.excerpt_state(viewer, note.call, note)
    db.session.rollback()
    if is_told and sound.state in ("ready", "gone", "whole"):
        return
    with write_transaction(), suppress(NotFound):  # taken back in between: nothing to remember
        note = inbox.get_my_note(viewer, note_id)
        notes.mark_read(viewer, note.call, note)
        mark_answers_seen(viewer, disputes.disputes_of_notes(viewer, [note]).values())
        notes.excerpt_of(viewer, note.call, note)
        db.session.commit()


def _acknowledge(note_id: int, *, undo: bool) -> ResponseReturnValue:
    viewer = _agent()
    note = inbox.get_my_note(viewer, note_id)
    notes.acknowledge_note(viewer, note.call, note, undo=undo)
    db.session.commit()
    message = _("Taken back.") if undo else _("Your supervisor sees that you have understood.")
    back = None if undo else url_for("coaching.unacknowledge", note_id=note_id)
    if wants_json():
        return jsonify(message=message, acknowledged=not undo, undo=back, undo_label=_("Undo"))
    notify(message, undo=back)
    return redirect(url_for("coaching.my_note", note_id=note_id))


def _not_yet(viewer: Viewer, note_id: int, found: inbox.ExcerptState) -> ResponseReturnValue:
    if found.state in ("gone", "whole", "silent"):
        raise NotFound("The sound of this moment is not there any more; the words remain.")
    if found.excerpt is None:
        db.session.rollback()
        with write_transaction():
            call, note = inbox.get_readable_note(viewer, note_id)
            notes.excerpt_of(viewer, call, note)
            db.session.commit()
    return jsonify(state=found.state), 202


def _keep_heard(viewer: Viewer, note_id: int) -> None:
    """The agent's first listening is kept on the note, with its line of the access log."""
    with write_transaction(), suppress(NotFound):
        note = inbox.get_my_note(viewer, note_id)
        notes.mark_heard(viewer, note.call, note)
        db.session.commit()


def _count_new() -> int:
    """Notes and answers that the signed-in agent has not read."""
    viewer = current_viewer()
    new = inbox.count_new_notes(viewer) + count_new_for_me(viewer) + count_new_answers(viewer)
    return new + disputes.count_new_dispute_answers(viewer)


# The entry says how much waits; counted for agents only, who alone are offered it
bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "coaching.my_notes", _count_new)
)
