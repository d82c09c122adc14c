"""Taking over a shared PC."""

from __future__ import annotations

import pytest

from callcoach.accounts.device import MAX_PEOPLE
from tests.accounts.test_sign_in import _events, _sign_in
from tests.factories.accounts import PASSWORD, create_user


@pytest.fixture
def people(app) -> dict[str, int]:
    with app.app_context():
        return {
            name.lower(): create_user(role="agent", login=name.lower(), name=name).id
            for name in ("Yassine", "Nadia")
        }


@pytest.fixture
def shared_pc(client, people):
    """A browser in which Yassine worked, then Nadia, who is signed in."""
    _sign_in(client, "yassine")
    client.post("/switch-user/leave")
    _sign_in(client, "nadia")
    return client


def test_leaving_ends_the_session_and_shows_the_names(app, shared_pc, people):
    assert shared_pc.post("/switch-user/leave").location == "/switch-user"
    assert shared_pc.get("/settings").status_code == 302
    page = shared_pc.get("/switch-user").text
    assert page.index("Nadia") < page.index("Yassine")
    assert _events(app)[-1] == ("user.switched_out", people["nadia"], people["nadia"])


def test_the_secret_is_asked(shared_pc, people):
    shared_pc.post("/switch-user/leave")
    wrong = shared_pc.post("/switch-user", data={"person": people["yassine"], "password": "x"})
    assert wrong.status_code == 422
    assert shared_pc.get("/settings").status_code == 302
    right = shared_pc.post("/switch-user", data={"person": people["yassine"], "password": PASSWORD})
    assert right.status_code == 302
    assert "Yassine" in shared_pc.get("/settings").text


def test_nothing_happens_while_somebody_is_signed_in(shared_pc, people):
    shared_pc.post("/switch-user", data={"person": people["yassine"], "password": PASSWORD})
    assert "Nadia" in shared_pc.get("/settings").text


def test_only_people_of_this_device_can_be_chosen(app, shared_pc):
    with app.app_context():
        other = create_user(name="Somebody Else").id
    shared_pc.post("/switch-user/leave")
    answer = shared_pc.post("/switch-user", data={"person": other, "password": PASSWORD})
    assert answer.status_code == 422
    assert shared_pc.get("/settings").status_code == 302


def test_a_list_that_was_tampered_with_is_not_believed(shared_pc):
    shared_pc.post("/switch-user/leave")
    cookie = shared_pc.get_cookie("callcoach_people").value
    shared_pc.set_cookie("callcoach_people", "x" + cookie)
    assert shared_pc.get("/switch-user").location == "/sign-in"


def test_the_names_can_be_forgotten(shared_pc):
    shared_pc.post("/switch-user/leave")
    shared_pc.post("/switch-user/forget")
    assert shared_pc.get("/switch-user").location == "/sign-in"
    assert "Yassine" not in shared_pc.get("/sign-in").text


def test_the_list_stays_short(app, client):
    with app.app_context():
        logins = [create_user(name=f"Personne N{n}").login for n in range(MAX_PEOPLE + 2)]
    for login in logins:
        _sign_in(client, login)
        client.post("/switch-user/leave")
    page = client.get("/switch-user").text
    assert page.count('name="person"') == MAX_PEOPLE
    assert "Personne N0<" not in page
