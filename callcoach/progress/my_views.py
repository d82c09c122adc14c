"""An agent's own pages: what I hold now, what became of my notes, what I am asked.

Made for a cheap phone on a slow line, as the pages of notes are.
"""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.accounts.session import current_viewer
from callcoach.calls.media_views import play
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.queries import find_excerpt
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.progress import own_presenters as presenters
from callcoach.progress.access import is_agent
from callcoach.progress.blueprint import bp
from callcoach.progress.operations import consents, objectives, pairs, periods
from callcoach.progress.presenters import my_became
from callcoach.progress.queries import people as queries
from callcoach.progress.queries import rechecks
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/my/progress")
def my_progress() -> ResponseReturnValue:
    """My progress; what was announced to me has thereby been told."""
    viewer = current_viewer()
    own = queries.own_page(viewer)
    asked = queries.my_consents(viewer)
    html = render_template(
        "progress/my_progress.html",
        own=presenters.own_view(viewer, own),
        consents=[presenters.consent_view(item, _asker(item.asked_by_id)) for item in asked],
        followed=len(rechecks.my_rechecks(viewer)),
    )
    if is_seen():
        _seen(viewer)
    return html


@bp.get("/my/became")
def my_became_page() -> ResponseReturnValue:
    """What became of the notes that were written for me, as far as somebody heard it."""
    viewer = current_viewer()
    if not is_agent(viewer):
        raise NotFound("There is no such page.")
    found = rechecks.my_rechecks(viewer)
    return render_template("progress/my_became.html", items=[my_became(item) for item in found])


@bp.post("/my/objectives/<int:objective_id>/agree")
def agree_objective(objective_id: int) -> ResponseReturnValue:
    """Agree to what I have read."""
    viewer = current_viewer()
    objective = queries.get_objective(viewer, objective_id)
    objectives.agree(viewer, objective, based_on=_version())
    db.session.commit()
    notify(_("Agreed. You both see how far it is."))
    return redirect(url_for("progress.my_progress", _anchor="objectives"))


@bp.post("/my/objectives/<int:objective_id>/counter")
def counter_objective(objective_id: int) -> ResponseReturnValue:
    """Say what I would rather have."""
    viewer = current_viewer()
    objective = queries.get_objective(viewer, objective_id)
    text = request.form.get("counter_text", "")
    objectives.counter(viewer, objective, text, based_on=_version())
    db.session.commit()
    notify(_("Sent. Your supervisor answers."))
    return redirect(url_for("progress.my_progress", _anchor="objectives"))


@bp.post("/my/consents/<int:consent_id>/yes")
def give_consent(consent_id: int) -> ResponseReturnValue:
    """Yes, my team may hear this moment."""
    viewer = current_viewer()
    consents.answer(viewer, queries.get_my_consent(viewer, consent_id), is_yes=True)
    db.session.commit()
    notify(
        _("Your team may hear it, until you say otherwise."),
        undo=url_for("progress.withdraw_consent", consent_id=consent_id),
    )
    return redirect(url_for("progress.my_progress", _anchor="sharing"))


@bp.post("/my/consents/<int:consent_id>/no")
def refuse_consent(consent_id: int) -> ResponseReturnValue:
    """No; no reason is asked for."""
    viewer = current_viewer()
    consents.answer(viewer, queries.get_my_consent(viewer, consent_id), is_yes=False)
    db.session.commit()
    notify(_("It stays yours."))
    return redirect(url_for("progress.my_progress", _anchor="sharing"))


@bp.post("/my/consents/<int:consent_id>/withdraw")
def withdraw_consent(consent_id: int) -> ResponseReturnValue:
    """Take a yes back."""
    viewer = current_viewer()
    consents.withdraw(viewer, queries.get_my_consent(viewer, consent_id))
    db.session.commit()
    notify(_("Nobody of your team hears it any more."))
    return redirect(url_for("progress.my_progress", _anchor="sharing"))


@bp.get("/my/consents/<int:consent_id>/sound")
def consent_sound(consent_id: int) -> ResponseReturnValue:
    """What colleagues would hear, and nothing else; 202 while a worker has yet to write it."""
    viewer = current_viewer()
    consent = queries.get_my_consent(viewer, consent_id)
    state = presenters.consent_sound(consent)
    if state in ("gone", "silent"):
        raise NotFound("There is no sound to hear here; the words remain.")
    excerpt = find_excerpt(consent.call, consent.start_ms, consent.end_ms)
    if excerpt is None or excerpt.file is None:
        db.session.rollback()
        with write_transaction():
            consent = queries.get_my_consent(viewer, consent_id)
            ensure_excerpt(viewer, consent.call, consent.start_ms, consent.end_ms)
            db.session.commit()
        return jsonify(state=state), 202
    # Their own voice, to decide about: no line of the log
    return play(viewer, excerpt.file, "consent.heard", "consent", consent_id, is_logged=False)


@bp.get("/my/consents/<int:consent_id>/sound/status")
def consent_sound_status(consent_id: int) -> ResponseReturnValue:
    """``ready``, ``writing``, ``gone`` or ``silent``."""
    consent = queries.get_my_consent(current_viewer(), consent_id)
    return jsonify(state=presenters.consent_sound(consent))


def _seen(viewer: Viewer) -> None:
    """The page was before its agent: kept, so that who coaches them may have it too; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    db.session.rollback()
    with write_transaction():
        record(viewer.user_id, "progress.opened", subject_kind="user", subject_id=viewer.user_id)
        periods.mark_told(viewer)
        own = queries.own_page(viewer)
        for pair in own.pairs:
            mark_subject_seen(viewer, pairs.subject_of(pair))
            for part in ("before", "after"):
                pairs.ask_for_sound(viewer, pair, part)
        for objective in own.objectives:
            mark_subject_seen(viewer, objectives.subject_of(objective))
        for consent in queries.my_consents(viewer):
            mark_subject_seen(viewer, consents.subject_of(consent))
        db.session.commit()


def _asker(user_id: int | None) -> str:
    user = db.session.get(User, user_id) if user_id is not None else None
    return user.name if user else str(_("Supervisor"))


def _version() -> int:
    return request.form.get("based_on", 0, type=int)
