"""From the end of a call to its agent's ear: counted honestly, for the note's author alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls.models import AnalysisRun
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.hearing import Way, spread, steps
from callcoach.coaching.hearing_views import in_words
from callcoach.coaching.models import Note
from callcoach.coaching.operations import notes
from callcoach.coaching.queries.hearing import my_ways
from callcoach.extensions import db, utc_now
from callcoach.web.i18n import speaking
from tests.factories.coaching import create_note

from .agent_steps import add_excerpt
from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]
NOW = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)


def _minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def _way(ended: float, heard: float | None) -> Way:
    """Ended so many minutes ago, and heard so many minutes after that."""
    ended_at = NOW - _minutes(ended)
    heard_at = ended_at + _minutes(heard) if heard is not None else None
    return Way(ended_at, ended_at + _minutes(1), ended_at + _minutes(2), heard_at, heard_at)


def test_the_median_and_the_middle_half_of_what_was_heard() -> None:
    found = spread([_way(500, minutes) for minutes in (10, 20, 30, 40)], NOW)
    assert (found.n, found.waiting) == (4, 0)
    assert (found.low, found.median, found.high) == (_minutes(10), _minutes(20), _minutes(30))


def test_notes_that_wait_count_with_the_time_they_have_waited() -> None:
    heard = [_way(500, 10), _way(500, 20)]
    assert spread([*heard, _way(400, None), _way(400, None)], NOW).median == _minutes(20)
    assert spread([*heard, *[_way(400, None)] * 3], NOW).median is None
    just_sent = spread([*heard, *[_way(5, None)] * 3], NOW)
    assert just_sent.median == _minutes(10), "they have not had the time that the others took"
    assert just_sent.waiting == 3


def test_nothing_sent_is_nothing_said() -> None:
    found = spread([], NOW)
    assert (found.n, found.low, found.median, found.high) == (0, None, None, None)
    assert [(step.n, step.median) for step in steps([])] == [(0, None)] * 4


def test_a_step_counts_the_notes_that_have_taken_it() -> None:
    ways = [_way(500, 12), _way(500, 22), _way(500, None)]
    assert [(step.name, step.n, step.median) for step in steps(ways)] == [
        ("flagged", 3, _minutes(1)),
        ("sent", 3, _minutes(1)),
        ("opened", 2, _minutes(15)),
        ("heard", 2, _minutes(0)),
    ]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "60 min"), (95, "1 h 35"), (3 * 1440, "3 days")],
)
def test_a_time_as_it_is_said(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context(), speaking("en"):
        assert in_words(_minutes(minutes)) == words


def _ended(desk: Desk, ago: timedelta) -> datetime:
    """Let the call have ended so long ago, and have been analysed a minute later."""
    call = desk.call
    ended_at = utc_now() - ago
    call.started_at = ended_at - timedelta(milliseconds=call.duration_ms)
    analysis = call.current_analysis
    assert isinstance(analysis, AnalysisRun)
    analysis.created_at = ended_at + _minutes(1)
    db.session.commit()
    return ended_at


def test_the_first_hearing_counts_also_when_the_note_was_changed_since(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        ended_at = _ended(desk, timedelta(hours=2))
        sent_at = ended_at + _minutes(30)
        note_id = create_note(desk.call, desk.user("claire"), sent_at=sent_at).id
        add_excerpt(note_id)
        assert my_ways(desk.claire)[0].heard_at is None
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{note_id}")
    browser.get(f"/notes/{note_id}/excerpt")
    with app.app_context():
        (way,) = my_ways(desk.claire)
        assert (way.ended_at, way.sent_at) == (ended_at, sent_at)
        assert way.flagged_at == ended_at + _minutes(1)
        assert way.opened_at is not None
        assert way.heard_at is not None
        note = db.session.get_one(Note, note_id)
        text = replace(notes.text_of(note), instead="Autrement.")
        notes.edit_note(desk.claire, desk.call, note, text, based_on=note.row_version)
        db.session.commit()
        assert note.heard_at is None
        (again,) = my_ways(desk.claire)
        assert again.opened_at is not None
        assert again.heard_at is not None
        # the log is written a moment after the note
        assert abs(again.opened_at - way.opened_at) < timedelta(seconds=10)
        assert abs(again.heard_at - way.heard_at) < timedelta(seconds=10)


def test_only_ones_own_sent_notes_of_the_last_weeks(app: Flask, desk: Desk) -> None:
    with app.app_context():
        _ended(desk, timedelta(hours=2))
        claire = desk.user("claire")
        create_note(desk.call, claire, sent=False)
        create_note(desk.call, claire, visibility="private")
        create_note(desk.call, claire, deleted_at=utc_now())
        create_note(desk.call, claire, sent_at=utc_now() - timedelta(weeks=5))
        assert my_ways(desk.claire) == []
        create_note(desk.call, claire)
        assert len(my_ways(desk.claire)) == 1
        assert my_ways(desk.thomas) == my_ways(desk.admin) == []


def test_where_agents_only_read_reading_is_hearing(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        _ended(desk, timedelta(hours=2))
        note_id = create_note(desk.call, desk.user("claire")).id
        add_excerpt(note_id)
        desk.call.campaign.agent_audio = AgentAudio.TEXT_ONLY
        db.session.commit()
    sign_in(desk.ids["agent"]).get(f"/my/notes/{note_id}")
    with app.app_context():
        (way,) = my_ways(desk.claire)
        assert way.heard_at == way.opened_at
        assert way.opened_at is not None
    claire = sign_in(desk.ids["claire"])
    assert "home-unheard" not in claire.get("/home").text, "nothing is left to hear"


def test_the_page_says_how_long_and_never_who(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        desk.user("claire").locale = "en"
        db.session.commit()
    claire = sign_in(desk.ids["claire"])
    assert "4 weeks" in claire.get("/home/time-to-ear").text
    with app.app_context():
        _ended(desk, _minutes(42))
        create_note(desk.call, desk.user("claire"), heard_at=utc_now(), read_at=utc_now())
    page = claire.get("/home/time-to-ear").text
    assert "42 min" in page
    assert "60 min" in page
    assert "Hanta" not in page
    assert sign_in(desk.ids["lead"]).get("/home/time-to-ear").status_code == 404
    assert sign_in(desk.ids["agent"]).get("/home/time-to-ear").status_code == 404
