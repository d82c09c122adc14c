"""Bringing a script in that was written elsewhere: read it, look at it, then keep it as a draft."""

from __future__ import annotations

import json
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.script_library import editing, importing, presenters, queries
from callcoach.script_library.blueprint import bp
from callcoach.script_library.document import Document, Section, SectionKind
from callcoach.script_library.labels import kind_choices, kind_label
from callcoach.script_library.operations import drafting
from callcoach.web.errors import explain
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/script/import")
def import_form(campaign_id: int) -> ResponseReturnValue:
    """Choose a file, or paste a text."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    drafting.require_editor(viewer, campaign)
    return _form(campaign, {})


@bp.post("/campaigns/<int:campaign_id>/script/import")
def read_import(campaign_id: int) -> ResponseReturnValue:
    """Show what was read; nothing is kept yet."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    drafting.require_editor(viewer, campaign)
    personas = queries.personas_of(campaign)
    file = request.files.get("file")
    text = request.form.get("text", "")
    try:
        if file is not None and file.filename:
            content = file.stream.read(importing.MAX_BYTES + 1)
            found = importing.read_file(file.filename, content, personas)
        elif text.strip():
            found = importing.read_text(text, personas)
        else:
            raise InvalidInput("Choose a file, or paste a text.", field="file")
    except InvalidInput as error:
        return _form(campaign, {str(error.values.get("field", "file")): explain(error)}, text), 400
    return render_template(
        "script_library/import_preview.html",
        campaign=campaign,
        sections=presenters.sections(found.document, {}),
        unsure=found.unsure,
        notes=[_(note) for note in found.notes],
        title=found.title,
        line_count=len(found.document.lines()),
        kinds=kind_choices(),
        content=json.dumps(found.document.to_dict(), ensure_ascii=False),
    )


@bp.post("/campaigns/<int:campaign_id>/script/import/keep")
def keep_import(campaign_id: int) -> ResponseReturnValue:
    """Keep what was shown as a new draft; lines that were there already go on with their history."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    drafting.require_editor(viewer, campaign)
    found = _shown()
    script = drafting.begin_script(viewer, campaign)
    base = drafting.newest_published(script)
    draft = drafting.begin_draft(viewer, script, base, request.form.get("reason", ""))
    if base is not None:
        found = importing.adopt_keys(found, base.document)
    drafting.edit(viewer, draft, editing.ReplaceAll(found))
    db.session.commit()
    notify(_("Kept as a draft: version %(number)s.", number=draft.number))
    return redirect(url_for("script_library.edit_version", version_id=draft.id))


def _shown() -> Document:
    """What the preview showed, with the kinds chosen there.

    Raises:
        InvalidInput: it is not what a preview sends.
    """
    try:
        document = Document.from_dict(json.loads(request.form.get("content", "")))
        sections = tuple(
            _section(section, SectionKind(request.form.get(f"kind-{section.key}", section.kind)))
            for section in document.sections
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InvalidInput("This preview cannot be kept. Bring the text in once more.") from None
    return Document(sections)


def _section(section: Section, kind: SectionKind) -> Section:
    """With the kind that was chosen; a title that only names it is none."""
    is_named = section.title.casefold() != kind_label(kind).casefold()
    return replace(
        section,
        kind=kind,
        title=section.title if is_named else "",
        lines=tuple(replace(line, promise_id=None) for line in section.lines),
    )


def _form(campaign: Campaign, errors: dict[str, str], text: str = "") -> str:
    return render_template(
        "script_library/import.html",
        campaign=campaign,
        errors=errors,
        text=text,
        megabytes=importing.MAX_BYTES // 1_000_000,
    )
