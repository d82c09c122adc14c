"""What the recording quota allows, said before a note is sent; and coaching periods, which widen it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from callcoach.coaching.form_hints import form_hints
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress.counting import LEAST_HEARD
from callcoach.progress.models import CoachingPeriod
from callcoach.progress.queries.rechecks import forecast_at_best
from callcoach.web.i18n import speaking
from tests.coaching.conftest import Desk


def test_what_was_announced_at_once_is_called_off_at_once(
    app: Flask, desk: Desk, sign_in: Callable[[int], FlaskClient]
):
    today = utc_now().date()
    with app.app_context():
        form = {
            "starts_on": today + timedelta(days=1),
            "ends_on": today + timedelta(days=5),
            "daily_quota": 2,
            "reason": "Nouvelle accroche",
            "campaign_id": desk.call.campaign_id,
            "agents": [desk.ids["agent"], desk.ids["colleague"]],
        }
    claire = sign_in(desk.ids["claire"])
    page = claire.post("/progress/periods", data=form, follow_redirects=True).text
    undo = re.search(r"/progress/periods/cancel[?]ids=[0-9,%C]+", page)
    assert undo is not None
    assert sign_in(desk.ids["stranger"]).post(undo.group()).status_code == 404
    with app.app_context():
        assert len(db.session.scalars(select(Notice)).all()) == 2, "nothing was called off"
    assert claire.post(undo.group()).status_code == 302
    with app.app_context():
        kept = db.session.scalars(select(CoachingPeriod)).all()
        assert [period.cancelled_at is not None for period in kept] == [True, True]
        assert db.session.scalars(select(Notice)).all() == []


def test_the_form_of_a_note_says_when_an_answer_can_be_expected(
    app: Flask, desk: Desk, sign_in: Callable[[int], FlaskClient]
):
    with app.app_context():
        desk.call.campaign.weekly_recordings = 3
        db.session.commit()
        with speaking("fr"):
            (sentence,) = form_hints(desk.claire, desk.call)
        assert form_hints(desk.agent, desk.call) == []
        best = forecast_at_best(desk.ids["agent"], desk.call.campaign)
    assert (best.weekly, best.calls, best.weeks) == (3, LEAST_HEARD, 2)
    assert "3" in sentence
    assert "2" in sentence
    page = sign_in(desk.ids["claire"]).get(f"/calls/{desk.call_id}/notes/new").text
    assert str(escape(sentence)) in page
