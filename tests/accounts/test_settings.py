"""One's own settings: name, language, theme, password."""

from __future__ import annotations

import pytest

from callcoach.accounts import passwords
from callcoach.accounts.models import User
from callcoach.extensions import db
from tests.accounts.test_sign_in import _events, _sign_in
from tests.factories.accounts import PASSWORD, create_team, create_user

NEW = "un tout autre secret"


@pytest.fixture
def claire(app) -> int:
    with app.app_context():
        return create_user(login="claire", name="Claire Mercier").id


@pytest.fixture
def browser(client, claire):
    _sign_in(client)
    return client


def _person(app, user_id) -> User:
    with app.app_context():
        return db.session.get(User, user_id)


def _change(browser, current=PASSWORD, new=NEW, again=None):
    data = {"current": current, "new": new, "again": new if again is None else again}
    return browser.post("/settings/password", data=data)


def test_strangers_get_french_and_the_devices_theme(client):
    page = client.get("/sign-in").text
    assert '<html lang="fr" data-theme="auto">' in page


def test_a_stranger_switches_for_this_device(client):
    response = client.post(
        "/preferences",
        data={"locale": "en"},
        headers={"Referer": "http://localhost/sign-in?next=/x"},
    )
    assert response.location == "/sign-in?next=/x"
    client.post("/preferences", data={"theme": "dark"})
    assert '<html lang="en" data-theme="dark">' in client.get("/sign-in").text


def test_a_switch_on_a_refused_form_comes_back_to_a_page_that_opens(browser):
    refused = {"Referer": "http://localhost/settings/password"}  # an address that only takes POST
    response = browser.post("/preferences", data={"theme": "dark"}, headers=refused)
    assert response.location == "/"
    foreign = {"Referer": "https://evil.example/settings"}
    response = browser.post("/preferences", data={"theme": "dark"}, headers=foreign)
    assert response.location == "/"


def test_built_in_messages_follow_the_language(browser):
    data = {"name": "", "locale": "fr", "theme": "auto"}
    assert "Ce champ est requis." in browser.post("/settings", data=data).text
    browser.post("/preferences", data={"locale": "en"})
    assert "This field is required." in browser.post("/settings", data=data).text


def test_a_switch_is_kept_for_the_person_on_any_device(app, browser, claire):
    browser.post("/preferences", data={"locale": "en"})
    browser.post("/preferences", data={"theme": "dark"})
    assert (_person(app, claire).locale, _person(app, claire).theme) == ("en", "dark")
    elsewhere = app.test_client()
    _sign_in(elsewhere)
    assert '<html lang="en" data-theme="dark">' in elsewhere.get("/settings").text
    elsewhere.post("/sign-out")
    assert '<html lang="en" data-theme="dark">' in elsewhere.get("/sign-in").text


def test_unknown_choices_are_dropped(app, browser, claire):
    browser.post("/preferences", data={"locale": "xx", "theme": "pink"})
    assert (_person(app, claire).locale, _person(app, claire).theme) == ("fr", "auto")


def test_settings_are_saved_together(app, browser, claire):
    data = {"name": "  Claire   Mercier-Roy ", "locale": "en", "theme": "light"}
    assert browser.post("/settings", data=data).status_code == 302
    page = browser.get("/settings").text
    assert '<html lang="en" data-theme="light">' in page
    assert "Claire Mercier-Roy" in page
    assert 'data-toast="success"' in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_is_needed(app, browser, claire, name):
    data = {"name": name, "locale": "fr", "theme": "auto"}
    assert browser.post("/settings", data=data).status_code == 422
    assert _person(app, claire).name == "Claire Mercier"


def test_a_name_is_shown_as_text(browser):
    browser.post("/settings", data={"name": "<script>x</script>", "locale": "fr", "theme": "auto"})
    assert "<script>x" not in browser.get("/settings").text


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(app, browser, claire):
    other = app.test_client()
    _sign_in(other)
    assert _change(browser).status_code == 302
    assert browser.get("/settings").status_code == 200
    assert other.get("/settings").status_code == 302
    assert _sign_in(app.test_client(), password=PASSWORD).status_code == 422
    assert _sign_in(app.test_client(), password=NEW).status_code == 302
    assert ("user.password_changed", claire, claire) in _events(app)


@pytest.mark.parametrize(
    ("current", "new", "again"),
    [
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, NEW + "x"),
        (PASSWORD, "court", "court"),
        (PASSWORD, PASSWORD, PASSWORD),
        (PASSWORD, "Mercier2026", "Mercier2026"),
        (PASSWORD, "motdepasse2026", "motdepasse2026"),
    ],
)
def test_a_password_is_changed_only_for_a_good_reason(app, browser, claire, current, new, again):
    response = _change(browser, current, new, again)
    assert response.status_code == 422
    assert "field-error" in response.text
    assert passwords.verify_password(_person(app, claire).password_hash, PASSWORD)


def test_times_are_those_of_the_agents_site(app):
    with app.app_context():
        team = create_team(timezone="Africa/Tunis")
        agent = create_user(role="agent", teams=[team])
        supervisor = create_user(role="supervisor", teams=[team])
        assert agent.timezone == "Africa/Tunis"
        assert supervisor.timezone is None


@pytest.mark.parametrize("role", ["admin", "supervisor", "team_lead", "agent", "sponsor"])
def test_everybody_has_a_start_page_that_opens(app, sign_in, role):
    with app.app_context():
        browser = sign_in(create_user(role=role))
    response = browser.get("/", follow_redirects=True)
    assert response.status_code == 200
    assert response.request.path != "/"
