"""Invitations, read back with the library that calendars are read with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Event

from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.config import Settings
from callcoach.debriefs.invitations import Invitation, Person, calendar_of
from callcoach.debriefs.models import Debrief
from callcoach.debriefs.operations import inviting, planning
from callcoach.extensions import db, utc_now
from callcoach.notices import mail
from callcoach.notices.models import Notice
from callcoach.notices.schedule import preference_of
from tests.factories.accounts import create_team, create_user
from tests.factories.debriefs import create_debrief

PARIS = ZoneInfo("Europe/Paris")


def _invitation(**values: Any) -> Invitation:
    return Invitation(
        **{
            "uid": "debrief-1@callcoach",
            "sequence": 0,
            "title": "Débrief ; objections, « et » après",
            "starts_at": datetime(2026, 10, 23, 14, 0, tzinfo=UTC),
            "minutes": 45,
            "timezone": "Europe/Paris",
            "place": "Salle Baobab, 2e étage",
            "url": "https://callcoach.example/my/debriefs/1",
            "text": "Rejoignez-le ici :\nhttps://callcoach.example/my/debriefs/1",
            "organizer": Person("Claire M.", "claire@example.com"),
            "stamped_at": datetime(2026, 10, 1, tzinfo=UTC),
            **values,
        }
    )


def _read(text: str) -> tuple[Calendar, Event]:
    found = Calendar.from_ical(text)
    (event,) = found.walk("VEVENT")
    return found, event


@pytest.mark.parametrize(
    ("starts_at", "offset"),
    [
        (datetime(2026, 10, 23, 14, 0, tzinfo=UTC), timedelta(hours=2)),
        (datetime(2026, 10, 30, 15, 0, tzinfo=UTC), timedelta(hours=1)),
    ],
)
def test_before_and_after_the_clocks_change_it_is_read_back_at_four(
    starts_at: datetime, offset: timedelta
) -> None:
    text = calendar_of(_invitation(starts_at=starts_at))
    calendar, event = _read(text)
    assert event.start == starts_at
    assert event.start.utcoffset() == offset
    assert (event.start.hour, event.end - event.start) == (16, timedelta(minutes=45))
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    # whoever does not know the zone finds its rules in the file, and reckons the same
    (zone,) = calendar.timezones
    assert zone["TZID"] == "Europe/Paris"
    assert event.start.replace(tzinfo=zone.to_tz()).astimezone(UTC) == starts_at
    assert event["SUMMARY"] == "Débrief ; objections, « et » après"
    assert event["LOCATION"] == "Salle Baobab, 2e étage"
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")


def test_what_a_calendar_does_with_it_follows_from_who_reads_it() -> None:
    reader = Person("Hanta R.", "hanta@example.com")
    assert _invitation().method == "PUBLISH"
    assert _invitation(attendee=Person("Patrice")).method == "PUBLISH"
    calendar, event = _read(calendar_of(_invitation(attendee=reader)))
    assert (calendar["METHOD"], event["STATUS"]) == ("REQUEST", "CONFIRMED")
    assert event["ATTENDEE"] == "mailto:hanta@example.com"
    assert len(event.walk("VALARM")) == 1
    off = _invitation(attendee=reader, is_cancelled=True, sequence=3)
    calendar, event = _read(calendar_of(off))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert event["ORGANIZER"] == "mailto:claire@example.com"
    assert event.walk("VALARM") == []


def _download(browser: FlaskClient, debrief_id: int) -> Event:
    answer = browser.get(f"/debriefs/{debrief_id}/invitation.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return _read(answer.get_data(as_text=True))[1]


def test_the_file_moves_and_falls_away_in_place(app: Flask, sign_in: Callable[..., Any]) -> None:
    with app.app_context():
        team = create_team(timezone="Indian/Antananarivo")
        supervisor = create_user(Role.SUPERVISOR, [team])
        agent = create_user(Role.AGENT, [team], email="hanta@example.com")
        colleague = create_user(Role.AGENT, [team])
        debrief = create_debrief([team], supervisor)
        alone = create_debrief([team], supervisor, agent_id=agent.id)
        viewer, debrief_id, alone_id = viewer_of(supervisor), debrief.id, alone.id
        ids = agent.id, colleague.id, supervisor.id
    hers, his, leads = (sign_in(user_id) for user_id in ids)
    first = _download(hers, debrief_id)
    assert _download(leads, debrief_id)["UID"] == first["UID"]
    assert _download(hers, alone_id)["CLASS"] == "PRIVATE"
    assert his.get(f"/debriefs/{alone_id}/invitation.ics").status_code == 404
    with app.app_context():
        debrief = db.session.get_one(Debrief, debrief_id)
        plan = replace(planning.plan_of(debrief), place="Visio", minutes=45)
        planning.change(viewer, debrief, plan, based_on=1)
        teams_only = replace(plan, team_ids=debrief.team_ids)
        planning.change(viewer, debrief, teams_only, based_on=2)
        db.session.commit()
    moved = _download(hers, debrief_id)
    assert (moved["UID"], moved["SEQUENCE"]) == (first["UID"], first["SEQUENCE"] + 1)
    assert moved["LOCATION"] == "Visio"
    with app.app_context():
        debrief = db.session.get_one(Debrief, debrief_id)
        planning.skip(viewer, debrief, "Jour férié", based_on=2)
        db.session.commit()
    off = _download(hers, debrief_id)
    assert (off["UID"], off["STATUS"]) == (first["UID"], "CANCELLED")
    assert off["SEQUENCE"] > moved["SEQUENCE"]
    assert "Jour férié" not in off.to_ical().decode()


def test_it_goes_with_the_e_mail_to_those_who_are_still_expected(
    app: Flask, settings: Settings
) -> None:
    settings = replace(
        settings, mail_from="CallCoach <coach@example.com>", public_url="https://cc.example"
    )
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, [team])
        agent = create_user(Role.AGENT, [team], email="hanta@example.com", locale="en")
        app.extensions["callcoach"] = settings
        debrief = create_debrief([team], supervisor, starts_at=utc_now() + timedelta(days=2))
        inviting.invite(viewer_of(supervisor), debrief)
        notices = list(db.session.query(Notice).filter_by(user_id=agent.id))
        preference = preference_of(agent.id)
        with app.test_request_context():
            (attached,) = mail.compose(agent, notices, preference, settings).iter_attachments()
            assert isinstance(attached, EmailMessage)
            assert attached.get_content_type() == "text/calendar"
            assert attached.get_param("method") == "REQUEST"
            calendar, event = _read(attached.get_content())
            assert calendar["METHOD"] == "REQUEST"
            assert event.start == debrief.starts_at.replace(microsecond=0)
            assert event["URL"] == f"https://cc.example/my/debriefs/{debrief.id}"
            agent.memberships.clear()
            db.session.flush()
            assert not list(mail.compose(agent, notices, preference, settings).iter_attachments())
