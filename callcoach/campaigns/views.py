"""Pages of sponsors and campaigns. Views commit once, visibly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.campaigns import operations, queries
from callcoach.campaigns.access import (
    can_create_campaign,
    can_edit_campaign,
    can_manage_sponsors,
)
from callcoach.campaigns.forms import (
    AGENT_AUDIO,
    KINDS,
    LANGUAGES,
    CampaignForm,
    PersonaForm,
    SeatForm,
    SponsorForm,
)
from callcoach.campaigns.models import AgentAudio, Campaign, Persona, PromiseKind
from callcoach.errors import CallCoachError, Conflict, InvalidInput, NotAllowed, StaleVersion
from callcoach.extensions import db
from callcoach.web.countries import country_name
from callcoach.web.errors import explain
from callcoach.web.forms import choices
from callcoach.web.toasts import notify

bp = Blueprint("campaigns", __name__)

_REFUSED = 422
#: How long a removed persona can be put back from its message, in seconds.
_UNDO_S = 3600


@bp.get("/campaigns")
def list_campaigns() -> ResponseReturnValue:
    """Sponsors with their campaigns."""
    viewer = current_viewer()
    text, archived = request.args.get("q", "").strip(), "archived" in request.args
    return render_template(
        "campaigns/list.html",
        groups=queries.list_by_sponsor(viewer, text=text, archived=archived),
        text=text,
        archived=archived,
        can={"create": can_create_campaign(viewer), "manage_sponsors": can_manage_sponsors(viewer)},
    )


@bp.get("/campaigns/<int:campaign_id>")
def show_campaign(campaign_id: int) -> ResponseReturnValue:
    """One campaign: what it is for, who is called, what may be said."""
    viewer = current_viewer()
    return _campaign_page(queries.get_campaign(viewer, campaign_id))


def _campaign_page(
    campaign: Campaign,
    *,
    persona_form: PersonaForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    viewer = current_viewer()
    promises = {
        kind: [promise for promise in campaign.promises if promise.kind == kind]
        for kind in PromiseKind
    }
    page = render_template(
        "campaigns/show.html",
        campaign=campaign,
        promises=promises,
        kinds=KINDS,
        language=LANGUAGES.get(campaign.language, campaign.language),
        audio=AGENT_AUDIO[campaign.agent_audio],
        teams=[] if viewer.role == "sponsor" else queries.team_names(campaign),
        persona_form=persona_form or PersonaForm(formdata=None),
        # what a refused change was about: its form opens again with what was typed
        refused_persona=_named(campaign.personas, "persona_id") if persona_form else None,
        fingerprint=operations.fingerprint,
        can={
            "edit": can_edit_campaign(viewer, [link.team_id for link in campaign.teams]),
            "oversee": viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD),
            "expressions": not viewer.has_role(Role.AGENT),  # theirs are on a page of their own
        },
    )
    return page, status


@bp.route("/campaigns/new", methods=["GET", "POST"])
def new_campaign() -> ResponseReturnValue:
    """Add a campaign."""
    viewer = current_viewer()
    if not can_create_campaign(viewer):
        raise NotAllowed("Supervisors and administrators create campaigns.")
    form = CampaignForm()
    _offer_choices(form)
    if request.method == "GET":
        form.sponsor_id.data = request.args.get("sponsor", type=int)
        form.team_ids.data = [int(choice.value) for choice in form.team_ids.choices][:1]
    if form.validate_on_submit():
        try:
            campaign = operations.create_campaign(viewer, form.sponsor_id.data, _values(form))
        except CallCoachError as error:
            return _campaign_form(form, None, error)
        db.session.commit()
        notify(_("The campaign is there. Add who is called, and what may be said."))
        return redirect(url_for("campaigns.show_campaign", campaign_id=campaign.id))
    return _campaign_form(form, None)


@bp.route("/campaigns/<int:campaign_id>/edit", methods=["GET", "POST"])
def edit_campaign(campaign_id: int) -> ResponseReturnValue:
    """Change a campaign."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_edit(viewer, campaign_id)
    form = CampaignForm(obj=campaign)
    _offer_choices(form, campaign)
    if request.method == "GET":
        form.based_on.data = str(campaign.row_version)
        form.team_ids.data = [link.team_id for link in campaign.teams]
        form.vocabulary.data = "\n".join(campaign.vocabulary)
    if form.validate_on_submit():
        based_on = form.based_on.data or ""
        try:
            operations.update_campaign(
                viewer,
                campaign,
                _values(form),
                based_on=int(based_on) if based_on.isdecimal() else 0,
            )
        except CallCoachError as error:
            return _campaign_form(form, campaign, error)
        db.session.commit()
        notify(_("Saved. It applies to calls analysed from now on."))
        return redirect(url_for("campaigns.show_campaign", campaign_id=campaign_id))
    return _campaign_form(form, campaign)


def _campaign_form(
    form: CampaignForm, campaign: Campaign | None, error: CallCoachError | None = None
) -> ResponseReturnValue:
    theirs: dict[str, Any] | None = None
    if error is not None:
        db.session.rollback()
        form.form_errors.append(explain(error))
    if isinstance(error, StaleVersion) and campaign is not None:
        db.session.refresh(campaign)
        theirs = {
            "name": campaign.name,
            "purpose": campaign.purpose,
            "language": LANGUAGES.get(campaign.language, campaign.language),
            "market": country_name(campaign.market),
            "starts_on": campaign.starts_on,
            "ends_on": campaign.ends_on,
            "teams": queries.team_names(campaign),
            "vocabulary": campaign.vocabulary,
            "agent_audio": AGENT_AUDIO[campaign.agent_audio],
            "dispute_hours": campaign.dispute_hours,
            "incident_hours": campaign.incident_hours,
            "portal_agent_voice": campaign.portal_agent_voice,
        }
        form.based_on.process_data(str(campaign.row_version))  # saving again is a decision
    page = render_template(
        "campaigns/edit.html", form=form, campaign=campaign, theirs=theirs, has_error=bool(error)
    )
    return page, _REFUSED if form.errors or error else 200


def _offer_choices(form: CampaignForm, campaign: Campaign | None = None) -> None:
    viewer = current_viewer()
    groups = queries.list_by_sponsor(viewer)
    form.offer_markets()
    if request.method == "GET" and campaign is None:
        form.market.data = "FR"
        form.agent_audio.data = AgentAudio.YES.value
        form.dispute_hours.data = Campaign.dispute_hours.default.arg
        form.incident_hours.data = Campaign.incident_hours.default.arg
        form.portal_agent_voice.data = Campaign.portal_agent_voice.default.arg
    form.sponsor_id.choices = choices((g.sponsor.id, g.sponsor.name) for g in groups)
    teams = queries.teams_to_offer(viewer, campaign)
    form.team_ids.choices = choices((team.id, team.name) for team in teams)


def _values(form: CampaignForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "purpose": form.purpose.data,
        "language": form.language.data,
        "market": form.market.data,
        "starts_on": form.starts_on.data,
        "ends_on": form.ends_on.data,
        "vocabulary": form.terms(),
        "team_ids": form.team_ids.data or [],
        "agent_audio": form.agent_audio.data,
        "dispute_hours": form.dispute_hours.data,
        "incident_hours": form.incident_hours.data,
        "portal_agent_voice": form.portal_agent_voice.data,
    }


@bp.post("/campaigns/<int:campaign_id>/archive")
def archive_campaign(campaign_id: int) -> ResponseReturnValue:
    """Put a campaign aside; the message offers to take it back."""
    return _set_archived(campaign_id, archived=True)


@bp.post("/campaigns/<int:campaign_id>/unarchive")
def unarchive_campaign(campaign_id: int) -> ResponseReturnValue:
    """Take an archived campaign back."""
    return _set_archived(campaign_id, archived=False)


def _set_archived(campaign_id: int, *, archived: bool) -> ResponseReturnValue:
    viewer = current_viewer()
    campaign = queries.get_campaign_to_edit(viewer, campaign_id)
    operations.set_campaign_archived(viewer, campaign, archived=archived)
    db.session.commit()
    if archived:
        undo = url_for("campaigns.unarchive_campaign", campaign_id=campaign_id)
        notify(_("The campaign is archived; its calls stay."), undo=undo)
        return redirect(url_for("campaigns.list_campaigns"))
    notify(_("The campaign is back."))
    return redirect(url_for("campaigns.show_campaign", campaign_id=campaign_id))


@bp.post("/campaigns/<int:campaign_id>/personas")
def save_persona(campaign_id: int) -> ResponseReturnValue:
    """Add a persona, or change the one named by ``persona_id``."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_edit(viewer, campaign_id)
    form = PersonaForm()
    if not form.validate_on_submit():
        return _campaign_page(campaign, persona_form=form, status=_REFUSED)
    try:
        operations.save_persona(
            viewer,
            campaign,
            form.name.data or "",
            form.notes.data or "",
            persona_id=request.form.get("persona_id", type=int),
            seen=request.form.get("seen"),
        )
    except (InvalidInput, Conflict, StaleVersion) as error:
        return _refused(campaign_id, error, persona_form=form)
    db.session.commit()
    notify(_("Saved. It applies to calls analysed from now on."))
    return _back(campaign_id, "personas")


@bp.post("/campaigns/<int:campaign_id>/personas/<int:persona_id>/remove")
def remove_persona(campaign_id: int, persona_id: int) -> ResponseReturnValue:
    """Remove a persona; the message offers to put it back."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_edit(viewer, campaign_id)
    removed = operations.remove_persona(viewer, campaign, persona_id)
    db.session.commit()
    notify(_("Removed."), undo=_undo_url(campaign_id, ["persona", *removed]))
    return _back(campaign_id, "personas")


@bp.post("/campaigns/<int:campaign_id>/put-back/<token>")
def put_back(campaign_id: int, token: str) -> ResponseReturnValue:
    """Put a removed persona back; the token holds what it was, signed."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_edit(viewer, campaign_id)
    try:
        owner, kind, *parts = _undo_signer().loads(token, max_age=_UNDO_S)
    except BadSignature:
        raise InvalidInput("This can no longer be undone; add it again.") from None
    if owner != campaign_id or kind != "persona":
        raise InvalidInput("This can no longer be undone; add it again.")
    operations.save_persona(viewer, campaign, *parts)
    db.session.commit()
    notify(_("It is back."))
    return _back(campaign_id, "personas")


def _refused(campaign_id: int, error: CallCoachError, **forms: Any) -> ResponseReturnValue:
    db.session.rollback()
    for form in forms.values():
        form.form_errors.append(explain(error))
    campaign = queries.get_campaign(current_viewer(), campaign_id)
    return _campaign_page(campaign, status=_REFUSED, **forms)


def _named(rows: Sequence[Persona], argument: str) -> Persona | None:
    """The row that the form sent was about."""
    wanted = request.form.get(argument, type=int)
    return next((row for row in rows if row.id == wanted), None)


def _undo_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="campaigns.undo")


def _undo_url(campaign_id: int, removed: list[str]) -> str:
    token = _undo_signer().dumps([campaign_id, *removed])
    return url_for("campaigns.put_back", campaign_id=campaign_id, token=str(token))


def _back(campaign_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("campaigns.show_campaign", campaign_id=campaign_id, _anchor=anchor))


@bp.route("/sponsors/new", methods=["GET", "POST"])
def new_sponsor() -> ResponseReturnValue:
    """Add a client company."""
    viewer = current_viewer()
    if not can_manage_sponsors(viewer):
        raise NotAllowed("Administrators manage sponsors.")
    form = SponsorForm()
    if form.validate_on_submit():
        try:
            sponsor = operations.create_sponsor(viewer, form.name.data or "")
        except CallCoachError as error:
            return _sponsor_form(form, error)
        db.session.commit()
        notify(_("The sponsor is there. Add its first campaign."))
        return redirect(url_for("campaigns.new_campaign", sponsor=sponsor.id))
    return _sponsor_form(form)


def _sponsor_form(form: SponsorForm, error: CallCoachError | None = None) -> ResponseReturnValue:
    if error is not None:
        db.session.rollback()
        form.form_errors.append(explain(error))
    page = render_template("campaigns/new_sponsor.html", form=form)
    return page, _REFUSED if form.errors or error else 200


@bp.route("/sponsors/<int:sponsor_id>", methods=["GET", "POST"])
def show_sponsor(sponsor_id: int) -> ResponseReturnValue:
    """A client company: its name, its people, its campaigns."""
    viewer = current_viewer()
    sponsor = queries.get_sponsor(viewer, sponsor_id)
    form = SponsorForm(obj=sponsor)
    status = 200
    if form.validate_on_submit():
        try:
            operations.rename_sponsor(viewer, sponsor, form.name.data or "")
            db.session.commit()
            notify(_("Saved."))
            return redirect(url_for("campaigns.show_sponsor", sponsor_id=sponsor_id))
        except CallCoachError as error:
            db.session.rollback()
            form.form_errors.append(explain(error))
    if form.errors:
        status = _REFUSED
    seat_form = SeatForm(formdata=None)
    people = queries.people_without_seat(sponsor)
    seat_form.user_id.choices = choices((person.id, person.name) for person in people)
    page = render_template(
        "campaigns/sponsor.html",
        sponsor=sponsor,
        form=form,
        seat_form=seat_form,
        seats=queries.seats(sponsor),
    )
    return page, status


@bp.post("/sponsors/<int:sponsor_id>/archive")
def archive_sponsor(sponsor_id: int) -> ResponseReturnValue:
    """Put a client company aside; the message offers to take it back."""
    viewer = current_viewer()
    sponsor = queries.get_sponsor(viewer, sponsor_id)
    operations.set_sponsor_archived(viewer, sponsor, archived=True)
    db.session.commit()
    undo = url_for("campaigns.unarchive_sponsor", sponsor_id=sponsor_id)
    notify(_("The sponsor is archived."), undo=undo)
    return redirect(url_for("campaigns.list_campaigns"))


@bp.post("/sponsors/<int:sponsor_id>/unarchive")
def unarchive_sponsor(sponsor_id: int) -> ResponseReturnValue:
    """Take an archived client company back."""
    viewer = current_viewer()
    operations.set_sponsor_archived(viewer, queries.get_sponsor(viewer, sponsor_id), archived=False)
    db.session.commit()
    notify(_("The sponsor is back."))
    return redirect(url_for("campaigns.show_sponsor", sponsor_id=sponsor_id))


@bp.post("/sponsors/<int:sponsor_id>/seats")
def give_seat(sponsor_id: int) -> ResponseReturnValue:
    """Let one more person of the sponsor's read its campaigns."""
    viewer = current_viewer()
    sponsor = queries.get_sponsor(viewer, sponsor_id)
    operations.give_seat(viewer, sponsor, request.form.get("user_id", 0, type=int))
    db.session.commit()
    notify(_("They can now read this sponsor’s campaigns."))
    return redirect(url_for("campaigns.show_sponsor", sponsor_id=sponsor_id))


@bp.post("/sponsors/<int:sponsor_id>/seats/<int:user_id>/remove")
def take_seat(sponsor_id: int, user_id: int) -> ResponseReturnValue:
    """Take a person's seat back."""
    viewer = current_viewer()
    operations.take_seat(viewer, queries.get_sponsor(viewer, sponsor_id), user_id)
    db.session.commit()
    notify(_("They no longer see this sponsor’s campaigns."))
    return redirect(url_for("campaigns.show_sponsor", sponsor_id=sponsor_id))
