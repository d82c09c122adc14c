"""In a real browser: add a phrase, see where it was said, save it, take it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from callcoach.accounts.models import Role
from callcoach.calls.subjects import FEED_REFRESH
from callcoach.extensions import db
from callcoach.jobs.models import Job
from callcoach.tuning.queries import tuning_of
from tests.axe import faults
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.waiting import comes_true

pytestmark = pytest.mark.browser


@pytest.fixture
def floor(app: Flask) -> tuple[int, int, int]:
    """Ids of a campaign, its call and its supervisor."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        call = create_call(team=team, campaign=campaign)
        return campaign.id, call.id, create_user(Role.SUPERVISOR, teams=[team]).id


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    with serving(app) as url:
        found = Windows(app, url, chromium, excused="Applying inline style violates")
        yield found
        found.close()
        assert found.troubles == []


def _added(app: Flask, campaign_id: int) -> dict[str, tuple[str, ...]]:
    with app.app_context():
        return dict(tuning_of(campaign_id).added)


def test_a_phrase_is_tried_saved_and_taken_back(
    app: Flask, floor: tuple[int, int, int], windows: Windows
) -> None:
    campaign_id, call_id, supervisor_id = floor
    page = windows.open(supervisor_id, f"/campaigns/{campaign_id}/phrases")
    listed = page.locator("details#objection")
    listed.locator("summary").first.focus()
    page.keyboard.press("Enter")
    field = page.locator("#add-added-objection")
    field.fill("l’an dernier")
    page.keyboard.press("Enter")
    places = page.locator(".phrases-places li")
    expect(places).to_have_count(1)
    expect(places).to_contain_text("l'an dernier")
    assert f"/calls/{call_id}" in (places.locator("a").get_attribute("href") or "")
    assert _added(app, campaign_id) == {}, "nothing is saved yet"

    page.locator("form.form-actions .btn-primary").click()
    page.wait_for_url("**/phrases#objection")
    own = page.locator("details#objection li.is-own")
    expect(own).to_be_visible()  # the list that was changed is open
    expect(own).to_contain_text("l’an dernier")
    assert _added(app, campaign_id) == {"objection": ("l’an dernier",)}
    with app.app_context():
        assert db.session.scalar(select(Job.state).where(Job.kind == FEED_REFRESH)) == "queued"
    expect(page.locator("#reanalysis progress")).to_be_visible()

    page.locator(".toast button, .toast a").first.click()
    assert comes_true(app, lambda: tuning_of(campaign_id).is_empty)
    expect(page.locator(".phrases-log li.is-undone")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_the_pages_are_accessible(
    floor: tuple[int, int, int], windows: Windows, scheme: str, phone: bool
) -> None:
    campaign_id, call_id, supervisor_id = floor
    base = f"/campaigns/{campaign_id}/phrases"
    page = windows.open(
        supervisor_id, f"{base}?from=turn&call={call_id}&turn=2", phone=phone, scheme=scheme
    )
    page.locator("details#refusal > summary").click()
    for path in (
        None,
        f"{base}/try?role=added&list=objection&text=non+merci",
        f"{base}/try?bound=monologue.floor_s&value=20",
    ):
        if path:
            page.goto(windows.url + path)
        assert not faults(page)
