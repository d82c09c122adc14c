"""The home page in a browser: progress by itself, one key to the feed, nothing that axe finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from callcoach.calls.models import Call, CallState
from callcoach.calls.subjects import PROCESS, subject_of
from callcoach.coaching.models import NoteReply
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from tests.axe import violations
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request, give_sound
from tests.looks import every_look

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(app: Flask, desk: Desk) -> int:
    """A floor where everything waits; the id of the call being processed."""
    with app.app_context():
        claire, agent = desk.user("claire"), desk.user("agent")
        give_sound(desk.call)
        create_request(desk.call, agent)
        create_request(
            desk.call,
            agent,
            moment=False,
            answer="turns_here",
            answer_text="Oui, c’est exactement là.",
            answered_at=utc_now(),
            answered_by_id=claire.id,
        )
        create_note(desk.call, claire, sent=False)
        create_note(desk.call, claire, aim="keep", sent_at=utc_now() - timedelta(days=1))
        note = create_note(desk.call, claire)
        note.replies.append(NoteReply(author_id=agent.id, text="Et s’il insiste ?"))
        of_this_floor = {
            "team": desk.call.team,
            "agent": agent,
            "campaign": desk.call.campaign,
        }
        create_call(CallState.FAILED, **of_this_floor)
        running = create_call(CallState.TRANSCRIBING, **of_this_floor)
        db.session.add(
            Job(
                kind=PROCESS,
                subject=subject_of(running.id),
                state=JobState.RUNNING,
                progress_permille=430,
                lease_token="x",
                lease_until=utc_now() + timedelta(minutes=5),
            )
        )
        db.session.commit()
        return running.id


def _advance(app: Flask, call_id: int, permille: int, state: CallState) -> None:
    with app.app_context():
        job = db.session.query(Job).filter_by(subject=subject_of(call_id)).one()
        job.progress_permille = permille
        if state is CallState.READY:
            job.state, job.lease_token, job.lease_until = JobState.DONE, None, None
            job.finished_at = utc_now()
        db.session.get_one(Call, call_id).state = state
        db.session.commit()


def test_progress_moves_by_itself_and_ends_in_place(
    app: Flask, desk: Desk, windows: Windows, busy: int
) -> None:
    page = windows.open(desk.ids["claire"], "/home")
    line = page.locator(f'[data-call="{busy}"]')
    expect(line.locator("[data-live-percent]")).to_have_text("43 %")
    _advance(app, busy, 810, CallState.ANALYSING)
    expect(line.locator("[data-live-percent]")).to_have_text("81 %")
    _advance(app, busy, 1000, CallState.READY)
    expect(line.locator("progress")).to_have_count(0)
    expect(line).not_to_have_attribute("data-running", "")
    line.get_by_role("link").click()
    page.wait_for_url(f"**/calls/{busy}")
    assert windows.troubles == []


def test_one_key_leads_to_the_feed(desk: Desk, windows: Windows, busy: int) -> None:
    page = windows.open(desk.ids["claire"], "/home")
    expect(page.locator('main a[href="/feed"][autofocus]')).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/feed")


@pytest.mark.slow
@every_look
def test_axe_finds_nothing(
    desk: Desk, windows: Windows, busy: int, scheme: str, *, phone: bool
) -> None:
    found = []
    for who in ("claire", "lead", "agent", "colleague"):
        page = windows.open(desk.ids[who], "/home", phone=phone, scheme=scheme)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), who
    assert not found, "\n".join(found)
    assert windows.troubles == []
