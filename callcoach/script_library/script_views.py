"""The script of a campaign for those who answer for it: what is in force, drafts, all versions,
beginning one, and its whole history.
"""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library import exports, panels, presenters, queries
from callcoach.script_library.access import can_edit_script
from callcoach.script_library.blueprint import bp
from callcoach.script_library.changes import Difference, compare
from callcoach.script_library.document import Document
from callcoach.script_library.models import ScriptVersion, VersionState
from callcoach.script_library.operations import drafting
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/script")
def show_script(campaign_id: int) -> ResponseReturnValue:
    """What is in force where, drafts, what waits, and all versions."""
    viewer = current_viewer()
    campaign = queries.get_overseen_campaign(viewer, campaign_id)
    script = queries.script_of(campaign)
    versions = queries.readable_versions(viewer, script) if script else []
    newest = next((v for v in versions if VersionState(v.state).is_published), None)
    shown = [presenters.version_view(version, newest) for version in versions]
    can_edit = can_edit_script(viewer, campaign)
    return render_template(
        "script_library/script.html",
        campaign=campaign,
        teams=presenters.team_views(queries.in_force_by_team(viewer, campaign)),
        drafts=[version for version in shown if version.is_draft],
        waiting=[version for version in shown if version.state == "submitted"],
        published=[version for version in shown if version.is_published],
        newest=presenters.version_view(newest) if newest else None,
        can_edit=can_edit,
        forkable=queries.forkable_versions(viewer, campaign) if can_edit and not shown else [],
        panels=panels.script_panels(viewer, campaign),
    )


@bp.post("/campaigns/<int:campaign_id>/script/drafts")
def start_draft(campaign_id: int) -> ResponseReturnValue:
    """Begin a draft from a version of this script, or from nothing."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    script = drafting.begin_script(viewer, campaign)
    based_on = request.form.get("based_on", type=int)
    version = queries.get_version(viewer, based_on) if based_on else None
    draft = drafting.begin_draft(viewer, script, version, request.form.get("reason", ""))
    db.session.commit()
    notify(
        _(
            "Version %(number)s is begun. Nobody but you and the other editors sees it yet.",
            number=draft.number,
        )
    )
    return redirect(url_for("script_library.edit_version", version_id=draft.id))


@bp.post("/campaigns/<int:campaign_id>/script/fork")
def fork_into(campaign_id: int) -> ResponseReturnValue:
    """Take a version of another campaign over as a draft here."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    version = queries.get_version(viewer, request.form.get("version_id", 0, type=int))
    return _fork(viewer, version, campaign)


@bp.post("/campaigns/scripts/<int:version_id>/restore")
def restore_version(version_id: int) -> ResponseReturnValue:
    """Bring a former version back, as a new draft."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    reason = request.form.get("reason", "") or str(
        _("Version %(number)s brought back.", number=version.number)
    )
    draft = drafting.restore(viewer, version, reason)
    db.session.commit()
    notify(_("Brought back as a draft. Look at what differs, then submit or publish it."))
    return redirect(url_for("script_library.show_diff", version_id=draft.id))


@bp.post("/campaigns/scripts/<int:version_id>/fork")
def fork_version(version_id: int) -> ResponseReturnValue:
    """Take a version over for another campaign."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    campaign = get_campaign(viewer, request.form.get("campaign_id", 0, type=int))
    return _fork(viewer, version, campaign)


@bp.get("/campaigns/<int:campaign_id>/script/history")
def show_history(campaign_id: int) -> ResponseReturnValue:
    """All versions as one story: who, when, why, and what changed."""
    viewer = current_viewer()
    campaign = queries.get_overseen_campaign(viewer, campaign_id)
    script = queries.script_of(campaign)
    versions = queries.readable_versions(viewer, script) if script else []
    promises = queries.promises_of(campaign)
    return render_template(
        "script_library/history.html",
        campaign=campaign,
        entries=[
            (
                presenters.version_view(version),
                presenters.difference(_since_base(version, versions), promises),
                [presenters.decision_view(decision) for decision in version.decisions],
            )
            for version in versions
        ],
        learnt=panels.history_of(versions),
        formats=list(exports.FORMATS),
    )


@bp.get("/campaigns/<int:campaign_id>/script/history.<file_format>")
def export_history(campaign_id: int, file_format: str) -> ResponseReturnValue:
    """The same as a file."""
    viewer = current_viewer()
    campaign = queries.get_overseen_campaign(viewer, campaign_id)
    script = queries.script_of(campaign)
    if file_format not in exports.FORMATS or script is None:
        raise NotFound("There is no such file.")
    content = exports.export_history(
        campaign,
        queries.readable_versions(viewer, script),
        file_format,
        queries.promises_of(campaign),
        language=str(get_locale() or "fr"),
        made_at=utc_now(),
    )
    return download(content, f"script-{campaign.id}-history.{file_format}", file_format)


def download(content: bytes, name: str, file_format: str) -> Response:
    """A file to keep; never kept by the browser: computers are shared."""
    response = Response(content, content_type=exports.FORMATS[file_format])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _fork(viewer: Viewer, version: ScriptVersion, campaign: Campaign) -> ResponseReturnValue:
    draft = drafting.fork(viewer, version, campaign, request.form.get("reason", ""))
    db.session.commit()
    notify(_("Taken over as a draft. Check what it promises: promises belong to one sponsor."))
    return redirect(url_for("script_library.edit_version", version_id=draft.id))


def _since_base(version: ScriptVersion, versions: list[ScriptVersion]) -> Difference:
    base = next((each for each in versions if each.id == version.based_on_id), None)
    return compare(base.document if base else Document(), version.document)
