"""The daily check: what is due today, one thing after the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import views as calls_views
from callcoach.calls.call_presenters import speaker_names
from callcoach.calls.models import Call
from callcoach.calls.operations.judging import verdicts_in_force
from callcoach.calls.presenters import heading
from callcoach.calls.queries import get_point, turns_of
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.learning import check_operations as operations
from callcoach.learning import check_presenters as presenters
from callcoach.learning import check_queries as queries
from callcoach.learning.blueprint import bp
from callcoach.learning.models import BlindMark, Check, CheckKind
from callcoach.web.i18n import preferences
from callcoach.web.requests import safe_next, wants_json
from callcoach.web.toasts import notify


@bp.get("/check")
def check() -> ResponseReturnValue:
    """What is due today, and the start."""
    viewer = current_viewer()
    queries.require_checker(viewer)
    today = draw_today(viewer)
    return render_template(
        "learning/check.html",
        today=today,
        entries=[presenters.entry(each) for each in today.due],
        first=today.due[0].id if today.due else 0,
    )


@bp.get("/check/<int:check_id>")
def show_check(check_id: int) -> ResponseReturnValue:
    """One check: what is asked, or, once it is answered, what came of it."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    call = check.call
    if check.done_at is not None:
        html = _answered(viewer, check)
        if html is None:
            return redirect(url_for("learning.check"))
    else:
        html = _asked(viewer, check)
    calls_views.log_read(viewer, call, "check.opened")
    return html


@bp.post("/check/<int:check_id>/answer")
def answer_check(check_id: int) -> ResponseReturnValue:
    """Confirm or reject (``decision``) the moment of a check."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    operations.answer(viewer, check, request.form.get("decision", ""))
    is_second = check.kind == CheckKind.SECOND
    db.session.commit()
    if is_second:
        return redirect(url_for("learning.show_check", check_id=check_id))
    notify(_("Kept."), undo=url_for("learning.take_back_check", check_id=check_id))
    return redirect(_next_url(viewer))


@bp.post("/check/<int:check_id>/take-back")
def take_back_check(check_id: int) -> ResponseReturnValue:
    """Undo the answer to a drawn moment."""
    viewer = current_viewer()
    operations.take_back(viewer, queries.get_check(viewer, check_id))
    db.session.commit()
    return redirect(url_for("learning.show_check", check_id=check_id))


@bp.post("/check/<int:check_id>/later")
def put_off_check(check_id: int) -> ResponseReturnValue:
    """Leave a check for tomorrow."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    operations.put_off(viewer, check, _day() + timedelta(days=1))
    db.session.commit()
    notify(_("It waits until tomorrow."), undo=_resume_url(check_id))
    return redirect(_next_url(viewer))


@bp.post("/check/later")
def put_off_all() -> ResponseReturnValue:
    """Leave what is due today for tomorrow."""
    viewer = current_viewer()
    queries.require_checker(viewer)
    for each in _today(viewer).due:
        operations.put_off(viewer, each, _day() + timedelta(days=1))
    db.session.commit()
    notify(_("The daily check waits until tomorrow."), undo=url_for("learning.take_up_all"))
    return redirect(url_for("accounts.home"))


@bp.post("/check/today")
def take_up_all() -> ResponseReturnValue:
    """Take up today what was left for tomorrow."""
    viewer = current_viewer()
    queries.require_checker(viewer)
    for each in _today(viewer).postponed:
        operations.take_up(viewer, each)
    db.session.commit()
    return redirect(url_for("learning.check"))


@bp.post("/check/<int:check_id>/pass")
def pass_check(check_id: int) -> ResponseReturnValue:
    """Leave a check out for good, with its ``reason``."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    call_id, reason = check.call_id, request.form.get("reason", "")
    operations.pass_over(viewer, check, reason)
    db.session.commit()
    if reason == operations.Passing.OPENED:
        notify(_("The call is no longer in your daily check."))
        wanted = safe_next(request.form.get("next"))
        return redirect(wanted or url_for("coaching.desk", call_id=call_id))
    notify(_("Left out."), undo=_resume_url(check_id))
    return redirect(_next_url(viewer))


@bp.post("/check/<int:check_id>/resume")
def resume_check(check_id: int) -> ResponseReturnValue:
    """Undo leaving a check out, or for later."""
    viewer = current_viewer()
    operations.take_up(viewer, queries.get_check(viewer, check_id))
    db.session.commit()
    return redirect(url_for("learning.show_check", check_id=check_id))


@bp.post("/check/<int:check_id>/marks")
def add_mark(check_id: int) -> ResponseReturnValue:
    """Mark a moment: ``channel``, ``start_ms``, ``end_ms``, ``valence``, and maybe ``cause``."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    form = request.form
    mark = operations.add_mark(
        viewer,
        check,
        channel=form.get("channel", 0, type=int),
        start_ms=form.get("start_ms", -1, type=int),
        end_ms=form.get("end_ms", -1, type=int),
        valence=form.get("valence", ""),
        cause=form.get("cause", ""),
    )
    return _marked(check, mark.id)


@bp.post("/check/<int:check_id>/marks/<int:mark_id>")
def change_mark(check_id: int, mark_id: int) -> ResponseReturnValue:
    """Change ``valence`` and ``cause`` of a mark; with ``remove`` take it away."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    mark = _mark(check, mark_id)
    if request.form.get("remove"):
        operations.remove_mark(viewer, mark)
        return _marked(check, 0)
    form = request.form
    operations.change_mark(
        viewer, mark, valence=form.get("valence", ""), cause=form.get("cause", "")
    )
    return _marked(check, mark.id)


@bp.post("/check/<int:check_id>/done")
def finish_check(check_id: int) -> ResponseReturnValue:
    """Say that a call is marked; ``heard`` is the part that was played, 0 to 1."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    operations.finish_marking(viewer, check, request.form.get("heard", 0.0, type=float))
    db.session.commit()
    return redirect(url_for("learning.show_check", check_id=check_id))


@bp.post("/check/<int:check_id>/marks/<int:mark_id>/keep")
def keep_mark(check_id: int, mark_id: int) -> ResponseReturnValue:
    """Keep a mark that no flag covers as a confirmed moment of the call; with its ``cause``."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    verdict = operations.keep_mark(viewer, _mark(check, mark_id), request.form.get("cause", ""))
    url = url_for("coaching.withdraw_verdict", call_id=check.call_id, verdict_id=verdict.id)
    db.session.commit()
    notify(_("The moment is kept; the agent can be shown it."), undo=url)
    return redirect(url_for("learning.show_check", check_id=check_id, after=f"m{mark_id}"))


@bp.post("/check/<int:check_id>/flags/<int:point_id>")
def judge_flag(check_id: int, point_id: int) -> ResponseReturnValue:
    """Confirm or reject (``decision``) a flag of a call that was marked blind."""
    viewer = current_viewer()
    check = queries.get_check(viewer, check_id)
    call, point = get_point(viewer, point_id)
    if call.id != check.call_id:
        raise NotFound("There is no such moment.")
    operations.judge_flag(viewer, check, point, request.form.get("decision", ""))
    db.session.commit()
    return redirect(url_for("learning.show_check", check_id=check_id, after=f"p{point_id}"))


def draw_today(viewer: Viewer) -> queries.Today:
    """What is due today, after drawing what is new; for those who have a daily check.

    Called before anything else is read: drawing needs a transaction of its own.
    """
    if queries.candidates(viewer, now=utc_now()):
        db.session.rollback()
        with write_transaction():
            operations.draw(viewer)
            db.session.commit()
    return _today(viewer)


def _today(viewer: Viewer) -> queries.Today:
    return queries.today(viewer, now=utc_now(), day=_day())


def _day() -> datetime:
    """When the day began where the viewer is."""
    here = utc_now().astimezone(ZoneInfo(preferences().timezone))
    return here.replace(hour=0, minute=0, second=0, microsecond=0)


def _next_url(viewer: Viewer) -> str:
    due = _today(viewer).due
    if due:
        return url_for("learning.show_check", check_id=due[0].id)
    return url_for("learning.check")


def _resume_url(check_id: int) -> str:
    return url_for("learning.resume_check", check_id=check_id)


def _asked(viewer: Viewer, check: Check) -> str:
    turns = turns_of(check.call)
    shared = {
        "check": check,
        "word": presenters.kind_word(check.kind),
        "reason": presenters.kind_reason(check.kind),
        "today": _today(viewer),
    }
    if check.kind != CheckKind.BLIND:
        return render_template(
            "learning/check_card.html",
            **shared,
            card=presenters.card(check, turns),
            data=presenters.card_data(check, turns, _urls(check.call)),
            theirs=None,
        )
    recording = check.call.recording
    call = check.call
    return render_template(
        "learning/check_blind.html",
        **shared,
        call=call,
        heading=heading(call),
        names=speaker_names(call.agent.name if call.agent else "", call.prospect_name),
        turns=presenters.blind_turns(check, turns),
        marks=presenters.mark_views(check.marks),
        causes=presenters.causes_by_valence(),
        player=presenters.blind_data(check, turns),
        is_cut=presenters.limit_ms(check) < call.duration_ms,
        least=operations.HEARD_LEAST,
        audio_type=recording.playback.media_type if recording and recording.playback else "",
        peaks_url=_urls(call)["peaksUrl"],
    )


def _answered(viewer: Viewer, check: Check) -> str | None:
    """What came of a check; None where there is nothing to show."""
    today = _today(viewer)
    following = today.after(check)
    shared = {
        "check": check,
        "word": presenters.kind_word(check.kind),
        "today": today,
        "next_url": url_for("learning.show_check", check_id=following.id)
        if following
        else url_for("learning.check"),
        "desk_url": url_for(
            "coaching.desk", call_id=check.call_id, t=f"{(check.start_ms or 0) / 1000:g}"
        ),
    }
    turns = turns_of(check.call)
    if check.kind == CheckKind.BLIND and check.analysis_id is not None:
        points = [
            point
            for point in queries.points_of(check.analysis)
            if point.start_ms < presenters.limit_ms(check)
        ]
        rows = presenters.compared(check, points, verdicts_in_force(check.call_id), turns)
        return render_template(
            "learning/check_compare.html",
            **shared,
            call=check.call,
            heading=heading(check.call),
            rows=rows,
            causes=presenters.causes_by_valence(),
            data=presenters.rows_data(check, rows, turns, _urls(check.call)),
        )
    if check.kind == CheckKind.SECOND and check.decision and check.verdict is not None:
        return render_template(
            "learning/check_card.html",
            **shared,
            reason="",
            card=presenters.card(check, turns),
            data=presenters.card_data(check, turns, _urls(check.call)),
            theirs=check.verdict,
        )
    return None


def _mark(check: Check, mark_id: int) -> BlindMark:
    mark = next((mark for mark in check.marks if mark.id == mark_id), None)
    if mark is None:
        raise NotFound("This mark is not there any more.")
    return mark


def _marked(check: Check, mark_id: int) -> ResponseReturnValue:
    """Commit, and answer with the marks: as a part of the page for scripts."""
    html = render_template(
        "learning/_check_marks.html",
        check=check,
        marks=presenters.mark_views(check.marks),
        causes=presenters.causes_by_valence(),
    )
    marks = presenters.mark_data(check.marks)
    db.session.commit()
    if wants_json():
        return jsonify(html=html, marks=marks, mark=mark_id)
    return redirect(url_for("learning.show_check", check_id=check.id))


def _urls(call: Call) -> dict[str, str]:
    peaks = call.recording.peaks if call.recording is not None else None
    return {
        "audioUrl": url_for("calls.audio", call_id=call.id),
        "peaksUrl": url_for("calls.peaks", call_id=call.id, version=peaks.sha256[:16])
        if peaks is not None
        else "",
    }
