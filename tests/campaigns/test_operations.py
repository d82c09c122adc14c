"""Changing sponsors and campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns import operations
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor

SYSTEM = Viewer.system()


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def _values(**changes: Any) -> dict[str, Any]:
    return {"name": "Clôture", "vocabulary": [], "team_ids": [], **changes}


def test_vocabulary_is_trimmed_and_said_once() -> None:
    assert operations.clean_vocabulary(["  Sage ", "sage", "", "Cegid\t X3"]) == [
        "Sage",
        "Cegid X3",
    ]


def test_too_many_terms_are_refused_with_the_number() -> None:
    with pytest.raises(InvalidInput, match="80 terms"):
        operations.clean_vocabulary(f"terme {n}" for n in range(81))


def test_a_supervisor_binds_a_campaign_to_own_teams_and_leaves_others_alone() -> None:
    mine, theirs = create_team(), create_team()
    viewer = viewer_of(create_user(Role.SUPERVISOR, [mine]))
    campaign = create_campaign(teams=[mine, theirs])
    operations.update_campaign(
        viewer, campaign, _values(team_ids=[mine.id]), based_on=campaign.row_version
    )
    assert {link.team_id for link in campaign.teams} == {mine.id, theirs.id}


def test_a_supervisor_cannot_create_a_campaign_without_an_own_team() -> None:
    own, other = create_team(), create_team()
    viewer = viewer_of(create_user(Role.SUPERVISOR, [own]))
    sponsor_id = create_campaign(teams=[own]).sponsor_id
    with pytest.raises(InvalidInput, match="one of your teams"):
        operations.create_campaign(viewer, sponsor_id, _values(team_ids=[other.id]))


def test_agents_create_no_campaign() -> None:
    viewer = viewer_of(create_user(Role.AGENT, [create_team()]))
    with pytest.raises(NotAllowed):
        operations.create_campaign(viewer, create_sponsor().id, _values())


def test_a_campaign_cannot_end_before_it_starts() -> None:
    values = _values(starts_on=date(2026, 9, 2), ends_on=date(2026, 9, 1))
    with pytest.raises(InvalidInput, match="ends before"):
        operations.create_campaign(SYSTEM, create_sponsor().id, values)


def test_two_campaigns_of_a_sponsor_cannot_share_a_name() -> None:
    sponsor = create_sponsor()
    create_campaign(sponsor=sponsor, name="Clôture")
    with pytest.raises(Conflict):
        operations.create_campaign(SYSTEM, sponsor.id, _values())
    operations.create_campaign(SYSTEM, create_sponsor().id, _values())


def test_saving_over_somebody_elses_change_is_refused() -> None:
    campaign = create_campaign()
    seen = campaign.row_version
    operations.update_campaign(SYSTEM, campaign, _values(name="Une"), based_on=seen)
    with pytest.raises(StaleVersion):
        operations.update_campaign(SYSTEM, campaign, _values(name="Autre"), based_on=seen)
    assert campaign.name == "Une"


def test_a_persona_keeps_its_row_when_changed() -> None:
    campaign = create_campaign()
    persona = operations.save_persona(SYSTEM, campaign, "DAF", "")
    again = operations.save_persona(
        SYSTEM, campaign, "DAF groupe", "Chiffres.", persona_id=persona.id
    )
    assert again.id == persona.id
    assert [p.name for p in campaign.personas] == ["DAF groupe"]


def test_a_sponsor_with_living_campaigns_cannot_be_archived() -> None:
    campaign = create_campaign()
    with pytest.raises(Conflict, match="campaigns first"):
        operations.set_sponsor_archived(SYSTEM, campaign.sponsor, archived=True)
    operations.set_campaign_archived(SYSTEM, campaign, archived=True)
    operations.set_sponsor_archived(SYSTEM, campaign.sponsor, archived=True)
    assert campaign.sponsor.is_archived


def test_only_sponsor_users_get_a_seat() -> None:
    sponsor = create_sponsor()
    with pytest.raises(InvalidInput):
        operations.give_seat(SYSTEM, sponsor, create_user(Role.AGENT).id)
    person = create_user(Role.SPONSOR)
    operations.give_seat(SYSTEM, sponsor, person.id)
    operations.give_seat(SYSTEM, sponsor, person.id)
    assert [seat.user_id for seat in sponsor.seats] == [person.id]


def test_changes_are_logged() -> None:
    admin = create_user(Role.ADMIN)
    operations.create_sponsor(viewer_of(admin), "Voltaneo")
    event = db.session.query(AccessEvent).filter_by(action="sponsor.created").one()
    assert event.actor_id == admin.id


def test_a_supervisor_adds_campaigns_only_to_sponsors_of_theirs() -> None:
    team = create_team()
    viewer = viewer_of(create_user(Role.SUPERVISOR, [team]))
    stranger = create_sponsor()
    known = create_campaign(teams=[team]).sponsor_id
    values = {"name": "Toitures", "team_ids": [team.id]}
    with pytest.raises(InvalidInput):
        operations.create_campaign(viewer, stranger.id, values)
    assert operations.create_campaign(viewer, known, values).sponsor_id == known


def test_a_persona_that_somebody_else_removed_is_said_to_be_gone() -> None:
    system, campaign = Viewer.system(), create_campaign()
    persona = operations.save_persona(system, campaign, "DAF", "")
    persona_id, seen = persona.id, operations.fingerprint("DAF", "")
    operations.remove_persona(system, campaign, persona_id)
    with pytest.raises(NotFound):
        operations.save_persona(system, campaign, "DAF", "pressé", persona_id=persona_id, seen=seen)
