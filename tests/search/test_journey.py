"""In a real browser: ask from anywhere, hear the moment, narrow it down, keep the search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from callcoach.extensions import db
from callcoach.search.operations import FoundNote, index_note
from tests.axe import unfold, violations
from tests.coaching.browsing import Windows, add_sound, serving
from tests.factories.search import create_saved_view
from tests.looks import every_look
from tests.waiting import until

from .conftest import World

pytestmark = pytest.mark.browser


@pytest.fixture
def windows(app: Flask, world: World, chromium: Browser, tmp_path: Path) -> Iterator[Windows]:
    """Windows on a floor whose first call has sound; none may trouble the console."""
    with app.app_context():
        add_sound(world.call, tmp_path)
        index_note(
            FoundNote(
                note_id=1,
                call_id=world.call_id,
                author_id=world.ids["claire"],
                agent_id=world.ids["agent"],
                is_private=True,
                channel=0,
                start_ms=6000,
                end_ms=8000,
                text="c’est gratuit\nDites ce que ça change.",
                cause="overpromise",
            )
        )
        create_saved_view(world.ids["claire"], "Prix", "q=prix")
        db.session.commit()
    with serving(app) as url:
        found = Windows(app, url, chromium)
        yield found
        found.close()
        assert found.troubles == []


def _sound(page: Page, what: str) -> float:
    return page.evaluate(f"document.querySelector('audio[data-player]').{what}")


def test_a_supervisor_asks_hears_narrows_and_keeps(world: World, windows: Windows) -> None:
    page = windows.open(world.ids["claire"], "/calls")
    page.keyboard.press("Control+k")
    page.keyboard.type("où a-t-on dit gratuit ?")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hit]")).to_have_count(4)
    page.wait_for_selector("[data-hits][data-mounted]")
    page.evaluate(
        """() => {
          for (const play of document.querySelectorAll("[data-play]")) {
            play.dataset.to = 600_000;  // none ends by itself while one looks
          }
        }"""
    )

    page.locator("body").press("j")
    page.keyboard.press("j")
    hit = page.locator("[data-hit]").nth(1)
    play = hit.locator("[data-play]")
    expect(play).to_be_focused()
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "true")
    start_s = int(play.get_attribute("data-from") or "") / 1000
    assert start_s > 0
    until(page, f"document.querySelector('audio').currentTime > {start_s} + 0.3")
    until(
        page,
        f"(p => Math.abs(p.start(p.length - 1) - {start_s}) < 0.1)"
        "(document.querySelector('audio').played)",
    )
    page.keyboard.press("Space")
    expect(play).to_have_attribute("aria-pressed", "false")
    assert _sound(page, "paused")

    # another moment of the same call: the same sound, elsewhere
    other = page.locator("[data-hit]").nth(3).locator("[data-play]")
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(play).to_have_attribute("aria-pressed", "false")
    assert page.locator("audio").count() == 1
    other.click()

    page.locator("#search-speaker").select_option("prospect")
    expect(page.locator("[data-hit]")).to_have_count(1)
    expect(page).to_have_url(re.compile("speaker=prospect"))
    page.locator(".save-view summary").click()
    page.locator("#save-name").fill("Le gratuit des prospects")
    page.keyboard.press("Enter")
    saved = page.locator(".saved-list a", has_text="Le gratuit des prospects")
    expect(saved).to_have_attribute("aria-current", "page")

    page.goto("/search")
    saved.click()
    expect(page.locator("[data-hit]")).to_have_count(1)
    page.locator(".saved-item", has_text="Le gratuit").locator("button").click()
    expect(saved).to_have_count(0)
    page.locator("#toasts button", has_text="Annuler").click()
    expect(saved).to_have_count(1)

    page.locator("[data-open]").first.click()
    page.wait_for_selector("[data-call-desk]")
    assert "?t=" in page.url


def test_it_stops_at_the_end_of_the_moment(world: World, windows: Windows) -> None:
    page = windows.open(world.ids["agent"], "/search?q=envoyez")
    play = page.locator("[data-play]")
    page.evaluate(
        "document.querySelector('[data-play]').dataset.to ="
        " Number(document.querySelector('[data-play]').dataset.from) + 700"
    )
    page.evaluate(
        """() => {
          const play = document.querySelector("[data-play]");
          window.shown = [];
          new MutationObserver(() => {
            const last = play.getAttribute("aria-pressed");
            if (last !== window.shown.at(-1)) window.shown.push(last);
          }).observe(play, { attributeFilter: ["aria-pressed"] });
        }"""
    )
    play.click()
    until(page, "window.shown.join() === 'true,false'")
    play.click()  # and from the start again
    until(page, "window.shown.join() === 'true,false,true,false'")


def test_slash_goes_to_the_field_but_not_while_typing(world: World, windows: Windows) -> None:
    page = windows.open(world.ids["claire"], "/calls")
    field = page.locator(".find input")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.press("/")
    expect(field).to_have_value("/")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_a_phone_has_a_glass_that_leads_to_the_page(world: World, windows: Windows) -> None:
    page = windows.open(world.ids["agent"], "/calls", phone=True)
    page.locator("[data-find-link]").click()
    page.locator("#search-q").fill("gratuit")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hit]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@every_look
def test_axe_finds_nothing(world: World, windows: Windows, scheme: str, *, phone: bool) -> None:
    page = windows.open(world.ids["claire"], "/search", phone=phone, scheme=scheme)
    found = []
    for path in ("/search", "/search?q=gratuit&speaker=", "/search?q=licorne+gratuit", "/calls"):
        page.goto(path)
        unfold(page)
        found += violations(page, path)
    assert not found, "\n".join(found)
