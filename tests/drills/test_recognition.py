"""A try is spoken into a browser, written down by the real recogniser, heard and marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.analysis.text import tokens
from callcoach.calls import recogniser
from callcoach.drills.models import Answer, Attempt, Mark
from callcoach.extensions import db
from tests.speech.conftest import base_model

from .microphone import (
    MakePractice,
    practice_in,
    say_something,
    speaking_chromium,
    voice_state,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asr]

__all__ = ["base_model", "practice_in", "speaking_chromium"]
#: Of these, some survive a synthesiser's French, Opus, AAC and a small model: which ones differs
#: with what a busy machine's browser drops of its microphone.
SPOKEN = {"accord", "vous", "equipes", "cloturez", "combien", "jours"}


@pytest.fixture
def _whisper(base_model: Path) -> Iterator[None]:
    from callcoach.speech.whisper import WhisperTranscriber

    recogniser.use_transcriber(lambda _settings: WhisperTranscriber(base_model))
    yield
    recogniser.use_transcriber()


@pytest.mark.usefixtures("_whisper")
def test_a_spoken_try_is_written_down_measured_and_marked(
    practice_in: MakePractice,
    speaking_chromium: Browser,
    sign_in: Callable[[User | int], FlaskClient],
) -> None:
    practice = practice_in(speaking_chromium)
    page = practice.open(practice.give())
    page.locator(".voice-record").click()
    say_something(page, 5)
    voice_state(page, "done")
    page.locator("[data-send] button").click()
    page.wait_for_selector(".drill-try [role=status]")
    practice.work()
    with practice.app.app_context():
        answer = db.session.scalars(select(Answer)).one()
        heard, measures = answer.text, dict(answer.measures)
    assert len(SPOKEN.intersection(tokens(heard))) >= 2, heard
    assert measures["rate"]["value"] > 1
    assert measures["closeness"]["value"] > 0, "the example asks the same thing"
    expect(page.locator(".drill-try .drill-compare p").first).to_contain_text(heard[:12])

    desk = practice.windows.open(practice.desk.ids["claire"], "/drills/tries")
    desk.locator(".page-actions a").click()
    expect(desk.locator(".is-answer")).to_contain_text(heard[:12])
    desk.keyboard.press("r")
    desk.keyboard.type("Très juste. Respirez avant la question.")
    desk.keyboard.press("Escape")
    desk.keyboard.press("2")
    desk.wait_for_url("**/drills/tries")
    with practice.app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        assert (attempt.mark, attempt.remark) == (
            Mark.ALMOST,
            "Très juste. Respirez avant la question.",
        )
    page.reload()
    expect(page.locator(".drill-try")).to_contain_text("Respirez avant la question.")
