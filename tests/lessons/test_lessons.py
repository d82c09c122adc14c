"""A lesson: written, briefed, practised, heard since; from one team to the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.debriefs.events import ended
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.operations import effects, live
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.lessons.models import Lesson, LessonState, LessonTeam
from callcoach.lessons.naming import names_call, names_found
from callcoach.lessons.operations import sharing, writing
from callcoach.lessons.operations.writing import Draft
from callcoach.lessons.queries import list_lessons, progress_of, waiting_for
from callcoach.notices.models import Notice
from callcoach.progress.counting import Share
from callcoach.progress.models import SignKind
from callcoach.progress.signs import Sign
from tests.debriefs.conftest import Floor
from tests.factories.calls import create_call
from tests.factories.debriefs import create_debrief, create_item
from tests.factories.drills import create_drill, give

from .conftest import Sites

DRAFT = Draft(
    title="Reformuler avant de répondre",
    text="Deux secondes, puis « vous êtes équipé », et la question ensuite.",
    sign=Sign(SignKind.EXPRESSION, "une démonstration mardi"),
    is_wanted=True,
)


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def _written(floor: Floor, draft: Draft = DRAFT) -> Lesson:
    lesson = writing.create(floor.claire, floor.campaign_id, draft, team_id=floor.team_id)
    db.session.commit()
    return lesson


def _hold(debrief: Debrief) -> None:
    """The debrief took place, and all of its items were before the team."""
    debrief.state, debrief.ended_at = DebriefState.DONE, utc_now()
    for item in debrief.items:
        item.opened_at = item.closed_at = utc_now() - timedelta(minutes=5)
    ended(debrief)
    db.session.commit()


def _entry(lesson: Lesson, team_id: int) -> LessonTeam:
    return db.session.get_one(LessonTeam, (lesson.id, team_id), populate_existing=True)


def _told(user_id: int, kind: str) -> list[Notice]:
    found = db.session.query(Notice).filter_by(user_id=user_id, kind=kind, seen_at=None)
    return list(found)


def test_a_lesson_goes_on_the_next_debrief_and_is_heard_from_then_on(floor: Floor, sites: Sites):
    lesson = _written(floor)
    assert _entry(lesson, sites.here).briefed_at is None
    sharing.brief_next(floor.claire, lesson, sites.here)
    sharing.brief_next(floor.claire, lesson, sites.here)
    debrief = floor.debrief
    assert [(item.title, item.words) for item in debrief.items] == [(lesson.title, lesson.text)]
    ended(debrief)  # nobody came to it
    assert _entry(lesson, sites.here).briefed_at is None
    live.start(floor.claire, debrief)
    live.show_item(floor.claire, debrief, debrief.items[0])
    live.end(floor.claire, debrief)
    entry = _entry(lesson, sites.here)
    assert entry.briefed_at == debrief.items[0].opened_at
    effect = entry.effect
    assert effect is not None
    assert (effect.team_id, effect.campaign_id) == (sites.here, floor.campaign_id)
    assert (effect.sign, effect.subject, effect.is_wanted) == (
        "expression",
        "une démonstration mardi",
        True,
    )
    ended(debrief)
    assert _entry(lesson, sites.here).effect_id == effect.id
    _call(floor, hours=1)
    effects.keep(effect, effects.look_at_calls(effect))
    here, there = progress_of(floor.claire, lesson)
    assert here.effect is not None
    assert here.effect.after == Share(1, 1)
    assert (there.state, there.effect) == ("", None)


def _call(floor: Floor, *, hours: float) -> Call:
    moment = utc_now() + timedelta(hours=hours)
    return create_call(team=floor.team, campaign=floor.call.campaign, started_at=moment)


def test_what_was_learnt_from_an_item_was_briefed_there(floor: Floor, sites: Sites):
    held = create_debrief([floor.team], floor.user("claire"), "done")
    item = create_item(held, opened_at=utc_now() - timedelta(hours=1))
    lesson = writing.create(floor.claire, floor.campaign_id, DRAFT, item=item)
    entry = _entry(lesson, sites.here)
    assert (entry.is_origin, entry.briefed_at, entry.item_id) == (True, item.opened_at, item.id)
    assert entry.effect is not None
    assert entry.effect.started_at == item.opened_at
    assert [each.team_id for each in lesson.teams] == [sites.here]


def test_another_team_is_asked_takes_it_up_and_can_take_that_back(floor: Floor, sites: Sites):
    lesson = _written(floor)
    sharing.propose(floor.claire, lesson, [sites.there])
    assert not sharing.propose(floor.claire, lesson, [sites.there])
    assert [entry.lesson_id for entry in waiting_for(sites.leila)] == [lesson.id]
    assert len(_told(sites.leila_id, "lesson.proposed")) == 1
    entry = sharing.take(sites.leila, lesson, sites.there)
    assert entry.state == LessonState.TAKEN
    assert not _told(sites.leila_id, "lesson.proposed")
    assert len(_told(floor.ids["claire"], "lesson.taken")) == 1
    item = entry.item
    assert item is not None
    assert (item.team_id, item.debrief_id, item.source) == (
        sites.there,
        None,
        f"lesson:{lesson.id}",
    )
    sharing.undecide(sites.leila, lesson, sites.there)
    entry = _entry(lesson, sites.there)
    assert (entry.state, entry.item_id) == (LessonState.PROPOSED, None)
    assert not _told(floor.ids["claire"], "lesson.taken")
    assert db.session.get_one(AgendaItem, item.id).removed_at is not None
    sharing.decline(sites.leila, lesson, sites.there)
    assert not waiting_for(sites.leila)
    sharing.undecide(sites.leila, lesson, sites.there)
    sharing.withdraw(floor.claire, lesson, [sites.there, sites.here])
    assert [each.team_id for each in lesson.teams] == [sites.here]
    assert list_lessons(sites.leila, state="missing") == [lesson]


def test_a_team_takes_up_what_nobody_proposed_and_is_briefed_in_a_shared_debrief(
    floor: Floor, sites: Sites
):
    lesson = _written(floor)
    sharing.brief_next(floor.claire, lesson, sites.here)
    waiting = sharing.take(sites.leila, lesson, sites.there).item
    assert waiting is not None
    other = db.session.get_one(LessonTeam, (lesson.id, sites.there)).team
    both = create_debrief([floor.team, other], state="running")
    create_item(both, source=f"lesson:{lesson.id}", opened_at=utc_now())
    _hold(both)
    assert _entry(lesson, sites.here).briefed_at is not None
    entry = _entry(lesson, sites.there)
    assert entry.briefed_at is not None
    assert entry.item_id != waiting.id
    with pytest.raises(Conflict):
        sharing.undecide(sites.leila, lesson, sites.there)


def test_practised_counts_agents_of_each_team_without_names(floor: Floor, sites: Sites):
    drill = create_drill(floor.call, floor.user("claire"))
    lesson = _written(floor, Draft(DRAFT.title, DRAFT.text, DRAFT.sign, True, drill.id))
    nadia = db.session.get_one(User, sites.nadia_id)
    give(nadia, drill, floor.user("claire")).done_at = utc_now()
    give(nadia, drill, floor.user("claire")).done_at = utc_now()
    give(floor.user("agent"), drill, floor.user("claire"))
    db.session.commit()
    found = {
        each.team_id: (each.practised, each.agents) for each in progress_of(sites.leila, lesson)
    }
    assert found == {sites.here: (0, 2), sites.there: (1, 2)}


@pytest.mark.parametrize(
    ("text", "names", "is_call"),
    [
        ("Comme Hanta : deux secondes.", ["Hanta Rakoto"], False),
        ("comme hanta rakoto le dit", ["Hanta Rakoto"], False),
        ("Demandez à Patrice, ou à NADIA.", ["Nadia K.", "Patrice"], False),
        ("Voir la vie en rose, deux secondes.", [], False),
        ("Écoutez l’appel n° 12.", [], True),
        ("https://callcoach.fr/calls/12", [], True),
        ("À chaque appel, deux secondes.", [], False),
    ],
)
def test_who_and_what_a_text_names(text: str, names: list[str], is_call: bool):
    known = ["Hanta Rakoto", "Nadia K.", "Patrice", "Rose B."]
    assert names_found(text, known) == names
    assert names_call(text) is is_call


def test_a_lesson_names_nobody_of_any_of_the_teams(floor: Floor, sites: Sites):
    for draft in (
        Draft("Comme Nadia", DRAFT.text, DRAFT.sign, True),
        Draft(DRAFT.title, "Faites comme Hanta.", DRAFT.sign, True),
        Draft(DRAFT.title, "Écoutez l’appel n° 4.", DRAFT.sign, True),
        Draft("", DRAFT.text, DRAFT.sign, True),
        Draft(DRAFT.title, DRAFT.text, Sign(SignKind.FIGURE, "talk_share"), True),
    ):
        with pytest.raises(InvalidInput):
            _written(floor, draft)
    db.session.rollback()
    assert db.session.query(Lesson).count() == 0


def test_who_may_do_what(floor: Floor, sites: Sites):
    lesson = _written(floor)
    for viewer in (floor.lead, floor.agent):
        with pytest.raises(NotAllowed):
            writing.create(viewer, floor.campaign_id, DRAFT, team_id=floor.team_id)
        with pytest.raises(NotAllowed):
            sharing.propose(viewer, lesson, [sites.there])
    with pytest.raises(NotFound):
        writing.create(sites.leila, floor.campaign_id, DRAFT, team_id=sites.here)
    with pytest.raises(NotFound):
        sharing.take(floor.claire, lesson, sites.there)
    with pytest.raises(NotAllowed):
        writing.archive(sites.leila, lesson)
    with pytest.raises(InvalidInput):
        sharing.propose(floor.claire, lesson, [floor.other_team_id])
    assert list_lessons(floor.stranger) == []
    assert list_lessons(floor.lead) == [lesson] == list_lessons(sites.leila)


def test_archived_and_brought_back_changed_with_care(floor: Floor, sites: Sites):
    lesson = _written(floor)
    sharing.brief_next(floor.claire, lesson, sites.here)
    _hold(floor.debrief)
    sharing.propose(floor.claire, lesson, [sites.there])
    writing.archive(floor.claire, lesson)
    effect = _entry(lesson, sites.here).effect
    assert effect is not None
    assert effect.closed_at is not None
    assert not waiting_for(sites.leila)
    assert not _told(sites.leila_id, "lesson.proposed")
    with pytest.raises(Conflict):
        sharing.take(sites.leila, lesson, sites.there)
    assert list_lessons(floor.claire, state="archived") == [lesson]
    writing.bring_back(floor.claire, lesson)
    assert effect.closed_at is None
    other = Draft(DRAFT.title, DRAFT.text, Sign(SignKind.CAUSE, "monologue"), True)
    writing.edit(floor.claire, lesson, other, based_on=1)
    assert (effect.sign, effect.subject, effect.is_wanted) == ("cause", "monologue", False)
    with pytest.raises(StaleVersion):
        writing.edit(floor.claire, lesson, DRAFT, based_on=1)
    _call(floor, hours=1)
    effects.keep(effect, effects.look_at_calls(effect))
    effects.hear(floor.claire, effect.listens[0], "held")
    with pytest.raises(Conflict):
        writing.edit(floor.claire, lesson, DRAFT, based_on=2)
