"""People named with @: found in a text, let in, told, and refused where they may not be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from callcoach.accounts.models import Role, User
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note
from callcoach.coaching.note_mentions import Nameable, handles, named_in
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.notices.models import Notice
from tests.factories.accounts import create_team, create_user

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, create, send

SignIn = Callable[[User | int], FlaskClient]
TEXT = NoteText(channel=0, start_ms=12_200, end_ms=24_000, quote="Non.", instead="Et chez vous ?")
TEAM = [
    Nameable(1, "Miora A.", "miora"),
    Nameable(2, "Miora", "miora2"),
    Nameable(3, "Thomas V.", "thomas"),
    Nameable(4, "Jean d’Arc", "jean"),
    Nameable(5, "Hanta", "h1"),
    Nameable(6, "Hanta", "h2"),
]


@pytest.mark.parametrize(
    ("text", "named", "unknown"),
    [
        ("Demande à @Miora A., elle sait.", {1}, ()),
        ("Demande à @Miora A, elle sait.", {1}, ()),
        ("Demande à @miora", {2}, ()),
        ("(@Thomas V.) et @Jean d'Arc", {3, 4}, ()),
        ("@Hanta (h2) saura", {6}, ()),
        ("@Hanta saura", set(), ("Hanta",)),  # which of the two?
        ("@Fatou saura, @Thomas V. aussi", {3}, ("Fatou",)),
        ("@Mioranne", set(), ("Mioranne",)),
        ("Écris à jean@exemple.fr, @14h, ou @ rien", set(), ()),
    ],
)
def test_names_are_read_out_of_a_text(text: str, named: set[int], unknown: tuple[str, ...]) -> None:
    found = named_in(text, TEAM)
    assert (set(found.user_ids), found.unknown) == (named, unknown)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert named_in(text, TEAM).user_ids <= {person.user_id for person in TEAM}


@given(st.sampled_from(TEAM), st.sampled_from(["", " ", ", puis", ".", "\n"]))
def test_what_the_list_writes_names_that_person(person: Nameable, after: str) -> None:
    written = handles(TEAM)[person.user_id]
    assert named_in(f"Voir @{written}{after}", TEAM).user_ids == {person.user_id}


def _sent(desk: Desk, text: NoteText) -> Note:
    note = notes.save_draft(desk.claire, desk.call, text)
    notes.send_note(desk.claire, desk.call, note, text, based_on=1)
    db.session.commit()
    return note


def _told(user_id: int) -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Notice).where(Notice.user_id == user_id))
    return [(notice.kind, notice.path) for notice in rows]


def test_whoever_is_named_is_let_in_and_told_where_they_can_read_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        text = replace(
            TEXT,
            aim="keep",
            visibility="named",
            readers=(desk.ids["thomas"],),
            instead="Comme @Patrice et @Miora A. le font.",
        )
        note = _sent(desk, text)
        assert note.let_in_ids == {desk.ids[name] for name in ("thomas", "colleague", "lead")}
        assert _told(desk.ids["colleague"]) == [("note.mention", f"/my/team/{note.id}")]
        assert _told(desk.ids["lead"])[0][1].endswith(f"#note-{note.id}")
        assert _told(desk.ids["thomas"]), "a reader by name is told as well"
        assert can_read_note(desk.lead, note, desk.call)
        assert can_read_note(desk.colleague, note, desk.call)


def test_a_name_that_is_removed_takes_the_reading_and_the_notice_with_it(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        text = replace(TEXT, aim="keep", instead="Comme @Patrice le fait.")
        note = _sent(desk, text)
        assert can_read_note(desk.colleague, note, desk.call)
        plain = replace(text, instead="Comme tu le fais.")
        notes.edit_note(desk.claire, desk.call, note, plain, based_on=note.row_version)
        db.session.commit()
        assert not can_read_note(desk.colleague, note, desk.call)
        assert _told(desk.ids["colleague"]) == []


def test_an_answer_names_people_too_and_its_names_stay(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk, replace(TEXT, visibility="named", readers=(desk.ids["thomas"],)))
        assert not can_read_note(desk.lead, note, desk.call)
        notes.reply_to_note(desk.agent, desk.call, note, "@Miora A. l’a vu aussi.")
        db.session.commit()
        assert can_read_note(desk.lead, note, desk.call)
        assert ("note.mention", f"/calls/{desk.call_id}?t=12.2#note-{note.id}") in _told(
            desk.ids["lead"]
        )
        other = replace(notes.text_of(note), instead="Autre chose.")
        notes.edit_note(desk.claire, desk.call, note, other, based_on=note.row_version)
        assert can_read_note(desk.lead, note, desk.call)


def test_taking_a_note_back_lets_nobody_in_any_more(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk, replace(TEXT, instead="Voir avec @Miora A."))
        assert _told(desk.ids["lead"])
        notes.unsend_note(desk.claire, desk.call, note)
        db.session.commit()
        assert note.mentions == []
        assert _told(desk.ids["lead"]) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"instead": "Voir avec @Etranger."}, "nobody of this call's team"),
        ({"instead": "Comme @Patrice."}, "is a colleague"),
        ({"instead": "À revoir avec @Miora A.", "visibility": "private"}, "keep to yourself"),
        ({"visibility": "named"}, "Choose who reads"),
        ({"visibility": "team"}, "Only something to keep"),
    ],
)
def test_what_may_not_be_told_is_refused_and_says_why(
    app: Flask, desk: Desk, change: dict[str, str], words: str
) -> None:
    with app.app_context():
        team = create_team(name="Loin")
        create_user(Role.SUPERVISOR, teams=[team], name="Etranger", login="loin")
        text = replace(TEXT, **change)  # type: ignore[arg-type]
        note = notes.save_draft(desk.claire, desk.call, text)
        with pytest.raises(InvalidInput) as caught:
            notes.send_note(desk.claire, desk.call, note, text, based_on=1)
        assert words in str(caught.value)
        assert note.is_draft


def test_a_colleague_is_no_reader_of_what_somebody_is_to_change(app: Flask, desk: Desk) -> None:
    with app.app_context():
        text = replace(TEXT, visibility="named", readers=(desk.ids["colleague"],))
        note = notes.save_draft(desk.claire, desk.call, text)
        with pytest.raises(InvalidInput):
            notes.send_note(desk.claire, desk.call, note, text, based_on=1)
        for stranger in ("stranger", "sponsor"):
            foreign = replace(text, readers=(desk.ids[stranger],))
            with pytest.raises(InvalidInput):
                notes.save_draft(desk.claire, desk.call, foreign)


def test_turning_a_note_to_a_fault_takes_colleagues_out_first(app: Flask, desk: Desk) -> None:
    with app.app_context():
        text = replace(TEXT, aim="keep", visibility="team")
        note = _sent(desk, text)
        fault = replace(text, aim="change")
        with pytest.raises(InvalidInput):
            notes.edit_note(desk.claire, desk.call, note, fault, based_on=note.row_version)


def test_agents_name_no_colleagues_and_are_offered_none(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _sent(desk, replace(TEXT, aim="keep")).id
    hanta = sign_in(desk.ids["agent"])
    page = hanta.get(f"/my/notes/{note_id}").text
    assert "Miora A." in page
    assert "Patrice" not in page
    refused = hanta.post(f"/my/notes/{note_id}/replies", data={"text": "@Patrice !"}, headers=JSON)
    assert refused.status_code == 400


def test_the_form_offers_the_people_of_the_team(desk: Desk, claire: FlaskClient) -> None:
    page = claire.get(f"/calls/{desk.call_id}/notes/new?at_ms=5000", headers=FRAGMENT).text
    for name in ("Thomas V.", "Miora A.", "Hanta R.", "Patrice"):
        assert name in page
    assert "stranger" not in page
    assert "Claire M." not in page


def test_a_colleague_who_is_named_answers_and_the_author_is_told(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    values = {"aim": "keep", "instead": "Comme @Patrice le fait.", "point": ""}
    note = send(claire, create(claire, desk, **values).json["note"], **values).json["note"]
    patrice = sign_in(desk.ids["colleague"])
    page = patrice.get(f"/my/team/{note['id']}")
    assert f"/my/team/{note['id']}/replies" in page.text
    answer = patrice.post(f"/my/team/{note['id']}/replies", data={"text": "Oui, je l’ai dit."})
    assert answer.status_code == 302
    assert "Oui, je l’ai dit." in patrice.get(f"/my/team/{note['id']}").text
    with app.app_context():
        assert ("note.answered") in [kind for kind, _path in _told(desk.ids["claire"])]
        seen = db.session.scalars(select(Notice).where(Notice.user_id == desk.ids["colleague"]))
        assert all(notice.seen_at is not None for notice in seen)
