"""The gate, walked as a stranger through every address there is."""

from __future__ import annotations

import re

import pytest
from werkzeug.routing import AnyConverter

from callcoach.extensions import _write_intent
from callcoach.web.gate import is_public
from callcoach.web.requests import safe_next
from tests.factories.accounts import create_user

#: Everything a stranger may open. A new entry here is a decision.
PUBLIC = {
    "static",
    "accounts.sign_in",
    "accounts.switch_user",
    "accounts.forget_people",
    "accounts.save_preferences",
    # Of an e-mail that one no longer wants: the signed address is the proof
    "notices.stop",
    "notices.stop_now",
}


def _addresses(app):
    """Every rule with an address that matches it, once per method."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {
                name: next(iter(converter.items)) if isinstance(converter, AnyConverter) else 1
                for name, converter in rule._converters.items()
            }
            built = rule.build(values)
            assert built is not None, f"no address for {rule}"
            for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                yield rule.endpoint, method, built[1]


def test_only_the_listed_endpoints_are_public(app):
    assert {
        rule.endpoint for rule in app.url_map.iter_rules() if is_public(app, rule.endpoint)
    } == PUBLIC


def test_a_stranger_is_sent_to_sign_in_from_every_other_address(app, client):
    walked = 0
    for endpoint, method, address in _addresses(app):
        if endpoint in PUBLIC:
            continue
        response = client.open(address, method=method, headers={"Accept": "text/html"})
        assert response.status_code == 302, (endpoint, method, response.status)
        assert response.location.startswith("/sign-in"), (endpoint, method)
        walked += 1
    assert walked >= 6


def test_a_page_that_does_not_exist_is_404_for_everybody(app, client, sign_in):
    with app.app_context():
        person = create_user()
        signed_in = sign_in(person)
    assert client.get("/no/such/page").status_code == 404
    assert signed_in.get("/no/such/page").status_code == 404


def test_sign_in_remembers_where_one_was_going(client):
    response = client.get("/settings?tab=2", headers={"Accept": "text/html"})
    assert response.location == "/sign-in?next=/settings?tab%3D2"


def test_htmx_is_told_to_go_to_sign_in_and_back_to_the_page_being_read(client):
    response = client.get(
        "/settings",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/calls?state=ready"},
    )
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in?next=/calls?state%3Dready"
    assert response.text == ""


def test_htmx_from_elsewhere_does_not_choose_where_to_go_next(client):
    response = client.get(
        "/settings", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    )
    assert response.headers["HX-Redirect"] == "/sign-in"


def test_a_script_gets_json(client):
    response = client.post("/settings", json={})
    assert response.status_code == 401
    assert response.json["error"]
    assert response.headers["HX-Redirect"].startswith("/sign-in")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/a\\b",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "evil",
        "",
        None,
    ],
)
def test_no_way_out_of_this_site(target):
    assert safe_next(target) is None


@pytest.mark.parametrize("target", ["/", "/calls?state=ready&page=2", "/calls/3#t=12"])
def test_a_path_of_this_site_is_kept(target):
    assert safe_next(target) == target


def test_csrf_is_asked_of_every_unsafe_request(stranger):
    assert stranger.post("/preferences", data={"theme": "dark"}).status_code == 400
    assert stranger.post("/preferences", json={"theme": "dark"}).json["reason"] == "csrf"
    assert stranger.delete("/made/intent").status_code in (400, 405)


def test_csrf_token_is_taken_from_the_form_or_the_header(stranger):
    token = _token(stranger)
    assert stranger.post("/made/intent", data={"csrf_token": token}).status_code == 200
    assert stranger.post("/made/intent", headers={"X-CSRFToken": token}).status_code == 200
    assert stranger.post("/made/intent", headers={"X-CSRFToken": token + "x"}).status_code == 400


def test_a_request_that_may_write_says_so_and_the_thread_forgets_it(stranger):
    token = {"X-CSRFToken": _token(stranger)}
    assert stranger.get("/made/intent").text == "False"
    assert stranger.post("/made/intent", headers=token).text == "True"
    assert _write_intent.get() is False
    assert stranger.post("/made/late", headers=token).text == "False"


def _token(browser) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/sign-in").text)
    assert found
    return found[1]
