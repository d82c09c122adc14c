"""The feed's reach: twelve moments in under ten minutes, and two supervisors at work at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from callcoach.calls.models import Verdict
from callcoach.calls.operations import judge
from callcoach.coaching.models import FeedClaim, Note
from callcoach.extensions import db, utc_now
from tests.coaching.feed_browser import (
    GONE,
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

__all__ = ["feed", "open_feed"]  # fixtures

pytestmark = pytest.mark.browser

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
    expect(page.locator("[data-act=start]")).to_be_focused()
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
    assert comes_true(
        feed.app, lambda: sum(claim.done_at is not None for claim in feed.claims()) == RUN
    ), "the page goes on before the last answer has come"
    with feed.app.app_context():
        verdicts = db.session.scalars(select(Verdict.decision)).all()
        assert sorted(verdicts) == ["confirmed"] * 8 + ["rejected"] * 3  # a note confirms too
        notes = db.session.scalars(select(Note)).all()
        assert [note.instead for note in notes] == [ADVICE, ADVICE]
        assert all(note.sent_at for note in notes)
        done = db.session.scalars(select(FeedClaim).where(FeedClaim.done_at.is_not(None))).all()
        assert len(done) == RUN


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
            expect(page.locator("[data-view=waiting]")).to_be_hidden()
            if page.locator("[data-more]").is_visible():  # a run is over before all is heard
                expect(page.locator("[data-more]")).to_be_focused()
                page.keyboard.press("Enter")  # and what was left may be with the other by now
                expect(page.locator("[data-view=waiting]")).to_be_hidden()
            if page.locator(".feed-moment").is_visible():
                heard[name].append(current(page))
                press_and_go_on(page, "c" if name == "claire" else "x")
                going = True
        if not going:
            break
    assert not set(heard["claire"]) & set(heard["thomas"])
    assert len(heard["claire"]) + len(heard["thomas"]) == RUN + 2, "and everything was heard"
    assert min(len(heard["claire"]), len(heard["thomas"])) > 2, "by both"
    expect(claire.locator("[data-end-empty]")).to_be_visible()
    assert comes_true(
        feed.app, lambda: sum(bool(claim.done_at) for claim in feed.claims()) == RUN + 2
    ), "the pages go on before the last answers have come"
    holders = {claim.id: claim.holder_id for claim in feed.claims() if claim.done_at}
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
        feed.app, lambda: all(claim.lease_until <= utc_now() for claim in feed.claims())
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
    opened.value.wait_for_url(re.compile(r"/calls/\d+\?t=22"))  # blank at first
    with feed.app.app_context():
        claim = db.session.get_one(FeedClaim, int(moment))
        assert claim.lease_until > utc_now() + timedelta(minutes=9)
        assert claim.point is not None
        judge(feed.desk.thomas, claim.call, claim.point, "rejected")
        db.session.commit()
    press_and_go_on(page, "c")
    expect(page.locator("#toasts")).to_contain_text("Thomas V.")
