"""Reading a version, what differs between two, and a version as a file."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from callcoach.accounts.session import current_viewer
from callcoach.errors import NotFound
from callcoach.extensions import utc_now
from callcoach.script_library import exports, panels, presenters, queries
from callcoach.script_library.access import can_edit_script, can_oversee_script
from callcoach.script_library.blueprint import bp
from callcoach.script_library.changes import compare
from callcoach.script_library.document import Document
from callcoach.script_library.operations.drafting import newest_published
from callcoach.script_library.script_views import download


@bp.get("/campaigns/scripts/<int:version_id>")
def show_version(version_id: int) -> ResponseReturnValue:
    """What a version says, calm enough to be read before a call."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    campaign = version.script.campaign
    document = version.document
    can_edit = can_edit_script(viewer, campaign)
    oversees = can_oversee_script(viewer, campaign)
    personas = list(
        dict.fromkeys(variant.persona for line in document.lines() for variant in line.variants)
    )
    persona = request.args.get("persona", "")
    return render_template(
        "script_library/version.html",
        campaign=campaign,
        version=presenters.version_view(
            version, newest_published(version.script) if can_edit else None
        ),
        sections=presenters.sections(document, queries.promises_of(campaign)),
        personas=personas,
        tab_links=[
            (
                url_for("script_library.show_version", version_id=version.id, persona=each),
                each,
                each == persona,
            )
            for each in personas
        ],
        persona=persona if persona in personas else "",
        can={"edit": can_edit, "oversee": oversees},
        back=(url_for("script_library.show_script", campaign_id=campaign.id) if oversees else None),
        line_panels=panels.line_panels(viewer, version, [x.key for x in document.lines()]),
        version_panels=panels.version_panels(viewer, version),
        targets=queries.editable_campaigns(viewer, campaign) if can_edit else [],
        formats=list(exports.FORMATS),
    )


@bp.get("/campaigns/scripts/<int:version_id>/diff")
def show_diff(version_id: int) -> ResponseReturnValue:
    """What differs between a version and another one (``with``), or the one it is based on."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    campaign = version.script.campaign
    others = [
        each for each in queries.readable_versions(viewer, version.script) if each.id != version.id
    ]
    asked = request.args.get("with", type=int)
    base = queries.get_version(viewer, asked) if asked else queries.base_of(viewer, version)
    found = compare(base.document if base else Document(), version.document)
    keys = [line.key for line in found.changed_lines()]
    return render_template(
        "script_library/diff.html",
        campaign=campaign,
        version=presenters.version_view(version),
        base=presenters.version_view(base) if base else None,
        others=[presenters.version_view(each) for each in others],
        sections=presenters.difference(found, queries.promises_of(campaign)),
        counts=found.counts(),
        is_empty=found.is_empty,
        diff_panels=panels.diff_panels(viewer, base, version, keys),
        version_panels=panels.version_panels(viewer, version),
        can={
            "edit": can_edit_script(viewer, campaign),
            "oversee": can_oversee_script(viewer, campaign),
        },
    )


@bp.get("/campaigns/scripts/<int:version_id>/file.<file_format>")
def export_version(version_id: int, file_format: str) -> ResponseReturnValue:
    """A version as Markdown, JSON or PDF."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    if file_format not in exports.FORMATS:
        raise NotFound("There is no such file.")
    content = exports.export_version(
        version,
        file_format,
        queries.promises_of(version.script.campaign),
        language=str(get_locale() or "fr"),
        made_at=utc_now(),
    )
    name = f"script-{version.script.campaign_id}-v{version.number}.{file_format}"
    return download(content, name, file_format)
