"""Error answers: pages, fragments for htmx, JSON for scripts."""

from __future__ import annotations

import logging
import re

import pytest
from flask_babel import force_locale, gettext

from callcoach.extensions import db
from callcoach.web.i18n import LOCALE_COOKIE
from tests.factories.accounts import PASSWORD, create_user

HTML = {"Accept": "text/html"}


def _in(strict_app, locale, message, **values):
    with strict_app.test_request_context(), force_locale(locale):
        return gettext(message, **values)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("/made/missing", 404, "This call does not exist."),
        ("/nowhere", 404, "This page does not exist, was removed, or is not shared with you."),
        ("/made/rejected", 422, "This recording is silent."),
        ("/made/boom", 500, "Your last action may not have been saved."),
    ],
)
def test_error_pages_speak_the_readers_language(
    strict_app, stranger, locale, address, status, message
):
    stranger.set_cookie(LOCALE_COOKIE, locale)
    response = stranger.get(address, headers=HTML)
    assert response.status_code == status
    assert f'<html lang="{locale}"' in response.text
    assert _in(strict_app, locale, message) in response.text


def test_values_fill_the_sentence_and_are_escaped(stranger):
    stranger.set_cookie(LOCALE_COOKIE, "en")
    text = stranger.get("/made/forbidden", headers=HTML).text
    assert "Only &lt;b&gt;admins&lt;/b&gt; may do this." in text


def test_a_stale_save_shows_both_texts(stranger):
    response = stranger.get("/made/stale", headers=HTML)
    assert response.status_code == 409
    assert "their &lt;i&gt;text&lt;/i&gt;" in response.text
    assert "my text" in response.text


def test_the_reference_shown_is_the_one_in_the_log(stranger, caplog):
    with caplog.at_level(logging.ERROR):
        response = stranger.get("/made/boom", headers=HTML)
    shown = re.search(r"<kbd>([0-9A-F]{4}-[0-9A-F]{4})</kbd>", response.text)
    assert shown
    assert shown[1] in caplog.text
    assert "made to fail" in caplog.text
    assert "made to fail" not in response.text


def test_scripts_get_json_with_a_stable_reason(stranger):
    response = stranger.get("/made/rejected", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json["reason"] == "silent"
    assert response.json["error"]


def test_htmx_gets_a_toast(stranger):
    response = stranger.get("/made/missing", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert response.headers["HX-Retarget"] == "#toasts"
    assert 'data-toast="error"' in response.text
    assert "<html" not in response.text


def test_the_way_back_leads_to_the_page_one_came_from(stranger):
    came = {**HTML, "Referer": "http://localhost/sign-in?next=/calls"}
    page = stranger.get("/made/missing", headers=came).text
    assert 'href="/sign-in?next=/calls" data-back' in page, "as it was left, where there is script"
    came["Referer"] = "https://evil.example/sign-in"
    assert "evil" not in stranger.get("/made/missing", headers=came).text


def test_a_method_that_a_page_does_not_take_names_those_it_does(stranger):
    response = stranger.put("/settings")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_too_large_says_how_much_may_be_sent(strict_app, stranger):
    strict_app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    response = stranger.post("/preferences", data={"theme": "x" * (3 * 1024 * 1024)}, headers=HTML)
    assert response.status_code == 413
    stranger.set_cookie(LOCALE_COOKIE, "en")
    response = stranger.post("/preferences", data={"theme": "x" * (3 * 1024 * 1024)}, headers=HTML)
    assert "At most 2 MB" in response.text


def test_the_error_page_shows_when_the_database_is_what_failed(strict_app, stranger, caplog):
    with strict_app.app_context():
        person = create_user(login="claire")
        assert person.id
    token = re.search(r'name="csrf-token" content="([^"]+)"', stranger.get("/sign-in").text)[1]
    data = {"identifier": "claire", "password": PASSWORD, "csrf_token": token}
    assert stranger.post("/sign-in", data=data).status_code == 302
    assert stranger.get("/settings").status_code == 200
    with strict_app.app_context():
        db.drop_all()
    with caplog.at_level(logging.ERROR):
        response = stranger.get("/settings", headers=HTML)
    assert response.status_code == 500
    assert re.search(r"<kbd>[0-9A-F]{4}-[0-9A-F]{4}</kbd>", response.text)
    assert "users" in caplog.text
    assert "users" not in response.text


def test_the_error_page_shows_without_a_built_front_end(strict_app, stranger, tmp_path, caplog):
    strict_app.static_folder = str(tmp_path)
    with caplog.at_level(logging.ERROR):
        response = stranger.get("/sign-in", headers=HTML)
    assert response.status_code == 500
    assert "npm run build" in caplog.text
    assert "<h1>" in response.text
