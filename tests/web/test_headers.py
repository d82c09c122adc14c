"""Security headers."""

from __future__ import annotations

import re

from callcoach.app import create_app
from tests.factories.accounts import create_user


def test_the_policy_allows_only_our_own_and_the_nonce_of_this_page(client):
    response = client.get("/sign-in")
    policy = dict(
        part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; ")
    )
    nonce = re.search(r"'nonce-([\w-]{16,})'", policy["script-src"])
    assert nonce
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert f'nonce="{nonce[1]}"' in response.text


def test_every_page_has_its_own_nonce(client):
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_errors_carry_the_headers_too(client):
    response = client.get("/no/such/page")
    assert "nonce-" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Permissions-Policy"].startswith("microphone=(self)")


def test_private_pages_are_not_kept_by_the_browser(app, sign_in):
    with app.app_context():
        browser = sign_in(create_user())
    assert browser.get("/settings").headers["Cache-Control"] == "no-store"


def test_built_files_are_kept_for_ever(app, client):
    with app.test_request_context():
        address = app.jinja_env.globals["asset"]("app.css")
    with client.get(address) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
    missing = client.get("/static/dist/nothing.css")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("Cache-Control", "")


def test_https_is_demanded_only_where_cookies_are_secure(app, settings, client):
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    secure = create_app(settings, SESSION_COOKIE_SECURE=True, RATELIMIT_ENABLED=False)
    headers = secure.test_client().get("/sign-in").headers
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
