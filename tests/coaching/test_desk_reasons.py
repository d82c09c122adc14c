"""Why a flag is rejected: asked right after, never in the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from callcoach.calls.models import Verdict
from callcoach.extensions import db

from .browsing import Windows
from .conftest import Desk
from .test_desk_keys import _add_second_moment

JSON = {"Accept": "application/json"}


def _reason(app: Flask) -> str | None:
    """Of the verdict in force; None without one."""
    with app.app_context():
        verdict = db.session.scalar(select(Verdict).where(Verdict.withdrawn_at.is_(None)))
        return str(verdict.reason) if verdict else None


def _reject(client: FlaskClient, desk: Desk) -> int:
    url = f"/calls/{desk.call_id}/moments/{desk.point_id}/verdict"
    answer = client.post(url, data={"decision": "rejected", "seen": "0"}, headers=JSON)
    return int(answer.json["moments"][0]["verdict"])


def test_a_reason_is_kept_changed_and_taken_back(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    url = f"/calls/{desk.call_id}/verdicts/{_reject(claire, desk)}/reason"
    assert _reason(app) == ""
    for reason in ("misheard", "justified", ""):
        answer = claire.post(url, data={"reason": reason}, headers=JSON)
        assert answer.status_code == 200
        assert _reason(app) == reason
    assert claire.post(url, data={"reason": "tired"}, headers=JSON).status_code == 400


def test_a_confirmation_takes_no_reason(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    _reject(claire, desk)
    url = f"/calls/{desk.call_id}/moments/{desk.point_id}/verdict"
    confirmed = claire.post(url, data={"decision": "confirmed"}, headers=JSON).json
    verdict = confirmed["moments"][0]["verdict"]
    answer = claire.post(
        f"/calls/{desk.call_id}/verdicts/{verdict}/reason", data={"reason": "absent"}, headers=JSON
    )
    assert answer.status_code == 400


def test_without_script_the_reason_is_a_form_on_the_rejected_card(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    _reject(claire, desk)
    page = claire.get(f"/calls/{desk.call_id}").text
    action = re.search(r'action="(/calls/\d+/verdicts/\d+/reason)"', page)
    assert action is not None
    back = claire.post(action[1], data={"reason": "unimportant"})
    assert back.status_code == 302
    assert _reason(app) == "unimportant"


@pytest.mark.usefixtures("app")
def test_an_agent_is_told_no_reason(
    desk: Desk, claire: FlaskClient, sign_in: Callable[[int], FlaskClient]
) -> None:
    _reject(claire, desk)
    assert "data-reason" not in sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}").text


def _rejecting(desk: Desk, windows: Windows) -> tuple[Page, Locator]:
    page = windows.open_desk(desk.ids["claire"], desk.call_id)
    page.keyboard.press("n")
    page.keyboard.press("x")
    return page, page.locator(f'[data-card="p{desk.point_id}"]')


@pytest.mark.browser
def test_two_keys_reject_and_say_why(app: Flask, audible: Desk, windows: Windows) -> None:
    page, card = _rejecting(audible, windows)
    expect(card.locator("[data-reasons]")).to_have_class(re.compile("is-asking"))
    expect(card.locator("[data-choice]")).to_have_count(4)
    with page.expect_response("**/reason"):
        page.keyboard.press("2")
    expect(card.locator("[data-reasons]")).not_to_have_attribute("open", "")
    expect(card.locator("[data-choice=misheard][aria-pressed=true]")).to_have_count(1)
    expect(card).to_be_focused()
    expect(card.locator("[data-withdraw]")).to_be_visible()
    assert _reason(app) == "misheard"
    with page.expect_response("**/withdraw"):
        page.keyboard.press("z")
    expect(card.locator("[data-verdict-line]")).to_be_hidden()
    expect(card.locator("[data-reasons]")).to_be_hidden()
    assert _reason(app) is None, "undo takes both back"


@pytest.mark.browser
def test_any_other_key_goes_on(app: Flask, audible: Desk, windows: Windows) -> None:
    second = f"p{audible.point_id}"
    first = _add_second_moment(app, audible)
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("n")
    page.keyboard.press("x")
    page.keyboard.press("n")
    expect(page.locator(f'[data-card="{second}"]')).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator(f'[data-card="{first}"] [data-withdraw]')).to_be_visible()
    expect(page.locator("[data-reasons].is-asking")).to_have_count(0)
    assert _reason(app) == "", "three was no answer any more"


@pytest.mark.browser
def test_the_reason_can_be_given_later_with_the_keyboard(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page, card = _rejecting(audible, windows)
    page.keyboard.press("r")
    expect(card.locator("[data-withdraw]")).to_be_visible()
    card.locator("[data-reasons] summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_response("**/reason"):
        page.keyboard.press("Enter")
    expect(card.locator("[data-choice=absent][aria-pressed=true]")).to_have_count(1)
    assert _reason(app) == "absent"


@pytest.mark.browser
def test_a_reason_outruns_a_slow_answer(app: Flask, audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    held: list[object] = []
    page.route("**/verdict", lambda route: held.append(route))
    for pressed in "nx1":
        page.keyboard.press(pressed)
    card = page.locator(f'[data-card="p{audible.point_id}"]')
    expect(card.locator("[data-choice=absent][aria-pressed=true]")).to_have_count(1)
    page.wait_for_timeout(50)
    with page.expect_response("**/reason"):
        held[0].continue_()  # type: ignore[attr-defined]
    expect(card.locator("[data-choice=absent][aria-pressed=true]")).to_have_count(1)
    assert _reason(app) == "absent"
