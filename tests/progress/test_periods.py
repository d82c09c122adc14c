"""Announcing a coaching period to several agents is one thing, and so is calling it off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress.models import CoachingPeriod
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
