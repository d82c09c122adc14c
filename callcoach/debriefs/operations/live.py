"""Running a debrief: what is before everybody, for how long it has been, and the sound.

Every change says what is wanted, not what to do next ("show item 4, asking"), so that doing it
twice changes nothing. A presenter without a network sends later what was done meanwhile: `age_ms`
says how long ago that was, the clock of the items counts from then, and what somebody else did since
stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from callcoach.accounts.access import Viewer
from callcoach.debriefs import events
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.catch_up import asks
from callcoach.debriefs.models import (
    AgendaItem,
    Debrief,
    DebriefState,
    LiveState,
    Phase,
)
from callcoach.debriefs.operations.catching_up import subject_of
from callcoach.debriefs.operations.screens import follow
from callcoach.debriefs.queries.debriefs import participants
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

_STARTED = "debrief.started"
#: How long after it was done a change still counts from when it was done: longer than a debrief.
MAX_AGE = timedelta(hours=4)


def touch(debrief: Debrief) -> None:
    """Tell every screen that there is something new to show."""
    follow(debrief.id)


def live_of(debrief: Debrief) -> LiveState:
    """What is before everybody, as it is in the database now."""
    state = db.session.get(LiveState, debrief.id, populate_existing=True)
    if state is None:
        state = LiveState(debrief_id=debrief.id, revision=1)
        db.session.add(state)
        db.session.flush()
    return state


def start(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Begin: its first item is before everybody, and its clock runs. Again: nothing changes.

    Raises:
        NotFound: it is not the viewer's to lead.
        Conflict: it was held already, or skipped.
    """
    _lock(viewer, debrief)
    if debrief.state == DebriefState.RUNNING:
        return debrief
    if debrief.state != DebriefState.PLANNED:
        raise Conflict("This debrief is over. Reopen it to go on.")
    now = utc_now()
    debrief.state = DebriefState.RUNNING
    debrief.started_at = now
    debrief.row_version += 1
    state = live_of(debrief)
    if debrief.items:
        _put_before(viewer, state, debrief.items[0], None, now)
    notices.notify_each(
        [user.id for user in participants(debrief)],
        _STARTED,
        subject_of(debrief),
        f"/my/debriefs/{debrief.id}",
        title=debrief.title,
    )
    db.session.flush()
    touch(debrief)
    return debrief


def end(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Conclude: the clock stops, and what is open is left as dealt with. Again: nothing changes.

    Raises:
        NotFound: it is not the viewer's to lead.
        Conflict: it has not begun.
    """
    _lock(viewer, debrief)
    if debrief.state == DebriefState.DONE:
        return debrief
    _require_running(debrief)
    now = utc_now()
    state = live_of(debrief)
    _leave(state, now)
    state.item_since = None
    state.is_playing = False
    state.moved_at, state.moved_by_id = now, viewer.user_id
    debrief.state = DebriefState.DONE
    debrief.ended_at = now
    debrief.row_version += 1
    db.session.flush()
    touch(debrief)
    notices.take_back(_STARTED, subject_of(debrief))
    events.ended(debrief)
    return debrief


def reopen(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Go on with one that was ended by mistake, or too early: where it was left, resting.

    Raises:
        NotFound: it is not the viewer's to lead.
        Conflict: it was not held, or its minutes are out.
    """
    _lock(viewer, debrief)
    if debrief.state == DebriefState.RUNNING:
        return debrief
    if debrief.state != DebriefState.DONE:
        raise Conflict("This debrief has not begun. Start it first.")
    if debrief.minutes_sent_at is not None:
        raise Conflict("Its minutes are sent: what was said stays as it is. Plan another debrief.")
    debrief.state = DebriefState.RUNNING
    debrief.ended_at = None
    debrief.row_version += 1
    live_of(debrief)
    db.session.flush()
    touch(debrief)
    events.reopened(debrief)
    return debrief


def show_item(
    viewer: Viewer,
    debrief: Debrief,
    item: AgendaItem,
    phase: Phase | None = None,
    *,
    age_ms: int = 0,
) -> LiveState:
    """Put an item before everybody, in a phase; without one where it was left.

    The one that was there is left: the time it took is added to it, and it is dealt with unless it
    was asked and never revealed.

    Args:
        age_ms: how long ago this was done, on a screen that had no network.

    Raises:
        NotFound: the debrief is not the viewer's to lead, or the item is not on its agenda.
        Conflict: it does not run, or somebody else went on since.
        InvalidInput: the item asks nothing.
    """
    _lock(viewer, debrief)
    _require_running(debrief)
    if item.debrief_id != debrief.id:
        raise NotFound("There is no such item.")
    if phase == Phase.ASKING and not asks(item):
        raise InvalidInput("This item asks nothing.")
    state = live_of(debrief)
    at = _moment_of(viewer, state, age_ms)
    if state.item_id == item.id:
        wanted = phase or Phase(state.phase)
        if state.phase == wanted and state.item_since is not None:
            return state
        state.item_since = state.item_since or at
        if state.phase != wanted:
            state.is_playing = False
        state.phase = wanted
    else:
        _leave(state, at)
        _put_before(viewer, state, item, phase, at)
    state.moved_at, state.moved_by_id = at, viewer.user_id
    db.session.flush()
    touch(debrief)
    return state


def rest(viewer: Viewer, debrief: Debrief, *, is_resting: bool, age_ms: int = 0) -> LiveState:
    """Stop the clock for a while, or let it run on.

    Raises:
        NotFound: the debrief is not the viewer's to lead.
        Conflict: it does not run, or somebody else went on since.
    """
    _lock(viewer, debrief)
    _require_running(debrief)
    state = live_of(debrief)
    at = _moment_of(viewer, state, age_ms)
    if is_resting == (state.item_since is None):
        return state
    if is_resting:
        _count(state, at)
        state.item_since = None
        state.is_playing = False
    elif state.item_id is not None:
        state.item_since = at
    state.moved_at, state.moved_by_id = at, viewer.user_id
    db.session.flush()
    touch(debrief)
    return state


def set_sound(
    viewer: Viewer, debrief: Debrief, *, is_playing: bool, position_ms: int, age_ms: int = 0
) -> LiveState:
    """Play the moment or stop it; in a one-to-one either of the two does.

    Args:
        position_ms: where the sound is, milliseconds of the call.

    Raises:
        NotFound: the viewer is not in it.
        Conflict: it does not run, or somebody else went on since.
        InvalidInput: the item has no such place, or that place is still hidden.
    """
    is_either = debrief.is_one_to_one and can_attend(viewer, debrief)
    if not is_either and not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    _require_running(debrief)
    state = live_of(debrief)
    item = state.item
    if item is None or item.start_ms is None or item.end_ms is None:
        raise InvalidInput("There is nothing to play here.")
    last_ms = item.end_ms
    if item.ask_ms is not None and state.phase != Phase.REVEALED:
        last_ms = item.ask_ms
    if not item.start_ms <= position_ms <= last_ms:
        raise InvalidInput("There is nothing to play here.")
    at = _moment_of(viewer, state, age_ms)
    if not is_playing and not state.is_playing and state.position_ms == position_ms:
        return state
    state.is_playing, state.position_ms = is_playing, position_ms
    state.moved_at, state.moved_by_id = at, viewer.user_id
    db.session.flush()
    touch(debrief)
    return state


def is_revealed(state: LiveState | None, item: AgendaItem) -> bool:
    """Whether what happened in an item is before everybody, or was. One that asks nothing hides
    nothing.
    """
    if not asks(item):
        return item.opened_at is not None
    if state is not None and state.item_id == item.id:
        return state.phase == Phase.REVEALED
    return item.closed_at is not None


def _lock(viewer: Viewer, debrief: Debrief) -> None:
    """One change at a time, and on what is there now."""
    if not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})


def _require_running(debrief: Debrief) -> None:
    if debrief.state == DebriefState.DONE:
        raise Conflict("This debrief is over. Reopen it to go on.")
    if debrief.state != DebriefState.RUNNING:
        raise Conflict("This debrief has not begun. Start it first.")


def _moment_of(viewer: Viewer, state: LiveState, age_ms: int) -> datetime:
    """When a change was made, never before the one that is in force.

    Raises:
        InvalidInput: the age is none.
        Conflict: somebody else has made a change since.
    """
    if age_ms < 0:
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    now = utc_now()
    at = now - min(timedelta(milliseconds=age_ms), MAX_AGE)
    if at >= state.moved_at:
        return at
    if age_ms and state.moved_by_id not in (None, viewer.user_id):
        raise Conflict("Somebody else went on meanwhile; what they show stays.")
    return min(state.moved_at, now)


def _count(state: LiveState, at: datetime) -> None:
    """Add to the item the time it has been before everybody, in whole seconds."""
    if state.item is not None and state.item_since is not None:
        state.item.spent_s += max(0, round((at - state.item_since).total_seconds()))


def _leave(state: LiveState, at: datetime) -> None:
    item = state.item
    if item is None:
        return
    _count(state, at)
    if item.closed_at is None and (not asks(item) or state.phase == Phase.REVEALED):
        item.closed_at = at


def _put_before(
    viewer: Viewer, state: LiveState, item: AgendaItem, phase: Phase | None, at: datetime
) -> None:
    if phase is None:
        phase = Phase.REVEALED if asks(item) and item.closed_at is not None else Phase.SHOWN
    state.item_id, state.item = item.id, item
    state.phase = phase
    state.item_since = at
    state.is_playing = False
    state.position_ms = item.start_ms or 0
    state.moved_at, state.moved_by_id = at, viewer.user_id
    if item.opened_at is None:
        item.opened_at = at
        events.item_shown(item)
