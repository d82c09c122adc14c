"""Reads of note templates: one's own, and what supervisors of the same teams share."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.coaching.access import judges
from callcoach.coaching.models import NoteTemplate
from callcoach.errors import NotFound
from callcoach.extensions import db


def list_templates(viewer: Viewer) -> list[NoteTemplate]:
    """Templates that the viewer can apply, those used most first."""
    return list(
        db.session.scalars(
            select(NoteTemplate)
            .where(_offered(viewer), NoteTemplate.deleted_at.is_(None))
            .order_by(NoteTemplate.used.desc(), func.lower(NoteTemplate.name), NoteTemplate.id)
        )
    )


def get_template(
    viewer: Viewer, template_id: int, *, include_deleted: bool = False
) -> NoteTemplate:
    """One of them.

    Raises:
        NotFound: there is none, or it is not offered to the viewer.
    """
    statement = select(NoteTemplate).where(NoteTemplate.id == template_id, _offered(viewer))
    if not include_deleted:
        statement = statement.where(NoteTemplate.deleted_at.is_(None))
    found: NoteTemplate | None = db.session.scalar(statement)
    if found is None:
        raise NotFound("There is no such template.")
    return found


def _offered(viewer: Viewer) -> ColumnElement[bool]:
    """Own ones; shared ones of supervisors with whom the viewer answers for a team, as long as
    they do; administrators are offered all that is shared.
    """
    if viewer.user_id is None or not judges(viewer):
        return false()
    own = NoteTemplate.owner_id == viewer.user_id
    of_team = exists().where(
        Membership.user_id == NoteTemplate.owner_id,
        Membership.team_id.in_(viewer.team_ids),
        User.id == NoteTemplate.owner_id,
        User.role.in_((Role.SUPERVISOR, Role.ADMIN)),
        User.is_enabled,
    )
    shared = NoteTemplate.is_shared.is_(True)
    return or_(own, shared if viewer.sees_everything else and_(shared, of_team))
