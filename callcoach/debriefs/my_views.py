"""An agent's debriefs, on a cheap phone and a slow line: those to come, the one that takes place
now, those to catch up with, and what was written of the others.

Before it is opened nothing of an agenda is known here; an item is known once it was before
everybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import catch_up
from callcoach.debriefs import my_presenters as presenters
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.decision_presenters import views_of
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, LiveState, Presence
from callcoach.debriefs.one_to_one_presenters import agent_side
from callcoach.debriefs.operations import answers, attendance, catching_up
from callcoach.debriefs.queries import attended
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.web.requests import is_seen, wants_json

#: Of the edition of an answer; more are none that a page counted.
_MOST_DIGITS = 7


@bp.get("/my/debriefs")
def my_debriefs() -> ResponseReturnValue:
    """Now, to come, and past; first of all what the viewer has to do about it."""
    viewer = _agent()
    held = attended.list_held(viewer)
    return render_template(
        "debriefs/my_list.html",
        running=[presenters.debrief_card(viewer, item) for item in attended.list_running(viewer)],
        coming=[presenters.debrief_card(viewer, item) for item in attended.list_coming(viewer)],
        held=[presenters.debrief_card(viewer, item) for item in held.rows],
        page=held,
        decisions=views_of(viewer, attended.list_my_decisions(viewer)),
    )


@bp.get("/my/debriefs/<int:debrief_id>")
def my_debrief(debrief_id: int) -> ResponseReturnValue:
    """One of them, as far as it has come; ``?item=`` chooses an item of a past one."""
    viewer = _agent()
    debrief = attended.get_attended(viewer, debrief_id)
    card = presenters.debrief_card(viewer, debrief)
    if debrief.state == DebriefState.RUNNING:
        html = render_template("debriefs/my_live.html", card=card, **_now(viewer, debrief))
    elif debrief.state == DebriefState.DONE:
        html = _past(viewer, debrief, card)
    else:
        html = render_template("debriefs/my_waiting.html", card=card)
    if card.state != "missed" and is_seen():
        _read(viewer, debrief)
    return html


@bp.get("/my/debriefs/<int:debrief_id>/now")
def my_debrief_now(debrief_id: int) -> ResponseReturnValue:
    """What is before everybody now, as a part of the page; nothing (204) while it does not take
    place.
    """
    viewer = _agent()
    debrief = attended.get_attended(viewer, debrief_id)
    if debrief.state != DebriefState.RUNNING:
        return "", 204
    card = presenters.debrief_card(viewer, debrief)
    return render_template("debriefs/_my_now.html", card=card, **_now(viewer, debrief))


@bp.post("/my/debriefs/<int:debrief_id>/join")
def join_debrief(debrief_id: int) -> ResponseReturnValue:
    """Say that one is there, in the room or from afar; it can be said otherwise later."""
    viewer = _agent()
    debrief = attended.get_attended(viewer, debrief_id)
    wanted = str(_sent().get("presence", ""))
    if wanted not in (Presence.PRESENT, Presence.REMOTE):
        raise InvalidInput("Say whether you are in the room or take part from afar.")
    row = attendance.join(viewer, debrief, Presence(wanted))
    presence = str(row.presence) if row is not None else ""
    db.session.commit()
    if wants_json():
        return jsonify(presence=presence)
    return redirect(url_for("debriefs.my_debrief", debrief_id=debrief_id))


@bp.post("/my/debriefs/<int:debrief_id>/items/<int:item_id>/answers")
def answer_item(debrief_id: int, item_id: int) -> ResponseReturnValue:
    """Keep what the viewer would say there. The same answer sent twice is one, and another text
    under the same id changes it, until it is revealed.

    While catching up it opens what happened.
    """
    viewer = _agent()
    item = attended.get_attended_item(viewer, debrief_id, item_id)
    debrief = attended.get_attended(viewer, debrief_id)
    facts = _sent()
    answer = answers.put(
        viewer,
        item,
        str(facts.get("client_id", "")),
        str(facts.get("text", "")),
        is_named=str(facts.get("is_named", "")).lower() in ("true", "1", "on"),
        edition=_number(facts.get("edition")),
    )
    if catch_up.is_due(debrief, viewer.user_id):
        catching_up.open_item(viewer, debrief, item, is_skipped=False)
    db.session.commit()
    if wants_json():
        return jsonify(client_id=answer.client_id, text=answer.text, is_named=answer.is_named)
    return _to(debrief, item)


@bp.post("/my/debriefs/<int:debrief_id>/items/<int:item_id>/open")
def open_item(debrief_id: int, item_id: int) -> ResponseReturnValue:
    """Catching up: see what happened without answering, or go on where nothing is asked."""
    viewer = _agent()
    item = attended.get_attended_item(viewer, debrief_id, item_id)
    debrief = attended.get_attended(viewer, debrief_id)
    if not catch_up.is_opened(debrief, item, viewer.user_id):
        catching_up.open_item(viewer, debrief, item, is_skipped=True)
    db.session.commit()
    return _to(debrief, item if catch_up.asks(item) else None)


def _agent() -> Viewer:
    """The viewer, when they are an agent.

    Raises:
        NotFound: they are not: who leads has pages of their own.
    """
    viewer = current_viewer()
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    return viewer


def _now(viewer: Viewer, debrief: Debrief) -> dict[str, object]:
    state = db.session.get(LiveState, debrief.id)
    return {
        "item": presenters.live_item(viewer, debrief),
        "revision": state.revision if state is not None else 0,
        "together": agent_side(viewer, debrief),
    }


def _past(viewer: Viewer, debrief: Debrief, card: presenters.DebriefCard) -> str:
    """A debrief that is over: the item that was chosen, the next one to catch up with, or what was
    written of it.
    """
    items = catch_up.items_of(debrief)
    chosen = request.args.get("item", type=int)
    current = next((item for item in items if item.id == chosen), None)
    is_due = card.state == "missed"
    if current is None and is_due:
        user_id = viewer.user_id
        current = next(i for i in items if not catch_up.is_opened(debrief, i, user_id))
    steps = presenters.steps(viewer, debrief, current)
    if current is None:
        mine = [item for item in attended.list_my_decisions(viewer) if item.debrief is debrief]
        return render_template(
            "debriefs/my_done.html",
            card=card,
            steps=steps,
            decisions=views_of(viewer, mine),
        )
    place = next(at for at, step in enumerate(steps) if step.is_current)
    return render_template(
        "debriefs/my_catch_up.html",
        card=card,
        item=presenters.past_item(viewer, debrief, current),
        steps=steps,
        number=place + 1,
        following=_following(steps, place, is_due=is_due),
        is_due=is_due,
    )


def _following(steps: list[presenters.Step], place: int, *, is_due: bool) -> presenters.Step | None:
    """What comes after an item: while catching up the next one that is not open, also before it."""
    after = [*steps[place + 1 :], *(steps[:place] if is_due else [])]
    return next((step for step in after if not (is_due and step.is_open)), None)


def _read(viewer: Viewer, debrief: Debrief) -> None:
    """Nothing about it is new any more; the reading transaction ends first (see
    `calls.views.log_read`).
    """
    subject = catching_up.subject_of(debrief)
    is_new = attended.has_news(viewer, subject)
    db.session.rollback()
    if is_new:
        with write_transaction():
            mark_subject_seen(viewer, subject)
            db.session.commit()


def _sent() -> Mapping[str, object]:
    """What a form or a script sent."""
    facts = request.get_json(silent=True) if request.is_json else request.form
    return facts if isinstance(facts, Mapping) else {}


def _number(value: object) -> int:
    digits = str(value)
    return int(digits) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else 1


def _to(debrief: Debrief, item: AgendaItem | None) -> ResponseReturnValue:
    shown = item.id if item is not None and debrief.state == DebriefState.DONE else None
    return redirect(url_for("debriefs.my_debrief", debrief_id=debrief.id, item=shown))
