"""Notes that a supervisor saves to write them again: words without a moment."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.coaching.access import judges
from callcoach.coaching.models import NoteTemplate
from callcoach.coaching.note_text import NoteText, checked
from callcoach.errors import InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now

#: Longest name, in characters.
MAX_NAME = 80


def save_template(viewer: Viewer, name: str, text: NoteText) -> NoteTemplate:
    """Keep the words of a note under a name.

    Raises:
        NotAllowed: the viewer writes no notes.
        InvalidInput: there is no name, a value is out of range, or there is nothing to keep.
    """
    if not judges(viewer) or viewer.user_id is None:
        raise NotAllowed("Supervisors write notes.")
    template = NoteTemplate(owner_id=viewer.user_id)
    _write(template, name, text)
    db.session.add(template)
    db.session.flush()
    _log(viewer, "template.saved", template)
    return template


def edit_template(
    viewer: Viewer, template: NoteTemplate, name: str, text: NoteText, *, is_shared: bool
) -> NoteTemplate:
    """Change a template, and whether the other supervisors of the team are offered it.

    Raises:
        NotFound: it is not the viewer's.
        InvalidInput: as `save_template`.
    """
    _require_own(viewer, template)
    _write(template, name, text)
    template.is_shared = is_shared
    db.session.flush()
    _log(viewer, "template.edited", template, shared=is_shared)
    return template


def delete_template(viewer: Viewer, template: NoteTemplate) -> None:
    """Put a template aside; `restore_template` brings it back. Raises as `edit_template`."""
    _require_own(viewer, template)
    if template.deleted_at is None:
        template.deleted_at = utc_now()
        _log(viewer, "template.deleted", template)
    db.session.flush()


def restore_template(viewer: Viewer, template: NoteTemplate) -> None:
    """Bring it back. Raises as `edit_template`."""
    _require_own(viewer, template)
    if template.deleted_at is not None:
        template.deleted_at = None
        _log(viewer, "template.restored", template)
    db.session.flush()


def use_template(template: NoteTemplate) -> None:
    """Count one more use: those used most are offered first."""
    template.used += 1
    db.session.flush()


def _write(template: NoteTemplate, name: str, text: NoteText) -> None:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput("Give the template a name.", field="name")
    if len(name) > MAX_NAME:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=name[:40],
            limit=str(MAX_NAME),
            field="name",
        )
    text = checked(text, text.end_ms + 1)
    if not (text.hears or text.instead):
        raise InvalidInput("Write what the template shall say first.", field="instead")
    template.name = name
    template.aim, template.cause = text.aim, text.cause  # type: ignore[assignment]
    template.hears, template.instead = text.hears, text.instead
    template.updated_at = utc_now()


def _require_own(viewer: Viewer, template: NoteTemplate) -> None:
    if viewer.user_id is None or template.owner_id != viewer.user_id or not judges(viewer):
        raise NotFound("There is no such template.")


def _log(viewer: Viewer, action: str, template: NoteTemplate, **detail: object) -> None:
    record(viewer.user_id, action, subject_kind="note_template", subject_id=template.id, **detail)
