"""Calls ticked in the list, and one note on all of them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from callcoach.coaching.operations import notes as operations
from callcoach.extensions import db
from tests.factories.calls import create_call

from .browsing import Windows
from .conftest import Desk
from .note_windows import form_of, instead_of, stored_notes


def _others(app: Flask, desk: Desk) -> tuple[int, int]:
    """Another call of the same agent, and one of a colleague."""
    with app.app_context():
        call = desk.call
        site = {"team": call.team, "campaign": call.campaign}
        own = create_call(**site, agent=call.agent)
        return own.id, create_call(**site, agent=desk.user("colleague")).id


def test_calls_of_one_agent_lead_to_the_form_and_others_back_to_the_list(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    other, colleagues = _others(app, desk)
    found = claire.get(f"/notes/new?call={desk.call_id}&call={other}")
    assert found.headers["Location"] == (
        f"/calls/{other}/notes/new?scope=series&other_calls={desk.call_id}"
    ), "it hangs on the newest"
    alone = claire.get(f"/notes/new?call={other}&call=x&call=99999999999")
    assert alone.headers["Location"] == f"/calls/{other}/notes/new?scope=call"
    mixed = claire.get(f"/notes/new?call={other}&call={colleagues}")
    assert mixed.headers["Location"] == "/calls"
    assert 'data-toast="error"' in claire.get("/calls").text
    assert claire.get("/notes/new").status_code == 404


def test_a_draft_on_the_call_takes_up_what_was_ticked(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    from .test_note_scope import WHOLE

    other, _colleagues = _others(app, desk)
    with app.app_context():
        operations.save_draft(desk.claire, desk.call, WHOLE)
        db.session.commit()
    form = claire.get(f"/calls/{desk.call_id}/notes/new?scope=series&other_calls={other}").text
    assert WHOLE.instead in form
    assert 'selected value="series"' in form
    assert f'name="other_calls" value="{other}" checked' in form


@pytest.mark.browser
@pytest.mark.slow
def test_calls_are_ticked_and_written_on_by_keyboard(
    app: Flask, desk: Desk, windows: Windows
) -> None:
    other, colleagues = _others(app, desk)
    page = windows.open(desk.ids["claire"], "/calls")
    bar = page.locator("[data-tick-bar]")
    expect(bar).to_be_hidden()
    for _call in (colleagues, other):  # newest first
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(bar.locator("[data-tick-write]")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("Hanta R.")
    page.keyboard.press("n")
    expect(form_of(page).locator(f'[name=other_calls][value="{desk.call_id}"]')).to_be_checked()
    instead_of(page).fill("Parlez moins longtemps.")
    instead_of(page).press("Control+Enter")
    page.wait_for_url(f"**/calls/{other}*")
    (note,) = stored_notes(app)
    assert (note.scope, note.call_id, note.is_draft) == ("series", other, False)
