"""What a version changes: told, read, confirmed, and who has not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.errors import Conflict
from callcoach.extensions import db
from callcoach.notices.models import Notice
from callcoach.script_fit import briefing_queries as queries
from callcoach.script_fit.briefing_presenters import changed_lines
from callcoach.script_fit.models import BriefingReading
from callcoach.script_fit.operations import briefings
from callcoach.script_library import events
from callcoach.script_library.document import Line
from callcoach.script_library.models import ScriptVersion
from tests.coaching.conftest import Desk
from tests.factories.script_fit import create_example
from tests.factories.scripts import create_version, line

from .lines_floor import ASKED, DEMO, OPENING, Floor, lay, opening_of

SignIn = Callable[[User | int], FlaskClient]


def _next(desk: Desk, floor: Floor, *lines: Line, day: int = 1) -> ScriptVersion:
    """A further version, in force from a day of September 2026 on; the room is told."""
    version = create_version(
        floor.script,
        opening_of(*lines),
        in_force_for=[desk.call.team],
        since=datetime(2026, 9, day, tzinfo=UTC),
        reason="On propose trop tôt.",
    )
    events.put_in_force(version.releases[0])
    db.session.commit()
    return version


def _lines(floor: Floor, demo: str = DEMO, opening: str = OPENING) -> tuple[Line, Line]:
    first, second = floor.line(floor.opening).key, floor.line(floor.demo).key
    return line(opening, key=first), line(demo, key=second)


def _unseen(desk: Desk, who: str) -> int:
    found = db.session.query(Notice).filter_by(user_id=desk.ids[who], kind="script.briefing")
    return found.filter(Notice.seen_at.is_(None)).count()


def test_an_agent_reads_only_what_changes_and_confirms_it(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        floor = lay(desk)
        version_id = _next(desk, floor, *_lines(floor, ASKED)).id
        create_example(floor.line(floor.demo), desk.call, caption="Hanta R. laisse le temps.")
        assert (_unseen(desk, "agent"), _unseen(desk, "colleague")) == (1, 1)
        assert _unseen(desk, "claire") == 0
    agent, colleague = sign_in(desk.ids["agent"]), sign_in(desk.ids["colleague"])
    address = f"/my/script/changes/{version_id}"
    assert agent.post(f"{address}/confirm").status_code == 409, "nobody confirms what is not open"
    assert address in agent.get("/home").text
    page = agent.get(address).text
    for words in (ASKED.replace(" ?", "\N{NO-BREAK SPACE}?"), "On propose trop tôt.", "/sound"):
        assert words in page
    assert OPENING not in page, "only the differences"
    assert "Hanta" not in colleague.get(address).text, "an example names nobody to colleagues"
    assert "/sound" not in colleague.get(address).text, "nor is it heard without a yes"
    assert agent.post(f"{address}/confirm").status_code == 302
    assert address not in agent.get("/home").text
    lead = sign_in(desk.ids["lead"]).get(f"/campaigns/scripts/{version_id}/readings").text
    assert "Hanta R." in lead
    with app.app_context():
        _version, (team,) = queries.get_readings(desk.lead, version_id)
        assert [reader.user.name for reader in team.waiting] == ["Patrice"]
        assert briefings.remind(desk.lead, version_id, desk.team_id) == 1
        db.session.commit()
        assert (_unseen(desk, "agent"), _unseen(desk, "colleague")) == (0, 1)


def test_examples_of_the_old_words_say_so_and_come_last(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    asked = "D’accord. Comment clôturez-vous aujourd’hui, alors ?"
    with app.app_context():
        floor = lay(desk)
        demo = floor.line(floor.demo)
        version_id = _next(desk, floor, *_lines(floor, ASKED)).id
        for quote in ("je vous propose une démo… une démonstration, mardi ou jeudi", asked, "Hm."):
            create_example(demo, desk.call, quote=quote)
        briefing = queries.get_my_briefing(desk.agent, version_id)
    with app.test_request_context():
        (line_,) = changed_lines(desk.agent, briefing)
        told = [(item.quote[:4], item.is_good, item.is_before) for item in line_.examples]
        assert told == [("D’ac", True, False), ("Hm.", True, False), ("je v", False, True)]
    page = sign_in(desk.ids["agent"]).get(f"/my/script/changes/{version_id}").text
    assert page.count("is-bad") == 1


def test_what_was_never_confirmed_is_read_with_the_next_version(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        second = _next(desk, floor, *_lines(floor, ASKED))
        db.session.add(
            BriefingReading(
                version_id=second.id,
                user_id=desk.ids["agent"],
                confirmed_at=datetime(2026, 9, 2, tzinfo=UTC),
            )
        )
        third = _next(desk, floor, *_lines(floor, ASKED, "Bonjour, c’est Hanta."), day=3)
        changed = {
            name: [
                change.after.text
                for change in queries.get_my_briefing(viewer, third.id).difference.changed_lines()
                if change.after
            ]
            for name, viewer in (("agent", desk.agent), ("colleague", desk.colleague))
        }
        assert changed["agent"] == ["Bonjour, c’est Hanta."]
        assert changed["colleague"] == ["Bonjour, c’est Hanta.", ASKED]


def test_a_version_that_is_ended_is_read_by_nobody_any_more(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        version = _next(desk, floor, *_lines(floor, ASKED))
        briefing = queries.get_my_briefing(desk.agent, version.id)
        briefings.open_briefing(desk.agent, briefing)
        version.releases[0].ended_at = datetime(2026, 9, 5, tzinfo=UTC)
        events.release_ended(version.releases[0])
        db.session.commit()
        assert _unseen(desk, "colleague") == 0
        back = queries.waiting_briefings(desk.colleague)
        assert [item.version.id for item in back] == [floor.version_id], "the one before is back"
        with pytest.raises(Conflict):
            briefings.confirm(desk.agent, queries.get_my_briefing(desk.agent, version.id))
