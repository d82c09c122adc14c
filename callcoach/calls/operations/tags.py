"""Tags that supervisors put on calls, take off them, and give another name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import AccessEvent
from callcoach.calls.access import can_tag_calls
from callcoach.calls.events import tag_renamed
from callcoach.calls.models import Call, CallTag
from callcoach.calls.operations.editing import log_access, require_visible
from callcoach.calls.queries import in_scope
from callcoach.calls.queries.tags import spellings
from callcoach.calls.tags import MAX_PER_CALL, clean, key_of
from callcoach.errors import Conflict, NotAllowed, NotFound
from callcoach.extensions import db

_RENAMED = "tag.renamed"


@dataclass(frozen=True, slots=True)
class Renamed:
    """What a new name did.

    Args:
        event_id: for `undo_rename`.
        before, name: the old and the new spelling.
        calls: on how many calls the tag has the new name now.
        merged: how many of them had both.
    """

    event_id: int
    before: str
    name: str
    calls: int
    merged: int


def add_tag(viewer: Viewer, call: Call, name: str) -> str | None:
    """Put a tag on a call, spelled as it is elsewhere in the viewer's calls; None when it is on it.

    Raises:
        NotFound, NotAllowed: as `require_tagging`.
        InvalidInput: no word, or too long a one.
        Conflict: the call has as many tags as it may.
    """
    require_tagging(viewer, call)
    written = clean(name)
    present = _tags_of(call)
    if any(key_of(tag.name) == key_of(written) for tag in present):
        return None
    if len(present) >= MAX_PER_CALL:
        raise Conflict(
            "A call may have %(limit)s tags at most; take one off first.", limit=str(MAX_PER_CALL)
        )
    tag = CallTag(
        call_id=call.id,
        name=next(iter(spellings(viewer, written)), written),
        author_id=viewer.user_id,
    )
    db.session.add(tag)
    db.session.flush()
    log_access(viewer, "call.tagged", call, tag=tag.id)  # never the word: it may be a remark
    return tag.name


def remove_tag(viewer: Viewer, call: Call, name: str) -> str | None:
    """Take a tag off a call; its spelling, or None when it was not on it.

    Raises:
        NotFound, NotAllowed: as `require_tagging`.
    """
    require_tagging(viewer, call)
    tag = next((tag for tag in _tags_of(call) if key_of(tag.name) == key_of(name)), None)
    if tag is None:
        return None
    log_access(viewer, "call.untagged", call, tag=tag.id)
    db.session.delete(tag)
    db.session.flush()
    return tag.name


def rename_tag(viewer: Viewer, old: str, new: str) -> Renamed:
    """Give a tag another name on all calls of the viewer, those put aside too; a name that is
    another tag's makes one tag of both.

    Raises:
        NotFound: there is no such tag on their calls.
        NotAllowed: the viewer puts no tags on calls.
        InvalidInput: no word, or too long a one.
    """
    rows = _tags_written(viewer, spellings(viewer, old))
    if not rows:
        raise NotFound("There is no such tag.")
    _require_tagging_calls(viewer)
    name = clean(new)
    before = rows[0].name
    is_other = key_of(before) != key_of(name)
    if is_other:
        name = next(iter(spellings(viewer, name)), name)
    both = _calls_with(viewer, name) if is_other else set()
    moved: list[int] = []
    merged: list[int] = []
    for row in rows:
        if row.call_id in both:
            db.session.delete(row)
            merged.append(row.call_id)
        else:
            row.name = name
            moved.append(row.call_id)
    event = record(viewer.user_id, _RENAMED, subject_kind="tag", moved=moved, merged=merged)
    db.session.flush()
    tag_renamed(viewer, before, name)
    return Renamed(event.id, before, name, len(rows), len(merged))


def undo_rename(viewer: Viewer, event_id: int, *, old: str, new: str) -> int:
    """Take a renaming back: what was `old` and is still `new` is `old` again; on how many calls.

    Raises:
        NotFound: they have renamed no such thing.
        NotAllowed: the viewer puts no tags on calls any more.
        InvalidInput: a name is none.
    """
    event = db.session.get(AccessEvent, event_id)
    if event is None or event.action != _RENAMED or event.actor_id != viewer.user_id:
        raise NotFound("This can no longer be undone.")
    _require_tagging_calls(viewer)
    old, new = clean(old), clean(new)
    present = _calls_with(viewer, old) if key_of(old) != key_of(new) else set()
    moved, merged = set(event.detail["moved"]), set(event.detail["merged"])
    changed = 0
    for row in _tags_written(viewer, spellings(viewer, new)):
        if row.call_id in present:
            continue
        if row.call_id in moved:
            row.name = old
            changed += 1
        elif row.call_id in merged:
            db.session.add(CallTag(call_id=row.call_id, name=old, author_id=viewer.user_id))
            changed += 1
    db.session.flush()
    tag_renamed(viewer, new, old)
    return changed


def require_tagging(viewer: Viewer, call: Call) -> None:
    """Let pass who may put tags on the call.

    Raises:
        NotFound: outside the viewer's scope, or put aside.
        NotAllowed: visible, but not theirs to tag.
    """
    require_visible(viewer, call)
    _require_tagging_calls(viewer)


def _require_tagging_calls(viewer: Viewer) -> None:
    if not can_tag_calls(viewer):
        raise NotAllowed("Supervisors put tags on calls.")


def _tags_of(call: Call) -> list[CallTag]:
    """Locks the call: two who add the last tag at once must not both pass."""
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update(of=Call))
    return list(db.session.scalars(select(CallTag).where(CallTag.call_id == call.id)))


def _tags_written(viewer: Viewer, names: list[str]) -> list[CallTag]:
    """In the viewer's scope, oldest first."""
    return list(
        db.session.scalars(
            select(CallTag)
            .join(Call, Call.id == CallTag.call_id)
            .where(in_scope(viewer), CallTag.name.in_(names))
            .order_by(CallTag.id)
            .with_for_update(of=CallTag)
        )
    )


def _calls_with(viewer: Viewer, name: str) -> set[int]:
    return {row.call_id for row in _tags_written(viewer, spellings(viewer, name))}
