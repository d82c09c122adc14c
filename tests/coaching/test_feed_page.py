"""The feed's page in a real browser: sound, undo, requests, the end, what fails, accessibility."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from callcoach.calls.models import Recording, Verdict
from callcoach.coaching.models import FeedClaim, ListeningRequest
from callcoach.extensions import db
from tests.axe import violations
from tests.coaching.feed_browser import (
    RUN,
    Feed,
    OpenFeed,
    both_are_loaded,
    comes_true,
    current,
    feed,
    open_feed,
    plays,
    press_and_go_on,
    start,
)
from tests.looks import every_look

__all__ = ["feed", "open_feed"]  # fixtures

pytestmark = pytest.mark.browser


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
    now_s = page.evaluate(
        """() => {
          const isPlaying = audio => !audio.paused;
          window.sound = [...document.querySelectorAll('audio')].find(isPlaying);
          return window.sound.currentTime;
        }"""
    )
    assert 22 <= now_s < 42, "from eight seconds before the moment at thirty"
    page.evaluate("window.sound.currentTime = 41.9")
    page.wait_for_function("() => window.sound.paused")
    stopped_s = page.evaluate("window.sound.currentTime")
    assert stopped_s >= 42
    page.keyboard.press(" ")
    page.wait_for_function(
        "stopped => !window.sound.paused && window.sound.currentTime > stopped + 0.2",
        arg=stopped_s,
    )
    page.keyboard.press("r")
    page.wait_for_function("() => !window.sound.paused && window.sound.currentTime < 41")


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
    assert comes_true(feed.app, lambda: db.session.scalar(outcome) == "confirmed")


def test_a_rejection_is_explained_from_the_next_moment(feed: Feed, open_feed: OpenFeed) -> None:
    page = open_feed()
    start(page)
    expect(page.locator("[data-reasons]")).to_be_hidden()
    press_and_go_on(page, "x")
    expect(page.locator("[data-reasons]")).to_be_visible()
    now = current(page)
    page.keyboard.press("2")
    expect(page.locator("[data-reasons]")).to_be_hidden()
    assert current(page) == now, "the run goes on where it was"

    def reasons() -> list[str]:
        statement = select(Verdict.reason).where(Verdict.withdrawn_at.is_(None))
        return [str(reason) for reason in db.session.scalars(statement)]

    assert comes_true(feed.app, lambda: reasons() == ["misheard"])
    page.keyboard.press("z")
    expect(page.locator("[data-reasons]")).to_be_hidden()
    assert comes_true(feed.app, lambda: reasons() == []), "undo takes both back"
    press_and_go_on(page, "x")
    press_and_go_on(page, "c")
    expect(page.locator("[data-reasons]")).to_be_hidden()


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
    assert comes_true(feed.app, lambda: db.session.execute(answer).one() == told)
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
    with page.expect_response("**/finish"):
        press_and_go_on(page, "c")
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


@every_look
def test_axe_finds_nothing(feed: Feed, open_feed: OpenFeed, scheme: str, *, phone: bool) -> None:
    feed.ask(text="Ici ?", start_ms=27_600, end_ms=30_000)
    size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
    page = open_feed(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    found: list[str] = []

    def look(what: str) -> None:
        page.evaluate("scrollTo(0, 0)")  # what lies half under the top bar is no small target
        found.extend(violations(page, what))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, what

    look("start")
    page.locator("[data-act=start]").click()
    page.wait_for_selector(".feed-moment")
    look("request")
    press_and_go_on(page, "n")
    look("moment")
    page.keyboard.press("m")
    expect(page.locator("[data-note] [name=instead]")).to_be_focused()
    look("note")
    page.keyboard.press("Escape")
    page.locator("[data-note] form").wait_for(state="detached")
    for _moment in range(RUN - 1):
        press_and_go_on(page, "n")
    expect(page.locator("[data-view=end]")).to_be_visible()
    look("end")
    assert not found, "\n".join(found)
