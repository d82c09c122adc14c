"""Moments that the engine missed, marked by whoever heard them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import select

from callcoach.calls.models import MISSED, Verdict
from callcoach.extensions import db

from .browsing import Windows
from .conftest import Desk

JSON = {"Accept": "application/json"}


def _marked(app: Flask) -> list[Verdict]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(Verdict).where(Verdict.detector == MISSED, Verdict.withdrawn_at.is_(None))
            )
        )


def test_at_the_playhead_what_is_being_said_is_marked(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    answer = claire.post(
        f"/calls/{desk.call_id}/missed", data={"cause": "rushed", "at": "0:05"}, headers=JSON
    )
    assert answer.status_code == 200
    (verdict,) = _marked(app)
    assert (verdict.channel, verdict.start_ms, verdict.decision) == (0, 2700, "confirmed")
    assert "Comptaclair" in verdict.quote or verdict.quote.startswith("Bonjour")
    assert answer.json["chosen"] == 1, "it comes first in time"
    page = claire.get(f"/calls/{desk.call_id}").text
    card = page[page.index(f'data-card="v{verdict.id}"') :]
    assert "Claire M." in card[: card.index("</article>")]
    claire.post(answer.json["undo"], headers=JSON)
    assert not _marked(app)


def test_a_chosen_stretch_is_marked_as_it_is(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    data = {"cause": "useful_silence", "at": "x", "start_ms": "24000", "end_ms": "25900"}
    claire.post(f"/calls/{desk.call_id}/missed", data=data, headers=JSON)
    (verdict,) = _marked(app)
    assert (verdict.channel, verdict.start_ms, verdict.end_ms) == (1, 24_000, 25_900)
    assert verdict.valence == "positive"


@pytest.mark.parametrize(
    "data",
    [
        {"cause": "rushed"},
        {"cause": "sleepy", "at": "0:05"},
        {"cause": "rushed", "start_ms": "a", "end_ms": "5"},
        {"cause": "rushed", "at": "soon"},
    ],
)
def test_what_names_no_moment_is_refused(
    app: Flask, desk: Desk, claire: FlaskClient, data: dict[str, str]
) -> None:
    answer = claire.post(f"/calls/{desk.call_id}/missed", data=data, headers=JSON)
    assert answer.status_code == 400
    assert not _marked(app)


def test_a_flag_of_that_cause_is_confirmed_instead(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    data = {"cause": "ignored_objection", "at": "0:15"}
    answer = claire.post(f"/calls/{desk.call_id}/missed", data=data, headers=JSON).json
    assert not _marked(app)
    assert [moment["decision"] for moment in answer["moments"]] == ["confirmed"]
    again = claire.post(f"/calls/{desk.call_id}/missed", data=data, headers=JSON).json
    assert again["undo"] is None, "the second time there is nothing to undo"


def test_the_agent_sees_it_as_any_confirmed_moment(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: Callable[[int], FlaskClient]
) -> None:
    claire.post(f"/calls/{desk.call_id}/missed", data={"cause": "rushed", "at": "0:05"})
    page = sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}").text
    assert page.count("data-card=") == 1
    assert "data-missed" not in page, "agents ask to be listened to instead"
    assert _marked(app)


@pytest.mark.browser
def test_b_marks_a_moment_and_it_is_there_at_once(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=5")
    page.keyboard.press("b")
    expect(page.locator("#missed-cause")).to_be_focused()
    expect(page.locator("[data-missed-words]")).to_contain_text("Bonjour madame")
    page.keyboard.type("for")
    expect(page.locator("#missed-cause")).to_have_value("insistence")
    page.keyboard.press("Enter")
    card = page.locator(".moment.is-confirmed")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Claire M.")
    expect(card).to_be_focused()
    expect(page.locator('.wave-flag.is-negative.is-confirmed[data-flag^="v"]')).to_have_count(1)
    expect(page.locator('[data-turn="1"] .pin')).to_have_count(1)
    page.wait_for_selector("[data-call-desk][data-mounted]")
    page.keyboard.press("m")
    expect(card.locator(".note-form, form[data-note-form], .note-host form").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".moment.is-confirmed")).to_have_count(0)  # loaded anew
    assert not _marked(app)


@pytest.mark.browser
def test_b_takes_the_chosen_stretch_and_esc_leaves(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=13")
    page.keyboard.press("s")
    page.keyboard.press("l")
    page.keyboard.press("d")
    page.keyboard.press("b")
    expect(page.locator("#missed-at")).to_have_value("0:13")
    page.keyboard.press("Escape")
    expect(page.locator("[data-missed]")).not_to_have_attribute("open", "")
    page.keyboard.press("b")
    page.locator("#missed-cause").select_option("monologue")
    with page.expect_response("**/missed"):
        page.keyboard.press("Enter")
    expect(page.locator(".moment.is-confirmed")).to_have_count(1)
    (verdict,) = _marked(app)
    assert re.match(r"1[23]\d{3}$", str(verdict.start_ms))
    assert verdict.end_ms >= 22_500
