"""What is heard of decisions and lessons since: the counts, and listening to drawn calls."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls import views as calls_views
from callcoach.calls.access import can_judge_call
from callcoach.coaching.home_presenters import desk_url
from callcoach.debriefs import effect_presenters as presenters
from callcoach.debriefs.access import prepares
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.effect_models import EffectListen
from callcoach.debriefs.operations import effects as operations
from callcoach.debriefs.queries import effects as queries
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.progress.access import follows
from callcoach.progress.presenters import hear_data
from callcoach.web.toasts import notify


@bp.get("/debriefs/effects")
def list_effects() -> ResponseReturnValue:
    """What is followed in the viewer's teams; ``state=closed`` for what was."""
    viewer = _require_leader()
    is_open = request.args.get("state") != "closed"
    found = queries.list_effects(viewer, is_open=is_open)
    return render_template(
        "debriefs/effects.html",
        rows=[presenters.listed(viewer, effect) for effect in found],
        is_open=is_open,
    )


@bp.get("/debriefs/effects/<int:effect_id>")
def show_effect(effect_id: int) -> ResponseReturnValue:
    """How it was counted, and the drawn calls."""
    viewer = _require_leader()
    effect = queries.get_effect(viewer, effect_id)
    waiting = queries.to_hear(viewer, effect)
    return render_template(
        "debriefs/effect.html",
        item=presenters.listed(viewer, effect),
        rows=presenters.drawn_rows(viewer, effect),
        can_hear=follows(viewer),
        first=waiting[0].id if waiting else 0,
        is_closed=effect.closed_at is not None,
    )


@bp.post("/debriefs/effects/<int:effect_id>/close")
def close_effect(effect_id: int) -> ResponseReturnValue:
    """Draw no further calls."""
    viewer = _require_leader()
    operations.close(viewer, queries.get_effect(viewer, effect_id))
    db.session.commit()
    notify(
        _("No further calls are drawn; the counts stay."),
        undo=url_for("debriefs.reopen_effect", effect_id=effect_id),
    )
    return redirect(url_for("debriefs.show_effect", effect_id=effect_id))


@bp.post("/debriefs/effects/<int:effect_id>/reopen")
def reopen_effect(effect_id: int) -> ResponseReturnValue:
    """Draw calls again."""
    viewer = _require_leader()
    operations.reopen(viewer, queries.get_effect(viewer, effect_id))
    db.session.commit()
    notify(_("Calls are drawn again."))
    return redirect(url_for("debriefs.show_effect", effect_id=effect_id))


@bp.get("/debriefs/effects/calls/<int:listen_id>")
def hear_effect(listen_id: int) -> ResponseReturnValue:
    """One drawn call, played at once: neither whose it is nor when it was is said beforehand."""
    viewer = _require_leader()
    listen = _heard_by(viewer, listen_id)
    effect = listen.effect
    turns = calls.turns_of(listen.call)
    waiting = queries.to_hear(viewer, effect)
    html = render_template(
        "debriefs/effect_hear.html",
        card=presenters.hear_card(listen, turns),
        data=hear_data(listen, turns),
        left=len(waiting),
        next_url=_after(waiting, listen),
        desk_url=desk_url(listen.call_id, listen.start_ms),
    )
    calls_views.log_read(viewer, listen.call, "effect.opened")
    return html


@bp.post("/debriefs/effects/calls/<int:listen_id>")
def mark_effect(listen_id: int) -> ResponseReturnValue:
    """Say what was heard (``heard``), and go on to the next."""
    viewer = _require_leader()
    listen = _heard_by(viewer, listen_id)
    target = _after(queries.to_hear(viewer, listen.effect), listen)
    operations.hear(viewer, listen, request.form.get("heard", ""))
    db.session.commit()
    notify(_("Kept."), undo=url_for("debriefs.unmark_effect", listen_id=listen_id))
    return redirect(target)


@bp.post("/debriefs/effects/calls/<int:listen_id>/undo")
def unmark_effect(listen_id: int) -> ResponseReturnValue:
    """Take back what was said of a call."""
    viewer = _require_leader()
    operations.unhear(viewer, _heard_by(viewer, listen_id))
    db.session.commit()
    return redirect(url_for("debriefs.hear_effect", listen_id=listen_id))


def _require_leader() -> Viewer:
    viewer = current_viewer()
    if not prepares(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _heard_by(viewer: Viewer, listen_id: int) -> EffectListen:
    """A drawn call for those who listen: native supervisors; the floor's leads see the counts."""
    listen = queries.get_listen(viewer, listen_id)
    if not can_judge_call(viewer, listen.call):
        raise NotAllowed("Supervisors listen to drawn calls; ask yours.")
    return listen


def _after(waiting: list[EffectListen], listen: EffectListen) -> str:
    """What to hear after one: the next by lot, or the counts when none is left."""
    others = [row for row in waiting if row.id != listen.id]
    if not others:
        return url_for("debriefs.show_effect", effect_id=listen.effect_id)
    ids = [row.id for row in waiting]
    place = ids.index(listen.id) if listen.id in ids else 0
    return url_for("debriefs.hear_effect", listen_id=others[place % len(others)].id)
