"""Which notes a viewer reads, as conditions in SQL; `access` says the same without a database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteAim, NoteMention, NoteReader, Visibility


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_read_note` as a condition on `Note` joined to `Call`."""
    if viewer.is_system:
        return true()
    own = Note.author_id == viewer.user_id
    shown = and_(Note.sent_at.is_not(None), Note.visibility != Visibility.PRIVATE.value)
    if viewer.role is Role.AGENT:
        others = and_(shown, Note.agent_id == viewer.user_id)
    elif viewer.role is Role.TEAM_LEAD:
        others = and_(shown, or_(Note.visibility != Visibility.NAMED.value, _is_let_in(viewer)))
    elif viewer.has_role(Role.ADMIN, Role.SUPERVISOR):
        others = shown
    else:
        others = false()
    return or_(and_(calls.in_scope(viewer), or_(own, others)), readable_as_colleague(viewer))


def readable_as_colleague(viewer: Viewer) -> ColumnElement[bool]:
    """`access.reads_as_colleague` as a condition on `Note` joined to `Call`."""
    if viewer.role is not Role.AGENT:
        return false()
    return and_(
        Call.team_id.in_(viewer.team_ids),
        Note.sent_at.is_not(None),
        Note.aim == NoteAim.KEEP.value,
        Note.visibility != Visibility.PRIVATE.value,
        or_(Note.agent_id.is_(None), Note.agent_id != viewer.user_id),
        or_(Note.visibility == Visibility.TEAM.value, _is_let_in(viewer)),
    )


def _is_let_in(viewer: Viewer) -> ColumnElement[bool]:
    return or_(
        exists().where(NoteReader.note_id == Note.id, NoteReader.user_id == viewer.user_id),
        exists().where(NoteMention.note_id == Note.id, NoteMention.user_id == viewer.user_id),
    )
