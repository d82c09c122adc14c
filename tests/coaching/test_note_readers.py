"""Who reads a note: every visibility, for everybody, named or not; the same rule wherever it is read."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching import sharing
from callcoach.coaching.access import can_answer_note, can_read_note, reads_thread
from callcoach.coaching.indexing import follow_note
from callcoach.coaching.models import Note, NoteMention
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.coaching.queries import inbox, notes, team_notes
from callcoach.coaching.readable import readable
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.search.queries import search
from callcoach.search.syntax import parse
from tests.factories.accounts import create_team, create_user
from tests.factories.coaching import create_note
from tests.factories.notes import named_note

from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]

#: visibility, aim, who is named -> who reads it beside Claire, its author.
SUPERVISORS = {"thomas", "admin"}
TABLE = [
    ("private", "keep", "", set()),
    ("private", "change", "", set()),
    ("agent", "keep", "", SUPERVISORS | {"lead", "agent"}),
    ("agent", "change", "", SUPERVISORS | {"lead", "agent"}),
    ("agent", "keep", "@colleague", SUPERVISORS | {"lead", "agent", "colleague"}),
    ("agent", "change", "@colleague", SUPERVISORS | {"lead", "agent"}),
    ("team", "keep", "", SUPERVISORS | {"lead", "agent", "colleague"}),
    # refused when it is sent; and were it there, no colleague would read it
    ("team", "change", "", SUPERVISORS | {"lead", "agent"}),
    ("named", "keep", "", SUPERVISORS | {"agent"}),
    ("named", "keep", "lead", SUPERVISORS | {"agent", "lead"}),
    ("named", "keep", "colleague", SUPERVISORS | {"agent", "colleague"}),
    ("named", "keep", "@lead", SUPERVISORS | {"agent", "lead"}),
    ("named", "change", "", SUPERVISORS | {"agent"}),
    ("named", "change", "lead", SUPERVISORS | {"agent", "lead"}),
    ("named", "change", "colleague", SUPERVISORS | {"agent"}),
    # people of elsewhere read nothing, were they named by mistake
    ("named", "keep", "stranger", SUPERVISORS | {"agent"}),
    ("named", "keep", "sponsor", SUPERVISORS | {"agent"}),
    ("agent", "keep", "@stranger", SUPERVISORS | {"lead", "agent"}),
]
EVERYBODY = ("claire", "thomas", "admin", "lead", "agent", "colleague", "stranger", "sponsor")


def _note(desk: Desk, visibility: str, aim: str, named: str, *, sent: bool = True) -> Note:
    values = {"aim": aim, "sent": sent, "instead": "Un éléphant rose."}
    name = named.removeprefix("@")
    if visibility == "named" and named and not named.startswith("@"):
        return named_note(desk.call, desk.user("claire"), desk.user(name), **values)
    note = create_note(desk.call, desk.user("claire"), visibility=visibility, **values)
    if named:
        note.mentions = [NoteMention(user_id=desk.ids[name])]
        db.session.commit()
    return note


def _in_sql(viewer: Viewer, note: Note) -> bool:
    found = select(Note.id).join(Call, Call.id == Note.call_id)
    return db.session.scalar(found.where(Note.id == note.id, readable(viewer))) is not None


def _finds(viewer: Viewer) -> bool:
    return search(viewer, parse("éléphant")).total > 0


@pytest.mark.parametrize(("visibility", "aim", "named", "readers"), TABLE)
def test_a_note_is_read_by_whom_it_is_for(
    app: Flask, desk: Desk, visibility: str, aim: str, named: str, readers: set[str]
) -> None:
    with app.app_context():
        note = _note(desk, visibility, aim, named)
        follow_note(note)
        db.session.commit()
        for name in EVERYBODY:
            viewer = getattr(desk, name)
            allowed = name == "claire" or name in readers
            assert can_read_note(viewer, note, desk.call) is allowed, name
            assert _in_sql(viewer, note) is allowed, f"{name} in SQL"
            opens_call = name != "colleague"
            on_desk = [one.id for one in notes.notes_of(viewer, desk.call)] if opens_call else []
            assert (note.id in on_desk) is (allowed and opens_call), f"{name} on the desk"
            in_team = [one.id for one in team_notes.list_team_notes(viewer, 1).rows]
            assert (note.id in in_team) is (allowed and name == "colleague"), f"{name}: team"
            mine = [one.id for one in inbox.list_my_notes(viewer, 1).rows]
            assert (note.id in mine) is (allowed and name == "agent"), f"{name}: inbox"
            assert _finds(viewer) is (allowed and opens_call), f"{name} searching"


@pytest.mark.parametrize(("visibility", "aim", "named", "readers"), TABLE)
def test_of_a_draft_nobody_else_knows(
    app: Flask, desk: Desk, visibility: str, aim: str, named: str, readers: set[str]
) -> None:
    with app.app_context():
        note = _note(desk, visibility, aim, named, sent=False)
        for name in EVERYBODY:
            viewer = getattr(desk, name)
            assert can_read_note(viewer, note, desk.call) is (name == "claire")
            assert _in_sql(viewer, note) is (name == "claire")


@pytest.mark.parametrize(("visibility", "aim", "named", "readers"), TABLE)
def test_the_paper_and_the_track_of_a_call_follow_the_same_rule(
    app: Flask,
    desk: Desk,
    sign_in: SignIn,
    visibility: str,
    aim: str,
    named: str,
    readers: set[str],
) -> None:
    with app.app_context():
        _note(desk, visibility, aim, named)
    for name in ("thomas", "lead", "agent"):
        track = sign_in(desk.ids[name]).get(f"/calls/{desk.call_id}/notes.vtt").text
        assert ("éléphant" in track) is (name in readers), name


def test_who_leaves_the_team_reads_its_notes_no_more(app: Flask, desk: Desk) -> None:
    with app.app_context():
        team = _note(desk, "team", "keep", "")
        named = _note(desk, "named", "keep", "colleague")
        colleague = desk.user("colleague")
        assert {one.id for one in team_notes.list_team_notes(desk.colleague, 1).rows} == {
            team.id,
            named.id,
        }
        colleague.memberships[0].team_id = create_team(name="Ailleurs").id
        db.session.commit()
        gone = viewer_of(db.session.get_one(User, colleague.id, populate_existing=True))
        assert team_notes.list_team_notes(gone, 1).rows == []
        for note in (team, named):
            assert not can_read_note(gone, note, desk.call)
            with pytest.raises(NotFound):
                inbox.get_readable_note(gone, note.id)


def test_an_agent_of_another_team_reads_nothing_of_this_one(app: Flask, desk: Desk) -> None:
    with app.app_context():
        _note(desk, "team", "keep", "")
        other = create_user(Role.AGENT, teams=[create_team(name="Autre plateau")], login="autre")
        assert team_notes.list_team_notes(viewer_of(other), 1).rows == []


def test_colleagues_do_not_read_what_was_answered_unless_they_are_named(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = _note(desk, "team", "keep", "")
        assert not reads_thread(desk.colleague, note, desk.call)
        assert not can_answer_note(desk.colleague, note, desk.call)
        note.mentions = [NoteMention(user_id=desk.ids["colleague"])]
        db.session.commit()
        assert reads_thread(desk.colleague, note, desk.call)
        assert can_answer_note(desk.colleague, note, desk.call)


def test_a_lead_answers_only_what_names_them(app: Flask, desk: Desk) -> None:
    with app.app_context():
        plain = _note(desk, "agent", "change", "")
        named = _note(desk, "named", "change", "lead")
        assert not can_answer_note(desk.lead, plain, desk.call)
        assert can_answer_note(desk.lead, named, desk.call)


@pytest.fixture
def consents(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """The yeses that agents gave, for the time of a test."""
    given: list[tuple[int, int, int]] = []
    monkeypatch.setattr(sharing, "_sources", [lambda *asked: asked in given])
    return given


def _played(desk: Desk, note: Note) -> tuple[int, int, int]:
    """All that is heard with a note: its moment, what led to it, what came of it."""
    start_ms, end_ms = excerpt_bounds(note)
    return desk.call_id, start_ms, min(end_ms, desk.call.duration_ms)


def test_colleagues_hear_nothing_without_the_agents_yes(
    app: Flask, desk: Desk, consents: list[tuple[int, int, int]]
) -> None:
    with app.app_context():
        note = _note(desk, "team", "keep", "")
        assert [name for name in EVERYBODY if sharing.may_hear(getattr(desk, name), note)] == [
            "claire",
            "thomas",
            "admin",
            "lead",
            "agent",
        ]
        consents.append((desk.call_id, note.start_ms, note.end_ms))
        assert not sharing.may_hear(desk.colleague, note), "more is played than the moment"
        consents.append(_played(desk, note))
        assert sharing.may_hear(desk.colleague, note)
        assert not sharing.may_hear(desk.stranger, note)
        desk.call.campaign.agent_audio = AgentAudio.TEXT_ONLY
        db.session.commit()
        assert not sharing.may_hear(desk.colleague, note)


def test_the_page_says_why_there_is_no_sound_and_names_nobody(
    app: Flask, audible: Desk, desk: Desk, sign_in: SignIn, consents: list[tuple[int, int, int]]
) -> None:
    with app.app_context():
        note = _note(desk, "team", "keep", "")
        note_id, moment = note.id, _played(desk, note)
        prospect = desk.call.prospect_name
    patrice = sign_in(desk.ids["colleague"])
    page = patrice.get(f"/my/team/{note_id}").text
    assert "Un éléphant rose." in page
    assert "Hanta" not in page
    assert prospect not in page
    assert f"/calls/{desk.call_id}" not in page
    assert "<audio" not in page
    assert "my-silent" in page
    assert patrice.get(f"/notes/{note_id}/excerpt").status_code == 404
    for address in (f"/calls/{desk.call_id}", f"/notes/{note_id}", f"/notes/{note_id}/history"):
        assert patrice.get(address).status_code == 404, address
    consents.append(moment)
    page = patrice.get(f"/my/team/{note_id}").text
    assert "Hanta R." in page
    assert "<audio" in page


def test_every_pair_of_a_role_and_a_visibility_is_in_the_table() -> None:
    covered = {(visibility, aim) for visibility, aim, *_rest in TABLE}
    assert covered == set(
        itertools.product(("private", "agent", "team", "named"), ("keep", "change"))
    )
