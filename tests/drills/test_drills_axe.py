"""axe finds nothing on the pages of drills, in use, in both themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from callcoach.drills.operations import marking
from callcoach.extensions import db
from tests.axe import faults
from tests.factories.drills import create_attempt, create_drill, create_set, give

from .microphone import (
    MakePractice,
    practice_in,
    say_something,
    speaking_chromium,
    voice_state,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

__all__ = ["practice_in", "speaking_chromium"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_agents_drills(
    practice_in: MakePractice,
    speaking_chromium: Browser,
    scheme: str,
) -> None:
    practice = practice_in(speaking_chromium)
    number = practice.give()
    page = practice.open(number, scheme=scheme)
    found = faults(page, "idle")
    page.locator(".voice-record").click()
    page.wait_for_selector("[data-voice-state=recording]")
    found += faults(page, "recording")
    say_something(page, 1)
    voice_state(page, "done")
    found += faults(page, "done")
    with practice.app.app_context():
        given = practice.assignment(number)
        marking.mark_attempt(
            practice.desk.claire, create_attempt(given, spoken=False), "again", "Plus court."
        )
        db.session.commit()
    page.reload()
    found += faults(page, "answered")
    for kind in ("real_time", "ear"):
        page.goto(f"/my/drills/{practice.give(kind)}")
        page.wait_for_selector("[data-drill][data-mounted]")
        found += faults(page, kind)
    page.goto("/my/drills")
    found += faults(page, "list")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_supervisors_drills(
    practice_in: MakePractice,
    speaking_chromium: Browser,
    scheme: str,
) -> None:
    practice = practice_in(speaking_chromium)
    number = practice.give()
    with practice.app.app_context():
        desk = practice.desk
        given = practice.assignment(number)
        assert given.drill is not None
        attempt = create_attempt(given, spoken=False).id
        path = create_set(desk.call, create_drill(desk.call), is_immersion=True)
        for item in path.items:
            give(desk.user("colleague"), item.drill, item_id=item.id)
        paths = (
            "/drills",
            f"/drills/{given.drill_id}",
            f"/drills/{given.drill_id}/edit",
            f"/calls/{desk.call_id}/drills/row",
            "/drills/sets",
            f"/drills/sets/{path.id}",
            "/drills/tries",
            f"/drills/tries/{attempt}",
            "/drills/due",
        )
    found = []
    for phone in (False, True):
        page = practice.windows.open(
            practice.desk.ids["claire"], "/drills", scheme=scheme, phone=phone
        )
        for path_ in paths:
            page.goto(path_)
            found += faults(page, f"{path_} {'phone' if phone else 'laptop'}")
    assert found == []
