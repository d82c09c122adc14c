"""Whose market is whose: people say where they are native, campaigns whom they call."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.people_operations import (
    PersonValues,
    create_person,
    set_teams,
    update_person,
)
from callcoach.campaigns import operations as campaigns
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.web.countries import country_choices, country_codes
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor

SYSTEM = Viewer.system()
SignIn = Callable[[User | int], FlaskClient]


def _values(role: Role = Role.SUPERVISOR, market: str | None = None) -> PersonValues:
    return PersonValues(name="Claire M.", login="claire", role=role, native_market=market)


@pytest.mark.parametrize(
    ("role", "said", "market"),
    [
        (Role.SUPERVISOR, None, "FR"),
        (Role.SUPERVISOR, "BE", "BE"),
        (Role.SUPERVISOR, "", ""),
        (Role.AGENT, None, ""),
        (Role.AGENT, "MG", "MG"),
    ],
)
def test_a_new_supervisor_is_native_to_france_unless_told(
    app: Flask, role: Role, said: str | None, market: str
) -> None:
    with app.app_context():
        user, _secret = create_person(SYSTEM, _values(role, said))
        assert user.native_market == market


def test_what_is_known_stays_unless_somebody_says_otherwise(app: Flask) -> None:
    with app.app_context():
        user, _secret = create_person(SYSTEM, _values(market="BE"))
        update_person(SYSTEM, user, _values())
        set_teams(SYSTEM, user, [create_team().id])
        assert user.native_market == "BE"
        update_person(SYSTEM, user, _values(market=""))
        assert user.native_market == ""
        for wrong in ("XX", "fr", "FRA", "EU"):
            with pytest.raises(InvalidInput):
                update_person(SYSTEM, user, _values(market=wrong))
        assert user.native_market == ""


def test_countries_are_named_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context():
        choices = country_choices()
    assert choices[0] == ("FR", "France")
    assert dict(choices)["DE"] == "Allemagne"
    assert {code for code, _ in choices} == country_codes()
    assert len(country_codes()) > 240


def test_the_form_of_a_person_says_it(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        client = sign_in(create_user(Role.ADMIN))
    fields = {"name": "Claire M.", "login": "claire", "role": "supervisor", "locale": "fr"}
    assert '<option value="usual">' in client.get("/people/new").text
    assert client.post("/people/new", data={**fields, "native_market": "usual"}).status_code == 200
    with app.app_context():
        user = db.session.query(User).filter_by(login="claire").one()
        assert user.native_market == "FR"
        user_id = user.id
    page = client.get(f"/people/{user_id}/edit").text
    assert '<option selected value="FR">' in page
    assert "usual" not in page
    answer = client.post(f"/people/{user_id}/edit", data={**fields, "native_market": "CH"})
    assert answer.status_code == 302
    assert "Suisse" in client.get(f"/people/{user_id}").text
    refused = client.post(f"/people/{user_id}/edit", data={**fields, "native_market": "XX"})
    assert refused.status_code == 422


def test_a_campaign_calls_a_market(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        sponsor_id, campaign_id, team_id = create_sponsor().id, campaign.id, team.id
        assert campaign.market == "FR"
        with pytest.raises(InvalidInput):
            campaigns.create_campaign(SYSTEM, sponsor_id, {"name": "Essai", "market": "ZZ"})
        db.session.rollback()
        client = sign_in(create_user(Role.SUPERVISOR, teams=[team]))
    assert '<option selected value="FR">France' in client.get("/campaigns/new").text
    fields = {"name": "Wallonie", "language": "fr", "team_ids": team_id, "based_on": "1"}
    fields |= {"agent_audio": "yes", "dispute_hours": "48"}
    answer = client.post(f"/campaigns/{campaign_id}/edit", data={**fields, "market": "BE"})
    assert answer.status_code == 302
    assert "Belgique" in client.get(f"/campaigns/{campaign_id}").text
    # A form without the field leaves it as it is
    client.post(f"/campaigns/{campaign_id}/edit", data={**fields, "based_on": "2"})
    with app.app_context():
        assert db.session.get_one(Campaign, campaign_id).market == "BE"
