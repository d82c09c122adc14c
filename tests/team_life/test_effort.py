"""The constancy of a team's effort, from what the database holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from callcoach.accounts.models import Team
from callcoach.calls.models import Call
from callcoach.extensions import db, utc_now
from callcoach.team_life import effort, presenters
from callcoach.team_life.regularity import Level
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_team
from tests.factories.coaching import create_note
from tests.factories.drills import create_drill, give


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.test_request_context():
        yield


def _dialled(desk: Desk, days_ago: int, **values: object) -> Call:
    """A call without a recording, of the desk's team."""
    model = desk.call
    facts = {
        "team_id": model.team_id,
        "agent_id": model.agent_id,
        "campaign_id": model.campaign_id,
        "started_at": utc_now() - timedelta(days=days_ago),
        "company": "Vallier SA",
        **values,
    }
    call = Call(**facts)
    db.session.add(call)
    db.session.commit()
    return call


def _strips(team: Team) -> dict[str, effort.Strip]:
    found = effort.strips_of(team)
    assert all(len(strip.weeks) == 26 for strip in found)
    return {strip.label: strip for strip in found}


def _weeks_on(strip: effort.Strip) -> int:
    return sum(week.level > Level.NONE for week in strip.weeks)


def test_a_team_sees_its_weeks_of_calls_drills_notes_and_promises_kept(desk: Desk):
    team = db.session.get_one(Team, desk.team_id)
    desk.call.started_at = utc_now() - timedelta(days=200)  # before the half year that is shown
    _dialled(desk, 60, outcome="callback")
    _dialled(desk, 50)
    _dialled(desk, 40, outcome="callback", company="Autre")
    deleted = _dialled(desk, 39, company="autre")
    deleted.deleted_at = utc_now()
    elsewhere = create_team()
    _dialled(desk, 10, team_id=elsewhere.id)
    create_note(desk.call, desk.user("claire"), read_at=utc_now())
    drill = create_drill(desk.call, desk.user("claire"))
    give(desk.user("agent"), drill, done_at=utc_now() - timedelta(days=20))
    give(desk.user("colleague"), drill, done_at=utc_now(), cancelled_at=utc_now())
    strips = _strips(team)
    assert len(strips) == 4
    calls, kept, drills, notes = strips.values()
    assert (_weeks_on(calls), _weeks_on(drills), _weeks_on(notes)) == (3, 1, 1)
    assert kept.kept is not None
    assert (kept.kept.count, kept.kept.total) == (1, 2)
    shown = presenters.strip_views([calls, kept])
    assert "26" in shown[0].words
    assert "1" in shown[1].words
    assert "2" in shown[1].words


def test_another_room_adds_effort_of_its_own(desk: Desk):
    team = db.session.get_one(Team, desk.team_id)

    def visits(team_id: int, since: object) -> effort.More | None:
        return effort.More("Visites", [utc_now()]) if team_id == team.id else None

    effort.on_effort_asked(visits)
    try:
        assert _weeks_on(_strips(team)["Visites"]) == 1
        assert "Visites" not in _strips(create_team())
    finally:
        effort._sources.remove(visits)
