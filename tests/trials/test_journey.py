"""In a real browser: a trial is planned, its size said while one types, started, ended, concluded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from callcoach.accounts.models import Role
from callcoach.calls.models import Outcome
from callcoach.extensions import db
from callcoach.trials import queries
from callcoach.trials.models import Trial, TrialState
from tests.axe import violations
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import create_team, create_user
from tests.factories.trials import (
    CONTROL,
    VARIANT,
    create_script_in_force,
    create_trial,
    create_trial_call,
    run_trial,
)
from tests.waiting import comes_true

pytestmark = pytest.mark.browser


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    with serving(app) as url:
        found = Windows(app, url, chromium, excused="Applying inline style violates")
        yield found
        found.close()
        assert found.troubles == []


def _assert_accessible(page: Page) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []


def test_a_trial_from_plan_to_conclusion(app: Flask, windows: Windows) -> None:
    with app.app_context():
        team = create_team()
        agent, supervisor = create_user(Role.AGENT, [team]), create_user(Role.SUPERVISOR, [team])
        script = create_script_in_force(team)
        campaign_id, supervisor_id = script.campaign_id, supervisor.id
        shown = run_trial(create_trial(script, name="Déjà là"), days_ago=9)
        for days_ago in range(9, 0, -1):
            day = queries.today_of(shown) - timedelta(days=days_ago)
            said = (CONTROL, VARIANT)[queries.place_on(shown, agent.id, day)]
            outcome = Outcome.REFUSAL if days_ago % 3 else Outcome.MEETING
            create_trial_call(script, agent, team, day, said, outcome)
        shown_id = shown.id

    page = windows.open(supervisor_id, f"/trials/{shown_id}")
    expect(page.locator(".trial-chart svg")).to_be_visible()
    _assert_accessible(page)
    page.locator("form[action$='/stop'] button").click()
    expect(page.locator("#conclusion")).to_be_visible()
    page.locator("#conclusion").fill("Rien ne les sépare.")
    page.locator("form[action$='/conclude'] button").click()
    expect(page.locator(".trial-conclusion")).to_have_text("Rien ne les sépare.")

    page.goto(f"/campaigns/{campaign_id}/trials/new")
    _assert_accessible(page)
    size = page.locator("#trial-size .figure-value")
    first = size.inner_text()
    page.locator("#wording-1").fill(VARIANT)
    page.locator("#least_difference").fill("20")
    expect(size).not_to_have_text(first)
    page.locator("#least_difference").fill("")
    page.locator("#least_difference").fill("0,1")
    expect(page.locator("#trial-size .field-error")).to_be_visible()
    page.locator("#least_difference").fill("20")
    expect(size).to_be_visible()
    needed = size.inner_text()
    page.locator(".trial-plan .form-actions button").click()
    expect(page.locator(".trial-start")).to_be_visible()
    expect(page.locator(".figure-value")).to_have_text(needed)
    page.locator(".trial-start button").click()
    expect(page.locator("form[action$='/stop']")).to_be_visible()

    def runs() -> bool:
        return db.session.query(Trial).filter_by(state=TrialState.RUNNING).count() == 1

    assert comes_true(app, runs)
