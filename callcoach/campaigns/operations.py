"""Writes of this room. All flush, none commits; each leaves a line in the access log."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Role, Team, User
from callcoach.campaigns import queries
from callcoach.campaigns.access import can_create_campaign, can_manage_sponsors
from callcoach.campaigns.models import (
    AgentAudio,
    Campaign,
    CampaignTeam,
    Persona,
    Sponsor,
    SponsorSeat,
)
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.web.countries import country_codes

#: Longest name, as the column holds it.
MAX_NAME = 160
#: Recognition takes a prompt of some two hundred tokens: more terms than this would be cut.
MAX_TERMS = 80
MAX_TERM = 60
#: Hours in which a contract may want the sponsor told of an incident: within a working day at the
#: least, and within a month.
INCIDENT_HOURS = (4, 720)
#: Hours that a supervisor may have to answer an agent who sees it otherwise: within the shift at
#: least, and within two weeks, while both still know the call.
DISPUTE_HOURS = (4, 336)


def create_sponsor(viewer: Viewer, name: str) -> Sponsor:
    """Add a client company.

    Raises:
        NotAllowed: the viewer does not manage sponsors.
        InvalidInput, Conflict: the name is empty, too long, or taken.
    """
    _must_manage_sponsors(viewer)
    sponsor = Sponsor(name=_free_sponsor_name(name))
    db.session.add(sponsor)
    db.session.flush()
    record(viewer.user_id, "sponsor.created", subject_kind="sponsor", subject_id=sponsor.id)
    return sponsor


def rename_sponsor(viewer: Viewer, sponsor: Sponsor, name: str) -> None:
    """Change a client company's name; raises as `create_sponsor`."""
    _must_manage_sponsors(viewer)
    sponsor.name = _free_sponsor_name(name, besides=sponsor.id)
    record(viewer.user_id, "sponsor.renamed", subject_kind="sponsor", subject_id=sponsor.id)
    db.session.flush()


def set_sponsor_archived(viewer: Viewer, sponsor: Sponsor, *, archived: bool) -> None:
    """Put a client company aside, or take it back.

    Raises:
        Conflict: it still has living campaigns.
    """
    _must_manage_sponsors(viewer)
    if archived and any(not campaign.is_archived for campaign in sponsor.campaigns):
        raise Conflict("Archive this sponsor's campaigns first.")
    sponsor.is_archived = archived
    record(viewer.user_id, "sponsor.archived", subject_kind="sponsor", subject_id=sponsor.id)
    db.session.flush()


def give_seat(viewer: Viewer, sponsor: Sponsor, user_id: int) -> None:
    """Let a sponsor user read this sponsor's campaigns; having the seat already is fine.

    Raises:
        InvalidInput: there is no such sponsor user.
    """
    _must_manage_sponsors(viewer)
    user = db.session.get(User, user_id)
    if user is None or user.role != Role.SPONSOR:
        raise InvalidInput("Choose a person whose role is sponsor.")
    if any(seat.user_id == user_id for seat in sponsor.seats):
        return
    sponsor.seats.append(SponsorSeat(user_id=user_id))
    record(viewer.user_id, "sponsor.seat_given", subject_kind="user", subject_id=user_id)
    db.session.flush()


def take_seat(viewer: Viewer, sponsor: Sponsor, user_id: int) -> None:
    """Take a sponsor user's seat back; having none is fine."""
    _must_manage_sponsors(viewer)
    sponsor.seats = [seat for seat in sponsor.seats if seat.user_id != user_id]
    record(viewer.user_id, "sponsor.seat_taken", subject_kind="user", subject_id=user_id)
    db.session.flush()


def create_campaign(viewer: Viewer, sponsor_id: int, values: dict[str, Any]) -> Campaign:
    """Add a campaign.

    Args:
        viewer: a supervisor binds it to own teams, at least one.
        sponsor_id: an existing sponsor; for a supervisor, one for whom their teams call already.
        values: as `update_campaign` takes them.

    Raises:
        NotAllowed: the viewer may not create campaigns.
        InvalidInput, Conflict: a value is out of range, or the name is taken at this sponsor.
    """
    if not can_create_campaign(viewer):
        raise NotAllowed("Supervisors and administrators create campaigns.")
    sponsor = db.session.get(Sponsor, sponsor_id)
    if sponsor is None or sponsor.is_archived or not queries.can_offer_sponsor(viewer, sponsor_id):
        raise InvalidInput("Choose a sponsor.")
    campaign = Campaign(sponsor_id=sponsor_id, vocabulary=[])
    _apply(viewer, campaign, values)
    db.session.add(campaign)
    db.session.flush()
    record(viewer.user_id, "campaign.created", subject_kind="campaign", subject_id=campaign.id)
    return campaign


def update_campaign(
    viewer: Viewer, campaign: Campaign, values: dict[str, Any], *, based_on: int
) -> None:
    """Change a campaign.

    Args:
        viewer: may edit it (`queries.get_campaign_to_edit`).
        campaign: the campaign.
        values: name, language, market, purpose, starts_on, ends_on, vocabulary (list of strings),
            team_ids, agent_audio, dispute_hours, incident_hours, portal_agent_voice. What is left
            out of the last four is kept as it is.
        based_on: the `row_version` that the editor saw.

    Raises:
        StaleVersion: somebody saved in between.
        InvalidInput, Conflict: a value is out of range, or the name is taken at this sponsor.
    """
    _must_be_based_on(campaign, based_on)
    _apply(viewer, campaign, values)
    _touch(viewer, campaign, "campaign.changed")


def set_campaign_archived(viewer: Viewer, campaign: Campaign, *, archived: bool) -> None:
    """Put a campaign aside, or take it back; its calls stay."""
    campaign.is_archived = archived
    _touch(viewer, campaign, "campaign.archived" if archived else "campaign.restored")


def fingerprint(*texts: str) -> str:
    """What a form shows of a persona, in short: differs once somebody else saved.

    >>> fingerprint("DAF", "Chiffres") == fingerprint("DAF", "Chiffres ")
    False
    """
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def save_persona(
    viewer: Viewer,
    campaign: Campaign,
    name: str,
    notes: str,
    *,
    persona_id: int | None = None,
    seen: str | None = None,
) -> Persona:
    """Add a persona, or change one.

    Args:
        viewer: may edit the campaign (`queries.get_campaign_to_edit`).
        campaign: the campaign.
        name: unique in the campaign, whatever its case.
        notes: how to speak with them.
        persona_id: the one to change; None adds one.
        seen: `fingerprint` of name and notes as the editor saw them; None does not compare.

    Raises:
        NotFound: `persona_id` is not one of this campaign's.
        StaleVersion: somebody changed this persona in between.
        InvalidInput, Conflict: the name is empty, too long, or taken in this campaign.
    """
    name = _phrase(name, 80)
    _lock(campaign)
    taken = [p for p in campaign.personas if p.name.casefold() == name.casefold()]
    if any(persona.id != persona_id for persona in taken):
        raise Conflict("This campaign already has a persona called %(name)s.", name=name)
    if persona_id is None:
        persona = Persona(name=name, notes=notes.strip())
        campaign.personas.append(persona)
    else:
        persona = _own(campaign.personas, persona_id)
        _must_be_as_seen(seen, persona.name, persona.notes)
        persona.name, persona.notes = name, notes.strip()
    _touch(viewer, campaign, "campaign.persona_saved")
    return persona


def remove_persona(viewer: Viewer, campaign: Campaign, persona_id: int) -> tuple[str, str]:
    """Remove a persona and return its name and notes, so that it can be put back."""
    persona = _own(campaign.personas, persona_id)
    campaign.personas.remove(persona)
    _touch(viewer, campaign, "campaign.persona_removed")
    return persona.name, persona.notes


def clean_vocabulary(terms: Iterable[str]) -> list[str]:
    """Terms trimmed, without repetitions (whatever their case), in their order.

    Raises:
        InvalidInput: a term is longer than `MAX_TERM`, or there are more than `MAX_TERMS`.
    """
    kept: dict[str, str] = {}
    for raw in terms:
        term = " ".join(raw.split())
        if len(term) > MAX_TERM:
            raise InvalidInput(
                "“%(term)s…” is too long for a term: %(count)s characters at most.",
                term=term[:30],
                count=MAX_TERM,
            )
        if term:
            kept.setdefault(term.casefold(), term)
    if len(kept) > MAX_TERMS:
        raise InvalidInput(
            "Keep the vocabulary to %(count)s terms: recognition heeds no more.", count=MAX_TERMS
        )
    return list(kept.values())


def _apply(viewer: Viewer, campaign: Campaign, values: dict[str, Any]) -> None:
    name = _phrase(values["name"], MAX_NAME)
    taken = select(Campaign.id).where(
        Campaign.sponsor_id == campaign.sponsor_id, Campaign.name == name
    )
    with db.session.no_autoflush:
        other = db.session.scalar(taken)
    if other is not None and other != campaign.id:
        raise Conflict("This sponsor already has a campaign called %(name)s.", name=name)
    starts_on: date | None = values.get("starts_on")
    ends_on: date | None = values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("The campaign ends before it starts.")
    campaign.name = name
    campaign.language = values.get("language") or "fr"
    campaign.market = _market(values.get("market") or campaign.market or "FR")
    campaign.purpose = (values.get("purpose") or "").strip()
    campaign.starts_on, campaign.ends_on = starts_on, ends_on
    campaign.vocabulary = clean_vocabulary(values.get("vocabulary") or ())
    if values.get("agent_audio"):
        campaign.agent_audio = _agent_audio(values["agent_audio"])
    if values.get("dispute_hours") is not None:
        campaign.dispute_hours = _dispute_hours(values["dispute_hours"])
    if values.get("incident_hours") is not None:
        campaign.incident_hours = _incident_hours(values["incident_hours"])
    if values.get("portal_agent_voice") is not None:
        campaign.portal_agent_voice = bool(values["portal_agent_voice"])
    _bind_teams(viewer, campaign, values.get("team_ids") or ())


def _market(code: str) -> str:
    if code not in country_codes():
        raise InvalidInput("There is no such country.", code=code)
    return code


def _agent_audio(value: str) -> AgentAudio:
    try:
        return AgentAudio(value)
    except ValueError:
        raise InvalidInput("Say what agents hear on their telephones.", value=value) from None


def _dispute_hours(hours: int) -> int:
    least, most = DISPUTE_HOURS
    if not least <= hours <= most:
        raise InvalidInput(
            "Give supervisors %(least)s to %(most)s hours to answer.", least=least, most=most
        )
    return hours


def _incident_hours(hours: int) -> int:
    least, most = INCIDENT_HOURS
    if not least <= hours <= most:
        raise InvalidInput(
            "Give %(least)s to %(most)s hours to tell the sponsor.", least=least, most=most
        )
    return hours


def _bind_teams(viewer: Viewer, campaign: Campaign, wanted: Collection[int]) -> None:
    """Bind the teams; those outside a supervisor's reach stay as they are."""
    bound = {link.team_id for link in campaign.teams}
    known = set(db.session.scalars(select(Team.id).where(Team.id.in_(wanted))))
    if not viewer.sees_everything:
        if not known & viewer.team_ids:
            raise InvalidInput("Choose at least one of your teams.")
        known = (known & viewer.team_ids) | (bound - viewer.team_ids)
    campaign.teams = [link for link in campaign.teams if link.team_id in known] + [
        CampaignTeam(team_id=team_id) for team_id in sorted(known - bound)
    ]


def _touch(viewer: Viewer, campaign: Campaign, action: str) -> None:
    campaign.row_version += 1
    record(viewer.user_id, action, subject_kind="campaign", subject_id=campaign.id)
    db.session.flush()


def _lock(campaign: Campaign) -> None:
    """Wait for whoever saves at this moment, then look at what they saved."""
    db.session.refresh(campaign, with_for_update=True)
    for row in campaign.personas:
        db.session.expire(row)
    db.session.expire(campaign, ["personas", "teams"])


def _stale(*theirs: str) -> StaleVersion:
    return StaleVersion(
        "Somebody changed this campaign while you were editing. Your text is still here: "
        "compare it with theirs, then save again.",
        theirs=" · ".join(text for text in theirs if text),
    )


def _must_be_based_on(campaign: Campaign, based_on: int) -> None:
    _lock(campaign)
    if campaign.row_version != based_on:
        raise _stale(campaign.name)


def _must_be_as_seen(seen: str | None, *texts: str) -> None:
    if seen is not None and seen != fingerprint(*texts):
        raise _stale(*texts)


def _must_manage_sponsors(viewer: Viewer) -> None:
    if not can_manage_sponsors(viewer):
        raise NotAllowed("Administrators manage sponsors.")


def _free_sponsor_name(name: str, besides: int | None = None) -> str:
    name = _phrase(name, 120)
    other = db.session.scalar(select(Sponsor.id).where(Sponsor.name == name))
    if other is not None and other != besides:
        raise Conflict("There is already a sponsor called %(name)s.", name=name)
    return name


def _phrase(raw: str, longest: int) -> str:
    """One line of text, trimmed.

    Raises:
        InvalidInput: nothing is left, or it is too long.
    """
    text = " ".join(raw.split())
    if not 1 <= len(text) <= longest:
        raise InvalidInput("Write 1 to %(count)s characters.", count=longest)
    return text


def _own(rows: Sequence[Any], row_id: int) -> Any:
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound("This no longer exists; reload the page.")
