"""Drills are given once, to agents of one's own, for a day that can still come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.drills.models import Assignment, Drill
from callcoach.drills.operations import assigning, making
from callcoach.drills.queries import library, practice
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from tests.factories.accounts import create_team, create_user
from tests.factories.coaching import create_note
from tests.factories.drills import create_attempt, create_drill, give

from .conftest import Desk, Given


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Assignment)) or 0


def test_agents_find_what_they_were_given_and_are_told_of_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        drill = create_drill(desk.call)
        day = assigning.today_of(desk.user("agent"))
        found = assigning.assign_drill(
            desk.claire, drill, [desk.ids["agent"], desk.ids["colleague"]], day
        )
        assert (len(found.new), found.already) == (2, 0)
        (mine,) = practice.my_drills(desk.agent, 1).to_do
        assert (mine.drill_id, mine.due_on, mine.assigned_by_id) == (
            drill.id,
            day,
            desk.ids["claire"],
        )
        told = db.session.scalars(select(Notice).where(Notice.kind == "drill.assigned")).all()
        assert sorted(notice.user_id for notice in told) == sorted(
            [desk.ids["agent"], desk.ids["colleague"]]
        )
        assert [notice.values for notice in told] == [{}, {}], "a title quotes a prospect"


def test_what_is_to_do_already_is_not_given_twice(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        found = assigning.assign_drill(desk.thomas, given.drill, [desk.ids["agent"]], None)
        assert (found.new, found.already) == ([], 1)
        assert _count() == 1
        given.assignment.done_at = utc_now()
        db.session.commit()
        assert (
            len(assigning.assign_drill(desk.claire, given.drill, [desk.ids["agent"]], None).new)
            == 1
        )


def test_a_day_that_is_past_where_the_agent_works_is_refused(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        yesterday = assigning.today_of(desk.user("agent")) - timedelta(days=1)
        with pytest.raises(InvalidInput):
            assigning.assign_drill(desk.claire, given.drill, [desk.ids["colleague"]], yesterday)
        assert _count() == 1


def test_only_ones_own_agents_are_given_something(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        away = create_user("agent", teams=[create_team()])
        for wrong in (away.id, desk.ids["lead"], desk.ids["claire"], 987_654):
            with pytest.raises(NotFound):
                assigning.assign_drill(desk.claire, given.drill, [wrong], None)
        with pytest.raises(NotFound):
            assigning.assign_drill(desk.stranger, given.drill, [desk.ids["agent"]], None)
        with pytest.raises(NotFound):
            assigning.assign_drill(desk.lead, given.drill, [desk.ids["agent"]], None)
        with pytest.raises(InvalidInput):
            assigning.assign_drill(desk.claire, given.drill, [], None)
        assert _count() == 1


def test_an_archived_drill_is_given_to_nobody(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        making.archive_drill(desk.claire, given.drill)
        with pytest.raises(Conflict):
            assigning.assign_drill(desk.claire, given.drill, [desk.ids["colleague"]], None)
        assert practice.my_drills(desk.agent, 1).to_do, "who has it keeps it"


def test_taking_back_is_undone_but_not_over_a_new_one(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        assigning.cancel_assignment(desk.claire, given.assignment)
        db.session.commit()
        assert practice.my_drills(desk.agent, 1).to_do == []
        with pytest.raises(NotFound):
            practice.get_my_assignment(desk.agent, given.assignment_id)
        assigning.cancel_assignment(desk.claire, given.assignment, undo=True)
        assert len(practice.my_drills(desk.agent, 1).to_do) == 1
        assigning.cancel_assignment(desk.claire, given.assignment)
        assigning.assign_drill(desk.claire, given.drill, [desk.ids["agent"]], None)
        with pytest.raises(Conflict):
            assigning.cancel_assignment(desk.claire, given.assignment, undo=True)


def test_an_agent_takes_up_a_note_once(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        first = assigning.take_up(desk.agent, note)
        assert first.assigned_by_id is None
        assert first.drill is not None
        assert first.drill.author_id is None
        assert assigning.take_up(desk.agent, note).id == first.id
        assert db.session.scalar(select(func.count()).select_from(Drill)) == 1
        for viewer in (desk.colleague, desk.claire, desk.lead):
            with pytest.raises(NotAllowed):
                assigning.take_up(viewer, note)


def test_leads_see_what_is_due_by_day_and_no_mark(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        today = assigning.today_of(desk.user("agent"))
        given.assignment.due_on = today + timedelta(days=1)
        late = give(desk.user("colleague"), given.drill, due_on=today - timedelta(days=1))
        create_attempt(given.assignment, "marked", mark="again")
        given.assignment.done_at = None
        db.session.commit()
        assert [row.id for row in library.list_due(desk.lead)] == [late.id, given.assignment_id]
        with pytest.raises(NotFound):
            library.list_due(desk.agent)
        assert library.list_due(desk.stranger) == []
