"""Notes on a whole call and on several calls of one agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import webvtt
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, User
from callcoach.calls.models import Call, Excerpt
from callcoach.coaching.models import Note
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes as operations
from callcoach.coaching.queries import inbox, notes
from callcoach.errors import InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, TEXT, create, send

SignIn = Callable[[User | int], FlaskClient]
WHOLE = NoteText(
    channel=0, start_ms=5, end_ms=9, quote="non", instead="Parlez moins.", scope="call"
)


def _another_call(desk: Desk, **values: Any) -> Call:
    call = desk.call
    return create_call(
        **{"team": call.team, "agent": call.agent, "campaign": call.campaign, **values}
    )


def _sent(desk: Desk, text: NoteText) -> Note:
    note = operations.save_draft(desk.claire, desk.call, text)
    operations.send_note(desk.claire, desk.call, note, text, based_on=1)
    db.session.commit()
    return note


def test_a_note_on_a_whole_call_needs_no_quote_and_cuts_no_sound(
    app: Flask, audible: Desk, desk: Desk
) -> None:
    with app.app_context():
        note = _sent(desk, WHOLE)
        assert (note.start_ms, note.end_ms, note.quote) == (0, desk.call.duration_ms, "")
        assert db.session.query(Excerpt).count() == 0
        assert inbox.excerpt_state(desk.agent, desk.call, note).state == "whole"
        assert note.verdict_id is None


def test_a_whole_call_confirms_no_flag_also_when_it_began_on_one(app: Flask, desk: Desk) -> None:
    with app.app_context():
        moment = replace(WHOLE, scope="moment", start_ms=12_200, end_ms=24_000)
        note = operations.save_draft(desk.claire, desk.call, moment, point=desk.point)
        operations.send_note(desk.claire, desk.call, note, WHOLE, based_on=1)
        db.session.commit()
        assert note.point_id is None
        assert desk.point.verdict_id is None


def test_the_agent_is_led_to_the_call_and_hears_no_excerpt(
    app: Flask, audible: Desk, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _sent(desk, WHOLE).id
    hanta = sign_in(desk.ids["agent"])
    page = hanta.get(f"/my/notes/{note_id}").text
    assert "Parlez moins." in page
    assert f'href="/calls/{desk.call_id}"' in page
    assert "<audio" not in page
    assert hanta.get(f"/notes/{note_id}/excerpt").status_code == 404


def test_a_series_stands_on_the_desk_of_each_of_its_calls(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        others = [_another_call(desk).id for _ in range(2)]
        text = replace(WHOLE, scope="series", other_calls=tuple(others))
        note_id = _sent(desk, text).id
    for call_id in (desk.call_id, *others):
        page = claire.get(f"/calls/{call_id}").text
        assert f'id="note-{note_id}"' in page, call_id
        assert "Parlez moins." in page
    page = sign_in(desk.ids["agent"]).get(f"/my/notes/{note_id}").text
    for call_id in (desk.call_id, *others):
        assert f'href="/calls/{call_id}"' in page


def test_on_the_desk_of_a_further_call_the_answer_is_for_that_desk(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        other = _another_call(desk).id
        note_id = _sent(desk, replace(WHOLE, scope="series", other_calls=(other,))).id
    page = claire.get(f"/calls/{other}").text
    assert f"/notes/{note_id}/delete?on={other}" in page
    answer = claire.post(f"/notes/{note_id}/delete?on={other}", headers=JSON).json
    assert "note-" not in answer["loose_notes"]
    assert answer["undo"] == f"/notes/{note_id}/restore?on={other}"
    back = claire.post(answer["undo"], headers=JSON).json
    assert f"note-{note_id}" in back["loose_notes"]
    assert back["note"]["action"].endswith(f"?on={other}")
    gone = claire.post(f"/notes/{note_id}/delete?on={other}")
    assert gone.headers["Location"].startswith(f"/calls/{other}")
    nonsense = claire.post(f"/notes/{note_id}/restore?on=999999", headers=JSON)
    assert nonsense.status_code == 200, "a number that is none of its calls is passed over"


def test_only_calls_of_the_same_agent_and_team_go_together(app: Flask, desk: Desk) -> None:
    with app.app_context():
        site = create_team(name="Ailleurs")
        foreign = create_call(team=site, agent=create_user(Role.AGENT, teams=[site], login="x"))
        wrong = [
            _another_call(desk, agent=desk.user("colleague")).id,
            foreign.id,
            desk.call_id,
            _another_call(desk, deleted_at=utc_now()).id,
            999_999,
        ]
        for call_id in wrong:
            with pytest.raises(InvalidInput) as caught:
                operations.save_draft(
                    desk.claire, desk.call, replace(WHOLE, scope="series", other_calls=(call_id,))
                )
            assert caught.value.values["field"] == "other_calls"
        alone = replace(WHOLE, scope="series")
        note = operations.save_draft(desk.claire, desk.call, alone)
        with pytest.raises(InvalidInput):
            operations.send_note(desk.claire, desk.call, note, alone, based_on=1)


def test_the_form_offers_calls_of_the_agent_and_keeps_those_chosen(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        chosen = _another_call(desk, company="Fonderie").id
        found = _another_call(desk, company="Bijouterie").id
        theirs = _another_call(desk, agent=desk.user("colleague"), company="Bijouterie").id
    page = claire.get(f"/calls/{desk.call_id}/notes/new?scope=call", headers=FRAGMENT).text
    assert f'value="{chosen}"' in page
    assert f'value="{found}"' in page
    address = f"/calls/{desk.call_id}/notes/calls?q=bijou&other_calls={chosen}"
    part = claire.get(address).text
    assert f'value="{chosen}" checked' in part
    assert f'value="{found}"' in part
    assert f'value="{theirs}"' not in part


def test_two_remarks_on_one_call_are_two_notes(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    values = {"scope": "call", "point": ""}
    first = create(claire, desk, instead="Un", **values).json["note"]
    assert create(claire, desk, instead="Un", **values).json["note"]["id"] == first["id"]
    assert create(claire, desk, instead="Deux", **values).json["note"]["id"] != first["id"]


def test_history_and_conflicts_tell_scope_readers_and_calls(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        other = _another_call(desk, company="Bijouterie Noël").id
    note = send(claire, create(claire, desk).json["note"]).json["note"]
    changed = {
        "scope": "series",
        "other_calls": [other],
        "visibility": "named",
        "readers": [desk.ids["lead"]],
    }
    answer = claire.post(
        note["action"], data={**TEXT, **changed, "based_on": note["version"]}, headers=JSON
    )
    assert answer.status_code == 200
    history = claire.get(f"/notes/{note['id']}/history").text
    for words in ("Bijouterie Noël", "Miora A.", "Ce moment"):
        assert words in history
    thomas = sign_in(desk.ids["thomas"])
    stale = thomas.post(
        note["action"], data={**TEXT, "instead": "Moi", "based_on": note["version"]}, headers=JSON
    )
    assert stale.status_code == 409
    assert stale.json["theirs"]["readers"] == [desk.ids["lead"]]
    assert "Miora A." in stale.json["conflict"]


def test_readers_alone_are_a_version_too(app: Flask, desk: Desk) -> None:
    with app.app_context():
        text = replace(
            WHOLE, scope="moment", visibility="named", readers=(desk.ids["lead"],), quote="Oui"
        )
        note = _sent(desk, text)
        note.read_at = utc_now()
        both = replace(text, readers=(desk.ids["lead"], desk.ids["thomas"]))
        operations.edit_note(desk.claire, desk.call, note, both, based_on=note.row_version)
        db.session.commit()
        assert note.read_at is not None, "to the agent it says the same"
        with pytest.raises(StaleVersion):
            operations.edit_note(desk.thomas, desk.call, note, text, based_on=1)


def test_a_whole_call_is_no_mark_and_a_short_cue(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        _sent(desk, WHOLE)
        assert [n.scope for n in notes.notes_of(desk.claire, desk.call)] == ["call"]
    captions = webvtt.from_string(claire.get(f"/calls/{desk.call_id}/notes.vtt").text).captions
    assert [caption.end for caption in captions] == ["00:00:10.000"]
    data = claire.get(f"/calls/{desk.call_id}").text
    assert '"notes": []' in data
