"""What became of notes: hearing later moments again, and a page for each note that is followed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.analysis.figures import UNITS
from callcoach.calls import queries as calls
from callcoach.calls import views as calls_views
from callcoach.calls.presenters import cause_choices, heading
from callcoach.coaching.home_presenters import desk_url
from callcoach.extensions import db
from callcoach.progress import forms, presenters
from callcoach.progress.blueprint import bp
from callcoach.progress.models import Heard, Recheck, RecheckListen, RecheckState
from callcoach.progress.operations import following, hearing
from callcoach.progress.queries import pairs as pair_queries
from callcoach.progress.queries import rechecks as queries
from callcoach.progress.queries.people import require_follower
from callcoach.web.toasts import notify


@bp.get("/progress/hear")
def hear_again() -> ResponseReturnValue:
    """What is to be heard again, and the start."""
    viewer = require_follower(current_viewer())
    waiting = queries.waiting(viewer)
    return render_template(
        "progress/hear_again.html",
        first=waiting[0].id if waiting else 0,
        total=len(waiting),
        found=sum(bool(item.is_detected) for item in waiting),
    )


@bp.get("/progress/hear/<int:listen_id>")
def hear(listen_id: int) -> ResponseReturnValue:
    """One later moment, played at once."""
    viewer = require_follower(current_viewer())
    listen = queries.get_listen(viewer, listen_id)
    turns = calls.turns_of(listen.call)
    waiting = queries.waiting(viewer)
    following_one = _next(waiting, listen_id)
    html = render_template(
        "progress/hear.html",
        card=presenters.hear_card(listen, turns),
        data=presenters.hear_data(listen, turns),
        said=presenters.heard_word(listen.heard),
        left=len(waiting),
        next_url=url_for("progress.hear", listen_id=following_one.id)
        if following_one
        else url_for("progress.hear_again"),
        desk_url=desk_url(listen.call_id, listen.start_ms),
    )
    calls_views.log_read(viewer, listen.call, "recheck.opened")
    return html


@bp.post("/progress/hear/<int:listen_id>")
def mark_heard(listen_id: int) -> ResponseReturnValue:
    """Say what was heard (``heard``), and go on to the next."""
    viewer = require_follower(current_viewer())
    listen = queries.get_listen(viewer, listen_id)
    following_one = _next(queries.waiting(viewer), listen_id)
    was_held = listen.recheck.state == RecheckState.HELD
    hearing.hear(viewer, listen, request.form.get("heard", ""))
    is_again = was_held and listen.heard == Heard.CAME_BACK
    target = (
        url_for("progress.hear", listen_id=following_one.id)
        if following_one
        else url_for("progress.hear_again")
    )
    db.session.commit()
    message = _("It is open again: what had held came back.") if is_again else _("Kept.")
    notify(message, undo=url_for("progress.unmark_heard", listen_id=listen_id))
    return redirect(target)


@bp.post("/progress/hear/<int:listen_id>/undo")
def unmark_heard(listen_id: int) -> ResponseReturnValue:
    """Take back what was heard."""
    viewer = require_follower(current_viewer())
    hearing.unhear(viewer, queries.get_listen(viewer, listen_id))
    db.session.commit()
    return redirect(url_for("progress.hear", listen_id=listen_id))


@bp.get("/progress/notes")
def list_rechecks() -> ResponseReturnValue:
    """What became of my notes; ``whose=all`` for all of my teams' notes."""
    viewer = require_follower(current_viewer())
    state = request.args.get("state", "")
    if state not in {item.value for item in RecheckState}:
        state = ""
    is_own = request.args.get("whose") != "all"
    found = queries.list_rechecks(viewer, own=is_own, state=state)
    return render_template(
        "progress/notes.html",
        items=[presenters.became(recheck) for recheck in found],
        state=state,
        is_own=is_own,
        states=[(item.value, presenters.state_word(item)) for item in RecheckState],
        to_hear=queries.count_waiting(viewer),
    )


@bp.get("/progress/rechecks/<int:recheck_id>")
def show_recheck(recheck_id: int) -> ResponseReturnValue:
    """One note that is followed: its sign, its counts, its calls, and how it ends."""
    viewer = require_follower(current_viewer())
    recheck = queries.get_recheck(viewer, recheck_id)
    pair = pair_queries.pair_of(viewer, recheck)
    return render_template(
        "progress/recheck.html",
        item=presenters.became(recheck),
        sign=following.sign_of(recheck),
        typed_bound=_typed(recheck),
        rows=presenters.listen_rows(viewer, recheck),
        causes=[item[:2] for item in cause_choices() if item[2] == "negative"],
        figures=presenters.figure_choices(),
        pair=pair_queries.shown(viewer, pair) if pair else None,
        others=[
            (call.id, heading(call), call.started_at)
            for call in queries.calls_to_add(viewer, recheck)
        ],
        note_url=desk_url(recheck.note.call_id, recheck.note.start_ms, note_id=recheck.note_id),
    )


@bp.post("/progress/rechecks/<int:recheck_id>/sign")
def change_sign(recheck_id: int) -> ResponseReturnValue:
    """Say what would show that it came back."""
    viewer = require_follower(current_viewer())
    recheck = queries.get_recheck(viewer, recheck_id)
    hearing.change_sign(viewer, recheck, forms.read_sign())
    db.session.commit()
    notify(_("Every call was looked at anew."))
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/progress/rechecks/<int:recheck_id>/close")
def close_recheck(recheck_id: int) -> ResponseReturnValue:
    """End it as ``state``."""
    viewer = require_follower(current_viewer())
    recheck = queries.get_recheck(viewer, recheck_id)
    hearing.close(viewer, recheck, request.form.get("state", ""))
    word = presenters.state_word(recheck.state)
    db.session.commit()
    notify(
        _("Closed: %(state)s", state=word),
        undo=url_for("progress.reopen_recheck", recheck_id=recheck_id),
    )
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/progress/rechecks/<int:recheck_id>/reopen")
def reopen_recheck(recheck_id: int) -> ResponseReturnValue:
    """Follow it again."""
    viewer = require_follower(current_viewer())
    hearing.reopen(viewer, queries.get_recheck(viewer, recheck_id))
    db.session.commit()
    notify(_("It is followed again."))
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/progress/rechecks/<int:recheck_id>/calls")
def add_call(recheck_id: int) -> ResponseReturnValue:
    """Add a later call by hand (``call_id``)."""
    viewer = require_follower(current_viewer())
    recheck = queries.get_recheck(viewer, recheck_id)
    call = calls.get_call(viewer, request.form.get("call_id", 0, type=int))
    listen = hearing.add_by_hand(viewer, recheck, call)
    db.session.commit()
    notify(
        _("Added; it stands apart in the counts."),
        undo=url_for("progress.remove_call", listen_id=listen.id),
    )
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/progress/listens/<int:listen_id>/remove")
def remove_call(listen_id: int) -> ResponseReturnValue:
    """Take out a call that was added by hand."""
    viewer = require_follower(current_viewer())
    listen = queries.get_listen(viewer, listen_id)
    recheck_id = listen.recheck_id
    hearing.remove_by_hand(viewer, listen)
    db.session.commit()
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


def _next(waiting: list[RecheckListen], after_id: int) -> RecheckListen | None:
    """What to hear after one: the next in order, from the start again at the end."""
    ids = [item.id for item in waiting]
    if after_id in ids:
        place = ids.index(after_id)
        waiting = waiting[place + 1 :] + waiting[:place]
    return waiting[0] if waiting else None


def _typed(recheck: Recheck) -> str:
    """A bound as it is typed: ratios in percent."""
    if recheck.bound is None:
        return ""
    is_ratio = UNITS.get(recheck.subject) == "ratio"
    return f"{recheck.bound * 100 if is_ratio else recheck.bound:g}"
