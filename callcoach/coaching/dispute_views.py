"""How agents see it otherwise: their form and list, the supervisors’ answers, both moments as sound."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import cast

from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.media_views import play
from callcoach.calls.models import Call, Verdict
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.presenters import clock, heading
from callcoach.calls.sound import hears_calls, require_sound
from callcoach.coaching import dispute_presenters as presenters
from callcoach.coaching.access import judges
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import Dispute, Note
from callcoach.coaching.note_moments import quote_of, span_at
from callcoach.coaching.operations import disputes as operations
from callcoach.coaching.queries import disputes as queries
from callcoach.coaching.queries import inbox
from callcoach.coaching.queries.requests import count_new_answers
from callcoach.coaching.request_views import read_clock
from callcoach.errors import CallCoachError, InvalidInput, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.web.errors import explain
from callcoach.web.requests import is_seen, safe_next
from callcoach.web.toasts import notify

#: Longer numbers are no id of a call, and databases refuse them.
_MAX_DIGITS = 10


@bp.get("/my/notes/<int:note_id>/dispute")
def dispute_note(note_id: int) -> ResponseReturnValue:
    """The form to say how I see a note."""
    viewer = _agent()
    note = inbox.get_my_note(viewer, note_id)
    return _form_page(viewer, note.call, note)


@bp.post("/my/notes/<int:note_id>/dispute")
def open_note_dispute(note_id: int) -> ResponseReturnValue:
    """Say how I see a note."""
    viewer = _agent()
    note = inbox.get_my_note(viewer, note_id)
    return _open(viewer, note.call, note, url_for("coaching.my_note", note_id=note_id))


@bp.get("/calls/<int:call_id>/dispute")
def dispute_moment(call_id: int) -> ResponseReturnValue:
    """The form to say how I see a confirmed moment, named in ``moment`` as on the call's page."""
    viewer = _agent()
    call = calls.get_call(viewer, call_id)
    return _form_page(viewer, call, _flag(viewer, call))


@bp.post("/calls/<int:call_id>/dispute")
def open_moment_dispute(call_id: int) -> ResponseReturnValue:
    """Say how I see a confirmed moment."""
    viewer = _agent()
    call = calls.get_call(viewer, call_id)
    flag = _flag(viewer, call)
    at = f"{flag.start_ms / 1000:g}"
    return _open(viewer, call, flag, url_for("coaching.desk", call_id=call_id, t=at))


@bp.get("/my/calls/<int:call_id>/said")
def said_at(call_id: int) -> ResponseReturnValue:
    """What was being said in a call of mine at ``at`` (``1:05``): ``quote``, ``clock``."""
    call = calls.get_call(_agent(), call_id)
    at_ms = read_clock(request.args.get("at", "").strip())
    turns = calls.turns_of(call)
    span = span_at(turns, at_ms, call.duration_ms)
    return jsonify(quote=quote_of(turns, span), clock=clock(span.start_ms))


@bp.get("/my/disputes")
def my_disputes() -> ResponseReturnValue:
    """What I see otherwise, with the answers, which are thereby seen."""
    viewer = _agent()
    page = queries.list_my_disputes(viewer)
    new = [item.id for item in page.rows if item.answered_at and item.seen_at is None]
    html = render_template(
        "coaching/my_disputes.html",
        disputes=[presenters.dispute_view(viewer, item) for item in page.rows],
        page=page,
        new_notes=inbox.count_new_notes(viewer),
        new_answers=count_new_answers(viewer),
    )
    if new and is_seen():
        seen(viewer, new)
    return html


@bp.post("/disputes/<int:dispute_id>/withdraw")
def withdraw_dispute(dispute_id: int) -> ResponseReturnValue:
    """Take it back, as long as nobody has answered."""
    viewer = current_viewer()
    dispute = operations.withdraw_dispute(viewer, queries.get_dispute(viewer, dispute_id))
    db.session.commit()
    notify(
        _("Taken back. Your supervisor does not see it any more."),
        undo=url_for("coaching.restore_dispute", dispute_id=dispute_id),
    )
    return redirect(_back() or _agents_page(dispute))


@bp.post("/disputes/<int:dispute_id>/restore")
def restore_dispute(dispute_id: int) -> ResponseReturnValue:
    """Let it wait again."""
    viewer = current_viewer()
    dispute = operations.restore_dispute(viewer, queries.get_dispute(viewer, dispute_id))
    db.session.commit()
    notify(_("Your supervisor sees it again."))
    return redirect(_back() or _agents_page(dispute))


@bp.get("/home/disputes")
def list_disputes() -> ResponseReturnValue:
    """What agents of my teams see otherwise and wait to be answered, what is due first on top."""
    viewer = _judge()
    page = queries.list_open_disputes(viewer)
    return render_template(
        "coaching/disputes.html",
        disputes=[presenters.dispute_view(viewer, item) for item in page.rows],
        page=page,
        in_time=queries.answered_in_time(viewer),
    )


@bp.get("/home/disputes/<int:dispute_id>")
def show_dispute(dispute_id: int) -> ResponseReturnValue:
    """One of them: both moments to hear, and the answer to give."""
    viewer = _judge()
    dispute = queries.get_dispute(viewer, dispute_id)
    html = render_template(
        "coaching/dispute.html",
        dispute=presenters.dispute_view(viewer, dispute, with_sound=True),
        next_open=queries.next_open(viewer, dispute),
    )
    if is_seen():
        db.session.rollback()
        with write_transaction(), suppress(NotFound):
            dispute = queries.get_dispute(viewer, dispute_id)
            operations.mark_known(viewer, [dispute])
            for part in queries.PARTS:
                _ask_for_sound(viewer, dispute, part)
            db.session.commit()
    return html


@bp.post("/disputes/<int:dispute_id>/keep")
def keep_dispute(dispute_id: int) -> ResponseReturnValue:
    """Leave it as it is, with a reason."""
    return _answered(
        dispute_id,
        lambda viewer, dispute: operations.keep(viewer, dispute, request.form.get("text", "")),
        _("It stays. The agent reads your reason."),
    )


@bp.post("/disputes/<int:dispute_id>/accept")
def accept_dispute(dispute_id: int) -> ResponseReturnValue:
    """The agent is right: the note is put aside, or the flag rejected."""
    return _answered(
        dispute_id,
        lambda viewer, dispute: operations.accept(
            viewer,
            dispute,
            request.form.get("text", ""),
            rejects_flag=request.form.get("flag") == "reject",
        ),
        _("Accepted. The agent is told."),
    )


@bp.post("/disputes/<int:dispute_id>/reopen")
def reopen_dispute(dispute_id: int) -> ResponseReturnValue:
    """Undo an answer that the agent has not read."""
    viewer = current_viewer()
    operations.reopen(viewer, queries.get_dispute(viewer, dispute_id))
    db.session.commit()
    notify(_("Your answer was taken back; the agent waits again."))
    return redirect(_back() or url_for("coaching.show_dispute", dispute_id=dispute_id))


@bp.get("/disputes/<int:dispute_id>/sound/<part>")
def dispute_sound(dispute_id: int, part: str) -> ResponseReturnValue:
    """What is seen otherwise (``moment``), or what the agent put beside it (``counter``). 202 while
    a worker has yet to write it. Never kept by the browser.
    """
    viewer = current_viewer()
    dispute = queries.get_dispute(viewer, dispute_id)
    found = _found(viewer, dispute, part)
    if found.excerpt is None or found.excerpt.file is None:
        db.session.rollback()
        with write_transaction():
            _ask_for_sound(viewer, queries.get_dispute(viewer, dispute_id), part)
            db.session.commit()
        return jsonify(state=found.state), 202
    return play(viewer, found.excerpt.file, "dispute.heard", "dispute", dispute_id)


@bp.get("/disputes/<int:dispute_id>/sound/<part>/status")
def dispute_sound_status(dispute_id: int, part: str) -> ResponseReturnValue:
    """``ready``, ``writing`` or ``failed``."""
    viewer = current_viewer()
    return jsonify(state=_found(viewer, queries.get_dispute(viewer, dispute_id), part).state)


def seen(viewer: Viewer, ids: list[int]) -> None:
    """Answers were shown; the reading transaction ends first (see `calls.views.log_read`)."""
    db.session.rollback()
    with write_transaction(), suppress(NotFound):
        found = [queries.get_dispute(viewer, dispute_id) for dispute_id in ids]
        operations.mark_answers_seen(viewer, found)
        db.session.commit()


def _my_otherwise() -> queries.Otherwise:
    """Asked once for a page: the tab needs it, and so does its mark."""
    if "my_otherwise" not in g:
        g.my_otherwise = queries.my_otherwise(current_viewer())
    found: queries.Otherwise = g.my_otherwise
    return found


bp.record_once(
    lambda state: cast("Flask", state.app).jinja_env.globals.update(my_otherwise=_my_otherwise)
)


def _agent() -> Viewer:
    """The viewer, when they are an agent; nobody else sees a note of their own otherwise."""
    viewer = current_viewer()
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    return viewer


def _judge() -> Viewer:
    viewer = current_viewer()
    if not judges(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _flag(viewer: Viewer, call: Call) -> Verdict:
    return queries.find_flag(viewer, call, request.values.get("moment", ""))


def _open(viewer: Viewer, call: Call, about: Note | Verdict, back: str) -> ResponseReturnValue:
    try:
        dispute = operations.open_dispute(
            viewer, call, about, request.form.get("text", ""), counter=_counter(viewer)
        )
    except InvalidInput as error:
        db.session.rollback()
        if isinstance(about, Note):
            about = inbox.get_my_note(viewer, about.id)
            return _form_page(viewer, about.call, about, error), error.status
        call = calls.get_call(viewer, call.id)
        return _form_page(viewer, call, _flag(viewer, call), error), error.status
    db.session.commit()
    notify(
        _("Sent. Your supervisor hears it and answers."),
        undo=url_for("coaching.withdraw_dispute", dispute_id=dispute.id),
    )
    return redirect(back)


def _counter(viewer: Viewer) -> operations.Counter | None:
    """The moment that the form names; None when it names none.

    Raises:
        InvalidInput: it cannot be read.
        NotFound: it is in a call that is not the viewer's.
    """
    at = request.form.get("at", "").strip()
    if not at:
        return None
    number = request.form.get("counter_call", "")
    if not number.isdecimal() or len(number) >= _MAX_DIGITS:
        raise InvalidInput("Say in which call the moment is.", field="counter_call")
    return operations.counter_at(viewer, calls.get_call(viewer, int(number)), read_clock(at))


def _form_page(
    viewer: Viewer, call: Call, about: Note | Verdict, error: CallCoachError | None = None
) -> str:
    is_note = isinstance(about, Note)
    at = f"{about.start_ms / 1000:g}"
    chosen = request.form.get("counter_call", str(call.id))
    offered = queries.calls_to_choose(viewer, call)
    return render_template(
        "coaching/my_dispute.html",
        call=call,
        about=heading(call),
        quote=about.quote,
        says=(about.instead or about.hears) if isinstance(about, Note) else "",
        clock=clock(about.start_ms),
        start_s=about.start_ms / 1000,
        moment="" if is_note else request.values.get("moment", ""),
        back=url_for("coaching.my_note", note_id=about.id)
        if is_note
        else url_for("coaching.desk", call_id=call.id, t=at),
        choices=[(each.id, heading(each), each.started_at) for each in offered],
        chosen=int(chosen) if chosen.isdecimal() and len(chosen) < _MAX_DIGITS else call.id,
        audible=[
            each.id
            for each in offered
            if each.recording is not None
            and each.recording.playback_id is not None
            and hears_calls(viewer, each.campaign)
        ],
        reads_only=not hears_calls(viewer, call.campaign),
        hours=call.campaign.dispute_hours,
        due_at=operations.due_at(call, utc_now()),
        limit=operations.MAX_LENGTH,
        typed={name: request.form.get(name, "") for name in ("text", "at")},
        error=explain(error) if error is not None else "",
        error_field=str(error.values.get("field", "")) if error is not None else "",
        new_notes=inbox.count_new_notes(viewer),
        new_answers=count_new_answers(viewer),
    )


def _answered(
    dispute_id: int, act: Callable[[Viewer, Dispute], Dispute], message: str
) -> ResponseReturnValue:
    """Answer, then on to what waits next, or back to where the form was."""
    viewer = current_viewer()
    dispute = act(viewer, queries.get_dispute(viewer, dispute_id))
    following = queries.next_open(viewer, dispute)
    db.session.commit()
    notify(message, undo=url_for("coaching.reopen_dispute", dispute_id=dispute_id))
    if following is not None:
        onward = url_for("coaching.show_dispute", dispute_id=following)
    else:
        onward = url_for("coaching.list_disputes")
    return redirect(_back() or onward)


def _back() -> str | None:
    """Where the form says it was."""
    return safe_next(request.form.get("next"))


def _agents_page(dispute: Dispute) -> str:
    if dispute.note_id is not None:
        return url_for("coaching.my_note", note_id=dispute.note_id)
    return url_for("coaching.my_disputes")


def _found(viewer: Viewer, dispute: Dispute, part: str) -> inbox.ExcerptState:
    """What can be played.

    Raises:
        NotFound: nothing can, or there is no such part.
        NotAllowed: the campaign keeps sound off the viewer's telephone.
    """
    if part not in queries.PARTS:
        raise NotFound("There is no such page.")
    stretch = queries.stretch_of(viewer, dispute, part)
    if stretch is not None:
        require_sound(viewer, stretch.call.campaign)
    found = queries.sound_state(viewer, dispute, part)
    if found.state in ("gone", "whole"):
        raise NotFound("The sound of this moment is not there any more; the words remain.")
    return found


def _ask_for_sound(viewer: Viewer, dispute: Dispute, part: str) -> None:
    stretch = queries.stretch_of(viewer, dispute, part)
    state = queries.sound_state(viewer, dispute, part).state
    if stretch is not None and state in ("writing", "failed"):
        ensure_excerpt(viewer, stretch.call, stretch.start_ms, stretch.end_ms)
