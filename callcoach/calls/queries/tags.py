"""Tags of calls: for supervisors, team leads and administrators, on the calls in their scope.

For everybody else there are none, whatever is asked: a tag may be a remark about a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select

from callcoach.accounts.access import Viewer
from callcoach.calls.access import sees_tags
from callcoach.calls.models import Call, CallTag
from callcoach.calls.queries.scope import in_scope
from callcoach.calls.tags import key_of, order_of
from callcoach.extensions import db


@dataclass(frozen=True, slots=True)
class TagUse:
    """A tag as it was written first, and on how many calls of the viewer it is."""

    name: str
    calls: int


def tags_of(viewer: Viewer, calls: Iterable[Call]) -> dict[int, list[str]]:
    """Tags by the id of their call, in the order of the alphabet; calls without one are left out."""
    numbers = [call.id for call in calls]
    tags = db.session.scalars(_visible(viewer).where(Call.id.in_(numbers)))
    found: dict[int, list[str]] = {}
    for tag in sorted(tags, key=lambda tag: order_of(tag.name)):
        found.setdefault(tag.call_id, []).append(tag.name)
    return found


def known_tags(viewer: Viewer) -> list[TagUse]:
    """Every tag on a call of the viewer's that is not put aside, in the order of the alphabet."""
    names = _visible(viewer).where(Call.deleted_at.is_(None))
    merged: dict[str, TagUse] = {}
    for name, count in _oldest_first(names):
        before = merged.get(key_of(name))
        merged[key_of(name)] = TagUse(
            before.name if before else name, count + (before.calls if before else 0)
        )
    return sorted(merged.values(), key=lambda tag: order_of(tag.name))


def spellings(viewer: Viewer, name: str) -> list[str]:
    """How the tag is written on the viewer's calls, those put aside too; the first is the oldest."""
    wanted = key_of(name)
    return [each for each, _calls in _oldest_first(_visible(viewer)) if key_of(each) == wanted]


def has_tag(viewer: Viewer, name: str) -> ColumnElement[bool]:
    """Calls with the tag, as a condition on `Call`; none for who sees no tags."""
    if not sees_tags(viewer):
        return false()
    written = spellings(viewer, name)
    return exists().where(and_(CallTag.call_id == Call.id, CallTag.name.in_(written)))


def _visible(viewer: Viewer) -> Select[CallTag]:
    """Tags that the viewer may see, with their call joined."""
    scope = in_scope(viewer) if sees_tags(viewer) else false()
    return select(CallTag).join(Call, Call.id == CallTag.call_id).where(scope)


def _oldest_first(tags: Select[CallTag]) -> list[tuple[str, int]]:
    """Each spelling among `tags` and on how many calls it is."""
    rows = db.session.execute(
        tags.with_only_columns(CallTag.name, func.count(), maintain_column_froms=True)
        .group_by(CallTag.name)
        .order_by(func.min(CallTag.id))
    )
    return [(name, count) for name, count in rows]
