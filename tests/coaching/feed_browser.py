"""The feed, served to real browsers: the floor, who opens it, and the steps that tests share."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from werkzeug.serving import make_server

from callcoach.accounts.models import User
from callcoach.app import create_app
from callcoach.calls.models import Call
from callcoach.coaching.models import FeedClaim
from callcoach.config import Settings
from callcoach.extensions import db
from tests.coaching.conftest import Desk
from tests.factories.accounts import PASSWORD
from tests.factories.coaching import create_request
from tests.factories.feed import create_sounding_calls
from tests.waiting import comes_true

__all__ = ["comes_true"]  # for tests of the feed

RUN = 12
#: What browsers write when a request is refused or cut off, as some here are on purpose.
EXPECTED = re.compile(r"status of 4\d\d|net::ERR_INTERNET_DISCONNECTED|net::ERR_FAILED")
#: In the page: another moment than the given one is shown, or the end.
GONE = """before => {
  const root = document.querySelector('[data-feed]');
  const title = root.querySelector('.feed-moment h2')?.id ?? '';
  return root.dataset.showing === 'end' || (title && !title.endsWith(`-${before}`));
}"""


@dataclass
class Feed:
    """A served floor of `RUN` moments and more."""

    app: Flask
    url: str
    desk: Desk
    calls: list[int]

    def ask(self, **values: Any) -> int:
        """Let the agent ask to be listened to; returns the request's id."""
        with self.app.app_context():
            call = db.session.get_one(Call, self.calls[0])
            return create_request(call, self.desk.user("agent"), **values).id

    def claims(self) -> list[FeedClaim]:
        with self.app.app_context():
            return list(db.session.scalars(select(FeedClaim).order_by(FeedClaim.id)))


@pytest.fixture
def feed(app: Flask, settings: Settings, desk: Desk, tmp_path: Path) -> Iterator[Feed]:
    """Serve the floor; the desk's own call has no sound, so the sounding ones are all that waits."""
    served = create_app(settings, RATELIMIT_ENABLED=False)
    with app.app_context():
        team = desk.call.team
        calls = create_sounding_calls(team, desk.user("agent"), RUN + 2, persona="DAF")
        numbers = [call.id for call in calls]
        db.session.execute(update(User).values(locale="en"))
        db.session.commit()
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Feed(app, f"http://127.0.0.1:{server.server_port}", desk, numbers)
    server.shutdown()
    thread.join()
    server.server_close()
    with served.app_context():
        db.engine.dispose()


OpenFeed = Callable[..., Page]


@pytest.fixture
def open_feed(feed: Feed, chromium: Browser) -> Iterator[OpenFeed]:
    """Sign somebody in and open the feed in a window of their own; a script that fails, or a style
    or script that is refused, fails the test.
    """
    windows: list[BrowserContext] = []
    troubles: list[str] = []

    def _open(login: str = "claire", **options: Any) -> Page:
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", **options}
        windows.append(chromium.new_context(base_url=feed.url, **options))
        page = windows[-1].new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text)
                if message.type == "error" and not EXPECTED.search(message.text)
                else None
            ),
        )
        page.goto("/sign-in")
        page.fill("#identifier", login)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".topbar")
        page.goto("/feed")
        page.wait_for_selector("[data-feed][data-mounted]")
        return page

    yield _open
    for window in windows:
        window.close()
    assert troubles == []


def current(page: Page) -> str:
    """The claim on the page, once it is there."""
    title = page.locator(".feed-moment h2").get_attribute("id")
    return str(title).rpartition("-")[2]


def press_and_go_on(page: Page, key: str) -> None:
    """Decide with a key and wait for the next moment, or for the end."""
    before = current(page)
    page.keyboard.press(key)
    page.wait_for_function(GONE, arg=before)


def start(page: Page) -> None:
    expect(page.locator("[data-act=start]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(".feed-moment")


def plays(page: Page) -> None:
    """Wait until the sound of the present moment runs."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('audio')].some(audio => {
          const last = audio.played.length - 1;
          return !audio.paused && last >= 0 && audio.played.end(last) - audio.played.start(last) > 0.3;
        })"""
    )


def both_are_loaded(page: Page) -> None:
    """Wait until the next moment could be played too."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].every(a => a.readyState >= 2)"
    )
