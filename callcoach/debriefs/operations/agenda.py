"""The agenda: items are added, changed, put in order, taken off and put back.

Whoever leads a debrief prepares it; an item without a debrief waits for its team's next one. What an
item names (a note, an objective, a drill …) its caller has read in the viewer's scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Team
from callcoach.analysis import wording
from callcoach.analysis.model import Cause
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note
from callcoach.debriefs.access import can_lead, leads_teams
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemKind
from callcoach.debriefs.operations import moments
from callcoach.debriefs.operations.screens import follow
from callcoach.debriefs.queries.debriefs import taken_off
from callcoach.debriefs.queries.fitting import misfits
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.storage.operations import delete_file

#: Time budget of an item, minutes: nothing is dealt with in none, and an item of two hours is a day.
MIN_MINUTES, MAX_MINUTES = 1, 120
MAX_TITLE, MAX_TEXT, MAX_WORDS = 200, 2000, 500
#: Items of one agenda: more cannot be dealt with, and all of them are on one page.
MAX_ITEMS = 40
#: What was taken off can be put back for so long; then it is deleted.
KEPT_REMOVED = timedelta(days=7)

#: Facts of an item that a person writes; what else it is about is fixed when it is made.
WRITTEN = frozenset(
    ["title", "minutes", "remark", "question", "reformulation", "is_good", "cause", "words"]
)
#: What an item can name.
NAMED = frozenset(
    [
        *("script_line_id", "note_id", "pair_id", "recheck_id", "objective_id", "version_id"),
        *("drill_id", "finding_id", "agent_id"),
    ]
)
_ORIGIN = frozenset(["reason", "reason_values", "source"])
_TEXTS = {"remark": MAX_TEXT, "question": MAX_WORDS, "reformulation": MAX_TEXT, "words": MAX_WORDS}


def add_item(
    viewer: Viewer,
    debrief: Debrief | None,
    *,
    team_id: int | None = None,
    kind: ItemKind | str,
    title: str,
    minutes: int = 5,
    **facts: Any,
) -> AgendaItem:
    """Put an item at the end of an agenda; without a debrief it waits for the next one of `team_id`.

    Args:
        minutes: its time budget.
        **facts: further columns: of `WRITTEN`, `NAMED`, ``reason``, ``reason_values`` and ``source``.

    Raises:
        NotFound: the viewer does not lead the debrief, or the team's.
        InvalidInput: a text is empty or too long, the time out of range, the kind unknown.
        Conflict: the debrief is over, full, or has an item of the same source.
    """
    if kind not in list(ItemKind):
        raise InvalidInput("Choose what the item is about.", field="kind")
    if debrief is not None:
        require_open(viewer, debrief)
        team_id = None
    elif team_id is None or not leads_teams(viewer, {team_id}):
        raise NotFound("There is no such team.")
    else:
        db.session.execute(select(Team.id).where(Team.id == team_id).with_for_update())
    _require_new(debrief, team_id, facts.get("source", ""))
    checked = _checked({"title": title, "minutes": minutes, **facts}, WRITTEN | NAMED | _ORIGIN)
    item = AgendaItem(
        debrief_id=debrief.id if debrief is not None else None,
        team_id=team_id,
        kind=ItemKind(kind),
        position=_next_position(debrief, team_id),
        added_by_id=viewer.user_id,
        **checked,
    )
    db.session.add(item)
    db.session.flush()
    _changed(debrief)
    return item


def add_moment(
    viewer: Viewer,
    debrief: Debrief | None,
    call: Call,
    start_ms: int,
    end_ms: int,
    *,
    ask_ms: int | None = None,
    is_good: bool,
    note: Note | None = None,
    title: str = "",
    **facts: Any,
) -> AgendaItem:
    """Put a moment of a call at the end of an agenda, with its words, and have its sound written.

    Args:
        start_ms, end_ms: exact bounds, half-open.
        ask_ms: where it stops and asks; none when it does not.
        is_good: something to keep, not a difficult moment.
        note: what was written on it: its cause, and what to say instead, are taken over.
        title: by default what it is about.
        **facts: as for `add_item`; ``team_id`` is the call's unless told.

    Raises:
        NotFound, InvalidInput, Conflict: as `add_item` and `moments.place`; or the call is not the
            viewer's to read, or another team's.
    """
    if call.deleted_at is not None or not can_read_call(viewer, call):
        raise NotFound("There is no such call.")
    if debrief is not None:
        require_open(viewer, debrief)  # its teams as they stand now
        if call.team_id not in debrief.team_ids:
            raise InvalidInput("This call was made by another team.")
    if note is not None and can_read_note(viewer, note, call):
        facts.setdefault("note_id", note.id)
        facts.setdefault("cause", note.cause)
        facts.setdefault("reformulation", note.instead[:MAX_TEXT])
    source = f"note:{note.id}" if note is not None else f"call:{call.id}:{start_ms}-{end_ms}"
    facts.setdefault("source", source)
    if debrief is None:
        facts.setdefault("team_id", call.team_id)
    cause = facts.get("cause", "")
    item = add_item(
        viewer,
        debrief,
        kind=ItemKind.MOMENT,
        title=title or default_title(cause, call.language, is_good=is_good),
        **{**facts, "is_good": is_good, "agent_id": call.agent_id},
    )
    item.call_id = call.id
    moments.place(item, call, start_ms, end_ms, ask_ms)
    db.session.flush()
    db.session.refresh(item)
    moments.ask_for_sound(viewer, item)
    return item


def change_bounds(
    viewer: Viewer,
    item: AgendaItem,
    start_ms: int,
    end_ms: int,
    ask_ms: int | None,
    *,
    based_on: int,
) -> AgendaItem:
    """Trim a moment: its words are read anew, its sound is written anew. A voice that read the old
    stretch aloud stays; whoever recorded it hears whether it still fits.

    Raises:
        NotFound, InvalidInput, Conflict, StaleVersion: as `change_item` and `moments.place`; or its
            call is gone.
    """
    hold(viewer, item, based_on=based_on)
    call = item.call
    if call is None or call.deleted_at is not None:
        raise NotFound("There is no such call.")
    if (item.start_ms, item.end_ms, item.ask_ms) != (start_ms, end_ms, ask_ms):
        moments.place(item, call, start_ms, end_ms, ask_ms)
        item.row_version += 1
    db.session.flush()
    _changed(item.debrief)
    moments.ask_for_sound(viewer, item)
    return item


def change_item(viewer: Viewer, item: AgendaItem, *, based_on: int, **facts: Any) -> AgendaItem:
    """Change what a person writes of an item.

    Args:
        based_on: `row_version` of what was edited.
        **facts: of `WRITTEN` and `NAMED`.

    Raises:
        NotFound, InvalidInput, Conflict: as `add_item`.
        StaleVersion: somebody saved it since; ``values["theirs"]`` are the facts saved in between.
    """
    hold(viewer, item, based_on=based_on)
    checked = _checked(facts, WRITTEN | NAMED)
    if any(getattr(item, name) != value for name, value in checked.items()):
        for name, value in checked.items():
            setattr(item, name, value)
        item.row_version += 1
    db.session.flush()
    _changed(item.debrief)
    return item


def move_item(
    viewer: Viewer, item: AgendaItem, to: int, *, seen: Sequence[int] | None = None
) -> list[int]:
    """Put an item at another place of its agenda; returns the ids in their new order.

    Args:
        to: place, 0 for the first; beyond the end is the end.
        seen: ids in the order that the viewer had before them; none when it does not matter.

    Raises:
        NotFound, Conflict: as `add_item`.
        StaleVersion: items came, went or moved meanwhile; ``values["order"]`` is how they stand.
    """
    debrief = item.debrief
    if debrief is None:
        raise Conflict("This item is on no agenda any more.")
    require_open(viewer, debrief)
    db.session.expire(debrief, ["items"])
    items = list(debrief.items)
    order = [each.id for each in items]
    if item.id not in order:
        raise Conflict("This item is on no agenda any more.")
    if seen is not None and list(seen) != order:
        raise StaleVersion(
            "The order was changed meanwhile. Here it is as it stands; move it again if needed.",
            order=order,
        )
    items.remove(item)
    items.insert(max(0, to), item)
    for position, each in enumerate(items):
        each.position = position
    db.session.flush()
    _changed(debrief)
    return [each.id for each in items]


def remove_item(viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Take an item off its agenda, or off what waits. It can be put back. Twice is once.

    Raises:
        NotFound: as `add_item`.
        Conflict: the debrief is over, or the item was before everybody already.
    """
    if item.removed_at is not None:
        taken_off(viewer, item)
        return item
    debrief = item.debrief
    hold(viewer, item)
    if item.opened_at is not None:
        raise Conflict("This was before everybody already; it stays in the minutes.")
    item.removed_from = f"debrief:{item.debrief_id}" if debrief else f"team:{item.team_id}"
    item.removed_at = utc_now()
    item.debrief_id = item.team_id = None
    record(viewer.user_id, "item.removed", subject_kind="item", subject_id=item.id)
    db.session.flush()
    _changed(debrief)
    _forget_removed()
    return item


def restore_item(viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Put back what was taken off, at its old place. Twice is once.

    Raises:
        NotFound: as `add_item`.
        Conflict: the debrief is over, has an item of the same source by now, or is for other teams.
    """
    if item.removed_at is None:
        hold(viewer, item)
        return item
    debrief, team_id = taken_off(viewer, item)
    if debrief is not None:
        require_open(viewer, debrief)
        if not debrief.is_one_to_one and misfits([item], (), debrief.team_ids):
            raise Conflict("This debrief is for other teams by now; this stays off its agenda.")
    _require_new(debrief, team_id, item.source)
    item.debrief_id = debrief.id if debrief is not None else None
    item.team_id = team_id
    item.removed_from, item.removed_at = "", None
    db.session.flush()
    _changed(debrief)
    return item


def take_waiting(
    viewer: Viewer, debrief: Debrief, items: Sequence[AgendaItem] | None = None
) -> list[AgendaItem]:
    """Put what waits for the debrief's teams at the end of its agenda, oldest first; what is on it
    already by its source goes on waiting, as does what finds no room. A one-to-one takes only what
    it is given.

    Args:
        items: only these.

    Raises:
        NotFound, Conflict: as `add_item`.
    """
    require_open(viewer, debrief)
    if items is None:
        items = [] if debrief.is_one_to_one else waiting_for(debrief.team_ids)
    on_it = {item.source for item in debrief.items if item.source}
    room = MAX_ITEMS - len(debrief.items)
    position = _next_position(debrief, None)
    taken: list[AgendaItem] = []
    for item in items:
        if item.team_id not in debrief.team_ids or item.source in on_it or len(taken) >= room:
            continue
        item.debrief_id, item.team_id = debrief.id, None
        item.position = position + len(taken)
        item.row_version += 1
        taken.append(item)
        if item.source:
            on_it.add(item.source)
    db.session.flush()
    _changed(debrief)
    return taken


def waiting_for(team_ids: frozenset[int]) -> list[AgendaItem]:
    """What waits for these teams' next debrief, oldest first."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.debrief_id.is_(None), AgendaItem.team_id.in_(sorted(team_ids)))
            .order_by(AgendaItem.created_at, AgendaItem.id)
        )
    )


def require_open(viewer: Viewer, debrief: Debrief) -> None:
    """Let pass who leads a debrief that is to come or running, and wait for whoever changes it.

    Raises:
        NotFound: the viewer does not lead it.
        Conflict: it is over.
    """
    if not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    if debrief.state not in (DebriefState.PLANNED, DebriefState.RUNNING):
        raise Conflict("This debrief is over; its agenda stays as it was.")


def hold(viewer: Viewer, item: AgendaItem, *, based_on: int | None = None) -> None:
    """Let pass who may change an item, and wait for whoever is changing it.

    Raises:
        NotFound, Conflict: as `add_item`.
        StaleVersion: as `change_item`.
    """
    if item.debrief is not None:
        require_open(viewer, item.debrief)
    elif item.team_id is None or not leads_teams(viewer, {item.team_id}):
        raise NotFound("There is no such item.")
    db.session.flush()
    db.session.refresh(item, with_for_update={"of": AgendaItem})
    if based_on is not None and based_on != item.row_version:
        raise StaleVersion(
            "Somebody changed this item meanwhile. Read what they wrote, then save yours.",
            theirs={name: getattr(item, name) for name in sorted(WRITTEN)},
            row_version=item.row_version,
        )


def _changed(debrief: Debrief | None) -> None:
    """Every screen that follows a running debrief shows the agenda as it is now."""
    if debrief is None:
        return
    db.session.expire(debrief, ["items"])
    if debrief.state == DebriefState.RUNNING:
        follow(debrief.id)


def default_title(cause: str, language: str, *, is_good: bool) -> str:
    """What a moment is called as long as nobody gave it a title: its cause, in the call's language."""
    if cause in {each.value for each in Cause}:
        label = wording.cause_label(cause, language)
    else:
        label = wording.valence_label("positive" if is_good else "negative", language)
    return label[:1].upper() + label[1:]


def _require_new(debrief: Debrief | None, team_id: int | None, source: str) -> None:
    """Nothing is put on one agenda twice.

    Raises:
        Conflict: it is on it, or the agenda is full.
    """
    on_it = (
        AgendaItem.debrief_id == debrief.id
        if debrief is not None
        else AgendaItem.debrief_id.is_(None) & (AgendaItem.team_id == team_id)
    )
    if source and db.session.scalar(
        select(AgendaItem.id).where(on_it, AgendaItem.source == source).limit(1)
    ):
        if debrief is None:
            raise Conflict("This waits for the next debrief already.")
        raise Conflict("This is on the agenda already.")
    count = db.session.scalar(select(func.count()).select_from(AgendaItem).where(on_it)) or 0
    if count >= MAX_ITEMS:
        raise Conflict("%(most)s items are on it; no debrief gets through more.", most=MAX_ITEMS)


def _next_position(debrief: Debrief | None, team_id: int | None) -> int:
    on_it = (
        AgendaItem.debrief_id == debrief.id
        if debrief is not None
        else AgendaItem.team_id == team_id
    )
    last = db.session.scalar(select(func.max(AgendaItem.position)).where(on_it))
    return 0 if last is None else last + 1


def _checked(facts: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    unknown = set(facts) - known
    if unknown:
        raise TypeError(f"an item has no {', '.join(sorted(unknown))}")
    found = dict(facts)
    if "title" in found:
        found["title"] = str(found["title"]).strip()
        if not 1 <= len(found["title"]) <= MAX_TITLE:
            raise InvalidInput(
                "Give the item a title, of %(most)s characters at most.",
                most=MAX_TITLE,
                field="title",
            )
    if "minutes" in found and not MIN_MINUTES <= found["minutes"] <= MAX_MINUTES:
        raise InvalidInput(
            "An item lasts from one minute to %(most)s.", most=MAX_MINUTES, field="minutes"
        )
    for name, most in _TEXTS.items():
        if name in found:
            found[name] = str(found[name]).strip()
            if len(found[name]) > most:
                raise InvalidInput("At most %(most)s characters are kept.", most=most, field=name)
    if found.get("cause") and found["cause"] not in {cause.value for cause in Cause}:
        raise InvalidInput("Choose a cause of the list.", field="cause")
    return found


def _forget_removed() -> None:
    """Delete for good what was taken off long ago, with the voice recorded for it."""
    old = select(AgendaItem).where(AgendaItem.removed_at < utc_now() - KEPT_REMOVED)
    for item in db.session.scalars(old).all():
        file = item.reread_file
        db.session.delete(item)
        db.session.flush()
        if file is not None:
            delete_file(file)
