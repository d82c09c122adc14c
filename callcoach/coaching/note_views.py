"""Notes on the desk: the form, drafts that save themselves, sending, editing, answers, history.

Every action answers scripts in JSON (the change of the desk, see `desk_change`) and others with a
page; the same addresses work without script.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.analysis.model import Valence
from callcoach.calls import operations as calls_operations
from callcoach.calls import presenters
from callcoach.calls import queries as calls
from callcoach.calls.call_presenters import worded
from callcoach.calls.judging import Stretch
from callcoach.calls.models import Call, TippingPoint
from callcoach.coaching import note_presenters
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.desk_views import answer_change
from callcoach.coaching.models import ListeningRequest, Note, NoteAim, RequestAnswer, Visibility
from callcoach.coaching.note_forms import Asked, NoteForm, read_asked
from callcoach.coaching.note_moments import (
    Span,
    channel_between,
    quote_of,
    span_at,
    span_between,
)
from callcoach.coaching.note_text import LIMITS, NoteText, checked
from callcoach.coaching.operations import notes as operations
from callcoach.coaching.operations.requests import answer_request, reopen_request
from callcoach.coaching.queries import notes as queries
from callcoach.errors import CallCoachError, InvalidInput, NotAllowed, NotFound, StaleVersion
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
    place = _place(viewer, call, asked)
    if wants_json():
        return jsonify(quote=place.quote, **asdict(place.span))
    point_id = place.point.id if place.point else None
    draft = queries.own_draft(viewer, call, place.span, point_id=point_id)
    if draft is not None:
        return _form_page(viewer, call, draft, _form_of(draft, asked.request))
    form = NoteForm(
        formdata=None,
        **asdict(place.span),
        quote=place.quote,
        cause=place.point.cause if place.point else "",
        aim=place.aim,
        visibility=Visibility.AGENT.value,
        point=str(point_id or ""),
        request=str(asked.request or ""),
        based_on="0",
    )
    return _form_page(viewer, call, None, form)


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


@bp.get("/notes/<int:note_id>")
def show_note(note_id: int) -> ResponseReturnValue:
    """The note beside its moment on the desk."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    if wants_json():
        return jsonify(desk_change(viewer, call, near=_near(note)) | _facts(note))
    return redirect(_on_desk(call, note))


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


@bp.post("/notes/<int:note_id>/unsend")
def unsend_note(note_id: int) -> ResponseReturnValue:
    """Take a note back that the agent has not read; the request it answered waits again."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    operations.unsend_note(viewer, call, note)
    for answered in queries.requests_answered_by(note):
        reopen_request(viewer, answered)
    db.session.commit()
    return _changed(viewer, call, note, _("The note is a draft again."))


@bp.get("/notes/<int:note_id>/edit")
def edit_note(note_id: int) -> ResponseReturnValue:
    """The form of a note that there is."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    calls_operations.require_judge(viewer, call)
    return _form_page(viewer, call, note, _form_of(note, None))


@bp.post("/notes/<int:note_id>/delete")
def delete_note(note_id: int) -> ResponseReturnValue:
    """Put a note aside; the message offers to bring it back."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id, include_deleted=True)
    operations.delete_note(viewer, call, note)
    db.session.commit()
    message = _("The draft was deleted.") if note.is_draft else _("The note was deleted.")
    undo = url_for("coaching.restore_note", note_id=note_id)
    return _changed(viewer, call, note, message, undo=undo)


@bp.post("/notes/<int:note_id>/restore")
def restore_note(note_id: int) -> ResponseReturnValue:
    """Bring a deleted note back."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id, include_deleted=True)
    operations.restore_note(viewer, call, note)
    db.session.commit()
    return _changed(viewer, call, note, _("The note is back."))


@bp.post("/notes/<int:note_id>/reply")
def reply_to_note(note_id: int) -> ResponseReturnValue:
    """Answer in the thread under a note."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    operations.reply_to_note(viewer, call, note, request.form.get("text", ""))
    db.session.commit()
    return _changed(viewer, call, note, _("Your answer was sent."), toast=False)


@bp.get("/notes/<int:note_id>/history")
def note_history(note_id: int) -> ResponseReturnValue:
    """Every version of a sent note: who saved it when, and what changed."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    if note.is_draft:
        raise NotFound("A draft has no history yet.")
    return render_template(
        "coaching/_note_history_dialog.html" if _wants_fragment() else "coaching/note_history.html",
        note=note_presenters.note_view(viewer, call, note),
        revisions=note_presenters.revision_views(viewer, note),
        call=call,
        heading=presenters.heading(call),
        back=_on_desk(call, note),
        hears_label=note_presenters.hears_label,
        instead_label=note_presenters.instead_label,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The moment a new note is about."""

    span: Span
    quote: str
    point: TippingPoint | None
    aim: str


def _place(viewer: Viewer, call: Call, asked: Asked) -> _Place:
    turns = calls.turns_of(call)
    wanted = queries.request_on(viewer, call, asked.request) if asked.request else None
    point = _point(viewer, call, asked.point)
    length_ms = call.duration_ms
    if point is not None:
        span = span_between(point.start_ms, point.end_ms, point.channel, length_ms)
    elif asked.start_ms is not None and asked.end_ms is not None:
        bounds = asked.start_ms, asked.end_ms
        channel = channel_between(turns, *bounds) if asked.channel is None else asked.channel
        span = span_between(*bounds, channel, length_ms)
    elif asked.at_ms is None and wanted is not None and wanted.start_ms is not None:
        span = span_between(wanted.start_ms, wanted.end_ms or 0, wanted.channel or 0, length_ms)
    else:
        span = span_at(turns, asked.at_ms or 0, length_ms)
    is_keep = point is not None and point.valence == Valence.POSITIVE
    quote = quote_of(turns, span) or (point.quote if point else "")
    return _Place(span, quote, point, (NoteAim.KEEP if is_keep else NoteAim.CHANGE).value)


def _point(viewer: Viewer, call: Call, point_id: int | None) -> TippingPoint | None:
    if not point_id:
        return None
    owner, point = calls.get_point(viewer, point_id)
    if owner.id != call.id:
        raise NotFound("There is no such moment.")
    return point


def _form_of(note: Note, request_id: int | None) -> NoteForm:
    """The form filled with what the note says now."""
    return NoteForm(
        formdata=None,
        **asdict(operations.text_of(note)),
        point=str(note.point_id or ""),
        request=str(request_id or ""),
        based_on=str(note.row_version),
    )


def _submit(viewer: Viewer, call: Call, note: Note | None, *, sends: bool) -> ResponseReturnValue:
    form = NoteForm()
    found = note
    try:
        text = form.note_text()
        answered = _request_of(viewer, call, form)
        if note is None:
            point = _point(viewer, call, form.number_of("point"))
            point_id = point.id if point else None
            place = Span(text.channel, text.start_ms, max(text.end_ms, text.start_ms + 1))
            found = queries.own_draft(viewer, call, place, point_id=point_id)
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
        return _draft_kept(call, note)
    message, undo = _("Saved."), None
    if sends:
        message = _sent_to(note)
        undo = url_for("coaching.unsend_note", note_id=note.id)
    return _changed(viewer, call, note, message, undo=undo)


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


def _draft_kept(call: Call, note: Note) -> ResponseReturnValue:
    if wants_json():
        return jsonify(_facts(note))
    return redirect(_on_desk(call, note))


def _changed(
    viewer: Viewer,
    call: Call,
    note: Note,
    message: str,
    *,
    undo: str | None = None,
    toast: bool = True,
) -> ResponseReturnValue:
    """The desk after a change to a note."""
    if not wants_json():
        return answer_change(viewer, call, at_ms=note.start_ms, message=message, undo=undo)
    change = desk_change(
        viewer,
        call,
        message=message if toast else "",
        announce="" if toast else message,
        undo=undo,
        near=_near(note),
    )
    return jsonify(change | _facts(note))


def _near(note: Note) -> list[Stretch]:
    """A note stands beside its flag, also when its own moment was moved elsewhere."""
    return [place for place in (note, note.point, note.verdict) if place is not None]


def _facts(note: Note) -> dict[str, Any]:
    """What the form needs to know of the note it is editing."""
    return {
        "note": {
            "id": note.id,
            "version": note.row_version,
            "sent": not note.is_draft,
            "action": url_for("coaching.save_note", note_id=note.id),
            "send": url_for("coaching.send_note", note_id=note.id),
            "show": url_for("coaching.show_note", note_id=note.id),
        }
    }


def _conflict(
    viewer: Viewer, note_id: int, form: NoteForm, error: StaleVersion
) -> ResponseReturnValue:
    """Both texts, and what the viewer can do; what they typed stays in the form."""
    call, note = queries.get_note(viewer, note_id)
    theirs = error.values["theirs"]
    view = note_presenters.conflict_view(
        theirs,
        asdict(form.note_text()),
        author=error.values["author"],
        at=datetime.fromisoformat(error.values["at"]),
        is_own=note.updated_by_id == viewer.user_id,
    )
    if wants_json():
        html = render_template("coaching/_note_conflict.html", conflict=view, scripted=True)
        answer = {"error": explain(error), "conflict": html, "theirs": theirs} | _facts(note)
        return jsonify(answer), error.status
    form.based_on.data = str(note.row_version)
    return _form_page(viewer, call, note, form, conflict=view), error.status


def _refused(
    viewer: Viewer, call: Call, note_id: int, form: NoteForm, error: CallCoachError
) -> ResponseReturnValue:
    field = str(error.values.get("field", ""))
    if wants_json():
        return jsonify(error=explain(error), field=field), error.status
    target = next((one for one in form if one.name == field), None)
    if target is not None and field in (*LIMITS, "cause"):
        target.errors = [explain(error)]
    else:
        form.form_errors.append(explain(error))
    if not note_id:
        return _form_page(viewer, calls.get_call(viewer, call.id), None, form), error.status
    return _form_page(viewer, *queries.get_note(viewer, note_id), form), error.status


def _form_page(
    viewer: Viewer,
    call: Call,
    note: Note | None,
    form: NoteForm,
    *,
    conflict: note_presenters.ConflictView | None = None,
) -> str:
    if note is not None and note.author_id != viewer.user_id and note.is_draft:
        raise NotAllowed("Only its author can do this.")
    form.offer_causes()
    point = operations.point_of(call, note) if note else None
    point_id = form.number_of("point")
    if point is None and note is None and point_id:
        point = _point(viewer, call, point_id)
    mode = "new" if note is None else "draft" if note.is_draft else "edit"
    is_mine = note is None or note.author_id == viewer.user_id
    return render_template(
        "coaching/_note_form.html" if _wants_fragment() else "coaching/note_form.html",
        form=form,
        call=call,
        mode=mode,
        is_fragment=_wants_fragment(),
        heading_tag="h3" if _wants_fragment() else "h2",
        action=url_for("coaching.save_note", note_id=note.id)
        if note
        else url_for("coaching.create_note", call_id=call.id),
        send=url_for("coaching.send_note", note_id=note.id) if note else "",
        words=url_for("coaching.new_note", call_id=call.id),
        back=_on_desk(call, note)
        if note
        else url_for("coaching.desk", call_id=call.id, t=form.number_of("start_ms") / 1000),
        heading=presenters.heading(call),
        addressee=call.agent.name if call.agent else "",
        author="" if is_mine or note is None or note.author is None else note.author.name,
        can_hide=is_mine,
        hint=worded(point.suggestion) if point else "",
        confirms=point is not None and point.verdict_id is None and mode != "edit",
        conflict=conflict,
        limits=LIMITS,
        is_keep=form.aim.data == NoteAim.KEEP,
        labels={
            name: (make(is_keep=False), make(is_keep=True))
            for name, make in (
                ("hears", note_presenters.hears_label),
                ("instead", note_presenters.instead_label),
            )
        },
        tenths=note_presenters.tenths,
        number_of=form.number_of,
    )


def _on_desk(call: Call, note: Note) -> str:
    return url_for(
        "coaching.desk", call_id=call.id, t=note.start_ms / 1000, _anchor=f"note-{note.id}"
    )


def _wants_fragment() -> bool:
    return request.headers.get("X-Fragment") == "note"
