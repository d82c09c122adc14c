"""The sponsor's pages, made for a telephone: what waits for them, only what changed, two taps."""

from __future__ import annotations

from typing import cast

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.script_library import approval_presenters as presenters
from callcoach.script_library import panels, queries
from callcoach.script_library.access import can_approve
from callcoach.script_library.approval_queries import (
    approved_before,
    asked_first,
    grounds_of,
    is_suspended,
    readable_by_sponsor,
    waiting_for,
)
from callcoach.script_library.blueprint import bp
from callcoach.script_library.changes import compare
from callcoach.script_library.document import Document
from callcoach.script_library.models import ScriptVersion, VersionState
from callcoach.script_library.operations import publishing
from callcoach.script_library.presenters import difference, sections, version_view
from callcoach.script_library.publishing_views import mark_seen_later
from callcoach.web import nav
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/approvals")
def list_approvals() -> ResponseReturnValue:
    """Scripts to approve, those in force without having been asked, and all others."""
    viewer = _sponsor()
    waiting, unasked, others = presenters.sponsor_list(readable_by_sponsor(viewer), viewer)
    return render_template(
        "script_library/approve_list.html",
        waiting=waiting,
        unasked=unasked,
        others=others,
        panels=panels.approval_panels(viewer),
    )


@bp.get("/approvals/<int:version_id>")
def show_approval(version_id: int) -> ResponseReturnValue:
    """One version: what changed since the last approval, why, and what makes it wait."""
    viewer = _sponsor()
    version = queries.get_version(viewer, version_id)
    campaign = version.script.campaign
    before = approved_before(version)
    grounds = grounds_of(version)
    old = before.document if before else Document()
    found = compare(old, version.document)
    promises = queries.promises_of(campaign)
    decides = can_approve(viewer, version.script)
    html = render_template(
        "script_library/approve.html",
        campaign=campaign,
        version=version_view(version),
        view=presenters.waiting_view(version, "", is_mine=decides),
        before=version_view(before) if before else None,
        is_first=before is None,
        grounds=[presenters.ground_view(ground) for ground in grounds],
        sections=difference(found, promises) if before else sections(version.document, promises),
        diff_panels=presenters.grounds_by_line(grounds),
        seen=publishing.fingerprint(version),
        can_decide=decides and version.state == VersionState.SUBMITTED,
        can_suspend=decides and _can_suspend(version),
        asked=[person.name for person in asked_first(version.script)],
        decisions=presenters.decision_views(version),
        beside=panels.beside_approval(viewer, version),
    )
    if is_seen():
        mark_seen_later(viewer, version)
    return html


@bp.get("/approvals/<int:version_id>/text")
def show_approval_text(version_id: int) -> ResponseReturnValue:
    """All that a version says, and nothing that hangs on it."""
    viewer = _sponsor()
    version = queries.get_version(viewer, version_id)
    campaign = version.script.campaign
    return render_template(
        "script_library/approve_text.html",
        campaign=campaign,
        version=version_view(version),
        sections=sections(version.document, queries.promises_of(campaign)),
    )


@bp.post("/approvals/<int:version_id>/approve")
def approve_version(version_id: int) -> ResponseReturnValue:
    """The second tap."""
    viewer, version = _answered(version_id)
    comment = request.form.get("comment", "")
    publishing.approve(viewer, version, comment, seen=request.form.get("seen"))
    db.session.commit()
    notify(_("Approved. The team may now put it in force."))
    return redirect(url_for("script_library.list_approvals"))


@bp.post("/approvals/<int:version_id>/send-back")
def send_version_back(version_id: int) -> ResponseReturnValue:
    """Say what should be otherwise."""
    viewer, version = _answered(version_id)
    comment = request.form.get("comment", "")
    publishing.send_back(viewer, version, comment, seen=request.form.get("seen"))
    db.session.commit()
    notify(_("Sent back. The team reads what you wrote."))
    return redirect(url_for("script_library.list_approvals"))


@bp.post("/approvals/<int:version_id>/suspend")
def suspend_version(version_id: int) -> ResponseReturnValue:
    """End what entered force without being asked."""
    viewer, version = _answered(version_id)
    stands = publishing.suspend(viewer, version, request.form.get("comment", ""))
    words = presenters.standing_for_sponsor(stands)
    db.session.commit()
    notify(_("Suspended. %(now)s", now=words))
    return redirect(url_for("script_library.show_approval", version_id=version_id))


def _sponsor() -> Viewer:
    """These pages are the sponsor's; others have pages that show more."""
    viewer = current_viewer()
    if viewer.role is not Role.SPONSOR:
        raise NotFound("There is no such page.")
    return viewer


def _answered(version_id: int) -> tuple[Viewer, ScriptVersion]:
    """A version that the sponsor answers about. One that was taken back meanwhile is a draft again,
    which they do not read: the operation says so in its own words.
    """
    viewer = _sponsor()
    version = db.session.get(ScriptVersion, version_id)
    if version is None:
        raise NotFound("There is no such version.")
    return viewer, version


def _can_suspend(version: ScriptVersion) -> bool:
    is_unasked = version.needed_approval is False and version.state == VersionState.APPROVED
    return is_unasked and not is_suspended(version)


def _count_waiting() -> int:
    return len(waiting_for(current_viewer()))


bp.record_once(
    lambda state: nav.add_badge(
        cast("Flask", state.app), "script_library.list_approvals", _count_waiting
    )
)
