"""The sponsor's pages of promises, made for a telephone: what is asked, why, two taps."""

from __future__ import annotations

from typing import cast

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.promises import presenters, queries
from callcoach.promises.access import can_decide
from callcoach.promises.blueprint import bp
from callcoach.promises.models import PromiseVersion
from callcoach.promises.operations import deciding, telling
from callcoach.script_library.access import can_read_version as can_read_script_version
from callcoach.script_library.approval_queries import waiting_for as scripts_waiting_for
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.panels import (
    add_approval_panel,
    add_beside_approval,
    add_version_panel,
)
from callcoach.script_library.queries import script_of
from callcoach.web import nav
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/approvals/promises/<int:version_id>")
def show_approval(version_id: int) -> ResponseReturnValue:
    """One proposal: what it says, what differs from what is in force, why."""
    viewer, version = _asked(version_id)
    campaign = version.promise.campaign
    script = script_of(campaign)
    versions = queries.readable_versions(viewer, version.promise)
    view = presenters.version_view(version, presenters.base_of(version, versions), script=script)
    with_script = version.script_version
    html = render_template(
        "promises/approve.html",
        campaign=campaign,
        version=view,
        can_decide=view.is_proposed and can_decide(viewer, campaign, script),
        asked=[person.name for person in telling.asked(campaign)],
        script_url=url_for("script_library.show_approval", version_id=with_script.id)
        if with_script is not None and can_read_script_version(viewer, with_script)
        else "",
    )
    if is_seen():
        db.session.rollback()
        with write_transaction():
            mark_subject_seen(viewer, f"promise_version:{version_id}")
            db.session.commit()
    return html


@bp.post("/approvals/promises/<int:version_id>/approve")
def approve_promise(version_id: int) -> ResponseReturnValue:
    """The second tap."""
    viewer, version = _asked(version_id)
    deciding.approve(viewer, version, request.form.get("comment", ""), seen=_seen())
    is_in_force = version.in_force_from is not None
    db.session.commit()
    if is_in_force:
        notify(
            _("Approved. It holds from now on. The first calls that say it come to your portal.")
        )
    else:
        notify(_("Approved. It holds as soon as its version of the script is in force."))
    return redirect(url_for("script_library.list_approvals"))


@bp.post("/approvals/promises/<int:version_id>/decline")
def decline_promise(version_id: int) -> ResponseReturnValue:
    """Say what should be otherwise."""
    viewer, version = _asked(version_id)
    deciding.decline(viewer, version, request.form.get("comment", ""), seen=_seen())
    db.session.commit()
    notify(_("Declined. The team reads what you wrote; what was in force stays so."))
    return redirect(url_for("script_library.list_approvals"))


@add_approval_panel
def promises_to_approve(viewer: Viewer) -> str:
    """Promises that wait for the sponsor, above the scripts that do."""
    rows = [waiting_view(version) for version in queries.waiting_for(viewer)]
    return render_template("promises/_waiting.html", rows=rows) if rows else ""


@add_version_panel
def promises_of_version(viewer: Viewer, version: ScriptVersion) -> str:
    """The way from a version of the script to the promises in force with it."""
    if viewer.role is Role.AGENT:
        return ""
    found = queries.with_script(version)
    return render_template(
        "promises/_with_script.html",
        count=len(found),
        own=[each for each in found if each.script_version_id == version.id],
        url=url_for(
            "promises.list_promises", campaign_id=version.script.campaign_id, script=version.id
        ),
    )


@add_beside_approval
def promises_with_script(viewer: Viewer, version: ScriptVersion) -> str:
    """Promises that are to come into force with a version that the sponsor reads."""
    rows = [
        waiting_view(each)
        for each in queries.proposals(viewer, version.script.campaign)
        if each.script_version_id == version.id
    ]
    return render_template("promises/_waiting.html", rows=rows, comes_with=True) if rows else ""


def waiting_view(version: PromiseVersion) -> presenters.VersionView:
    """One proposal in a list of the sponsor's."""
    before = queries.in_force_of(version.promise)
    return presenters.version_view(version, before, script=script_of(version.promise.campaign))


def _asked(version_id: int) -> tuple[Viewer, PromiseVersion]:
    """These pages are the sponsor's; others have pages that show more."""
    viewer = current_viewer()
    if viewer.role is not Role.SPONSOR:
        raise NotFound("There is no such page.")
    return viewer, queries.get_version(viewer, version_id)


def _seen() -> int:
    """Which version of the proposal was read.

    Raises:
        InvalidInput: the form does not say.
    """
    seen = request.form.get("seen", type=int)
    if seen is None:
        raise InvalidInput("Load the page again: it does not say what it shows.")
    return seen


def _count_waiting() -> int:
    viewer = current_viewer()
    return len(scripts_waiting_for(viewer)) + len(queries.waiting_for(viewer))


#: Both wait on one page; this room is registered after that of the scripts.
bp.record_once(
    lambda state: nav.add_badge(
        cast("Flask", state.app), "script_library.list_approvals", _count_waiting
    )
)
