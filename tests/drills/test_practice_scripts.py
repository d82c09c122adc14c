"""Doing a drill in a browser that has a microphone, has none, or loses the line."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from callcoach.drills.models import Answer, Attempt, AttemptState
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.factories.recognition import FakeTranscriber
from tests.waiting import comes_true

from .microphone import (
    MakePractice,
    practice_in,
    say_something,
    speaking_chromium,
    voice_state,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

__all__ = ["practice_in", "speaking_chromium"]


def _answers(app: Flask) -> list[Answer]:
    with app.app_context():
        return list(db.session.scalars(select(Answer).order_by(Answer.id)))


def _keys(app: Flask) -> list[str]:
    """Files of answers."""
    with app.app_context():
        found = select(StoredFile.key).where(StoredFile.kind == "take")
        return list(db.session.scalars(found))


def _takes(page: Page) -> int:
    """Recordings on the browser's shelf."""
    return int(
        page.evaluate(
            """() => new Promise((resolve) => {
              const request = indexedDB.open('callcoach-voice', 1);
              request.onsuccess = () => {
                const count = request.result.transaction('takes').objectStore('takes').count();
                count.onsuccess = () => { resolve(count.result); request.result.close(); };
              };
            })"""
        )
    )


#: Somebody takes their time to allow the microphone.
ASKED_LATE = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) =>
    new Promise((resolve) => setTimeout(resolve, 400)).then(() => ask(wanted));
}"""


def _press(page: Page, button: str) -> None:
    """By keyboard; the focus stays with what is going on until there is something to press."""
    page.evaluate(ASKED_LATE)
    page.locator(button).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-voice-when=asking]")).to_be_focused()
    page.wait_for_selector("[data-voice-state=recording]")
    expect(page.locator("[data-voice-act=stop]")).to_be_focused()


def test_record_listen_again_and_send(
    practice_in: MakePractice, speaking_chromium: Browser, transcriber: FakeTranscriber
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give())
    page.keyboard.press("r")
    say_something(page)
    voice_state(page, "done")
    first = _keys(practice.app)
    page.locator("[data-voice-act=play]:visible").click()
    page.wait_for_function("() => document.querySelector('[data-voice-audio]').currentTime > 0.3")
    _press(page, "[data-voice-act=record]:visible")
    say_something(page, 1)
    voice_state(page, "done")
    (answer,) = _answers(practice.app)
    assert len(_keys(practice.app)) == len(first) == 1
    assert _keys(practice.app) != first, "the first take is gone"
    assert 800 < answer.duration_ms < 4000
    assert _takes(page) == 0, "what the server has is not kept here"
    page.locator("[data-send] button").click()
    page.wait_for_selector(".drill-try [role=status]")
    practice.work()
    expect(page.locator(".drill-compare")).to_contain_text("bonjour")
    expect(page.locator(".drill-compare")).to_contain_text("Vous clôturez en combien de jours")
    with practice.app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        assert attempt.state == AttemptState.SUBMITTED


def test_in_real_time_recording_starts_when_the_line_has_ended(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give("real_time"))
    page.evaluate(
        """() => {
          const audio = document.querySelector('[data-step] audio');
          window.order = [];
          audio.addEventListener('ended', () => window.order.push('ended'));
          audio.addEventListener('playing', () => { audio.playbackRate = 8; });
          new MutationObserver(() => {
            const state = document.querySelector('[data-voice]').dataset.voiceState;
            if (state === 'recording') window.order.push('recording');
          }).observe(document.querySelector('[data-voice]'), { attributes: true });
        }"""
    )
    expect(page.locator(".voice-record")).to_be_hidden()
    _press(page, "[data-go-act]")
    say_something(page, 1)
    voice_state(page, "done")
    order = page.evaluate("() => window.order")
    assert order[:2] == ["ended", "recording"]
    assert len(_answers(practice.app)) == 1


def test_a_line_that_breaks_half_way_loses_nothing(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    number = practice.give()
    page = practice.open(number)
    pieces = 0

    def _cut(route: object) -> None:
        nonlocal pieces
        if route.request.method == "PUT":  # type: ignore[attr-defined]
            pieces += 1
            if pieces > 1:
                route.abort()  # type: ignore[attr-defined]
                return
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/takes/**", _cut)
    page.locator(".voice-record").click()
    say_something(page, 12)  # more than one piece
    voice_state(page, "waiting")
    assert pieces > 1
    assert _takes(page) == 1
    assert _answers(practice.app) == []
    page.close()  # and the page is closed in between

    again = practice.windows.opened[-1].new_page()
    again.goto(f"/my/drills/{number}")
    voice_state(again, "done")
    (answer,) = _answers(practice.app)
    assert answer.duration_ms > 10_000
    assert _takes(again) == 0
    again.locator("[data-send] button").click()
    again.wait_for_selector(".drill-try")


def test_sending_waits_for_the_line_and_then_goes_by_itself(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give())
    page.locator(".voice-record").click()
    page.wait_for_selector("[data-voice-state=recording]")
    page.context.set_offline(True)
    say_something(page, 1)
    voice_state(page, "waiting")
    page.locator("[data-send] button").click()
    expect(page.locator("[data-send-note]")).not_to_be_empty()
    page.context.set_offline(False)
    page.wait_for_selector(".drill-try")
    with practice.app.app_context():
        assert db.session.scalars(select(Attempt)).one().submitted_at is not None


def test_what_another_person_left_on_the_device_is_dropped(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give())
    page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open('callcoach-voice', 1);
          request.onsuccess = () => {
            const put = request.result.transaction('takes', 'readwrite').objectStore('takes').put(
              { id: 'x', owner: 'somebody', place: 'y', bytes: new ArrayBuffer(3), at: Date.now() });
            put.onsuccess = () => { request.result.close(); resolve(); };
          };
        })"""
    )
    assert _takes(page) == 1
    page.reload()
    page.wait_for_selector("[data-drill][data-mounted]")
    assert _takes(page) == 0


@pytest.mark.parametrize(
    ("flags", "state"), [(["--use-fake-device-for-media-stream"], "refused"), ([], "missing")]
)
def test_without_a_microphone_the_answer_is_written(
    practice_in: MakePractice, chromium: Browser, flags: list[str], state: str
) -> None:
    arguments = [*ARGUMENTS, *flags]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    try:
        practice = practice_in(browser)
        page = practice.open(practice.give())
        if state == "missing":
            page.evaluate(
                """() => { navigator.mediaDevices.getUserMedia = async () => {
                  throw new DOMException('none', 'NotFoundError'); }; }"""
            )
        page.locator(".voice-record").click()
        voice_state(page, state)
        expect(
            page.locator(
                f"[data-voice-when={state}] strong, [data-voice-when~={state}] strong"
            ).first
        ).to_be_visible()
        box = page.locator("textarea").first
        expect(box).to_be_visible()
        box.fill("Vous clôturez en combien de jours ?")
        page.reload()
        page.wait_for_selector("[data-drill][data-mounted]")
        expect(page.locator("textarea").first).to_have_value("Vous clôturez en combien de jours ?")
        page.locator("[data-send] button").click()
        page.wait_for_selector(".drill-try")
        (answer,) = _answers(practice.app)
        assert (answer.is_typed, answer.text) == (True, "Vous clôturez en combien de jours ?")
        assert page.evaluate("() => Object.keys(localStorage).length") == 0
    finally:
        browser.close()


def test_a_microphone_taken_away_keeps_what_was_said(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give())
    page.evaluate(
        """() => {
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await ask(wanted));
        }"""
    )
    page.locator(".voice-record").click()
    page.wait_for_function(
        "() => document.querySelector('[data-voice-time]').textContent >= '0:02'"
    )
    page.evaluate(
        "() => { const t = window.stream.getTracks()[0]; t.stop(); t.dispatchEvent(new Event('ended')); }"
    )
    voice_state(page, "done")
    expect(page.locator("[data-voice-interrupted-note]")).to_be_visible()
    assert _answers(practice.app)[0].duration_ms > 1000


def test_lines_come_one_after_the_other(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    from callcoach.calls import queries as calls
    from callcoach.drills.operations import assigning, making

    practice = practice_in(speaking_chromium)
    with practice.app.app_context():
        desk = practice.desk
        ids = [t.turn_id for t in calls.turns_of(desk.call) if t.speaker == "prospect"]
        drill = making.make_chain(desk.claire, desk.call, ids)
        found = assigning.assign_drill(desk.claire, drill, [desk.ids["agent"]], None)
        db.session.commit()
        number = found.new[0].id
    page = practice.open(number)
    expect(page.locator("[data-step]:visible")).to_have_count(1)
    page.locator(".voice-record:visible").click()
    say_something(page, 1)
    page.locator("[data-next-act]:visible").click()
    expect(page.locator("[data-step]:visible")).to_have_count(2)
    page.locator("[data-step]").nth(1).locator("summary").click()
    page.locator("textarea").nth(1).fill("Et aujourd'hui, vous faites comment ?")
    page.locator("[data-next-act]:visible").click()
    assert comes_true(practice.app, lambda: len(_answers(practice.app)) == 1)
    page.reload()
    page.wait_for_selector("[data-drill][data-mounted]")
    expect(page.locator("[data-step]:visible")).to_have_count(3)
    page.locator("[data-step]").nth(2).locator("summary").click()
    page.locator("textarea").nth(2).fill("Je comprends.")
    page.locator("[data-send] button").click()
    page.wait_for_selector(".drill-try")
    assert [answer.is_typed for answer in _answers(practice.app)] == [False, True, True]


def test_an_ear_presses_where_it_turns_and_compares(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give("ear"))
    page.locator("body").press(" ")  # starts it
    page.wait_for_function("() => document.querySelector('[data-step] audio').currentTime > 1.2")
    page.locator("body").press(" ")
    expect(page.locator("[data-taps] li")).to_have_count(1)
    page.locator("[data-taps] button").click()
    expect(page.locator("[data-taps] li")).to_have_count(0)
    page.locator("[data-tap]").click()
    page.locator("[data-send] button").click()
    page.wait_for_selector(".drill-try")
    expect(page.locator(".drill-try")).to_contain_text(re.compile(r"\d[.,]\d\ss"))
    (answer,) = _answers(practice.app)
    assert len(answer.taps) == 1
