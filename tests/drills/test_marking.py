"""Supervisors answer tries; "once more" gives a drill back; nobody is ranked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.drills.models import AttemptState, Mark
from callcoach.drills.operations import marking, practice
from callcoach.drills.queries import marking as queries
from callcoach.drills.queries import practice as mine
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.notices.models import Notice
from tests.factories.drills import create_attempt, create_drill, give

from .conftest import Desk, Given


def test_once_more_gives_the_drill_back_and_the_agent_is_told(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        assert mine.my_drills(desk.agent, 1).to_do == []
        marking.mark_attempt(desk.claire, attempt, "again", " Plus court. ")
        db.session.commit()
        assert (attempt.state, attempt.mark, attempt.remark) == (
            AttemptState.MARKED,
            Mark.AGAIN,
            "Plus court.",
        )
        assert [a.id for a in mine.my_drills(desk.agent, 1).to_do] == [given.assignment_id]
        assert mine.count_to_do(desk.agent) == 1
        told = db.session.scalars(select(Notice).where(Notice.kind == "drill.marked")).one()
        assert told.user_id == desk.ids["agent"]
        assert "court" not in str(told.values), "a notice never says what was written"


@pytest.mark.parametrize("mark", ["got_it", "almost"])
def test_other_marks_leave_it_done_and_it_may_be_tried_again(
    app: Flask, desk: Desk, given: Given, mark: str
) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        marking.mark_attempt(desk.claire, attempt, mark)
        assert given.assignment.done_at is not None
        assert mine.count_to_do(desk.agent) == 1, "an answer to read"
        practice.mark_seen(desk.agent, given.assignment)
        assert mine.count_to_do(desk.agent) == 0
        step = given.drill.steps[0]
        more = practice.submit(desk.agent, given.assignment, {step.id: practice.Reply("Autre.")})
        assert [a.id for a in queries.waiting_attempts(desk.claire)] == [more.id]


def test_a_mark_on_an_older_try_changes_nothing_about_what_is_to_do(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        older, newer = create_attempt(given.assignment), create_attempt(given.assignment)
        marking.mark_attempt(desk.claire, older, "again")
        assert given.assignment.done_at is not None
        marking.mark_attempt(desk.claire, newer, "again")
        assert given.assignment.done_at is None


def test_two_who_mark_at_once_do_not_overwrite_each_other(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        marking.mark_attempt(desk.claire, attempt, "almost")
        with pytest.raises(Conflict):
            marking.mark_attempt(desk.thomas, attempt, "got_it")
        with pytest.raises(Conflict):
            marking.unmark_attempt(desk.thomas, attempt)
        marking.mark_attempt(desk.claire, attempt, "got_it")
        assert attempt.mark == Mark.GOT_IT


def test_a_mark_is_taken_back_until_it_was_read(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        marking.mark_attempt(desk.claire, attempt, "again", "Encore.")
        marking.unmark_attempt(desk.claire, attempt)
        assert (attempt.state, attempt.mark, attempt.remark) == (AttemptState.SUBMITTED, None, "")
        assert given.assignment.done_at is not None
        assert db.session.scalars(select(Notice).where(Notice.kind == "drill.marked")).all() == []
        marking.mark_attempt(desk.claire, attempt, "again")
        practice.mark_seen(desk.agent, given.assignment)
        with pytest.raises(Conflict):
            marking.unmark_attempt(desk.claire, attempt)


def test_what_is_no_mark_is_refused(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        for mark, remark in (("great", ""), ("almost", "x" * 2001)):
            with pytest.raises(InvalidInput):
                marking.mark_attempt(desk.claire, attempt, mark, remark)


def test_leads_agents_and_other_sites_mark_nothing(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        attempt = create_attempt(given.assignment)
        for viewer in (desk.lead, desk.agent, desk.colleague, desk.stranger, desk.sponsor):
            with pytest.raises(NotFound):
                marking.mark_attempt(viewer, attempt, "got_it")
            assert queries.waiting_attempts(viewer) == []
            assert queries.count_waiting(viewer) == 0


def test_tries_wait_oldest_first(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        first = create_attempt(given.assignment)
        other = create_attempt(give(desk.user("colleague"), create_drill(desk.call)))
        assert [a.id for a in queries.waiting_attempts(desk.claire)] == [first.id, other.id]
        following = queries.next_waiting(desk.claire, first)
        assert following is not None
        assert following.id == other.id
        assert queries.count_waiting(desk.admin) == 2


def test_marking_goes_on_to_the_next_try_and_can_be_undone(
    app: Flask, desk: Desk, given: Given, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        first = create_attempt(given.assignment).id
        other = create_attempt(give(desk.user("colleague"), create_drill(desk.call))).id
    browser = sign_in(desk.ids["claire"])
    answer = browser.post(f"/drills/tries/{first}/mark", data={"mark": "got_it", "remark": ""})
    assert answer.location == f"/drills/tries/{other}"
    page = browser.get(answer.location).text
    assert f"/drills/tries/{first}/unmark" in page
    assert browser.post(f"/drills/tries/{first}/unmark").location == f"/drills/tries/{first}"


def test_no_page_puts_people_in_order(
    app: Flask, desk: Desk, given: Given, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        create_attempt(given.assignment)
    browser = sign_in(desk.ids["claire"])
    paths = ("/drills", "/drills/due", "/drills/tries", f"/drills/{given.drill_id}", "/drills/sets")
    for path in paths:
        for asked in ("", "?sort=agent", "?sort=mark&order=desc"):
            page = browser.get(path + asked)
            assert page.status_code == 200
            assert "aria-sort" not in page.text
            assert "sort=" not in page.text
