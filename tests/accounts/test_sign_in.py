"""Signing in and out, as a browser does it."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from callcoach.accounts import passwords
from callcoach.accounts.models import AccessEvent, User
from callcoach.app import create_app
from callcoach.extensions import db, limiter
from tests.factories.accounts import PASSWORD, create_user


@pytest.fixture
def claire(app) -> int:
    with app.app_context():
        person = create_user(
            role="supervisor", login="claire", email="claire@plateau.example", name="Claire Mercier"
        )
        return person.id


def _sign_in(browser, identifier="claire", password=PASSWORD, **query):
    return browser.post(
        "/sign-in", query_string=query, data={"identifier": identifier, "password": password}
    )


def _events(app) -> list[tuple[str, int | None, int | None]]:
    with app.app_context():
        return [
            (event.action, event.actor_id, event.subject_id)
            for event in db.session.scalars(select(AccessEvent).order_by(AccessEvent.id))
        ]


@pytest.mark.parametrize("identifier", ["claire", " CLAIRE ", "Claire@Plateau.example"])
def test_login_or_email_in_any_case_signs_in(app, client, claire, identifier):
    response = _sign_in(client, identifier)
    assert response.status_code == 302
    assert client.get("/settings").status_code == 200
    assert _events(app) == [("user.signed_in", claire, claire)]
    with app.app_context():
        assert db.session.get(User, claire).signed_in_at is not None


@pytest.mark.parametrize(
    ("identifier", "password"),
    [("claire", "wrong"), ("nobody", PASSWORD), ("claire", ""), ("", PASSWORD), ("%", PASSWORD)],
)
def test_a_wrong_pair_says_nothing_of_which_half_is_wrong(client, claire, identifier, password):
    response = _sign_in(client, identifier, password)
    assert response.status_code == 422
    assert client.get("/settings").status_code == 302


def test_unknown_login_and_wrong_password_read_the_same(client, claire):
    def _told(identifier):
        page = _sign_in(client, identifier, "wrong").text
        return re.search(r'role="alert">(.*?)</div>', page, flags=re.DOTALL)[1]

    assert _told("claire") == _told("nobody")


def test_a_failed_try_is_logged_without_what_was_typed(app, client, claire):
    _sign_in(client, "claire", "wrong-secret")
    _sign_in(client, "typed-my-secret-here", "x")
    assert _events(app) == [
        ("user.sign_in_failed", None, claire),
        ("user.sign_in_failed", None, None),
    ]
    with app.app_context():
        assert [e.detail for e in db.session.scalars(select(AccessEvent))] == [{}, {}]


def test_a_disabled_person_stays_outside_and_is_put_outside(app, client, claire):
    _sign_in(client)
    with app.app_context():
        db.session.get(User, claire).is_enabled = False
        db.session.commit()
    assert client.get("/settings").status_code == 302
    assert _sign_in(app.test_client()).status_code == 422


def test_one_arrives_where_one_was_going(client, claire):
    assert _sign_in(client, next="/settings?x=1").location == "/settings?x=1"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_one_never_arrives_elsewhere(client, claire, target):
    assert _sign_in(client, next=target).location == "/"


def test_who_is_signed_in_does_not_sign_in_again(client, claire):
    _sign_in(client)
    assert client.get("/sign-in").status_code == 302


def test_the_session_before_is_not_taken_over(app, client, claire):
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    _sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"] == f"{claire}.0"


def test_a_session_cookie_is_worth_nothing_in_another_browser(app, client, claire):
    _sign_in(client)
    stolen = client.get_cookie("callcoach").value
    thief = app.test_client()
    thief.set_cookie("callcoach", stolen)
    assert thief.get("/settings").status_code == 200  # the same address and browser
    assert thief.get("/settings", headers={"User-Agent": "another"}).status_code == 302


def test_signing_out_ends_the_session(app, client, claire):
    _sign_in(client)
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/settings").status_code == 302
    assert _events(app)[-1] == ("user.signed_out", claire, claire)


def test_signing_out_is_no_link(client, claire):
    _sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/settings").status_code == 200


def test_a_hash_with_older_parameters_is_made_anew_at_sign_in(app, client, claire):
    with app.app_context():
        before = db.session.get(User, claire).password_hash
    assert passwords.needs_rehash(before)
    _sign_in(client)
    with app.app_context():
        after = db.session.get(User, claire).password_hash
    assert not passwords.needs_rehash(after)
    assert passwords.verify_password(after, PASSWORD)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, claire):
    for cookie in _sign_in(client).headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


class TestLimits:
    """Guessing is slowed down; failures count, signing in does not."""

    @pytest.fixture
    def limited(self, app, settings, monkeypatch):
        strict = create_app(settings, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=True)
        limiter.reset()
        # cheap hashes: what is counted is tries, not time
        monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        passwords._decoy.cache_clear()
        yield strict
        passwords._decoy.cache_clear()
        with strict.app_context():
            db.engine.dispose()

    def test_five_failures_close_the_door_for_that_person_only(self, limited, app, claire):
        with app.app_context():
            create_user(login="karim")
        browser = limited.test_client()
        assert [_sign_in(browser, "claire", f"wrong{n}").status_code for n in range(5)] == [422] * 5
        refused = _sign_in(browser, " Claire", PASSWORD)
        assert refused.status_code == 429
        assert "<html" in refused.text
        assert _sign_in(browser, "karim").status_code == 302

    def test_the_door_of_the_switch_page_is_watched_too(self, limited, claire):
        browser = limited.test_client()
        assert _sign_in(browser).status_code == 302
        browser.post("/switch-user/leave")
        codes = [
            browser.post("/switch-user", data={"person": claire, "password": "x"}).status_code
            for _ in range(6)
        ]
        assert codes == [422] * 5 + [429]

    def test_one_address_cannot_try_many_people(self, limited, claire):
        browser = limited.test_client()
        codes = [_sign_in(browser, f"guess{n}", "x").status_code for n in range(31)]
        assert codes == [422] * 30 + [429]

    def test_a_whole_shift_signs_in_from_one_address(self, limited, claire):
        for _ in range(35):
            assert _sign_in(limited.test_client()).status_code == 302
