"""Browsers whose microphone hears a file, and pages of an agent's drills in them."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from callcoach.drills.models import Assignment
from callcoach.drills.operations import assigning, making
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from tests.coaching.browsing import Windows, serving
from tests.conftest import ARGUMENTS, CHROMIUM
from tests.factories.coaching import create_note, give_sound
from tests.factories.spoken import RATE, speak

from .conftest import Desk

#: What the microphone hears: what a good agent answers.
SAID = "D'accord, vous êtes équipés. Et vous clôturez en combien de jours ?"


def write_microphone(path: Path, text: str = SAID) -> Path:
    """The sentence as a WAV that a browser takes for its microphone."""
    spoken = speak(text, "fr-fr")
    samples = np.concatenate([np.zeros(RATE // 4), spoken, np.zeros(RATE)])
    samples = samples + np.random.default_rng(1).normal(0, 0.001, len(samples))  # a room
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
def speaking_chromium(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser that lets every page have the microphone, which says `SAID` again and again."""
    path = write_microphone(tmp_path_factory.mktemp("microphone") / "said.wav")
    arguments = [
        *ARGUMENTS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


@dataclass(frozen=True)
class Practice:
    """A served application, an agent with drills on a call that can be heard, and windows."""

    app: Flask
    desk: Desk
    windows: Windows

    def give(self, kind: str = "reformulate") -> int:
        """A drill that Claire made of a note and gave to Hanta; its assignment."""
        with self.app.app_context():
            if self.desk.call.recording and self.desk.call.recording.playback_id is None:
                give_sound(self.desk.call)
            note = create_note(self.desk.call, self.desk.user("claire"))
            drill = making.make_from_note(self.desk.claire, self.desk.call, note, kind)
            given = assigning.assign_drill(self.desk.claire, drill, [self.desk.ids["agent"]], None)
            db.session.commit()
            number = given.new[0].id
        self.work()
        return number

    def work(self) -> None:
        """Do what waits, as a worker does."""
        with self.app.app_context():
            ids = list(
                db.session.scalars(
                    select(Job.id)
                    .where(Job.state == JobState.QUEUED, Job.not_before.is_(None))
                    .order_by(Job.id)
                )
            )
            db.session.remove()
        for job_id in ids:
            Runner(self.app, "test worker").run(job_id)

    def open(self, assignment_id: int, **options: object) -> Page:
        """The drill in a window of Hanta's."""
        page = self.windows.open(
            self.desk.ids["agent"],
            f"/my/drills/{assignment_id}",
            phone=True,
            **options,  # type: ignore[arg-type]
        )
        page.wait_for_selector("[data-drill][data-mounted]")
        return page

    def assignment(self, assignment_id: int) -> Assignment:
        return db.session.get_one(Assignment, assignment_id, populate_existing=True)


MakePractice = Callable[[Browser], Practice]


@pytest.fixture
def practice_in(app: Flask, desk: Desk) -> Iterator[MakePractice]:
    """The floor, served to a browser of the test's choice."""
    opened: list[Windows] = []
    with serving(app) as url:

        def _make(browser: Browser) -> Practice:
            opened.append(Windows(app, url, browser))
            return Practice(app, desk, opened[-1])

        yield _make
        for windows in opened:
            windows.close()
    troubles = [trouble for windows in opened for trouble in windows.troubles]
    assert not troubles, troubles


def voice_state(page: Page, state: str) -> None:
    """Wait until the (first) recorder is in a state."""
    page.wait_for_selector(f"[data-voice-state={state}]")


def say_something(page: Page, seconds: float = 2.0) -> None:
    """Record for a while, and stop."""
    page.wait_for_selector("[data-voice-state=recording]")
    page.wait_for_function(
        """([seconds]) => {
          const time = document.querySelector('[data-voice-state=recording] [data-voice-time]');
          const [minutes, rest] = time.textContent.split(':').map(Number);
          return minutes * 60 + rest >= seconds;
        }""",
        arg=[seconds],
    )
    page.locator("[data-voice-state=recording] [data-voice-act=stop]").click()
