"""In real browsers: a draft is written by keys alone, and two editors of the same words choose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import Persona
from callcoach.extensions import db
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.operations import drafting
from tests.axe import unfold, violations
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, document, line
from tests.looks import every_look
from tests.waiting import comes_true

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(app: Flask) -> tuple[int, int, int, int]:
    """Ids of a campaign, a draft of three lines, and two people who write it."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        db.session.add(Persona(campaign_id=campaign.id, name="DAF"))
        lines = [
            line(text, key=key) for text, key in (("Un.", "a"), ("Deux.", "b"), ("Trois.", "c"))
        ]
        version = create_version(create_script(campaign), document(*lines), in_force_for=[team])
        one, other = (create_user(Role.SUPERVISOR, teams=[team]).id for _ in range(2))
        viewer = Viewer(one, Role.SUPERVISOR, frozenset({team.id}))
        made = drafting.begin_draft(viewer, version.script, version, "Demander plus tôt")
        db.session.commit()
        return campaign.id, made.id, one, other


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    with serving(app) as url:
        found = Windows(app, url, chromium, excused="Applying inline style violates")
        yield found
        found.close()
        assert found.troubles == []


def _says(app: Flask, draft_id: int, texts: list[str]) -> bool:
    def look() -> bool:
        found = db.session.get_one(ScriptVersion, draft_id).document
        return [each.text for each in found.lines()] == texts

    return comes_true(app, look)


def _press(page: Page, key: str) -> None:
    """Press a key and wait for the body of the editor that comes of it."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press(key)
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def test_a_draft_is_written_by_keys_and_two_editors_choose_between_both_texts(
    app: Flask, draft: tuple[int, int, int, int], windows: Windows
) -> None:
    _campaign_id, draft_id, one, other = draft
    address = f"/campaigns/scripts/{draft_id}/edit"
    page = windows.open(one, address)
    page.keyboard.press("j")
    expect(page.locator("#at-a")).to_be_focused()
    _press(page, "Alt+ArrowDown")
    assert _says(app, draft_id, ["Deux.", "Un.", "Trois."])
    expect(page.locator("#at-a")).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.type("Entre deux, {prénom}.")
    _press(page, "Enter")
    assert _says(app, draft_id, ["Deux.", "Un.", "Entre deux, {prénom}.", "Trois."])
    _press(page, "z")
    assert _says(app, draft_id, ["Deux.", "Un.", "Trois."])

    theirs = windows.open(other, address)
    for window in (page, theirs):
        window.locator("#at-b [data-edit]").click()
        expect(window.locator("#text-b")).to_be_focused()
    theirs.locator("#text-b").fill("Leur deux.")
    _press(theirs, "Control+Enter")
    assert _says(app, draft_id, ["Leur deux.", "Un.", "Trois."])
    page.locator("#text-b").fill("Mon deux {1}.")
    _press(page, "Control+Enter")
    expect(page.locator("#error-text")).to_be_visible()
    page.locator("#text-b").fill("Mon deux.")
    _press(page, "Control+Enter")
    both = page.locator(".script-both")
    expect(both).to_contain_text("Leur deux.")
    expect(page.locator("#text-b")).to_have_value("Mon deux.")
    assert _says(app, draft_id, ["Leur deux.", "Un.", "Trois."])
    page.locator("[data-merge]").click()
    expect(page.locator("#text-b")).to_have_value("Mon deux. Leur deux.")
    _press(page, "Control+Enter")
    expect(page.locator("#at-b")).to_be_focused()
    assert _says(app, draft_id, ["Mon deux. Leur deux.", "Un.", "Trois."])
    page.keyboard.press("?")
    expect(page.locator("#script-keys")).to_be_visible()


@every_look
def test_axe_finds_nothing_on_the_pages_of_scripts(
    draft: tuple[int, int, int, int], windows: Windows, scheme: str, *, phone: bool
) -> None:
    campaign_id, draft_id, one, _other = draft
    page = windows.open(one, f"/campaigns/{campaign_id}/script", phone=phone, scheme=scheme)
    found = []
    for path in (
        f"/campaigns/{campaign_id}/script",
        f"/campaigns/{campaign_id}/script/history",
        f"/campaigns/{campaign_id}/script/import",
        f"/campaigns/scripts/{draft_id}",
        f"/campaigns/scripts/{draft_id}/diff",
        f"/campaigns/scripts/{draft_id}/edit?line=a",
    ):
        page.goto(path)
        unfold(page)
        found += violations(page, path)
    assert not found, "\n".join(found)
