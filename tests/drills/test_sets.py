"""Sets of drills, and the path that leads a new agent to a first reviewed call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.campaigns.models import CampaignTeam
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.drills import my_presenters
from callcoach.drills.models import Assignment
from callcoach.drills.operations import assigning, sets
from callcoach.drills.queries import library, practice
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_team
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.drills import create_attempt, create_drill, create_set

from .conftest import Desk


def _kinds(set_id: int, desk: Desk) -> list[str]:
    return [item.kind for item in library.get_set(desk.claire, set_id).items]


def test_a_path_is_built_moved_and_shortened(app: Flask, desk: Desk) -> None:
    with app.app_context():
        made = sets.create_set(desk.claire, desk.call.campaign, " Accueil ", is_immersion=True)
        drill = create_drill(desk.call)
        sets.add_review(desk.claire, made)
        first = sets.add_listening(desk.claire, made, desk.call)
        sets.add_drill(desk.claire, made, drill)
        assert _kinds(made.id, desk) == ["review", "listen", "drill"]
        sets.move_item(desk.claire, made, first, by=-1)
        sets.move_item(desk.claire, made, first, by=-1)
        assert _kinds(made.id, desk) == ["listen", "review", "drill"]
        sets.remove_item(desk.claire, made, made.items[1])
        assert _kinds(made.id, desk) == ["listen", "drill"]
        assert made.name == "Accueil"
        for wrong in (
            lambda: sets.add_drill(desk.claire, made, drill),
            lambda: sets.add_listening(desk.claire, made, desk.call),
        ):
            with pytest.raises(Conflict):
                wrong()


def test_a_set_holds_drills_of_its_campaign_only(app: Flask, desk: Desk) -> None:
    with app.app_context():
        made = create_set(desk.call)
        other = create_call(campaign=create_campaign(teams=[desk.call.team]), team=desk.call.team)
        with pytest.raises(InvalidInput):
            sets.add_drill(desk.claire, made, create_drill(other))
        with pytest.raises(InvalidInput):
            sets.add_listening(desk.claire, made, desk.call)
        for viewer in (desk.stranger, desk.lead, desk.agent):
            with pytest.raises(NotFound):
                sets.rename_set(viewer, made, "Autre")
            with pytest.raises(NotFound):
                sets.create_set(viewer, desk.call.campaign, "Autre")


def test_a_set_is_given_whole_without_what_is_there_already(app: Flask, desk: Desk) -> None:
    with app.app_context():
        one, two, gone = (create_drill(desk.call) for _ in range(3))
        gone.archived_at = utc_now()
        made = create_set(desk.call, one, two, gone)
        ids = [desk.ids["agent"]]
        assigning.assign_drill(desk.claire, one, ids, None)
        found = assigning.assign_set(desk.claire, made, ids, None)
        assert (len(found.new), found.already) == (1, 1)
        assert len(practice.my_drills(desk.agent, 1).to_do) == 2
        assert assigning.assign_set(desk.claire, made, ids, None).already == 2
        with pytest.raises(InvalidInput):
            assigning.assign_set(desk.claire, create_set(desk.call), ids, None)


def _start_path(desk: Desk) -> list[Assignment]:
    """Listen, reformulate, review, for the colleague."""
    path = create_set(desk.call, create_drill(desk.call), is_immersion=True)
    found = assigning.assign_set(desk.claire, path, [desk.ids["colleague"]], None)
    db.session.commit()
    return found.new


def test_a_new_agent_goes_from_listening_over_drills_to_a_reviewed_call(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        listen, drill, review = _start_path(desk)
        assigning.finish_listening(desk.colleague, listen)
        following = practice.next_to_do(desk.colleague, listen)
        assert following is not None
        assert following.id == drill.id
        create_attempt(drill)
        assert [a.id for a in practice.my_drills(desk.colleague, 1).to_do] == [review.id]
        for wrong in (drill, review):
            with pytest.raises(Conflict):
                assigning.finish_listening(desk.colleague, wrong)
        with pytest.raises(NotFound):
            assigning.finish_listening(desk.agent, listen)


@pytest.mark.parametrize(("hours", "is_done"), [(1, True), (-30, False)])
def test_a_note_on_a_call_made_since_ends_the_review(
    app: Flask, desk: Desk, hours: int, is_done: bool
) -> None:
    with app.app_context():
        review = _start_path(desk)[2]
        call: Call = create_call(
            team=desk.call.team,
            agent=desk.user("colleague"),
            campaign=desk.call.campaign,
            started_at=datetime.now(UTC) + timedelta(hours=hours),
        )
        text = NoteText(
            channel=0,
            start_ms=12_200,
            end_ms=24_000,
            quote="…",
            instead="Et vous ?",
            cause="monologue",
        )
        draft = notes.save_draft(desk.claire, call, text)
        notes.send_note(desk.claire, call, draft, text, based_on=draft.row_version)
        db.session.commit()
        assert (db.session.get_one(Assignment, review.id).done_at is not None) is is_done


def test_a_review_is_marked_by_hand_and_taken_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        listen, _drill, review = _start_path(desk)
        assert assigning.mark_reviewed(desk.claire, review).done_at is not None
        assert assigning.mark_reviewed(desk.claire, review, undo=True).done_at is None
        with pytest.raises(Conflict):
            assigning.mark_reviewed(desk.claire, listen)
        for viewer in (desk.lead, desk.colleague, desk.stranger):
            with pytest.raises(NotFound):
                assigning.mark_reviewed(viewer, review)


def test_the_call_of_a_path_is_read_without_names_by_who_may_not_hear_it(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        number = _start_path(desk)[0].id
    with app.test_request_context():
        listen = db.session.get_one(Assignment, number)
        shown = my_presenters.my_drill(desk.colleague, listen, assigning.today_of(listen.agent))
        assert shown.listen is not None
        assert shown.listen.audio == ""
        text = " ".join(words for _who, words in shown.listen.turns)
        assert "outil" in text
        for name in ("Delattre", "Hanta"):
            assert name not in text


def test_what_is_taken_off_a_path_is_no_longer_to_do(app: Flask, desk: Desk) -> None:
    with app.app_context():
        listen, drill, _review = _start_path(desk)
        path = listen.item.drill_set  # type: ignore[union-attr]
        sets.remove_item(desk.claire, path, path.items[0])
        sets.remove_item(desk.claire, path, path.items[0])
        db.session.commit()
        left = [a.id for a in practice.my_drills(desk.colleague, 1).to_do]
        assert listen.id not in left
        assert drill.id in left, "a drill stays to be done"
        rows = [a.id for a in db.session.scalars(select(Assignment))]
        assert drill.id in rows
        assert listen.id not in rows, "there is nothing left of it to do, to show or to give again"


def test_words_of_another_teams_call_are_read_in_no_library(
    app: Flask, desk: Desk, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    """Two teams call for one campaign; each reads what its own calls say."""
    with app.app_context():
        away = create_team()
        call = create_call(campaign=desk.call.campaign, team=away, company="Ailleurs SARL")
        db.session.add(CampaignTeam(campaign_id=call.campaign_id, team_id=away.id))
        db.session.commit()
        own, drill = create_drill(desk.call), create_drill(call, title="« Chez nous, non. »")
        path = create_set(call, own, drill, is_immersion=True)
        path_id, drill_id, step_id = path.id, drill.id, drill.steps[0].id
        db.session.commit()
        assert [row.id for row in library.list_drills(desk.claire, number=1).rows] == [own.id]
        assert len(library.list_drills(desk.admin, number=1).rows) == 2
        for get in (library.get_drill, library.get_step):
            with pytest.raises(NotFound):
                get(desk.claire, drill_id if get is library.get_drill else step_id)
    page = sign_in(desk.ids["claire"]).get(f"/drills/sets/{path_id}").text
    assert "Ailleurs" not in page
    assert "Chez nous" not in page
    page = sign_in(desk.ids["admin"]).get(f"/drills/sets/{path_id}").text
    assert "Ailleurs" in page
    assert "Chez nous" in page
