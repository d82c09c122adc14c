"""Pages of sponsors and campaigns."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, User
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor

SignIn = Callable[[User | int], FlaskClient]

#: What every campaign says of agents.
SOUND = {"agent_audio": "yes", "dispute_hours": 48}


def test_a_supervisor_adds_a_campaign_and_a_phrase(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, [team])
        sponsor = create_campaign(teams=[team]).sponsor
        browser, team_id, sponsor_id = sign_in(supervisor), team.id, sponsor.id
    values = {
        "sponsor_id": sponsor_id,
        "name": "Toitures",
        "language": "fr",
        **SOUND,
        "team_ids": [team_id],
        "vocabulary": "Voltaneo\nkilowatt\nvoltaneo",
    }
    created = browser.post("/campaigns/new", data=values)
    assert created.status_code == 302
    address = created.location
    page = browser.get(address).text
    assert page.count("Voltaneo") >= 1
    with app.app_context():
        campaign = db.session.query(Campaign).filter_by(name="Toitures").one()
        assert campaign.vocabulary == ["Voltaneo", "kilowatt"]


def test_a_refused_form_keeps_what_was_typed(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign().id
    values = {
        "based_on": "1",
        "name": "Un nom",
        "language": "fr",
        **SOUND,
        "starts_on": "2026-09-02",
        "ends_on": "2026-09-01",
        "purpose": "Un but bien précis",
    }
    answer = browser.post(f"/campaigns/{campaign_id}/edit", data=values)
    assert answer.status_code == 422
    assert "Un but bien précis" in answer.text
    with app.app_context():
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign is not None
        assert campaign.name != "Un nom"


def test_a_stale_save_shows_both_texts(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign(purpose="Le premier but").id
    values = {
        "based_on": "1",
        "name": "A",
        "language": "fr",
        **SOUND,
        "purpose": "Le but de l’autre",
    }
    assert browser.post(f"/campaigns/{campaign_id}/edit", data=values).status_code == 302
    late = browser.post(f"/campaigns/{campaign_id}/edit", data={**values, "purpose": "Mon but"})
    assert late.status_code == 422
    assert "Le but de l’autre" in late.text
    assert "Mon but" in late.text
    # saving again, having seen theirs, is a decision
    seen = re.search(r'name="based_on"[^>]*value="(\d+)"', late.text)
    assert seen is not None
    again = browser.post(
        f"/campaigns/{campaign_id}/edit",
        data={**values, "purpose": "Mon but", "based_on": seen[1]},
    )
    assert again.status_code == 302


def test_a_removed_persona_comes_back_by_undo(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign().id
    address = f"/campaigns/{campaign_id}"
    browser.post(f"{address}/personas", data={"name": "Trésorière", "notes": ""})
    with app.app_context():
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign is not None
        persona_id = campaign.personas[0].id
    page = browser.post(f"{address}/personas/{persona_id}/remove", follow_redirects=True).text
    assert "Trésorière" not in page
    undo = re.search(rf'{address}/put-back/[^"]+', page)
    assert undo is not None
    assert "Trésorière" in browser.post(undo[0], follow_redirects=True).text


def test_undo_of_one_campaign_does_not_write_into_another(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        first, second = create_campaign().id, create_campaign().id
    browser.post(f"/campaigns/{first}/personas", data={"name": "DAF", "notes": ""})
    with app.app_context():
        campaign = db.session.get(Campaign, first)
        assert campaign is not None
        persona_id = campaign.personas[0].id
    page = browser.post(f"/campaigns/{first}/personas/{persona_id}/remove", follow_redirects=True)
    token = re.search(r'put-back/([^"]+)', page.text)
    assert token is not None
    assert browser.post(f"/campaigns/{second}/put-back/{token[1]}").status_code == 400


def test_a_sponsor_reads_promises_and_no_team(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        person = create_user(Role.SPONSOR)
        team = create_team(name="Équipe secrète")
        campaign = create_campaign(teams=[team], sponsor=create_sponsor(seats=[person]))
        campaign_id, browser = campaign.id, sign_in(person)
    page = browser.get(f"/campaigns/{campaign_id}")
    assert page.status_code == 200
    assert "Équipe secrète" not in page.text
    assert "/edit" not in page.text


def test_an_administrator_gives_and_takes_a_seat(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        person = create_user(Role.SPONSOR, name="Sophie Lambert")
        campaign = create_campaign()
        sponsor_id, person_id, campaign_id = campaign.sponsor_id, person.id, campaign.id
        theirs = sign_in(person)
    assert theirs.get(f"/campaigns/{campaign_id}").status_code == 404
    browser.post(f"/sponsors/{sponsor_id}/seats", data={"user_id": person_id})
    assert "Sophie Lambert" in browser.get(f"/sponsors/{sponsor_id}").text
    assert theirs.get(f"/campaigns/{campaign_id}").status_code == 200
    browser.post(f"/sponsors/{sponsor_id}/seats/{person_id}/remove")
    assert theirs.get(f"/campaigns/{campaign_id}").status_code == 404


def test_empty_lists_say_what_to_do(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        admin, agent = sign_in(create_user(Role.ADMIN)), sign_in(create_user(Role.AGENT))
    assert "/sponsors/new" in admin.get("/campaigns").text
    assert "/sponsors/new" not in agent.get("/campaigns").text


def test_a_refused_change_of_a_persona_changes_that_persona_when_sent_again(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign().id
    address = f"/campaigns/{campaign_id}/personas"
    for name in ("DAF", "Dirigeant"):
        browser.post(address, data={"name": name, "notes": ""})
    with app.app_context():
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign is not None
        persona_id = next(p.id for p in campaign.personas if p.name == "DAF")
    values = {"persona_id": persona_id, "name": "Dirigeant", "notes": "pressé"}
    refused = browser.post(address, data=values)
    assert refused.status_code == 422
    form = refused.text[refused.text.rindex('class="campaign-add"') :]
    assert f'name="persona_id" value="{persona_id}"' in form
    assert "pressé" in form
    browser.post(address, data={**values, "name": "Directeur financier"})
    with app.app_context():
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign is not None
        assert [p.name for p in campaign.personas] == ["Directeur financier", "Dirigeant"]


def test_of_two_who_save_at_the_same_moment_one_is_told(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        browsers = [sign_in(create_user(Role.ADMIN)) for _ in range(4)]
        campaign_id = create_campaign().id
    start = threading.Barrier(len(browsers))

    def _save(number: int) -> int:
        start.wait()
        values = {"based_on": "1", "name": f"Nom {number}", "language": "fr", **SOUND}
        answer = browsers[number].post(f"/campaigns/{campaign_id}/edit", data=values)
        return answer.status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = sorted(pool.map(_save, range(len(browsers))))
    assert answers == [302, 422, 422, 422]
    with app.app_context():
        campaign = db.session.get(Campaign, campaign_id)
        assert campaign is not None
        assert campaign.row_version == 2


@pytest.mark.parametrize("hours", ["", "3", "337", "bientôt"])
def test_the_time_to_answer_agents_is_bounded(app: Flask, sign_in: SignIn, hours: str) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign().id
    values = {"based_on": "1", "name": "A", "language": "fr", **SOUND, "dispute_hours": hours}
    page = browser.post(f"/campaigns/{campaign_id}/edit", data=values)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    with app.app_context():
        assert db.session.get_one(Campaign, campaign_id).dispute_hours == 48


def test_what_agents_hear_and_the_time_to_answer_them_are_chosen(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        browser = sign_in(create_user(Role.ADMIN))
        campaign_id = create_campaign().id
    values = {"based_on": "1", "name": "A", "language": "fr"}
    chosen = {"agent_audio": "text_only", "dispute_hours": "12"}
    address = f"/campaigns/{campaign_id}/edit"
    assert (
        browser.post(
            address, data=values | {"agent_audio": "loud", "dispute_hours": "12"}
        ).status_code
        == 422
    )
    assert browser.post(address, data=values | chosen).status_code == 302
    with app.app_context():
        campaign = db.session.get_one(Campaign, campaign_id)
        assert (campaign.agent_audio, campaign.dispute_hours) == ("text_only", 12)
