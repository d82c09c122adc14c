"""From a spoken note to a marked try: the loop, with the real worker and the real speech model."""

from __future__ import annotations

import re
import wave
from collections.abc import Iterator

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from callcoach.analysis.text import tokens
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.drills.microphone import say_something, voice_state
from tests.waiting import until

from .conftest import SAMPLES, Floor, SignIn

pytestmark = [pytest.mark.asr, pytest.mark.browser, pytest.mark.slow]

#: A model to join and load, and a few seconds of speech to write down, on a busy machine.
PATIENCE_MS = 180_000
#: Where an agent asks a question in the sample, in seconds; a voice that a small model follows.
QUESTION_S = (13.6, 19.3)
#: What the model makes of it after Opus and AAC, whatever else it makes.
UNDERSTOOD = {"vous", "cloturez", "combien", "jours"}
WHY = "Il venait de dire qu’il avait deux minutes."
REWRITTEN = "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?"
REMARK = "Très juste. Respirez avant la question."


@pytest.fixture(scope="module")
def speaking(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose microphone hears an agent of the samples ask a question, over and over."""
    path = tmp_path_factory.mktemp("microphone") / "question.wav"
    with av.open(str(SAMPLES / "comptaclair-01-daf-emballage.wav")) as whole:
        sound = np.concatenate([frame.to_ndarray() for frame in whole.decode(audio=0)], axis=1)
        rate_hz = whole.streams.audio[0].rate
    start, end = (round(moment_s * rate_hz) for moment_s in QUESTION_S)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(sound[0, 2 * start : 2 * end : 2].tobytes())
    arguments = [
        *ARGUMENTS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


def test_from_a_spoken_note_to_a_marked_try(
    sign_in_as: SignIn, floor: Floor, speaking: Browser
) -> None:
    claire = sign_in_as("claire", browser=speaking)
    hanta = sign_in_as("hanta", phone=True, browser=speaking)
    _speak_a_note(claire, floor.coached_call)
    _hear_it_and_see_it_otherwise(hanta)
    _say_it_otherwise(claire)
    _find_it_new(hanta)
    _give_a_drill(claire, floor.coached_call)
    _practise(hanta)
    _mark(claire)
    _read_the_mark(hanta)


def _understood(said: str) -> None:
    assert UNDERSTOOD.intersection(tokens(said)), said


def _heard(page: Page, player: Locator) -> None:
    """Its sound comes, plays and is stopped again."""
    button = player.locator("[data-play]")
    expect(button).to_be_visible(timeout=60_000)  # the worker cuts it, the page asks now and then
    button.click()
    place = player.locator("audio").evaluate(
        "e => [...document.querySelectorAll('audio')].indexOf(e)"
    )
    until(page, f"document.querySelectorAll('audio')[{place}].currentTime > 0.3")
    button.click()


def _speak_a_note(page: Page, call_id: int) -> None:
    """With the keyboard: to the moment, v held while speaking, Ctrl+Enter."""
    page.goto(f"/calls/{call_id}")
    page.wait_for_selector("[data-call-desk][data-mounted]")
    page.keyboard.press("n")
    page.keyboard.down("v")
    page.wait_for_selector("[data-voice-state=recording]")
    page.wait_for_function(
        "() => document.querySelector('[data-voice-state=recording] [data-voice-time]')"
        "?.textContent >= '0:06'"
    )
    page.keyboard.up("v")
    voice_state(page, "done")
    instead = page.locator("[data-note-form] [name=instead]")
    expect(instead).not_to_have_value("", timeout=PATIENCE_MS)  # what the model wrote down
    _understood(instead.input_value())
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-note-form]")).to_have_count(0)
    expect(page.locator(".note audio")).to_have_count(1)


def _hear_it_and_see_it_otherwise(page: Page) -> None:
    page.goto("/home")
    page.locator(".home-next .btn-primary").click()
    note = page.locator(".my-note.is-open")
    _understood(note.locator(".my-instead").inner_text())
    _heard(page, note.locator(".my-player:not(.my-voice)"))
    _heard(page, note.locator(".my-voice"))
    page.locator(".my-otherwise a").click()
    page.locator("[name=text]").fill(WHY)
    page.locator("[data-dispute] button.btn-primary").click()
    expect(page.locator(".my-dispute")).to_contain_text(WHY)


def _say_it_otherwise(page: Page) -> None:
    page.goto("/home")
    page.locator("#home-disputes ~ .home-lines .home-link").click()
    expect(page.locator(".dispute-text")).to_have_text(WHY)
    page.wait_for_selector("[data-answering][data-mounted]")
    page.keyboard.press("e")
    page.locator("[name=instead]").fill(REWRITTEN)
    page.locator("[name=hears]").fill("Il n’a pas été écouté.")
    with page.expect_navigation(url=re.compile(r"/calls/\d+")):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".note-instead")).to_contain_text(REWRITTEN)


def _find_it_new(page: Page) -> None:
    page.goto("/home")
    page.locator(".home-next .btn-primary").click()
    expect(page.locator(".is-open .my-instead")).to_contain_text(REWRITTEN)
    expect(page.locator(".my-changed")).to_be_visible()
    page.locator("[data-acknowledge] button").click()
    expect(page.locator("[data-unacknowledge]")).to_be_visible()


def _give_a_drill(page: Page, call_id: int) -> None:
    page.goto(f"/calls/{call_id}")
    page.locator(".note form[action$='/drills'] button").click()
    expect(page.locator(".is-example, .drill-step").last).to_contain_text(REWRITTEN)
    page.get_by_label("Hanta R.").check()
    page.locator(".drill-assign button").first.click()
    expect(page.locator(".drill-given")).to_contain_text("Hanta R.")


def _practise(page: Page) -> None:
    page.goto("/home")
    page.locator("#home-drills ~ .row-wrap a").click()
    page.wait_for_selector("[data-drill][data-mounted]")
    _heard(page, page.locator("[data-step] [data-excerpt]").first)
    page.locator(".voice-record").click()
    say_something(page, 6)
    voice_state(page, "done")
    page.locator("[data-send] button").click()
    said = page.locator(".drill-compare p[lang]").first
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    _understood(page.locator(".drill-try .drill-compare").inner_text().split("«")[1])


def _mark(page: Page) -> None:
    page.goto("/home")
    page.locator("#home-tries ~ .row-wrap a").click()
    page.locator(".page-actions .btn-primary").click()
    _understood(page.locator(".is-answer p.serif").inner_text())
    page.keyboard.press("r")
    page.keyboard.type(REMARK)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url("**/drills/tries")


def _read_the_mark(page: Page) -> None:
    page.goto("/home")
    page.locator("#home-drills ~ .row-wrap a").click()
    expect(page.locator(".drill-try")).to_contain_text(REMARK)
    expect(page.locator(".drill-try .chip-good")).to_be_visible()
