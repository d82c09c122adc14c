"""Changes to a call: metadata, outcome, channels, corrections, and what runs on it."""

from __future__ import annotations

from typing import cast

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import call_presenters, operations, presenters, queries
from callcoach.calls.access import can_edit_call, can_judge_call
from callcoach.calls.blueprint import bp
from callcoach.calls.forms import CorrectionForm, MetadataForm
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call, KindSource, Turn
from callcoach.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.i18n import preferences
from callcoach.web.requests import is_htmx, safe_next
from callcoach.web.toasts import notify, with_toast

#: What a form sends instead of a kind: the one that the analysis heard.
HEARD = "heard"


@bp.post("/calls/<int:call_id>/retry")
def retry(call_id: int) -> ResponseReturnValue:
    """Work again on a call that failed or was cancelled."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.retry_call(viewer, call)
    db.session.commit()
    return _changed(viewer, call, _("The call is queued again."))


@bp.post("/calls/<int:call_id>/cancel")
def cancel(call_id: int) -> ResponseReturnValue:
    """Stop the work on a call."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.cancel_call(viewer, call)
    db.session.commit()
    return _changed(viewer, call, _("Stopped."), undo=url_for("calls.retry", call_id=call_id))


@bp.post("/calls/<int:call_id>/transcribe")
def transcribe(call_id: int) -> ResponseReturnValue:
    """Make a new transcript; corrections stay."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.transcribe_again(viewer, call)
    db.session.commit()
    return _changed(viewer, call, _("The call will be transcribed again."))


@bp.post("/calls/<int:call_id>/delete")
def delete(call_id: int) -> ResponseReturnValue:
    """Put a call aside; the message offers to bring it back."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.delete_call(viewer, call)
    db.session.commit()
    undo = url_for("calls.restore", call_id=call_id)
    message = _("The call was deleted.")
    if is_htmx():
        return with_toast(make_response(""), message, undo=undo)
    notify(message, undo=undo)
    return redirect(_next(url_for("calls.list_calls")))


@bp.post("/calls/<int:call_id>/audio/delete")
def delete_audio(call_id: int) -> ResponseReturnValue:
    """Delete the sound for good; the words and the notes remain. The page asks before."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.delete_audio(viewer, call)
    db.session.commit()
    notify(_("The recording was deleted. The words and the notes remain."))
    return redirect(url_for("coaching.desk", call_id=call_id))


@bp.post("/calls/<int:call_id>/restore")
def restore(call_id: int) -> ResponseReturnValue:
    """Bring a deleted call back."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id, include_deleted=True)
    operations.restore_call(viewer, call)
    db.session.commit()
    notify(_("The call is back."))
    return redirect(_next(_referrer() or url_for("calls.list_calls")))


@bp.post("/calls/<int:call_id>/swap")
def swap(call_id: int) -> ResponseReturnValue:
    """Exchange agent and prospect; the same click undoes it."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.swap_channels(viewer, call)
    db.session.commit()
    return _changed(
        viewer,
        call,
        _("Agent and prospect are swapped; the analysis is running again."),
        undo=url_for("calls.swap", call_id=call_id),
    )


@bp.post("/calls/<int:call_id>/result")
def set_result(call_id: int) -> ResponseReturnValue:
    """Say in one click how it ended; the message offers to undo.

    ``outcome`` comes from the form, or from the address that the undo of a message takes.
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    before = str(call.outcome)
    changes: operations.CallEdit = {}
    if outcome := request.form.get("outcome") or request.args.get("outcome"):
        changes["outcome"] = outcome
    operations.edit_call(viewer, call, changes)
    db.session.commit()
    undo = url_for("calls.set_result", call_id=call_id, outcome=before, back=1)
    return _changed(viewer, call, _("Saved."), undo=_unless_back(undo))


@bp.post("/calls/<int:call_id>/kind")
def set_kind(call_id: int) -> ResponseReturnValue:
    """Say who was reached, or ``heard``: leave it to the analysis; the message offers to undo.

    ``kind`` comes from the form, or from the address that the undo of a message takes.
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    before = HEARD if call.kind_source == KindSource.ANALYSIS else str(call.kind)
    wanted = request.form.get("kind") or request.args.get("kind", "")
    if wanted == HEARD:
        operations.leave_kind_to_analysis(viewer, call)
    else:
        operations.set_kind(viewer, call, wanted)
    db.session.commit()
    return _changed(
        viewer,
        call,
        _("Saved: %(kind)s.", kind=presenters.kind_label(call.kind)),
        undo=_unless_back(url_for("calls.set_kind", call_id=call_id, kind=before, back=1)),
    )


@bp.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
def edit(call_id: int) -> ResponseReturnValue:
    """The metadata of a call."""
    viewer = current_viewer()
    call = _editable(viewer, call_id)
    zone = preferences().timezone
    form = MetadataForm(obj=call if request.method == "GET" else None)
    form.offer(call, queries.import_choices(viewer), zone=zone)
    if form.validate_on_submit():
        try:
            edited = cast("operations.CallEdit", form.changes(zone=zone))
            operations.edit_call(viewer, call, edited)
            operations.set_agent_channel(viewer, call, form.agent_channel.data)
        except InvalidInput as error:
            db.session.rollback()
            form.form_errors.append(explain(error))
        else:
            db.session.commit()
            notify(_("Saved."))
            return redirect(_next(url_for("coaching.desk", call_id=call_id)))
    return (
        render_template("calls/edit.html", form=form, call=call, heading=presenters.heading(call)),
        422 if form.errors else 200,
    )


@bp.route("/calls/<int:call_id>/turns/<int:index>/correction", methods=["GET", "POST"])
def correct_turn(call_id: int, index: int) -> ResponseReturnValue:
    """Correct what was recognised: in place for scripts, as a page without them.

    ``?view=read`` gives the turn back unchanged, for who leaves the form.
    """
    viewer = current_viewer()
    call = _editable(viewer, call_id)
    turn, shown = _turn(call, index)
    if request.method == "GET" and request.args.get("view") == "read":
        return _turn_fragment(viewer, call, shown)
    form = CorrectionForm(text=shown.text, based_on=str(shown.correction_id))
    if not form.validate_on_submit():
        return _correction_form(call, shown, form, 422 if form.errors else 200)
    based_on = form.based_on.data or ""
    try:
        operations.correct_turn(
            viewer,
            call,
            turn,
            form.text.data or "",
            based_on=int(based_on) if based_on.isdecimal() else 0,
        )
    except StaleVersion as error:
        db.session.rollback()
        call = _editable(viewer, call_id)
        _unused, shown = _turn(call, index)
        form.based_on.data = str(shown.correction_id)
        return _correction_form(call, shown, form, 409, theirs=str(error.values["theirs"]))
    db.session.commit()
    call = _editable(viewer, call_id)
    if _wants_fragment():
        return _turn_fragment(viewer, call, _turn(call, index)[1])
    return redirect(url_for("coaching.desk", call_id=call_id, _anchor=f"turn-{index}"))


def _editable(viewer: Viewer, call_id: int) -> Call:
    call = queries.get_call(viewer, call_id)
    if not can_edit_call(viewer, call):
        raise NotAllowed("Supervisors and team leads change calls; ask yours.")
    return call


def _turn(call: Call, index: int) -> tuple[Turn, ShownTurn]:
    """The turn at `index` of the current analysis, as stored and as shown."""
    for shown in queries.turns_of(call):
        if shown.index == index:
            return db.session.get_one(Turn, shown.turn_id), shown
    raise NotFound("There is no such turn.")


def _turn_fragment(viewer: Viewer, call: Call, shown: ShownTurn) -> ResponseReturnValue:
    names = call_presenters.speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    moments = call_presenters.moments(queries.visible_moments(viewer, call), queries.turns_of(call))
    pins = [moment for moment in moments if moment.turn_index == shown.index]
    view = call_presenters.turn_view(shown, pins, names)
    return render_template(
        "calls/_turn.html",
        turn=view,
        call=call,
        can_edit=True,
        can_teach=can_judge_call(viewer, call),
        shows_expressions=True,
    )


def _correction_form(
    call: Call, shown: ShownTurn, form: CorrectionForm, status: int, theirs: str | None = None
) -> ResponseReturnValue:
    names = call_presenters.speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    view = call_presenters.turn_view(shown, (), names)
    template = "calls/_turn_form.html" if _wants_fragment() else "calls/correct.html"
    page = render_template(
        template,
        form=form,
        turn=view,
        call=call,
        theirs=theirs,
        heading=presenters.heading(call),
    )
    return page, status


def _wants_fragment() -> bool:
    return request.headers.get("X-Fragment") == "turn"


def _unless_back(undo: str) -> str | None:
    """An undo is not undone: the key that takes back would go back and forth for ever."""
    return None if request.args.get("back") else undo


def _changed(viewer: Viewer, call: Call, message: str, *, undo: str | None = None) -> Response:
    """The changed row for the list, else the page the person came from."""
    if is_htmx():
        from callcoach.calls.views import rows  # it imports this module to register its views

        row = rows(viewer, [call])[0]
        response = make_response(render_template("calls/_row.html", row=row, query={}))
        return with_toast(response, message, undo=undo)
    notify(message, undo=undo)
    fallback = url_for("coaching.desk", call_id=call.id)
    return cast("Response", redirect(_next(_referrer() or fallback)))


def _next(fallback: str) -> str:
    return safe_next(request.form.get("next")) or fallback


def _referrer() -> str | None:
    """The page of this site that the request came from."""
    referrer = request.referrer or ""
    host = request.host_url
    return safe_next("/" + referrer.removeprefix(host)) if referrer.startswith(host) else None
