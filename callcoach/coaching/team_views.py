"""From the team: colleagues' good moments, as an agent reads them.

The words, who noted them and why; neither the call nor the prospect. The sound and the agent's
name come with the agent's yes.
"""

from __future__ import annotations

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record, was_recorded
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.coaching import team_presenters as presenters
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import Note
from callcoach.coaching.note_choices import mentions_of
from callcoach.coaching.operations import notes
from callcoach.coaching.queries import inbox, team_notes
from callcoach.coaching.queries.requests import count_new_answers
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/my/team")
def team_notes_page() -> ResponseReturnValue:
    """Good moments of colleagues, newest first."""
    viewer = _agent()
    page = team_notes.list_team_notes(viewer)
    return render_template(
        "coaching/my_team.html",
        cards=[presenters.team_card(viewer, note) for note in page.rows],
        page=page,
        **tabs(viewer),
    )


@bp.get("/my/team/<int:note_id>")
def team_note(note_id: int) -> ResponseReturnValue:
    """One of them."""
    viewer = _agent()
    note = team_notes.get_team_note(viewer, note_id)
    card = presenters.team_card(viewer, note, inbox.excerpt_state(viewer, note.call, note))
    mentions = mentions_of(viewer, note.call) if card.can_answer else []
    html = render_template(
        "coaching/my_team_note.html", card=card, mentions=mentions, **tabs(viewer)
    )
    if is_seen():
        _read(viewer, note)
    return html


@bp.post("/my/team/<int:note_id>/replies")
def answer_team_note(note_id: int) -> ResponseReturnValue:
    """Answer, as somebody who is named in the note."""
    viewer = _agent()
    note = team_notes.get_team_note(viewer, note_id)
    notes.reply_to_note(viewer, note.call, note, request.form.get("text", ""))
    db.session.commit()
    notify(_("Your answer was sent."))
    return redirect(url_for("coaching.team_note", note_id=note_id, _anchor="replies"))


def tabs(viewer: Viewer) -> dict[str, object]:
    """What the tabs of an agent's notes say waits there."""
    return {
        "new_notes": inbox.count_new_notes(viewer),
        "new_answers": count_new_answers(viewer),
        "new_team_notes": team_notes.count_new_for_me(viewer),
    }


def _agent() -> Viewer:
    viewer = current_viewer()
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    return viewer


def _read(viewer: Viewer, note: Note) -> None:
    """Remember that it was opened, and have its sound written where it may be heard; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    note_id = note.id
    sound = inbox.excerpt_state(viewer, note.call, note)
    already = was_recorded(viewer.user_id, team_notes.READ, subject_kind="note", subject_id=note_id)
    db.session.rollback()
    if already and sound.state != "writing":
        return
    with write_transaction(), suppress(NotFound):  # taken back in between: nothing to remember
        note = team_notes.get_team_note(viewer, note_id)
        notes.mark_read(viewer, note.call, note)
        if sound.state == "writing":
            notes.excerpt_of(viewer, note.call, note)
        if not already:
            record(viewer.user_id, team_notes.READ, subject_kind="note", subject_id=note_id)
        db.session.commit()
