"""Proposing, changing and taking back; an administrator writes down an approval given elsewhere."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign, Promise
from callcoach.campaigns.queries import get_campaign_to_edit
from callcoach.errors import CallCoachError, Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db
from callcoach.promises import presenters, queries
from callcoach.promises.blueprint import bp
from callcoach.promises.forms import ProposalForm, RecordForm, RemovalForm
from callcoach.promises.labels import KIND_MEANINGS
from callcoach.promises.list_views import promise_page
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations import deciding, proposing, telling
from callcoach.promises.operations.rights import require_author_of
from callcoach.web.errors import explain
from callcoach.web.toasts import notify

_REFUSED = 422
#: What a form shows again instead of an error page.
_SHOWN = (InvalidInput, Conflict, StaleVersion)


@bp.route("/campaigns/<int:campaign_id>/promises/new", methods=["GET", "POST"])
def new_promise(campaign_id: int) -> ResponseReturnValue:
    """Propose a statement."""
    viewer = current_viewer()
    campaign = get_campaign_to_edit(viewer, campaign_id)
    form = ProposalForm()
    form.offer(proposing.script_versions_to_come(campaign))
    if request.method == "GET":
        form.kind.data = request.args.get("kind") or form.kind.data
    if not form.validate_on_submit():
        return _form_page(form, campaign)
    try:
        version = proposing.propose(viewer, campaign, form.content(), form.reason.data or "")
    except _SHOWN as error:
        return _refused(form, campaign, error)
    return _proposed(version)


@bp.route("/campaigns/<int:campaign_id>/promises/<int:promise_id>/change", methods=["GET", "POST"])
def change_promise(campaign_id: int, promise_id: int) -> ResponseReturnValue:
    """Propose another wording of a promise, or that one that was retired be said again."""
    viewer, promise = _own_promise(campaign_id, promise_id)
    campaign = promise.campaign
    form = ProposalForm()
    form.offer(proposing.script_versions_to_come(campaign))
    versions = queries.readable_versions(viewer, promise)
    if request.method == "GET":
        if waiting := queries.proposal_of(promise):
            return redirect(url_for("promises.edit_proposal", version_id=waiting.id))
        form.fill(queries.in_force_of(promise) or versions[0])
    if not form.validate_on_submit():
        return _form_page(form, campaign, promise=promise)
    try:
        version = proposing.propose(
            viewer, campaign, form.content(), form.reason.data or "", promise_id=promise_id
        )
    except _SHOWN as error:
        return _refused(form, campaign, error, promise=promise)
    return _proposed(version)


@bp.route("/campaigns/<int:campaign_id>/promises/<int:promise_id>/retire", methods=["GET", "POST"])
def retire_promise(campaign_id: int, promise_id: int) -> ResponseReturnValue:
    """Propose that a promise be retired."""
    viewer, promise = _own_promise(campaign_id, promise_id)
    form = RemovalForm()
    form.offer(proposing.script_versions_to_come(promise.campaign))
    if not form.validate_on_submit():
        return _form_page(form, promise.campaign, promise=promise)
    try:
        version = proposing.propose_removal(
            viewer,
            promise,
            form.reason.data or "",
            script_version_id=form.script_version_id.data or None,
        )
    except _SHOWN as error:
        return _refused(form, promise.campaign, error, promise=promise)
    return _proposed(version)


@bp.route("/promises/versions/<int:version_id>/edit", methods=["GET", "POST"])
def edit_proposal(version_id: int) -> ResponseReturnValue:
    """Change what is proposed, while the sponsor has not decided."""
    viewer, version = _own(version_id)
    campaign = version.promise.campaign
    form: ProposalForm | RemovalForm = RemovalForm() if version.is_removal else ProposalForm()
    form.offer(proposing.script_versions_to_come(campaign))
    if request.method == "GET":
        if version.state != ProposalState.PROPOSED:
            raise Conflict("This was decided meanwhile; propose another version.")
        if isinstance(form, ProposalForm):
            form.fill(version)
        form.reason.data = version.reason
        form.script_version_id.data = version.script_version_id or 0
        form.based_on.data = str(version.row_version)
    if not form.validate_on_submit():
        return _form_page(form, campaign, promise=version.promise, version=version)
    based_on = form.based_on.data or ""
    try:
        proposing.edit(
            viewer,
            version,
            form.content(),
            form.reason.data or "",
            based_on=int(based_on) if based_on.isdecimal() else 0,
        )
    except _SHOWN as error:
        return _refused(form, campaign, error, promise=version.promise, version=version)
    db.session.commit()
    notify(_("Saved. The sponsor is told that it changed."))
    return _to_list(campaign.id)


@bp.post("/promises/versions/<int:version_id>/withdraw")
def withdraw_proposal(version_id: int) -> ResponseReturnValue:
    """Take a proposal back; the message offers to propose it again."""
    viewer, version = _own(version_id)
    proposing.withdraw(viewer, version)
    campaign_id = version.promise.campaign_id
    db.session.commit()
    notify(
        _("Taken back. Nothing changes in what is in force."),
        undo=url_for("promises.propose_again", version_id=version_id),
    )
    return _to_list(campaign_id)


@bp.post("/promises/versions/<int:version_id>/again")
def propose_again(version_id: int) -> ResponseReturnValue:
    """Propose once more what was taken back or declined."""
    viewer, version = _own(version_id)
    return _proposed(proposing.propose_again(viewer, version))


@bp.post("/promises/versions/<int:version_id>/record")
def record_approval(version_id: int) -> ResponseReturnValue:
    """An administrator writes down an approval that was given elsewhere."""
    viewer, version = _own(version_id)
    form = RecordForm()
    promise = version.promise
    if not form.validate_on_submit() or form.on.data is None:
        return promise_page(promise.campaign_id, promise.id, record_form=form, status=_REFUSED)
    address = promise.campaign_id, promise.id
    try:
        deciding.record(
            viewer, version, who=form.who.data or "", how=form.how.data or "", on=form.on.data
        )
    except InvalidInput as error:
        db.session.rollback()
        form.form_errors.append(explain(error))
        return promise_page(*address, record_form=form, status=_REFUSED)
    words = _in_force_words(version)
    db.session.commit()
    notify(_("The approval is written down. %(now)s", now=words))
    return redirect(url_for("promises.show_promise", campaign_id=address[0], promise_id=address[1]))


def _in_force_words(version: PromiseVersion) -> str:
    if version.in_force_from is None and version.script_version is not None:
        return str(
            _(
                "It is in force when version %(number)s of the script is.",
                number=version.script_version.number,
            )
        )
    return str(_("It is no longer said.") if version.is_removal else _("It is in force."))


def _form_page(
    form: ProposalForm | RemovalForm,
    campaign: Campaign,
    *,
    promise: Promise | None = None,
    version: PromiseVersion | None = None,
    theirs: presenters.VersionView | None = None,
) -> ResponseReturnValue:
    current = queries.in_force_of(promise) if promise is not None else None
    page = render_template(
        "promises/form.html",
        form=form,
        campaign=campaign,
        promise=promise,
        version=presenters.version_view(version) if version is not None else None,
        current=presenters.version_view(current) if current is not None else None,
        theirs=theirs,
        meanings=KIND_MEANINGS,
        is_removal=isinstance(form, RemovalForm),
        asked=[person.name for person in telling.asked(campaign)],
    )
    return page, _REFUSED if form.errors else 200


def _refused(
    form: ProposalForm | RemovalForm,
    campaign: Campaign,
    error: CallCoachError,
    *,
    promise: Promise | None = None,
    version: PromiseVersion | None = None,
) -> ResponseReturnValue:
    """The form once more, with what is wrong, or what somebody else wrote meanwhile."""
    db.session.rollback()
    form.form_errors.append(explain(error))
    theirs = None
    if isinstance(error, StaleVersion) and version is not None:
        db.session.refresh(version)
        theirs = presenters.version_view(version)
        form.based_on.process_data(str(version.row_version))  # saving again is a decision
    return _form_page(form, campaign, promise=promise, version=version, theirs=theirs)


def _proposed(version: PromiseVersion) -> ResponseReturnValue:
    campaign_id = version.promise.campaign_id
    undo = url_for("promises.withdraw_proposal", version_id=version.id)
    db.session.commit()
    notify(_("The sponsor is asked. Until they answer nothing changes."), undo=undo)
    return _to_list(campaign_id)


def _to_list(campaign_id: int) -> ResponseReturnValue:
    return redirect(url_for("promises.list_promises", campaign_id=campaign_id))


def _own_promise(campaign_id: int, promise_id: int) -> tuple[Viewer, Promise]:
    viewer = current_viewer()
    promise = queries.get_promise(viewer, campaign_id, promise_id)
    get_campaign_to_edit(viewer, campaign_id)
    return viewer, promise


def _own(version_id: int) -> tuple[Viewer, PromiseVersion]:
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    require_author_of(viewer, version)
    return viewer, version
