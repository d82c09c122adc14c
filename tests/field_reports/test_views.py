"""The week, what is kept of it and the letter, as people meet them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pypdf
from flask import Flask
from flask.testing import FlaskClient

from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.field_reports.letters import (
    MAX_INTRO,
    MAX_POINTS,
    MAX_QUOTE,
    MAX_QUOTES,
    MAX_TEXT,
    Letter,
    Point,
)
from callcoach.field_reports.models import SponsorLetter
from callcoach.field_reports.queries import this_week
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.field_reports import create_letter
from tests.factories.search import create_spoken_call

SignIn = Callable[[int], FlaskClient]


def _site(app: Flask) -> tuple[int, int, int]:
    """A campaign with one call this week; its supervisor and its sponsor's person."""
    with app.app_context():
        team = create_team()
        seat = create_user("sponsor")
        campaign = create_campaign([team], create_sponsor([seat]))
        supervisor = create_user("supervisor", [team])
        create_spoken_call(
            [("prospect", "C’est trop cher, madame Delattre.")],
            team=team,
            campaign=campaign,
            started_at=utc_now() - timedelta(minutes=5),
        )
        return campaign.id, supervisor.id, seat.id


def test_from_a_week_to_a_letter_that_the_sponsor_reads(app: Flask, sign_in: SignIn) -> None:
    campaign_id, supervisor_id, seat_id = _site(app)
    week = this_week(utc_now()).isoformat()
    browser, sponsor = sign_in(supervisor_id), sign_in(seat_id)
    address = f"/campaigns/{campaign_id}/field-report"
    page = browser.get(address).get_data(as_text=True)
    assert "madame Delattre" in page, "whoever may hear the call reads its words"

    kept = browser.post(
        f"{address}/keep",
        data={"week": week, "signal": "objection", "key": "too_dear", "used_for": "letter"},
    )
    assert kept.status_code == 302
    form = browser.get(f"{address}/letter?week={week}").get_data(as_text=True)
    (quote,) = re.findall(r'name="quote-0"[^>]*>([^<]*)<', form)
    assert "Delattre" not in quote
    heading = re.search(r'name="heading-0" value="([^"]*)"', form)
    assert quote.startswith("C’est trop cher")
    assert heading
    typed = {
        "week": week, "based_on": "0", "points": "1", "heading-0": heading[1],
        "subject-0": "objection:too_dear",
        "text-0": "Dit une fois.", "quote-0": quote, "intro": "Bonjour.",
    }  # fmt: skip
    browser.post(f"{address}/letter", data=typed)
    with app.app_context():
        (row,) = db.session.scalars(db.select(SponsorLetter)).all()
        assert Letter.from_dict(row.content).points[0].quotes == (), "nobody released it"
        letter = f"/field-letters/{row.id}"
    assert sponsor.get(letter).status_code == 404

    stale = browser.post(f"{address}/letter", data={**typed, "intro": "Autre."})
    assert stale.status_code == 409
    assert "Autre." in stale.get_data(as_text=True), "nothing typed is lost"

    browser.post(f"{address}/letter", data={**typed, "based_on": "1", "leave-0": "1"})
    again = browser.get(f"{address}/letter?week={week}").get_data(as_text=True)
    assert again.count('name="heading-') == 1
    assert 'name="leave-0" value="1" checked' in again, "what is left out stays out"
    released = {**typed, "based_on": "2", "release-0-0": "1", "send": "1"}
    assert browser.post(f"{address}/letter", data=released).status_code == 302
    read = sponsor.get(letter).get_data(as_text=True)
    assert "trop cher" in read
    assert "Delattre" not in read
    assert letter in sponsor.get("/field-letters").get_data(as_text=True)


def test_a_wrong_week_is_refused_and_one_to_come_is_the_current(
    app: Flask, sign_in: SignIn
) -> None:
    campaign_id, supervisor_id, _seat = _site(app)
    browser = sign_in(supervisor_id)
    address = f"/campaigns/{campaign_id}/field-report"
    assert browser.get(f"{address}?week=hier").status_code == 400
    page = browser.get(f"{address}?week=2999-01-01").get_data(as_text=True)
    assert this_week(utc_now()).isoformat() in page


def test_the_fullest_letter_is_one_page(app: Flask, sign_in: SignIn) -> None:
    campaign_id, supervisor_id, _seat = _site(app)
    words = "Le prospect dit que cela coûte cher et demande pourquoi. "
    point = Point("Trop cher", (words * 9)[:MAX_TEXT], ((words * 9)[:MAX_QUOTE],) * MAX_QUOTES)
    full = Letter((words * 20)[:MAX_INTRO], (point,) * MAX_POINTS, (words * 20)[:MAX_INTRO])
    with app.app_context():
        campaign = db.session.get_one(Campaign, campaign_id)
        letter_id = create_letter(campaign, content=full.to_dict()).id
    answer = sign_in(supervisor_id).get(f"/field-letters/{letter_id}.pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    assert len(pages) == 1
    assert "Trop cher" in pages[0].extract_text()
