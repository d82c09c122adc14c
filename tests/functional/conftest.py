"""A real `callcoach run` with its worker and the real speech model, and a real Chromium."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import flask_migrate
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from callcoach.accounts.models import Role
from callcoach.analysis.engine import ANALYSIS_VERSION
from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.extensions import db
from tests.factories.accounts import PASSWORD, create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.coaching import give_sound

SAMPLES = Path(__file__).parents[2] / "recordings_sample"
#: Seconds of the recording that is imported and transcribed for real.
CLIP_S = 20


@dataclass(frozen=True)
class Floor:
    """A served installation with people whose sign-in names are their roles."""

    url: str
    own_call: int
    other_call: int
    #: Of Hanta's, with sound: what coaching is tried on.
    coached_call: int


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of a stereo sample: what it costs to process is mostly its length."""
    path = tmp_path_factory.mktemp("clip") / "rappel-delattre.wav"
    with av.open(str(SAMPLES / "comptaclair-01-daf-emballage.wav")) as whole:
        sound = np.concatenate([frame.to_ndarray() for frame in whole.decode(audio=0)], axis=1)
        rate_hz = whole.streams.audio[0].rate
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(sound[0, : 2 * rate_hz * CLIP_S].tobytes())
    return path


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """Serve an installation with two teams, until the tests are over."""
    data_dir = tmp_path_factory.mktemp("served") / "data"
    settings = Settings.from_env({}, data_dir=data_dir, production=False)
    calls = _furnish(settings)
    env = {key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "callcoach.cli", "run", "--port", "0"],
        env={**env, "CALLCOACH_DATA": str(data_dir), "CALLCOACH_PRODUCTION": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, f"no address in {line!r}"
        yield Floor(found.group(), *calls)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _furnish(settings: Settings) -> tuple[int, int, int]:
    """People, a campaign, two ready calls without sound and one with it."""
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        tana, tunis = create_team(name="Équipe Antananarivo"), create_team(name="Équipe Tunis")
        for login, role, teams, name in (
            ("claire", Role.SUPERVISOR, [tana], "Claire Martin"),
            ("sami", Role.TEAM_LEAD, [tana], "Sami Trabelsi"),
        ):
            create_user(role, teams=teams, login=login, name=name)
        hanta = create_user(Role.AGENT, teams=[tana], login="hanta", name="Hanta R.")
        yassine = create_user(Role.AGENT, teams=[tunis], login="yassine", name="Yassine B.")
        seat = create_user(Role.SPONSOR, login="donneur", name="Paul Donneur")
        campaign = create_campaign(
            teams=[tana, tunis],
            sponsor=create_sponsor(name="Comptaclair", seats=[seat]),
            name="Clôture mensuelle DAF",
        )
        moment = datetime(2026, 9, 14, 8, tzinfo=UTC)
        own = create_call(
            team=tana, agent=hanta, campaign=campaign, started_at=moment, persona="DAF"
        )
        other = create_call(
            team=tunis,
            agent=yassine,
            campaign=campaign,
            started_at=moment,
            prospect_name="M. Roussel",
        )
        coached = create_call(
            team=tana,
            agent=hanta,
            campaign=campaign,
            started_at=moment - timedelta(days=1),
            prospect_name="M. Dufour",
        )
        give_sound(coached)
        for call in (own, other, coached):  # else the worker makes an analysis of its own
            assert call.current_analysis is not None
            call.current_analysis.analysis_version = ANALYSIS_VERSION
        db.session.commit()
        numbers = own.id, other.id, coached.id
        db.session.remove()
        db.engine.dispose()
    return numbers


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in_as(chromium: Browser, floor: Floor) -> Iterator[SignIn]:
    """Open a browser window of its own and sign in through the page.

    A console error, an uncaught exception or a refused style or script fails the test.
    """
    windows: list[BrowserContext] = []
    troubles: list[str] = []

    def _sign_in(
        login: str, *, phone: bool = False, scheme: str = "light", browser: Browser = chromium
    ) -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1366, "height": 768}
        window = browser.new_context(
            viewport=size,
            color_scheme=scheme,
            has_touch=phone,
            base_url=floor.url,
            locale="fr-FR",
        )
        windows.append(window)
        page = window.new_page()
        page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text) if "Content Security" in message.text else None
            ),
        )
        page.goto("/sign-in")
        page.locator("input[name=identifier]").fill(login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main form button:not([type=button])").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield _sign_in
    for window in windows:
        window.close()
    assert not troubles, troubles
