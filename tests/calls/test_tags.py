"""Tags: who puts them on calls and takes them off, how they are spelled, found and renamed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Team, User
from callcoach.calls import operations, queries
from callcoach.calls.models import Call, CallTag
from callcoach.calls.queries import CallFilters, list_calls
from callcoach.calls.tags import MAX_LENGTH, MAX_PER_CALL, clean, key_of
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from tests.factories.calls import create_call

from .conftest import Floor

SignIn = Callable[[User | int], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def call_id(app: Flask, floor: Floor) -> int:
    with app.app_context():
        return _new_call(floor).id


def _new_call(floor: Floor, **values: object) -> Call:
    team = db.session.get_one(Team, floor.team_id)
    agent = db.session.get_one(User, floor.agent_id)
    return create_call(**{"team": team, "agent": agent, **values})  # type: ignore[arg-type]


def _call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def _tag(viewer: Viewer, call_id: int, *names: str) -> None:
    for name in names:
        operations.add_tag(viewer, _call(call_id), name)
    db.session.commit()


def _names(viewer: Viewer, call_id: int) -> list[str]:
    return queries.tags_of(viewer, [_call(call_id)]).get(call_id, [])


def _found(viewer: Viewer, tag: str) -> list[int]:
    return [call.id for call in list_calls(viewer, CallFilters(tag=tag)).items]


# What a tag is


@given(st.text())
def test_what_is_stored_is_clean_already_and_the_same_tag(raw: str) -> None:
    try:
        name = clean(raw)
    except InvalidInput:
        return
    assert 0 < len(name) <= MAX_LENGTH
    assert clean(name) == name
    assert key_of(name) == key_of(raw) == key_of(f"  {name} ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Éveil", "éveil"),
        ("Éveil", "E\u0301veil"),
        ("à  relire", "À relire"),
        ("STRASSE", "straße"),
    ],
)
def test_case_spaces_and_composed_accents_make_no_other_tag(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_accents_do_not_send_a_tag_to_the_end(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "prix", "Élan", "à relire", "zèle", "écoute")
        names = ["à relire", "écoute", "Élan", "prix", "zèle"]
        assert _names(floor.supervisor, call_id) == names
        assert [tag.name for tag in queries.known_tags(floor.supervisor)] == names


@pytest.mark.parametrize("raw", ["", "   ", "\u200b", "x" * 41])
def test_what_is_no_tag_is_refused(app: Flask, floor: Floor, call_id: int, raw: str) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            operations.add_tag(floor.supervisor, _call(call_id), raw)
        assert _names(floor.supervisor, call_id) == []


def test_forty_characters_fit(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, f" {'é' * 40} ")
        assert _names(floor.supervisor, call_id) == ["é" * 40]


# On a call, and off it


def test_the_same_tag_is_on_a_call_once_and_spelled_as_elsewhere(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        other = _new_call(floor).id
        _tag(floor.supervisor, call_id, "Élan")
        _tag(floor.supervisor, other, "ÉLAN", "élan")
        assert _names(floor.supervisor, other) == ["Élan"]
        assert operations.add_tag(floor.supervisor, _call(other), "élan") is None


def test_twenty_tags_are_enough(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, *(f"n{number}" for number in range(MAX_PER_CALL)))
        assert operations.add_tag(floor.supervisor, _call(call_id), "N3") is None, "it is there"
        with pytest.raises(Conflict):
            operations.add_tag(floor.supervisor, _call(call_id), "encore un")


def test_a_tag_comes_off_in_any_spelling(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "À relire")
        assert operations.remove_tag(floor.supervisor, _call(call_id), "à RELIRE") == "À relire"
        assert operations.remove_tag(floor.supervisor, _call(call_id), "à relire") is None
        assert _names(floor.supervisor, call_id) == []


def test_the_log_says_who_and_never_the_word(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "mot-secret")
        operations.rename_tag(floor.supervisor, "mot-secret", "mot-cache")
        operations.remove_tag(floor.supervisor, _call(call_id), "mot-cache")
        db.session.commit()
        events = db.session.scalars(select(AccessEvent).order_by(AccessEvent.id)).all()
        assert [event.action for event in events] == ["call.tagged", "tag.renamed", "call.untagged"]
        assert {event.actor_id for event in events} == {floor.supervisor.user_id}
        assert "mot-" not in str([event.detail for event in events])


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("team_lead", NotAllowed),
        ("agent", NotAllowed),
        ("other_supervisor", NotFound),
        ("sponsor", NotFound),
    ],
)
def test_only_supervisors_of_the_team_and_administrators_tag(
    app: Flask, floor: Floor, call_id: int, who: str, error: type[Exception]
) -> None:
    with app.app_context():
        _tag(floor.admin, call_id, "relance")
        viewer = getattr(floor, who)
        with pytest.raises(error):
            operations.add_tag(viewer, _call(call_id), "autre")
        with pytest.raises(error):
            operations.remove_tag(viewer, _call(call_id), "relance")
        assert _names(floor.admin, call_id) == ["relance"]


# Who sees them, and what they find


def test_leads_see_tags_and_agents_and_sponsors_learn_nothing_of_them(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "fatigue")
        plain = _new_call(floor).id
        for viewer in (floor.supervisor, floor.team_lead, floor.admin):
            assert _names(viewer, call_id) == ["fatigue"]
            assert _found(viewer, "FATIGUE") == [call_id]
            assert [tag.name for tag in queries.known_tags(viewer)] == ["fatigue"]
        for viewer in (floor.agent, floor.sponsor, floor.other_supervisor):
            assert _names(viewer, call_id) == []
            assert queries.known_tags(viewer) == []
            assert _found(viewer, "fatigue") == []
            assert _found(viewer, "jamais") == [], "the same answer for what is on no call"
        assert _found(floor.supervisor, "jamais") == []
        assert plain in _found(floor.agent, "")


def test_another_team_neither_sees_nor_inherits_a_spelling(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        other = create_call(team=db.session.get_one(Team, floor.other_team_id)).id
        _tag(floor.other_supervisor, other, "RELANCE")
        _tag(floor.supervisor, call_id, "relance")
        assert _names(floor.supervisor, call_id) == ["relance"]
        (tag,) = queries.known_tags(floor.admin)
        assert (tag.name, tag.calls) == ("RELANCE", 2), "one tag for who sees both"
        assert set(_found(floor.admin, "Relance")) == {call_id, other}


def test_tags_of_calls_put_aside_are_not_offered(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "relance")
        _call(call_id).deleted_at = utc_now()
        db.session.commit()
        assert queries.known_tags(floor.supervisor) == []
        assert queries.filter_choices(floor.supervisor).tags == []


# Renaming


def test_a_new_name_holds_on_all_calls_in_scope_and_is_taken_back(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        aside = _new_call(floor).id
        foreign = create_call(team=db.session.get_one(Team, floor.other_team_id)).id
        _tag(floor.admin, call_id, "relance", "prix")
        _tag(floor.admin, aside, "relance")
        _tag(floor.admin, foreign, "relance")
        _call(aside).deleted_at = utc_now()
        db.session.commit()
        done = operations.rename_tag(floor.supervisor, "RELANCE", " À rappeler ")
        assert (done.before, done.name, done.calls) == ("relance", "À rappeler", 2)
        assert _names(floor.admin, call_id) == ["À rappeler", "prix"]
        assert _names(floor.admin, aside) == ["À rappeler"]
        assert _names(floor.admin, foreign) == ["relance"], "another team's stays"
        changed = operations.undo_rename(
            floor.supervisor, done.event_id, old=done.before, new=done.name
        )
        assert changed == 2
        assert _names(floor.admin, call_id) == ["prix", "relance"]


def test_a_name_that_is_there_makes_one_tag_of_both_and_undo_parts_them(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        second, third = _new_call(floor).id, _new_call(floor).id
        _tag(floor.supervisor, call_id, "relance", "Rappel")
        _tag(floor.supervisor, second, "relance")
        _tag(floor.supervisor, third, "Rappel")
        done = operations.rename_tag(floor.supervisor, "relance", "rappel")
        assert (done.name, done.calls, done.merged) == ("Rappel", 2, 1), "spelled as it is there"
        for number in (call_id, second, third):
            assert _names(floor.supervisor, number) == ["Rappel"]
        operations.undo_rename(floor.supervisor, done.event_id, old="relance", new="Rappel")
        assert _names(floor.supervisor, call_id) == ["Rappel", "relance"]
        assert _names(floor.supervisor, second) == ["relance"]
        assert _names(floor.supervisor, third) == ["Rappel"], "it never had the other"


def test_another_spelling_is_a_new_name_too(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "a relancer")
        done = operations.rename_tag(floor.supervisor, "a relancer", "A Relancer")
        assert _names(floor.supervisor, call_id) == ["A Relancer"]
        operations.undo_rename(floor.supervisor, done.event_id, old="a relancer", new="A Relancer")
        assert _names(floor.supervisor, call_id) == ["a relancer"]


def test_undoing_late_leaves_what_others_did_since(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        other = _new_call(floor).id
        _tag(floor.supervisor, call_id, "un")
        _tag(floor.supervisor, other, "un")
        done = operations.rename_tag(floor.supervisor, "un", "deux")
        operations.remove_tag(floor.supervisor, _call(call_id), "deux")
        _tag(floor.supervisor, other, "un")
        assert not operations.undo_rename(floor.supervisor, done.event_id, old="un", new="deux")
        assert _names(floor.supervisor, call_id) == []
        assert _names(floor.supervisor, other) == ["deux", "un"]


def test_only_who_renamed_takes_it_back(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "un")
        done = operations.rename_tag(floor.supervisor, "un", "deux")
        for viewer in (floor.admin, floor.team_lead, floor.other_supervisor):
            with pytest.raises(NotFound):
                operations.undo_rename(viewer, done.event_id, old="un", new="deux")
        with pytest.raises(NotAllowed):
            operations.rename_tag(floor.team_lead, "deux", "trois")
        for viewer in (floor.agent, floor.sponsor, floor.other_supervisor):
            with pytest.raises(NotFound):
                operations.rename_tag(viewer, "deux", "trois")


# Pages


def test_the_desk_offers_a_field_to_supervisors_shows_leads_and_tells_agents_nothing(
    app: Flask, floor: Floor, call_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "<b>relance</b>")
    shown = {
        who: sign_in(getattr(floor, who).user_id).get(f"/calls/{call_id}").text
        for who in ("supervisor", "team_lead", "agent")
    }
    assert "&lt;b&gt;relance" in shown["supervisor"]
    assert "data-tag-add" in shown["supervisor"]
    assert "&lt;b&gt;relance" in shown["team_lead"]
    assert "data-tag-form" not in shown["team_lead"]
    assert "relance" not in shown["agent"]
    assert "data-tags" not in shown["agent"]


def test_scripts_get_the_tags_anew_with_what_undoes_it(
    app: Flask, floor: Floor, call_id: int, sign_in: SignIn
) -> None:
    browser = sign_in(floor.supervisor.user_id or 0)
    added = browser.post(f"/calls/{call_id}/tags", data={"name": "prix"}, headers=JSON).json
    assert ">prix<" in added["tags"]
    assert added["message"] == "", "the chip says it"
    gone = browser.post(added["undo"], headers=JSON).json
    assert ">prix<" not in gone["tags"]
    assert gone["undo"] is None
    browser.post(f"/calls/{call_id}/tags", data={"name": "prix"}, headers=JSON)
    again = browser.post(f"/calls/{call_id}/tags", data={"name": "PRIX"}, headers=JSON).json
    assert again["undo"] is None, "it was on the call already"
    removed = browser.post(f"/calls/{call_id}/tags/remove", data={"name": "prix"}, headers=JSON)
    assert "prix" in removed.json["message"]
    back = browser.post(removed.json["undo"], headers=JSON).json
    assert ">prix<" in back["tags"]
    refused = browser.post(f"/calls/{call_id}/tags", data={"name": " "}, headers=JSON)
    assert refused.status_code == 400
    assert refused.json["error"]


def test_without_script_it_is_said_on_the_desk(
    app: Flask, floor: Floor, call_id: int, sign_in: SignIn
) -> None:
    browser = sign_in(floor.supervisor.user_id or 0)
    answer = browser.post(f"/calls/{call_id}/tags", data={"name": "prix"})
    assert answer.location == f"/calls/{call_id}"
    assert "/tags/remove?name=prix" in browser.get(answer.location).text


def test_the_list_shows_tags_and_is_narrowed_to_one(
    app: Flask, floor: Floor, call_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "À relire")
        other = _new_call(floor, company="Autre SA").id
    browser = sign_in(floor.supervisor.user_id or 0)
    page = browser.get("/calls").text
    assert "/calls?tag=%C3%80+relire" in page
    assert f'id="call-{other}"' in page
    narrowed = browser.get("/calls?tag=à relire").text
    assert f'id="call-{call_id}"' in narrowed
    assert f'id="call-{other}"' not in narrowed
    assert "<option selected>À relire</option>" in narrowed
    for who in ("agent", "sponsor"):
        assert "relire" not in sign_in(getattr(floor, who).user_id).get("/calls").text


def test_the_page_of_tags_renames_and_says_why_not(
    app: Flask, floor: Floor, call_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        _tag(floor.supervisor, call_id, "prix")
    browser = sign_in(floor.supervisor.user_id or 0)
    refused = browser.post("/tags/rename", data={"old": "prix", "name": "  "})
    assert refused.status_code == 422
    assert 'id="tag-error"' in refused.text
    page = browser.post(
        "/tags/rename", data={"old": "prix", "name": "tarif"}, follow_redirects=True
    ).text
    assert ">tarif<" in page
    undo = page.partition("/tags/renames/")[2].partition('"')[0].replace("&amp;", "&")
    assert browser.post(f"/tags/renames/{undo}").location == "/tags"
    with app.app_context():
        assert [tag.name for tag in db.session.scalars(select(CallTag))] == ["prix"]
    assert 'name="old"' not in sign_in(floor.team_lead.user_id or 0).get("/tags").text
    assert sign_in(floor.agent.user_id or 0).get("/tags").status_code == 404
