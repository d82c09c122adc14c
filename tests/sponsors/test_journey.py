"""In a real browser, on a telephone: a client signs in, opens the alignment, hears a moment, contests a
finding, answers in the joint calibration.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from callcoach.accounts.models import User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import Judgement
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.privacy.models import Redaction
from callcoach.privacy.sounds import cut_of
from callcoach.sponsors.sounds import around
from callcoach.storage.operations import put_file, register_derived
from callcoach.storage.store import get_store
from tests.axe import faults
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import PASSWORD
from tests.factories.portal import END_MS, START_MS
from tests.factories.sounds import write_pcm_wav
from tests.waiting import comes_true, until

from .conftest import Client

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _sounding(site: Client, folder: Path) -> None:
    """The released call as something that a browser plays, whole and around the finding."""
    rate_hz = 8000
    times = np.arange(30 * rate_hz) / rate_hz
    tone = (0.1 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)
    content = write_pcm_wav(folder / "tone.wav", tone[np.newaxis], rate_hz).read_bytes()
    call = db.session.get_one(Call, site.call)
    redaction = db.session.query(Redaction).filter_by(call_id=call.id).one()
    redaction.file = put_file(io.BytesIO(content), kind="redacted", media_type="audio/wav")
    cut = cut_of(redaction, *around(START_MS, END_MS, call.duration_ms), agent_voice=True)
    assert cut is not None
    moment = get_store().put(io.BytesIO(content), key=cut.key)
    register_derived(moment, kind="beeped", media_type="audio/wav")
    db.session.commit()


def test_a_client_hears_contests_and_answers_on_a_telephone(
    app: Flask, client_site: Client, chromium: Browser, tmp_path: Path
) -> None:
    with app.app_context():
        _sounding(client_site, tmp_path)
        login = db.session.get_one(User, client_site.user).login
    with serving(app) as url:
        windows = Windows(app, url, chromium, excused="inline style")
        found: list[str] = []
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, base_url=url, locale="fr-FR"
        )
        windows.opened.append(context)
        phone = context.new_page()
        phone.goto("/sign-in")
        phone.fill("[name=identifier]", login)
        phone.fill("[name=password]", PASSWORD)
        phone.locator("form button.btn-primary").first.tap()
        phone.wait_for_url(f"**/portal/campaigns/{client_site.campaign}")
        found += faults(phone, "overview")

        phone.locator(".tabs a").nth(1).tap()
        expect(phone.locator(".portal-matrix .portal-count").first).to_contain_text("0")
        found += faults(phone, "matrix")
        phone.locator(".portal-cell").first.tap()
        phone.wait_for_url("**/weeks/**")
        expect(phone.locator(".portal-turn.is-said")).to_contain_text("une démonstration")
        found += faults(phone, "moments")
        phone.locator("[data-play]").first.tap()
        expect(phone.locator("[data-play]").first).to_have_class("my-play is-playing")

        phone.locator(f"a[href*='/portal/calls/{client_site.sampled}']").first.tap()
        expect(phone.locator("[data-portal-player]")).to_have_attribute("data-mounted", "")
        found += faults(phone, "call")
        phone.locator("[data-seek]").first.tap()
        until(phone, "() => document.querySelector('audio').currentTime > 12.2")
        expect(phone.locator(".portal-turn.is-playing")).to_contain_text("une démonstration")
        phone.locator("[data-play]").tap()

        phone.goto(f"/portal/findings/{client_site.finding}")
        phone.locator("details:has([value=contests]) summary").tap()
        phone.fill("#contest-text", "Le délai est dit juste après.")
        phone.locator("form:has([value=contests]) .btn-primary").tap()
        phone.locator("#standing-faithful").check()
        phone.fill("#reason", "Il dit mardi ou jeudi.")
        found += faults(phone, "finding")
        phone.locator("form[action$='/calibration'] .btn-primary").tap()
        expect(phone.locator(".portal-sides")).to_contain_text("Il dit mardi ou jeudi.")

        def _has_answered() -> bool:
            calibration = db.session.get_one(Judgement, client_site.finding).calibration
            return calibration is not None and calibration.sponsor_standing == Standing.FAITHFUL

        assert comes_true(app, _has_answered)
        desk = windows.open(client_site.user, phone.url, scheme="dark")
        found += faults(desk, "finding, dark")
        desk.goto(f"/portal/campaigns/{client_site.campaign}/alignment?by=versions")
        found += faults(desk, "matrix, dark")
        desk.goto(f"/portal/calls/{client_site.sampled}")
        found += faults(desk, "call, dark")
        desk.locator("h1").click()
        desk.keyboard.press("j")
        until(desk, "() => document.querySelector('audio').currentTime > 12.2")
        desk.keyboard.press(" ")
        until(desk, "() => document.querySelector('audio').paused")
        windows.close()
    assert found == []
    assert windows.troubles == []
