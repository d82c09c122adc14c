"""Notes on the desk: the form, drafts that save themselves, sending and editing.

Every action answers scripts in JSON (the change of the desk, see `desk_change`) and others with a
page; the same addresses work without script.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import operations as calls_operations
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.coaching import note_versions
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import (
    ListeningRequest,
    Note,
    RequestAnswer,
    Visibility,
)
from callcoach.coaching.note_answer_views import changed, desk_of, elsewhere, facts, on_desk
from callcoach.coaching.note_choices import call_choices
from callcoach.coaching.note_form_views import form_of, form_page, place_of, point_on
from callcoach.coaching.note_forms import NoteForm, read_asked
from callcoach.coaching.note_moments import Span
from callcoach.coaching.note_text import LIMITS, NoteText, checked
from callcoach.coaching.operations import notes as operations
from callcoach.coaching.operations.requests import answer_request
from callcoach.coaching.queries import notes as queries
from callcoach.errors import CallCoachError, InvalidInput, StaleVersion
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.requests import wants_json


@bp.get("/calls/<int:call_id>/notes/new")
def new_note(call_id: int) -> ResponseReturnValue:
    """The form for a moment, filled with what was said there; the viewer's own draft on it if
    there is one. To scripts that want JSON, only the words of the moment.
    """
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    calls_operations.require_judge(viewer, call)
    asked = read_asked(request.args)
    place = place_of(viewer, call, asked)
    if wants_json():
        return jsonify(quote=place.quote, **asdict(place.span))
    point_id = place.point.id if place.point else None
    draft = queries.own_draft(
        viewer, call, place.span, point_id=point_id, is_moment=asked.is_moment
    )
    if draft is not None:
        form = form_of(draft, asked.request)
        if asked.other_calls:  # ticked for it just now, beside what it was about already
            form.scope.data = asked.scope.value
            form.other_calls.data = [*form.ids_of("other_calls"), *asked.other_calls]
        return form_page(viewer, call, draft, form)
    form = NoteForm(
        formdata=None,
        **asdict(place.span),
        quote=place.quote,
        cause=place.point.cause if place.point else "",
        aim=place.aim,
        visibility=Visibility.AGENT.value,
        scope=asked.scope.value,
        other_calls=asked.other_calls,
        point=str(point_id or ""),
        request=str(asked.request or ""),
        based_on="0",
    )
    return form_page(viewer, call, None, form)


@bp.get("/calls/<int:call_id>/notes/calls")
def calls_for_note(call_id: int) -> ResponseReturnValue:
    """Calls that can be put beside this one in a note, for the form: the newest that match ``q``,
    and those that are ``other_calls`` already.
    """
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    calls_operations.require_judge(viewer, call)
    form = NoteForm(formdata=request.args)
    words = " ".join(request.args.get("q", "").split())[:200]
    offered = call_choices(viewer, call, form.ids_of("other_calls"), words)
    return render_template("coaching/_note_calls.html", calls=offered, searched=words)


@bp.post("/calls/<int:call_id>/notes")
def create_note(call_id: int) -> ResponseReturnValue:
    """Keep a new draft; with ``do=send``, send it at once.

    A draft that the viewer has on the moment already is taken up, so that trying again after a
    lost answer makes no second one.
    """
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    calls_operations.require_judge(viewer, call)
    return _submit(viewer, call, None, sends=request.form.get("do") == "send")


@bp.post("/notes/<int:note_id>")
def save_note(note_id: int) -> ResponseReturnValue:
    """Keep a draft as it stands, or change what a sent note says."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    calls_operations.require_judge(viewer, call)  # before the form, which says more than the note
    return _submit(viewer, call, note, sends=request.form.get("do") == "send")


@bp.post("/notes/<int:note_id>/send")
def send_note(note_id: int) -> ResponseReturnValue:
    """Send a draft; on a flag this confirms the flag."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    calls_operations.require_judge(viewer, call)
    return _submit(viewer, call, note, sends=True)


@bp.get("/notes/<int:note_id>/edit")
def edit_note(note_id: int) -> ResponseReturnValue:
    """The form of a note that there is."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    calls_operations.require_judge(viewer, call)
    return form_page(viewer, call, note, form_of(note, None))


def _submit(viewer: Viewer, call: Call, note: Note | None, *, sends: bool) -> ResponseReturnValue:
    form = NoteForm()
    found = note
    try:
        text = form.note_text()
        answered = _request_of(viewer, call, form)
        if note is None:
            point = point_on(viewer, call, form.number_of("point"))
            point_id = point.id if point and text.is_moment else None
            place = Span(text.channel, text.start_ms, max(text.end_ms, text.start_ms + 1))
            found = queries.own_draft(
                viewer, call, place, point_id=point_id, is_moment=text.is_moment
            )
            if found is not None and not text.is_moment:
                # Another remark on the same call is another note; only this very one is taken up
                said = checked(text, call.duration_ms)
                found = found if operations.text_of(found) == said else None
            if sends and found is None:  # sent by a try whose answer was lost
                said = checked(text, call.duration_ms)
                note = queries.own_twin(viewer, call, said, point_id=point_id)
            if note is None:
                based_on = form.number_of("based_on")
                note = operations.save_draft(
                    viewer, call, text, note=found, point=point, based_on=based_on
                )
            if sends:
                operations.send_note(viewer, call, note, text, based_on=note.row_version)
        else:
            _save(viewer, call, note, text, form.number_of("based_on"), sends=sends)
        if sends and answered is not None and answered.note_id != note.id:
            answer_request(viewer, answered, RequestAnswer.NOTED, note=note)
    except StaleVersion as error:
        assert found is not None  # a note that is not there yet cannot be stale
        note_id = found.id
        db.session.rollback()
        return _conflict(viewer, note_id, form, error)
    except InvalidInput as error:
        note_id = found.id if found is not None and found.id else 0
        db.session.rollback()
        return _refused(viewer, call, note_id, form, error)
    was_sent = not note.is_draft and (sends or found is not None)
    db.session.commit()
    if not was_sent:
        return _draft_kept(viewer, call, note)
    message, undo = _("Saved."), None
    if sends:
        message = _sent_to(note)
        undo = url_for("coaching.unsend_note", note_id=note.id, on=elsewhere(note))
    return changed(viewer, call, note, message, undo=undo)


def _sent_to(note: Note) -> str:
    if note.visibility == Visibility.PRIVATE or note.agent is None:
        return str(_("Kept for you alone."))
    # A name may end in its own full stop, as in "Hanta R."
    return str(_("Sent to %(name)s.", name=note.agent.name.removesuffix(".")))


def _save(
    viewer: Viewer, call: Call, note: Note, text: NoteText, based_on: int, *, sends: bool
) -> None:
    """A note that was sent in between, by another window or by a try whose answer was lost, is
    edited: the same text changes nothing, another one meets its version.
    """
    if not note.is_draft:
        operations.edit_note(viewer, call, note, text, based_on=based_on)
    elif sends:
        operations.send_note(viewer, call, note, text, based_on=based_on)
    else:
        operations.save_draft(viewer, call, text, note=note, based_on=based_on)


def _request_of(viewer: Viewer, call: Call, form: NoteForm) -> ListeningRequest | None:
    request_id = form.number_of("request")
    return queries.request_on(viewer, call, request_id) if request_id else None


def _conflict(
    viewer: Viewer, note_id: int, form: NoteForm, error: StaleVersion
) -> ResponseReturnValue:
    """Both texts, and what the viewer can do; what they typed stays in the form."""
    call, note = queries.get_note(viewer, note_id)
    theirs = error.values["theirs"]
    view = note_versions.conflict_view(
        theirs,
        asdict(form.note_text()),
        author=error.values["author"],
        at=datetime.fromisoformat(error.values["at"]),
        is_own=note.updated_by_id == viewer.user_id,
    )
    if wants_json():
        html = render_template("coaching/_note_conflict.html", conflict=view, scripted=True)
        answer = {"error": explain(error), "conflict": html, "theirs": theirs} | facts(note)
        return jsonify(answer), error.status
    form.based_on.data = str(note.row_version)
    return form_page(viewer, call, note, form, conflict=view), error.status


def _refused(
    viewer: Viewer, call: Call, note_id: int, form: NoteForm, error: CallCoachError
) -> ResponseReturnValue:
    field = str(error.values.get("field", ""))
    if wants_json():
        return jsonify(error=explain(error), field=field), error.status
    target = next((one for one in form if one.name == field), None)
    if target is not None and field in (*LIMITS, "cause", "readers", "other_calls", "visibility"):
        target.errors = [explain(error)]
    else:
        form.form_errors.append(explain(error))
    if not note_id:
        return form_page(viewer, calls.get_call(viewer, call.id), None, form), error.status
    return form_page(viewer, *queries.get_note(viewer, note_id), form), error.status


def _draft_kept(viewer: Viewer, call: Call, note: Note) -> ResponseReturnValue:
    if wants_json():
        return jsonify(facts(note))
    return redirect(on_desk(desk_of(viewer, call, note), note))
