"""Before and after: confirmed by a supervisor, the agent's to keep and to offer; excerpts only."""

from __future__ import annotations

from flask import jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.calls.media_views import play
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.progress.blueprint import bp
from callcoach.progress.operations import pairs
from callcoach.progress.queries import pairs as queries
from callcoach.web.toasts import notify


@bp.post("/progress/pairs/<int:pair_id>/confirm")
def confirm_pair(pair_id: int) -> ResponseReturnValue:
    """Give a pair to the agent."""
    viewer = current_viewer()
    pair = pairs.confirm(viewer, queries.get_pair(viewer, pair_id))
    recheck_id = pair.recheck_id
    db.session.commit()
    notify(_("The agent has it."), undo=url_for("progress.unconfirm_pair", pair_id=pair_id))
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/progress/pairs/<int:pair_id>/unconfirm")
def unconfirm_pair(pair_id: int) -> ResponseReturnValue:
    """Take it back, unless the agent keeps it."""
    viewer = current_viewer()
    pair = pairs.unconfirm(viewer, queries.get_pair(viewer, pair_id))
    recheck_id = pair.recheck_id
    db.session.commit()
    notify(_("Taken back."))
    return redirect(url_for("progress.show_recheck", recheck_id=recheck_id))


@bp.post("/my/pairs/<int:pair_id>/keep")
def keep_pair(pair_id: int) -> ResponseReturnValue:
    """The agent keeps it."""
    return _mine(pair_id, "keep", _("Kept for you."), "progress.let_pair_go")


@bp.post("/my/pairs/<int:pair_id>/let-go")
def let_pair_go(pair_id: int) -> ResponseReturnValue:
    """The agent keeps it no longer; it is offered to nobody."""
    return _mine(pair_id, "let_go", _("Taken back."), "")


@bp.post("/my/pairs/<int:pair_id>/offer")
def offer_pair(pair_id: int) -> ResponseReturnValue:
    """The agent offers it to the debrief."""
    return _mine(pair_id, "offer", _("Offered to the debrief."), "progress.withdraw_pair")


@bp.post("/my/pairs/<int:pair_id>/withdraw")
def withdraw_pair(pair_id: int) -> ResponseReturnValue:
    """The agent takes the offer back."""
    return _mine(pair_id, "withdraw", _("Taken back."), "")


@bp.get("/progress/pairs/<int:pair_id>/<part>/sound")
def pair_sound(pair_id: int, part: str) -> ResponseReturnValue:
    """One of the two moments, ``before`` or ``after``, and nothing else of its call; 202 while a
    worker has yet to write it.
    """
    viewer = current_viewer()
    _pair, state, excerpt = queries.find_sound(viewer, pair_id, part)
    if state in ("gone", "silent"):
        raise NotFound("There is no sound to hear here; the words remain.")
    if excerpt is None or excerpt.file is None:
        db.session.rollback()
        with write_transaction():
            pair = queries.find_sound(viewer, pair_id, part)[0]
            pairs.ask_for_sound(viewer, pair, part)
            db.session.commit()
        return jsonify(state=state), 202
    return play(viewer, excerpt.file, "pair.heard", "pair", pair_id)


@bp.get("/progress/pairs/<int:pair_id>/<part>/sound/status")
def pair_sound_status(pair_id: int, part: str) -> ResponseReturnValue:
    """``ready``, ``writing``, ``gone`` or ``silent`` (to be read only)."""
    return jsonify(state=queries.find_sound(current_viewer(), pair_id, part)[1])


def _mine(pair_id: int, what: str, message: str, undo: str) -> ResponseReturnValue:
    viewer = current_viewer()
    pair = queries.get_my_pair(viewer, pair_id)
    if what in ("keep", "let_go"):
        pairs.keep(viewer, pair, undo=what == "let_go")
    else:
        pairs.offer(viewer, pair, undo=what == "withdraw")
    db.session.commit()
    notify(message, undo=url_for(undo, pair_id=pair_id) if undo else None)
    return redirect(url_for("progress.my_progress", _anchor="pairs"))
