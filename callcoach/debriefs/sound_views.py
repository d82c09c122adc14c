"""The sound of an item: before the audience, on the telephones of who takes part, and for whoever
prepares. What may be heard is asked at each request: a yes that was taken back ends at once.
"""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.media_views import play
from callcoach.calls.models import Excerpt
from callcoach.calls.queries import find_excerpt
from callcoach.debriefs import catch_up, sharing
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.operations import moments
from callcoach.debriefs.operations.live import is_revealed
from callcoach.debriefs.queries.debriefs import get_item, get_readable
from callcoach.debriefs.queries.live import load_state
from callcoach.errors import N_, NotFound
from callcoach.extensions import db, write_transaction

_NO_SOUND = N_("There is no sound to hear here; the words remain.")


@bp.get("/debriefs/<int:debrief_id>/items/<int:item_id>/sound/<part>")
def item_sound(debrief_id: int, item_id: int, part: str) -> ResponseReturnValue:
    """A part of a moment as the audience may hear it: ``ask`` up to the question, ``rest`` after it,
    ``whole``; 202 while a worker has yet to write it.
    """
    viewer = current_viewer()
    item = _get_audible(viewer, debrief_id, item_id, part)
    return _answer(viewer, item, part, "item.heard")


@bp.get("/debriefs/<int:debrief_id>/items/<int:item_id>/sound/<part>/status")
def item_sound_status(debrief_id: int, item_id: int, part: str) -> ResponseReturnValue:
    """``ready``, ``writing``, or ``silent``: to be read only."""
    viewer = current_viewer()
    try:
        item = _get_audible(viewer, debrief_id, item_id, part)
    except NotFound:
        _get_known(viewer, debrief_id, item_id)
        return jsonify(state="silent")
    excerpt = _find_excerpt(item, part)
    return jsonify(state="writing" if excerpt is None or excerpt.file is None else "ready")


@bp.get("/debriefs/items/<int:item_id>/preview/<part>")
def preview_sound(item_id: int, part: str) -> ResponseReturnValue:
    """A part of a moment for whoever prepares, who hears the call anyway; 202 while it is written."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    if part not in moments.PARTS or not sharing.may_prehear(viewer, item):
        raise NotFound(_NO_SOUND)
    return _answer(viewer, item, part, "item.prepared")


@bp.get("/debriefs/items/<int:item_id>/reread")
def item_reread(item_id: int) -> ResponseReturnValue:
    """The moment read aloud by whoever leads: for them, and for who takes part once it was shown to
    the end.
    """
    viewer = current_viewer()
    item = db.session.get(AgendaItem, item_id)
    debrief = item.debrief if item is not None else None
    if item is None or debrief is None or not can_attend(viewer, debrief):
        item = get_item(viewer, item_id)
    elif item.opened_at is None or not _is_open_to(viewer, debrief, item):
        raise NotFound(_NO_SOUND)
    if item.reread_file is None or sharing.is_set_aside(item):
        raise NotFound(_NO_SOUND)
    return play(viewer, item.reread_file, "item.reread_heard", "item", item_id)


def _get_known(viewer: Viewer, debrief_id: int, item_id: int) -> tuple[Debrief, AgendaItem]:
    """An item that the viewer knows of: of a debrief that they lead, or that was opened before them.

    Raises:
        NotFound: there is none.
    """
    debrief = get_readable(viewer, debrief_id)
    item = db.session.get(AgendaItem, item_id)
    if item is None or item.debrief_id != debrief.id:
        raise NotFound("There is no such item.")
    if not can_lead(viewer, debrief) and item.opened_at is None:
        raise NotFound("There is no such item.")
    return debrief, item


def _get_audible(viewer: Viewer, debrief_id: int, item_id: int, part: str) -> AgendaItem:
    """An item of which the viewer may be sent this part now.

    Raises:
        NotFound: there is none, it has no such part, it is only read, or the part is still hidden.
    """
    debrief, item = _get_known(viewer, debrief_id, item_id)
    has_part = part in moments.PARTS and moments.stretch_of(item, part) is not None
    if not has_part or not sharing.may_play_live(viewer, debrief, item):
        raise NotFound(_NO_SOUND)
    if can_lead(viewer, debrief):
        return item
    is_held_back = part != "ask" and item.ask_ms is not None
    if is_held_back and not _is_open_to(viewer, debrief, item):
        raise NotFound(_NO_SOUND)
    if debrief.state not in (DebriefState.RUNNING, DebriefState.DONE):
        raise NotFound(_NO_SOUND)
    return item


def _is_open_to(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> bool:
    """Whether what happened in an item is open to somebody who takes part: it was revealed before
    them, or they answered while they caught up.
    """
    if debrief.state == DebriefState.RUNNING:
        return is_revealed(load_state(debrief), item)
    return catch_up.is_opened(debrief, item, viewer.user_id)


def _answer(viewer: Viewer, item: AgendaItem, part: str, action: str) -> ResponseReturnValue:
    excerpt = _find_excerpt(item, part)
    if excerpt is not None and excerpt.file is not None:
        return play(viewer, excerpt.file, action, "item", item.id)
    item_id = item.id
    db.session.rollback()
    with write_transaction():
        moments.ask_for_sound(viewer, db.session.get_one(AgendaItem, item_id))
        db.session.commit()
    return jsonify(state="writing"), 202


def _find_excerpt(item: AgendaItem, part: str) -> Excerpt | None:
    stretch = moments.stretch_of(item, part)
    if stretch is None or item.call is None:
        raise NotFound(_NO_SOUND)
    return find_excerpt(item.call, stretch[0], min(stretch[1], item.call.duration_ms))
