"""The pages of notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.notices import operations, queries
from callcoach.notices.models import Notice, NoticePreference
from tests.factories.accounts import PASSWORD
from tests.notices.conftest import Told

SignIn = Callable[[int], FlaskClient]


def _tell(told: Told, subject: str = "note:1", path: str = "/my/notes") -> int:
    with told.app.app_context():
        notice = operations.notify(told.agent_id, "note.sent", subject, path, name="Claire M.")
        assert notice is not None
        db.session.commit()
        return notice.id


def test_the_bell_counts_and_the_list_says_what_waits(told: Told, sign_in: SignIn) -> None:
    browser = sign_in(told.agent_id)
    assert "Rien de nouveau" in browser.get("/notifications").text
    _tell(told, "note:1")
    _tell(told, "note:2")
    page = browser.get("/notifications").text
    assert page.count("Claire M. vous a écrit un retour.") == 2
    assert "2 nouveaux" in page or "2 nouvelles" in page


def test_opening_one_leads_there_and_it_is_seen(told: Told, sign_in: SignIn) -> None:
    number = _tell(told)
    answer = sign_in(told.agent_id).get(f"/notifications/{number}")
    assert (answer.status_code, answer.location) == (302, "/my/notes")
    with told.app.app_context():
        assert queries.count_unseen(told.viewer) == 0
    assert sign_in(told.other_id).get(f"/notifications/{number}").status_code == 404


def test_a_link_from_an_e_mail_survives_the_sign_in(told: Told, client: FlaskClient) -> None:
    number = _tell(told)
    asked = client.get(f"/notifications/{number}")
    assert asked.status_code == 302
    assert "sign-in" in asked.location
    with told.app.app_context():
        from callcoach.accounts.models import User

        login = db.session.get_one(User, told.agent_id).login
    signed = client.post(asked.location, data={"identifier": login, "password": PASSWORD})
    assert signed.location.endswith(f"/notifications/{number}")


def test_marking_all_as_seen_can_be_undone(told: Told, sign_in: SignIn) -> None:
    _tell(told, "note:1")
    browser = sign_in(told.agent_id)
    page = browser.post("/notifications/seen", follow_redirects=True).text
    assert "Rien de nouveau" in page
    undo = page.split("/notifications/unseen", 1)[1].split('"', 1)[0].replace("&amp;", "&")
    browser.post(f"/notifications/unseen{undo}")
    with told.app.app_context():
        assert queries.count_unseen(told.viewer) == 1


def test_how_one_is_told_is_kept_and_mistakes_say_so(told: Told, sign_in: SignIn) -> None:
    browser = sign_in(told.agent_id)
    written: list[str] = []

    def _note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "PRAGMA")):
            written.append(statement)

    with told.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", _note)
    page = browser.get("/settings/notifications")
    event.remove(engine, "before_cursor_execute", _note)
    assert page.status_code == 200
    assert "08:30" in page.text
    assert written == [], "a look writes nothing, not even for a moment"
    with told.app.app_context():
        assert db.session.scalars(select(NoticePreference)).all() == [], "a look keeps nothing"
    good = {
        "delivery": "immediate",
        "digest_at": "07:45",
        "quiet_from": "20:00",
        "quiet_to": "07:00",
    }
    assert browser.post("/settings/notifications", data=good).status_code == 302
    with told.app.app_context():
        kept = db.session.scalars(select(NoticePreference)).one()
        assert (kept.delivery, kept.digest_at, kept.quiet_from) == ("immediate", 465, 1200)
    refused = browser.post("/settings/notifications", data=good | {"digest_at": "25:99"})
    assert refused.status_code == 422
    assert 'id="digest_at-error"' in refused.text
    assert browser.post("/settings/notifications", data=good | {"delivery": "x"}).status_code == 422


def test_the_way_out_asks_a_person_and_obeys_a_programme(told: Told, client: FlaskClient) -> None:
    _tell(told)
    with told.app.app_context():
        token = db.session.scalars(select(NoticePreference.unsubscribe_token)).one()
    told.app.config["WTF_CSRF_ENABLED"] = True
    assert "Arrêter les e-mails" in client.get(f"/notifications/stop/{token}").text
    with told.app.app_context():
        assert db.session.scalars(select(NoticePreference.delivery)).one() == "digest"
    answer = client.post(f"/notifications/stop/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with told.app.app_context():
        assert db.session.scalars(select(NoticePreference.delivery)).one() == "off"
        assert db.session.scalars(select(Notice)).all(), "in the page it still waits"
    assert client.get("/notifications/stop/nobody").status_code == 404


@pytest.mark.parametrize("url", ["mailhost", "http://host", "smtp://", "smtp://host:99999"])
def test_a_mail_server_that_cannot_be_read_is_named_at_start_without_its_secret(url: str) -> None:
    env = {"CALLCOACH_SMTP_URL": url, "CALLCOACH_MAIL_FROM": "a@b.fr"}
    with pytest.raises(InvalidInput, match="CALLCOACH_SMTP_URL") as caught:
        Settings.from_env(env | {"CALLCOACH_PUBLIC_URL": "https://x.fr"})
    assert url not in str(caught.value) or url == "smtp://"


def test_a_mail_server_needs_a_sender_and_an_address_of_ones_own() -> None:
    with pytest.raises(InvalidInput, match="CALLCOACH_PUBLIC_URL"):
        Settings.from_env({"CALLCOACH_SMTP_URL": "smtp://localhost:25"})
    secret = Settings.from_env(
        {
            "CALLCOACH_SMTP_URL": "smtp://user:hidden@localhost:25",
            "CALLCOACH_MAIL_FROM": "a@b.fr",
            "CALLCOACH_PUBLIC_URL": "https://x.fr/",
        }
    )
    assert "hidden" not in repr(secret)
    assert secret.public_url == "https://x.fr"
