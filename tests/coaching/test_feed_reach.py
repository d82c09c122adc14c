"""The feed in a real browser: twelve moments in under ten minutes, two supervisors at once, and
what happens when something fails.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from werkzeug.serving import make_server

from callcoach.accounts.models import User
from callcoach.app import create_app
from callcoach.calls.models import Call, Recording, Verdict
from callcoach.calls.operations import judge
from callcoach.coaching.models import FeedClaim, ListeningRequest, Note
from callcoach.config import Settings
from callcoach.extensions import db, utc_now
from tests.coaching.conftest import Desk
from tests.factories.accounts import PASSWORD
from tests.factories.coaching import create_request
from tests.factories.feed import create_sounding_calls

pytestmark = pytest.mark.browser

RUN = 12
#: What browsers write when a request is refused or cut off, as some here are on purpose.
EXPECTED = re.compile(r"status of 4\d\d|net::ERR_INTERNET_DISCONNECTED|net::ERR_FAILED")
#: In the page: another moment than the given one is shown, or the end.
GONE = """before => {
  const root = document.querySelector('[data-feed]');
  const title = root.querySelector('.feed-moment h2')?.id ?? '';
  return root.dataset.showing === 'end' || (title && !title.endsWith(`-${before}`));
}"""
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


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
        calls = create_sounding_calls(team, desk.user("agent"), RUN + 2, tmp_path, persona="DAF")
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
    assert title is not None
    return title.rpartition("-")[2]


def press_and_go_on(page: Page, key: str) -> None:
    """Decide with a key and wait for the next moment, or for the end."""
    before = current(page)
    page.keyboard.press(key)
    page.wait_for_function(GONE, arg=before)


def start(page: Page) -> None:
    page.keyboard.press("Enter")  # the button has the focus
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


def comes_true(feed: Feed, condition: Callable[[], bool]) -> bool:
    """Whether the database says so within a few seconds."""
    for _attempt in range(50):
        with feed.app.app_context():
            if condition():
                return True
        time.sleep(0.1)
    return False


# Reach


@dataclass
class Script:
    """A supervisor who counts every key and every click."""

    page: Page
    keys: int = 0

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)


#: Seconds: a key that one knows, and the time it takes to decide which (the keystroke-level model
#: of Card, Moran and Newell: 0.28 s a key, 1.35 s to make up one's mind).
KEY_S, DECIDE_S = 0.28, 1.35
#: Characters a second of somebody who types for a living but not as a typist (40 words a minute).
TYPING_CPS = 3.3
ADVICE = "D’accord, vous êtes équipé. Vous clôturez en combien de jours aujourd’hui ?"


def test_twelve_moments_are_heard_and_judged_in_under_ten_minutes(
    feed: Feed, open_feed: OpenFeed
) -> None:
    page = open_feed()
    page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener('feed:heard', event => window.heard.push(event.detail));
        }"""
    )
    script = Script(page)
    script.press("Enter")
    page.wait_for_selector(".feed-moment")
    decisions = ["c", "x", "m", "c", "c", "n", "x", "m", "c", "c", "x", "c"]
    assert len(decisions) == RUN
    keys_each: list[int] = []
    typed = 0
    for number, key in enumerate(decisions, start=1):
        expect(page.locator("[data-progress-text]")).to_contain_text(re.compile(rf"^\D*{number}\b"))
        plays(page)
        before, moment = script.keys, current(page)
        script.press(key)
        if key == "m":
            expect(page.locator("[data-note] [name=instead]")).to_be_focused()
            page.keyboard.insert_text(ADVICE)
            typed += len(ADVICE)
            script.press("Control+Enter")
        page.wait_for_function(GONE, arg=moment)
        keys_each.append(script.keys - before)
    expect(page.locator("[data-view=end]")).to_be_visible()

    assert keys_each == [2 if key == "m" else 1 for key in decisions]
    heard = page.evaluate("window.heard")
    assert len({entry["claim"] for entry in heard}) == RUN
    assert all(entry["to"] - entry["from"] == 20_000 for entry in heard), "−8 to +12 s, all of it"
    assert all(entry["rate"] == 1.25 for entry in heard)
    assert all(entry["heardMs"] > 0 for entry in heard), heard
    listening_s = sum((entry["to"] - entry["from"]) / 1000 / entry["rate"] for entry in heard)
    judging_s = RUN * DECIDE_S + script.keys * KEY_S + typed / TYPING_CPS
    assert listening_s + judging_s < 600, (listening_s, judging_s)

    tallies = {
        name: page.locator(f"[data-tally={name}] dd").inner_text()
        for name in ("confirmed", "rejected", "noted", "passed")
    }
    assert tallies == {"confirmed": "6", "rejected": "3", "noted": "2", "passed": "1"}
    with feed.app.app_context():
        verdicts = db.session.scalars(select(Verdict.decision)).all()
        assert sorted(verdicts) == ["confirmed"] * 8 + ["rejected"] * 3  # a note confirms too
        notes = db.session.scalars(select(Note)).all()
        assert [note.instead for note in notes] == [ADVICE, ADVICE]
        assert all(note.sent_at for note in notes)
        done = db.session.scalars(select(FeedClaim).where(FeedClaim.done_at.is_not(None))).all()
        assert len(done) == RUN


def test_the_next_moment_is_ready_before_it_is_called_for(open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    plays(page)
    both_are_loaded(page)
    page.route("**/feed/claims**", lambda _route: None)  # the server has not answered yet
    first = current(page)
    page.keyboard.press("n")
    assert page.evaluate(
        "first => !document.querySelector('.feed-moment h2').id.endsWith(`-${first}`)", first
    ), "shown at once"
    plays(page)
    page.unroute_all(behavior="ignoreErrors")


def test_the_sound_stops_after_the_moment_and_goes_on_when_asked(open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    plays(page)
    playing = "[...document.querySelectorAll('audio')].find(audio => !audio.paused)"
    start_s = page.evaluate(f"{playing}.currentTime")
    assert 22 <= start_s < 30, "eight seconds before the moment at thirty"
    page.evaluate(f"window.sound = {playing}; window.sound.currentTime = 41.9")
    page.wait_for_function("() => window.sound.paused")
    assert page.evaluate("window.sound.currentTime") < 42.6
    page.keyboard.press(" ")
    page.wait_for_function("() => !window.sound.paused && window.sound.currentTime > 42.8")
    page.keyboard.press("r")
    page.wait_for_function("() => !window.sound.paused && window.sound.currentTime < 24")


def test_the_speed_is_remembered(open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    expect(page.locator("[data-rate]")).to_have_text("1.25×")
    page.keyboard.press(">")
    expect(page.locator("[data-rate]")).to_have_text("1.5×")
    page.reload()
    page.wait_for_selector("[data-feed][data-mounted]")
    start(page)
    expect(page.locator("[data-rate]")).to_have_text("1.5×")
    assert (
        page.evaluate("[...document.querySelectorAll('audio')].map(a => a.playbackRate)[0]") == 1.5
    )


# Two supervisors


def test_two_supervisors_at_work_are_never_served_the_same_moment(
    feed: Feed, open_feed: OpenFeed
) -> None:
    claire, thomas = open_feed("claire"), open_feed("thomas")
    start(claire)
    start(thomas)
    heard: dict[str, list[str]] = {"claire": [], "thomas": []}
    while True:
        going = False
        for name, page in (("claire", claire), ("thomas", thomas)):
            if page.evaluate("document.querySelector('[data-feed]').dataset.showing") == "moment":
                heard[name].append(current(page))
                press_and_go_on(page, "c" if name == "claire" else "x")
                going = True
        if not going:
            break
    assert not set(heard["claire"]) & set(heard["thomas"])
    assert len(heard["claire"]) + len(heard["thomas"]) == RUN + 2, "and everything was heard"
    assert min(len(heard["claire"]), len(heard["thomas"])) > 2, "by both"
    expect(claire.locator("[data-end-empty]")).to_be_visible()
    holders = {claim.id: claim.holder_id for claim in feed.claims() if claim.done_at}
    assert len(holders) == RUN + 2
    for name, numbers in heard.items():
        assert {holders[int(number)] for number in numbers} == {feed.desk.ids[name]}


def test_a_claim_lapses_when_its_holder_is_gone_and_who_comes_back_is_told(
    feed: Feed, open_feed: OpenFeed
) -> None:
    thomas = open_feed("thomas")
    start(thomas)
    theirs = current(thomas)
    thomas.route("**/feed/claims/renew", lambda route: route.abort())  # his machine sleeps
    with feed.app.app_context():
        gone = utc_now() - timedelta(seconds=1)
        db.session.execute(update(FeedClaim).values(lease_until=gone))
        db.session.commit()
    claire = open_feed("claire")
    start(claire)
    assert current(claire) == theirs, "served to her now"
    thomas.keyboard.press("c")
    expect(thomas.locator("#toasts")).to_contain_text("has taken this moment")
    with feed.app.app_context():
        assert db.session.scalars(select(Verdict)).all() == []
        claim = db.session.get_one(FeedClaim, int(theirs))
        assert claim.holder_id == feed.desk.ids["claire"]


def test_leaving_the_page_lets_go_of_what_it_held(feed: Feed, open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    both_are_loaded(page)
    assert len(feed.claims()) == 2
    page.goto("/calls")
    assert comes_true(
        feed, lambda: all(claim.lease_until <= utc_now() for claim in feed.claims())
    ), "both are free at once, not when their lease ends"


def test_the_whole_call_opens_beside_and_the_moment_stays_ones_own(
    feed: Feed, open_feed: OpenFeed
) -> None:
    page = open_feed()
    start(page)
    moment = current(page)
    with (
        page.context.expect_page() as opened,
        page.expect_response("**/feed/claims/renew") as kept,
    ):
        page.keyboard.press("o")
    assert kept.value.ok
    assert re.search(r"/calls/\d+\?t=22", opened.value.url)
    with feed.app.app_context():
        claim = db.session.get_one(FeedClaim, int(moment))
        assert claim.lease_until > utc_now() + timedelta(minutes=9)
        assert claim.point is not None
        judge(feed.desk.thomas, claim.call, claim.point, "rejected")
        db.session.commit()
    press_and_go_on(page, "c")
    expect(page.locator("#toasts")).to_contain_text("Thomas V.")


# Undo, requests, the end


def test_undo_brings_the_last_moment_back_and_its_verdict_is_gone(
    feed: Feed, open_feed: OpenFeed
) -> None:
    page = open_feed()
    start(page)
    first = current(page)
    press_and_go_on(page, "x")
    page.keyboard.press("z")
    expect(page.locator(f"#feed-title-{first}")).to_be_visible()
    expect(page.locator("[data-progress-text]")).to_contain_text("1")
    with feed.app.app_context():
        assert all(verdict.withdrawn_at for verdict in db.session.scalars(select(Verdict)))
    press_and_go_on(page, "c")
    outcome = select(FeedClaim.outcome).where(FeedClaim.id == int(first))
    assert comes_true(feed, lambda: db.session.scalar(outcome) == "confirmed")


def test_an_agents_request_comes_first_and_is_answered_with_a_word(
    feed: Feed, open_feed: OpenFeed
) -> None:
    request = feed.ask(text="Je suis allée trop vite ?", start_ms=27_600, end_ms=30_000)
    page = open_feed()
    start(page)
    expect(page.locator(".feed-question")).to_contain_text("Je suis allée trop vite ?")
    page.keyboard.press("a")
    page.keyboard.type("Oui: laissez-le finir.")
    page.keyboard.press("Escape")
    press_and_go_on(page, "c")
    expect(page.locator(".feed-question")).to_have_count(0)
    told = ("turns_here", "Oui: laissez-le finir.")
    answer = select(ListeningRequest.answer, ListeningRequest.answer_text)
    assert comes_true(feed, lambda: db.session.execute(answer).one() == told)
    page.keyboard.press("z")
    expect(page.locator(".feed-question")).to_be_visible()
    with feed.app.app_context():
        assert db.session.get_one(ListeningRequest, request).answer is None


def test_a_run_of_two_ends_calmly_and_says_what_is_left(feed: Feed, open_feed: OpenFeed) -> None:
    with feed.app.app_context():
        for call_id in feed.calls[2:]:
            recording = db.session.scalars(
                select(Recording).where(Recording.call_id == call_id)
            ).one()
            recording.playback = None
        db.session.commit()
    page = open_feed()
    start(page)
    press_and_go_on(page, "n")
    press_and_go_on(page, "n")
    expect(page.locator("[data-end]")).to_be_focused()
    expect(page.locator("[data-tally=passed] dd")).to_have_text("2")
    expect(page.locator("[data-more]")).to_be_hidden()
    page.keyboard.press("z")
    expect(page.locator(".feed-moment")).to_be_visible()
    press_and_go_on(page, "c")
    expect(page.locator("[data-tally=confirmed] dd")).to_have_text("1")


# When something fails


def test_offline_nothing_is_lost(feed: Feed, open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    plays(page)
    both_are_loaded(page)
    first = current(page)
    page.context.set_offline(True)
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("not lost")
    assert current(page) == first, "here again"
    page.context.set_offline(False)
    press_and_go_on(page, "c")
    page.wait_for_timeout(500)
    with feed.app.app_context():
        assert [verdict.decision for verdict in db.session.scalars(select(Verdict))] == [
            "confirmed"
        ]


def test_sound_that_cannot_be_played_says_so_and_the_next_one_is_at_hand(
    open_feed: OpenFeed,
) -> None:
    page = open_feed()
    page.route("**/audio", lambda route: route.fulfill(status=404, body=""))
    start(page)
    expect(page.locator("[data-trouble]")).to_contain_text("cannot be played")
    page.unroute("**/audio")
    press_and_go_on(page, "n")
    press_and_go_on(page, "n")
    plays(page)
    expect(page.locator("[data-trouble]")).to_be_hidden()


# For everybody


def test_each_new_moment_is_announced(open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    live = page.locator("[data-live]")
    expect(live).to_contain_text(re.compile(r"1 .*12.*Hanta R\..*DAF", re.DOTALL))
    press_and_go_on(page, "c")
    expect(live).to_contain_text(re.compile(r"2 .*12", re.DOTALL))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["laptop", "phone"])
def test_axe_finds_nothing(feed: Feed, open_feed: OpenFeed, scheme: str, *, phone: bool) -> None:
    feed.ask(text="Ici ?", start_ms=27_600, end_ms=30_000)
    size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
    page = open_feed(viewport=size, color_scheme=scheme)
    found: list[str] = []

    def look(what: str) -> None:
        answer = Axe().run(page, options=RULES).response
        assert len(answer["passes"]) > 10, "axe looked at the page"
        found.extend(
            f"{what}: {violation['id']}: {[node['html'][:160] for node in violation['nodes'][:3]]}"
            for violation in answer["violations"]
        )
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, what

    look("start")
    page.locator("[data-act=start]").click()
    page.wait_for_selector(".feed-moment")
    look("request")
    press_and_go_on(page, "n")
    look("moment")
    page.keyboard.press("m")
    page.wait_for_selector("[data-note] form")
    look("note")
    page.keyboard.press("Escape")
    page.locator("[data-note] form").wait_for(state="detached")
    for _moment in range(RUN - 1):
        press_and_go_on(page, "n")
    expect(page.locator("[data-view=end]")).to_be_visible()
    look("end")
    assert not found, "\n".join(found)
