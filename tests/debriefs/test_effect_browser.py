"""Listening to drawn calls in a real browser: it plays at once, one key says it, axe finds nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from callcoach.debriefs.effect_models import EffectListen
from callcoach.debriefs.operations import effects
from callcoach.extensions import db, utc_now
from callcoach.progress.models import SignKind
from callcoach.progress.signs import Sign
from tests.axe import violations
from tests.coaching.browsing import Windows
from tests.factories.debriefs import create_lesson

from .conftest import Floor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawn_calls_are_heard_by_key(app: Flask, floor: Floor, windows: Windows, scheme: str):
    with app.app_context():
        floor.call.started_at = utc_now() - timedelta(days=1)
        effect = effects.start(
            floor.claire,
            floor.team_id,
            Sign(SignKind.EXPRESSION, "une démonstration mardi"),
            is_wanted=True,
            started_at=utc_now() - timedelta(days=3),
        )
        effects.keep(effect, effects.look_at_calls(effect))
        listen_id, effect_id = effect.listens[0].id, effect.id
        lesson = create_lesson(floor.call, floor.team)
        lesson.teams[0].effect_id, lesson.teams[0].briefed_at = effect_id, effect.started_at
        db.session.commit()
        lesson_id = lesson.id
    page = windows.open(floor.ids["claire"], "/debriefs/effects", scheme=scheme)
    found = violations(page)
    page.locator(f"a[href$='/debriefs/effects/calls/{listen_id}']").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some(a => !a.paused && a.currentTime > 0.2)"
    )
    found += violations(page)
    page.keyboard.press("c")
    page.wait_for_url(f"**/debriefs/effects/{effect_id}")
    expect(page.locator(".toast")).to_be_visible()
    found += violations(page)
    with app.app_context():
        assert db.session.get_one(EffectListen, listen_id).heard == "came_back"
    for path in ("/lessons", f"/lessons/{lesson_id}", f"/lessons/{lesson_id}/edit", "/lessons/new"):
        page.goto(path)
        found += violations(page, path)
    assert not found, "\n".join(found)
