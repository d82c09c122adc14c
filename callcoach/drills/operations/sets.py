"""Sets of drills for a situation, and the path of a new agent."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.drills.access import can_read_drill
from callcoach.drills.models import Assignment, Drill, DrillSet, DrillSetItem
from callcoach.drills.operations.practice import purge_assignment
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now

MAX_NAME = 120
#: A set is a week's practice, not a library.
MAX_ITEMS = 30


def create_set(
    viewer: Viewer, campaign: Campaign, name: str, *, is_immersion: bool = False
) -> DrillSet:
    """An empty set.

    Raises:
        NotFound: the campaign is outside the viewer's scope.
        InvalidInput: the name is empty or too long.
    """
    if not can_read_drill(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound("There is no such campaign.")
    made = DrillSet(
        campaign_id=campaign.id,
        name=_name(name),
        is_immersion=is_immersion,
        author_id=viewer.user_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def rename_set(viewer: Viewer, drill_set: DrillSet, name: str) -> DrillSet:
    """Raises as `create_set`."""
    require_set(viewer, drill_set)
    drill_set.name = _name(name)
    db.session.flush()
    return drill_set


def archive_set(viewer: Viewer, drill_set: DrillSet, *, undo: bool = False) -> DrillSet:
    """Put a set aside, or bring it back; what agents were given stays theirs to do."""
    require_set(viewer, drill_set)
    drill_set.archived_at = None if undo else drill_set.archived_at or utc_now()
    db.session.flush()
    return drill_set


def add_drill(viewer: Viewer, drill_set: DrillSet, drill: Drill) -> DrillSetItem:
    """Put a drill of the same campaign at the end.

    Raises:
        NotFound: the set is outside the viewer's scope.
        InvalidInput: the drill is another campaign's, or there is no more room.
        Conflict: it is in the set already.
    """
    _lock(viewer, drill_set)
    if drill.campaign_id != drill_set.campaign_id:
        raise InvalidInput("Choose a drill of the same campaign.")
    if any(item.drill_id == drill.id for item in drill_set.items):
        raise Conflict("This drill is in the set already.")
    return _add(drill_set, DrillSetItem(kind="drill", drill_id=drill.id))


def add_listening(viewer: Viewer, drill_set: DrillSet, call: Call) -> DrillSetItem:
    """A call to listen to on a path. It is heard by whoever may hear it at all; all others read
    it without names, which is what whoever puts it here chooses.

    Raises:
        As `add_drill`; the call is one that the viewer may read.
    """
    _lock(viewer, drill_set)
    _require_path(drill_set)
    if call.campaign_id != drill_set.campaign_id:
        raise InvalidInput("Choose a call of the same campaign.")
    if call.current_analysis_id is None:
        raise InvalidInput("This call has not been transcribed yet.")
    if any(item.call_id == call.id for item in drill_set.items):
        raise Conflict("This call is on the path already.")
    return _add(drill_set, DrillSetItem(kind="listen", call_id=call.id))


def add_review(viewer: Viewer, drill_set: DrillSet) -> DrillSetItem:
    """Your next real call, gone through together, at the end of a path; raises as `add_drill`."""
    _lock(viewer, drill_set)
    _require_path(drill_set)
    return _add(drill_set, DrillSetItem(kind="review"))


def remove_item(viewer: Viewer, drill_set: DrillSet, item: DrillSetItem) -> None:
    """Take something out; what agents were given of it is theirs no more, unless it is a drill.

    Raises:
        NotFound: the set is outside the viewer's scope, or the item in another one.
    """
    _lock(viewer, drill_set)
    if item not in drill_set.items:
        raise NotFound("There is no such step.")
    for given in _given(item):
        if item.kind == "drill":
            given.item_id = None
        elif given.done_at is None:
            purge_assignment(given)
    db.session.flush()
    drill_set.items.remove(item)
    db.session.flush()
    _number(drill_set)


def move_item(viewer: Viewer, drill_set: DrillSet, item: DrillSetItem, *, by: int) -> None:
    """Move something up (-1) or down (1); at the end it stays.

    Raises:
        As `remove_item`.
    """
    _lock(viewer, drill_set)
    if item not in drill_set.items:
        raise NotFound("There is no such step.")
    items = list(drill_set.items)
    at = items.index(item)
    to = min(max(0, at + (1 if by > 0 else -1)), len(items) - 1)
    items.insert(to, items.pop(at))
    _number(drill_set, items)


def require_set(viewer: Viewer, drill_set: DrillSet) -> None:
    """Let nobody else at a set.

    Raises:
        NotFound: the set is outside the viewer's scope.
    """
    if not can_read_drill(viewer, [link.team_id for link in drill_set.campaign.teams]):
        raise NotFound("There is no such set.")


def _lock(viewer: Viewer, drill_set: DrillSet) -> None:
    """`require_set`, and one at a time: two who add at once would take the same place."""
    require_set(viewer, drill_set)
    db.session.flush()
    db.session.refresh(drill_set, with_for_update={"of": DrillSet})
    db.session.expire(drill_set, ["items"])


def _require_path(drill_set: DrillSet) -> None:
    if not drill_set.is_immersion:
        raise InvalidInput("Only a path for new agents has calls in it; a set has drills.")


def _given(item: DrillSetItem) -> list[Assignment]:
    return list(db.session.scalars(select(Assignment).where(Assignment.item_id == item.id)))


def _add(drill_set: DrillSet, item: DrillSetItem) -> DrillSetItem:
    if len(drill_set.items) >= MAX_ITEMS:
        raise InvalidInput("A set has %(limit)s steps at most.", limit=str(MAX_ITEMS))
    item.position = max((other.position for other in drill_set.items), default=0) + 1
    drill_set.items.append(item)
    db.session.flush()
    return item


def _number(drill_set: DrillSet, items: list[DrillSetItem] | None = None) -> None:
    """Number anew; through negative numbers, so that no two are ever the same in between."""
    items = items if items is not None else list(drill_set.items)
    for position, item in enumerate(items, start=1):
        item.position = -position
    db.session.flush()
    for item in items:
        item.position = -item.position
    db.session.flush()
    db.session.refresh(drill_set, ["items"])


def _name(name: str) -> str:
    name = name.strip()
    if not name:
        raise InvalidInput("Give the set a name.", field="name")
    if len(name) > MAX_NAME:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=name[:40],
            limit=str(MAX_NAME),
            field="name",
        )
    return name
