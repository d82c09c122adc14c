"""The page of what waits, how to be told by e-mail, and the way out of the e-mails."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from callcoach.accounts.session import current_viewer
from callcoach.config import Settings
from callcoach.errors import NotFound
from callcoach.extensions import csrf, db, write_transaction
from callcoach.notices import operations, queries
from callcoach.notices.forms import NoticeForm, minutes
from callcoach.notices.models import Notice
from callcoach.notices.schedule import chosen_by
from callcoach.notices.sentences import sentence
from callcoach.web.gate import public
from callcoach.web.requests import is_seen, safe_next
from callcoach.web.toasts import notify

bp = Blueprint("notices", __name__)

_REFUSED = 422


@bp.app_context_processor
def _count() -> dict[str, object]:
    """How much waits, for the bell of the top bar; asked only by pages that draw it."""

    def unseen_notices() -> int:
        return queries.count_unseen(current_viewer()) if current_user.is_authenticated else 0

    return {"unseen_notices": unseen_notices}


@bp.get("/notifications")
def list_notices() -> ResponseReturnValue:
    """What waits for me, then what was seen lately."""
    found = queries.list_notices(current_viewer())
    shown = [(notice, sentence(notice.kind, notice.values)) for notice in found]
    return render_template(
        "notices/list.html",
        fresh=[item for item in shown if item[0].seen_at is None],
        seen=[item for item in shown if item[0].seen_at is not None],
    )


@bp.get("/notifications/<int:notice_id>")
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Go where a notice leads; it is seen then. E-mails link here, so it survives the sign-in."""
    viewer = current_viewer()
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != viewer.user_id:
        raise NotFound("There is no such notification.")
    target = safe_next(notice.path) or url_for("notices.list_notices")
    if is_seen() and notice.seen_at is None:
        db.session.rollback()
        with write_transaction():
            operations.mark_seen(viewer, notice_id)
            db.session.commit()
    return redirect(target)


@bp.post("/notifications/seen")
def mark_all_seen() -> ResponseReturnValue:
    """Nothing is new any more; undone by one click."""
    ids = operations.mark_all_seen(current_viewer())
    db.session.commit()
    if ids:
        undo = url_for("notices.mark_unseen", ids=",".join(map(str, ids[:200])))
        notify(_("Everything is marked as seen."), undo=undo)
    return redirect(url_for("notices.list_notices"))


@bp.post("/notifications/unseen")
def mark_unseen() -> ResponseReturnValue:
    """Take that back."""
    ids = [int(part) for part in request.args.get("ids", "").split(",") if part.isdecimal()]
    operations.mark_unseen(current_viewer(), ids)
    db.session.commit()
    return redirect(url_for("notices.list_notices"))


@bp.get("/settings/notifications")
def settings() -> ResponseReturnValue:
    """How I want to be told."""
    return _settings_page(NoticeForm.of(chosen_by(current_viewer().user_id or 0)))


@bp.post("/settings/notifications")
def save_settings() -> ResponseReturnValue:
    """Save it."""
    form = NoticeForm()
    if not form.validate_on_submit():
        return _settings_page(form), _REFUSED
    operations.change_preference(
        current_viewer(),
        delivery=form.delivery.data or "",
        digest_at=minutes(form.digest_at.data),
        quiet_from=minutes(form.quiet_from.data),
        quiet_to=minutes(form.quiet_to.data),
    )
    db.session.commit()
    notify(_("Saved."))
    return redirect(url_for("notices.settings"))


def _settings_page(form: NoticeForm) -> str:
    installed: Settings = current_app.extensions["callcoach"]
    return render_template(
        "notices/settings.html",
        form=form,
        sends_mail=bool(installed.smtp_url),
        email=current_user.email,
    )


@bp.get("/notifications/stop/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """Ask before ending the e-mails: programmes that look ahead follow links too."""
    if operations.find_token(token) is None:
        raise NotFound("This link is no longer valid. Sign in to choose how you are told.")
    return render_template("notices/stop.html", token=token, is_done=False)


@bp.post("/notifications/stop/<token>")
@csrf.exempt  # mail programmes send it on their own (RFC 8058); the token is the proof
@public
def stop_now(token: str) -> ResponseReturnValue:
    """End the e-mails; notices in the page go on."""
    if not operations.unsubscribe(token):
        raise NotFound("This link is no longer valid. Sign in to choose how you are told.")
    db.session.commit()
    return render_template("notices/stop.html", token=token, is_done=True)
