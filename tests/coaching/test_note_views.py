"""Notes by their addresses: the form, drafts, sending, conflicts, answers, history, and what each
role sees of them on the desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls.models import AnalysisRun, TippingPoint, Turn
from callcoach.coaching.models import ListeningRequest, Note, NoteReply
from callcoach.coaching.operations import notes as operations
from callcoach.extensions import db, utc_now
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request

from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]
JSON = {"Accept": "application/json"}
FRAGMENT = {"X-Fragment": "note"}

TEXT: dict[str, Any] = {
    "channel": 0,
    "start_ms": 12_200,
    "end_ms": 24_000,
    "quote": "Je vous propose une démonstration mardi ou jeudi.",
    "hears": "Il n’a pas été écouté.",
    "instead": "Vous clôturez en combien de jours ?",
    "cause": "ignored_objection",
    "aim": "change",
    "visibility": "agent",
    "based_on": 0,
}


@pytest.fixture
def claire(desk: Desk, sign_in: SignIn) -> FlaskClient:
    return sign_in(desk.ids["claire"])


def _new(desk: Desk, query: str = "") -> str:
    return f"/calls/{desk.call_id}/notes/new{query}"


def _create(browser: FlaskClient, desk: Desk, **values: Any) -> Any:
    return browser.post(
        f"/calls/{desk.call_id}/notes",
        data={**TEXT, "point": desk.point_id, **values},
        headers=JSON,
    )


def _send(browser: FlaskClient, note: dict[str, Any], **values: Any) -> Any:
    data = {**TEXT, "based_on": note["version"], **values}
    return browser.post(note["send"], data=data, headers=JSON)


def _field(page: str, name: str) -> str:
    """What a field of the form holds."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return area[1].replace("&#39;", "'")
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no {name} in the form"
    return found[1]


def _checked(page: str, name: str) -> str:
    found = re.search(rf'<input checked[^>]*name="{name}"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]


# The form


def test_the_form_on_a_flag_says_what_was_said_and_why(desk: Desk, claire: FlaskClient) -> None:
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert page.lstrip().startswith("<form")
    assert _field(page, "quote") == "Je vous propose une démonstration mardi ou jeudi."
    assert [_field(page, name) for name in ("start_ms", "end_ms", "channel")] == [
        "12200",
        "24000",
        "0",
    ]
    assert _checked(page, "aim") == "change"
    assert '<option selected value="ignored_objection">' in page
    assert '<option selected value="agent">' in page
    assert _field(page, "instead") == "", "the suggestion is a hint, not the person's words"
    assert "Sending confirms this moment." in page


def test_the_suggestion_is_shown_as_a_hint(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        desk.point.suggestion = {"key": "cause.open_question", "values": {}}
        db.session.commit()
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "question ouverte" in page[page.index("Suggested by the analysis") :]


def test_a_good_moment_is_one_to_keep(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        desk.point.valence, desk.point.cause = "positive", "open_question"
        db.session.commit()
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert _checked(page, "aim") == "keep"
    assert "Why it works" in page


def test_a_confirmed_flag_needs_no_confirmation(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        calls.judge(desk.thomas, desk.call, desk.point, "confirmed")
        db.session.commit()
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "Sending confirms" not in page


def test_the_quote_is_the_corrected_text(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        turn: Turn = analysis.turns[3]
        calls.correct_turn(desk.claire, desk.call, turn, "Je vous propose une démo.", based_on=0)
        db.session.commit()
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert _field(page, "quote") == "Je vous propose une démo."


def test_a_selection_is_quoted_on_its_voice(desk: Desk, claire: FlaskClient) -> None:
    page = claire.get(_new(desk, "?start_ms=9600&end_ms=12000&channel=1"), headers=FRAGMENT).text
    assert _field(page, "quote") == "On a déjà un outil, depuis l'an dernier."
    without = claire.get(_new(desk, "?start_ms=9600&end_ms=12000"), headers=FRAGMENT).text
    assert _field(without, "channel") == "1", "whose words it holds"


def test_scripts_get_the_words_of_moved_bounds(desk: Desk, claire: FlaskClient) -> None:
    answer = claire.get(_new(desk, "?start_ms=9600&end_ms=10600&channel=1"), headers=JSON).json
    assert answer == {"quote": "On a déjà", "channel": 1, "start_ms": 9600, "end_ms": 10_600}


@pytest.mark.parametrize("query", ["?point=abc", "?start_ms=-4&end_ms=9", "?at_ms=99999999999999"])
def test_what_is_no_moment_is_refused(desk: Desk, claire: FlaskClient, query: str) -> None:
    assert claire.get(_new(desk, query)).status_code == 400


def test_a_flag_of_another_call_is_not_there(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        other = create_call(team=desk.call.team)
        assert other.current_analysis is not None
        foreign = other.current_analysis.tipping_points[0].id
    assert claire.get(_new(desk, f"?point={foreign}")).status_code == 404
    assert _create(claire, desk, point=foreign).status_code == 404


def test_the_form_opens_the_draft_that_one_has_on_the_moment(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    made = _create(claire, desk, instead="À moitié").json["note"]
    page = claire.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert (_field(page, "instead"), _field(page, "based_on")) == ("À moitié", "1")
    assert made["action"] in page
    thomas = sign_in(desk.ids["thomas"])
    page = thomas.get(_new(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "À moitié" not in page


def test_the_words_of_people_are_escaped(desk: Desk, claire: FlaskClient) -> None:
    evil = "<script>alert(1)</script></textarea><b>"
    note = _create(claire, desk, instead=evil, hears=evil, quote=evil).json["note"]
    _send(claire, note, instead=evil, hears=evil, quote=evil)
    for address in (f"/calls/{desk.call_id}", f"/notes/{note['id']}/edit"):
        assert "<script>alert" not in claire.get(address).text
    conflict = claire.post(
        note["action"], data={**TEXT, "instead": "Moi", "based_on": 1}, headers=JSON
    )
    assert conflict.status_code == 409
    assert "<script>" not in conflict.json["conflict"]
    assert "&lt;" in conflict.json["conflict"]


# Without script


def test_without_script_the_same_addresses_are_pages(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    page = claire.get(_new(desk, f"?point={desk.point_id}")).text
    assert "<html" in page
    assert 'name="do" value="keep"' in page
    answer = claire.post(
        f"/calls/{desk.call_id}/notes", data={**TEXT, "point": desk.point_id, "do": "send"}
    )
    assert answer.status_code == 302
    with app.app_context():
        (note,) = db.session.scalars(db.select(Note)).all()
        assert not note.is_draft
        assert note.verdict_id is not None
    assert f"note-{note.id}" in claire.get(f"/calls/{desk.call_id}").text


def test_without_script_what_is_missing_is_said_beside_the_field(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    answer = claire.post(
        f"/calls/{desk.call_id}/notes",
        data={**TEXT, "instead": "", "hears": "Ceci reste.", "do": "send"},
    )
    assert answer.status_code == 400
    assert _field(answer.text, "hears") == "Ceci reste."
    assert "field-error" in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(Note)).all() == []


def test_without_script_a_conflict_shows_both_and_saving_again_replaces(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = _create(claire, desk).json["note"]
    note = _send(claire, note).json["note"]
    thomas = sign_in(desk.ids["thomas"])
    mine = {**TEXT, "instead": "Le mien.", "based_on": note["version"]}
    thomas.post(note["action"], data={**mine, "instead": "Celui de Thomas."})
    page = claire.post(note["action"], data=mine)
    assert page.status_code == 409
    assert _field(page.text, "instead") == "Le mien."
    assert "Thomas V." in page.text
    assert "Celui" in page.text
    version = int(_field(page.text, "based_on"))
    assert claire.post(note["action"], data={**mine, "based_on": version}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Le mien."


# Drafts and sending


def test_a_draft_is_kept_and_saved_again(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    note = _create(claire, desk, instead="").json["note"]
    assert note["sent"] is False
    answer = claire.post(
        note["action"], data={**TEXT, "instead": "Plus loin", "based_on": 1}, headers=JSON
    )
    assert answer.json["note"]["version"] == 2
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Plus loin"
        assert desk.point.verdict_id is None


def test_trying_again_after_a_lost_answer_makes_no_second_note(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    first, second = _create(claire, desk), _create(claire, desk)
    assert first.json["note"]["id"] == second.json["note"]["id"]
    note = first.json["note"]
    assert _send(claire, note).status_code == 200
    assert _send(claire, note).status_code == 200, "sent once; saying so again is no fault"
    with app.app_context():
        sent = db.session.get_one(Note, note["id"])
        assert len(sent.revisions) == 1


def test_sending_confirms_the_flag_and_answers_in_the_shape_of_the_desk(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = _create(claire, desk).json["note"]
    answer = _send(claire, note).json
    assert answer["message"] == "Sent to Hanta R."
    assert answer["undo"] == f"/notes/{note['id']}/unsend"
    (key,) = answer["cards"]
    assert f'id="note-{note["id"]}"' in answer["cards"][key]
    assert answer["moments"][0]["decision"] == "confirmed"
    (mark,) = answer["notes"]
    assert (mark["id"], mark["start"], mark["end"]) == (note["id"], 12_200, 24_000)
    assert (mark["aim"], mark["state"]) == ("change", "sent")
    with app.app_context():
        assert desk.point.verdict is not None


def test_a_note_without_what_to_say_instead_is_not_sent(desk: Desk, claire: FlaskClient) -> None:
    note = _create(claire, desk, instead="").json["note"]
    answer = _send(claire, note, instead="")
    assert answer.status_code == 400
    assert answer.json["field"] == "instead"
    assert answer.json["error"]


def test_too_long_a_text_says_which_field(desk: Desk, claire: FlaskClient) -> None:
    answer = _create(claire, desk, hears="x" * 1001)
    assert (answer.status_code, answer.json["field"]) == (400, "hears")


def test_line_ends_of_browsers_do_not_count(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    note = _create(claire, desk, instead="Un\r\ndeux").json["note"]
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Un\ndeux"


def test_taking_a_note_back_makes_it_a_draft_and_the_flag_open(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = _create(claire, desk).json["note"]
    undo = _send(claire, note).json["undo"]
    answer = claire.post(undo, headers=JSON)
    assert answer.json["note"]["sent"] is False
    assert answer.json["moments"][0]["decision"] == ""
    with app.app_context():
        assert desk.point.verdict_id is None


def test_a_note_that_was_read_is_not_taken_back(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), read_at=utc_now()).id
    answer = claire.post(f"/notes/{note_id}/unsend", headers=JSON)
    assert answer.status_code == 409
    assert answer.json["error"]


def test_sending_answers_the_request_that_the_form_was_opened_for(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        request_id = create_request(desk.call, desk.user("agent")).id
    page = claire.get(_new(desk, f"?request={request_id}"), headers=FRAGMENT).text
    assert _field(page, "quote") == "On a déjà un outil, depuis l'an dernier."
    assert _field(page, "request") == str(request_id)
    note = _create(claire, desk, point="", request=request_id).json["note"]
    with app.app_context():
        assert db.session.get_one(ListeningRequest, request_id).answer is None, "only a draft"
    undo = _send(claire, note, request=request_id).json["undo"]
    with app.app_context():
        answered = db.session.get_one(ListeningRequest, request_id)
        assert (answered.answer, answered.note_id) == ("noted", note["id"])
    claire.post(undo, headers=JSON)
    with app.app_context():
        again = db.session.get_one(ListeningRequest, request_id)
        assert again.answered_at is None, "it waits again"


# Two at one note


def test_two_supervisors_collide_and_both_texts_are_shown(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = _send(claire, _create(claire, desk).json["note"]).json["note"]
    thomas = sign_in(desk.ids["thomas"])
    version = note["version"]
    theirs = {**TEXT, "instead": "Vous clôturez en combien de semaines ?", "based_on": version}
    assert thomas.post(note["action"], data=theirs, headers=JSON).status_code == 200
    mine = {**TEXT, "instead": "Vous clôturez comment ?", "based_on": version}
    answer = claire.post(note["action"], data=mine, headers=JSON)
    assert answer.status_code == 409
    html = answer.json["conflict"]
    assert "Thomas V." in html
    assert "<del>" in html
    assert "<ins>" in html
    assert answer.json["theirs"]["instead"] == "Vous clôturez en combien de semaines ?"
    assert answer.json["note"]["version"] == version + 1
    kept = {**mine, "based_on": answer.json["note"]["version"]}
    assert claire.post(note["action"], data=kept, headers=JSON).status_code == 200
    with app.app_context():
        stored = db.session.get_one(Note, note["id"])
        assert stored.instead == "Vous clôturez comment ?"
        assert [item.content["instead"] for item in stored.revisions][1] == theirs["instead"]


def test_ones_own_other_window_is_named_as_such(desk: Desk, claire: FlaskClient) -> None:
    note = _create(claire, desk).json["note"]
    for text, status in (("Ici", 200), ("Là", 409)):
        answer = claire.post(
            note["action"], data={**TEXT, "instead": text, "based_on": 1}, headers=JSON
        )
        assert answer.status_code == status
    assert "another window" in answer.json["conflict"]


def test_a_draft_sent_from_another_window_is_not_lost_here(desk: Desk, claire: FlaskClient) -> None:
    note = _create(claire, desk).json["note"]
    _send(claire, note)
    answer = _send(claire, note, instead="Écrit ici")
    assert answer.status_code == 409
    assert "Écrit" in answer.json["conflict"]


# Answers, deleting, history


def test_answers_stand_under_the_note_and_are_seen_by_its_author(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), point=desk.point).id
    hanta = sign_in(desk.ids["agent"])
    answer = hanta.post(f"/notes/{note_id}/reply", data={"text": "Je vois."}, headers=JSON)
    assert answer.status_code == 200
    assert answer.json["message"] == ""
    assert answer.json["announce"]
    sign_in(desk.ids["thomas"]).get(f"/calls/{desk.call_id}")
    with app.app_context():
        (reply,) = db.session.scalars(db.select(NoteReply)).all()
        assert reply.seen_at is None, "a colleague's look is not the author's"
    page = claire.get(f"/calls/{desk.call_id}").text
    assert "Je vois." in page
    assert 'class="is-new"' in page
    with app.app_context():
        (reply,) = db.session.scalars(db.select(NoteReply)).all()
        assert reply.seen_at is not None
    assert 'class="is-new"' not in claire.get(f"/calls/{desk.call_id}").text


def test_an_empty_answer_is_refused(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    assert claire.post(f"/notes/{note_id}/reply", data={"text": "  "}).status_code == 400


def test_the_agents_look_at_the_desk_reads_their_note(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    claire.get(f"/calls/{desk.call_id}")
    with app.app_context():
        assert db.session.get_one(Note, note_id).read_at is None
    sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}")
    with app.app_context():
        assert db.session.get_one(Note, note_id).read_at is not None


def test_a_deleted_note_comes_back(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    answer = claire.post(f"/notes/{note_id}/delete", headers=JSON).json
    assert answer["notes"] == []
    assert f"note-{note_id}" not in answer["loose_notes"]
    assert claire.get(f"/notes/{note_id}/edit").status_code == 404
    back = claire.post(answer["undo"], headers=JSON).json
    assert [mark["id"] for mark in back["notes"]] == [note_id]
    assert f"note-{note_id}" in back["loose_notes"]


def test_the_history_says_who_saved_when_and_which_words_changed(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = _send(claire, _create(claire, desk).json["note"]).json["note"]
    changed = {
        **TEXT,
        "instead": "Vous clôturez en combien de semaines ?",
        "cause": "",
        "end_ms": 20_000,
        "based_on": note["version"],
    }
    thomas = sign_in(desk.ids["thomas"])
    assert thomas.post(note["action"], data=changed, headers=JSON).status_code == 200
    page = claire.get(f"/notes/{note['id']}/history").text
    assert "<html" in page
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "Thomas V." in text
    assert "Claire M." in text
    assert re.search(r"<del>.*?jours</del>", page, re.DOTALL)
    assert re.search(r"<ins>.*?semaines</ins>", page, re.DOTALL)
    assert "0:24,0" in page
    assert "0:20,0" in page
    assert "objection laissée sans réponse" in page
    fragment = claire.get(f"/notes/{note['id']}/history", headers=FRAGMENT).text
    assert fragment.lstrip().startswith("<dialog")
    shown = claire.get(f"/calls/{desk.call_id}").text
    assert "Changed" in shown[shown.index(f'id="note-{note["id"]}"') :]


# What each role sees on the desk


def _desk_page(sign_in: SignIn, desk: Desk, who: str) -> str:
    return sign_in(desk.ids[who]).get(f"/calls/{desk.call_id}").text


def test_who_sees_which_note_on_the_desk(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        claire = desk.user("claire")
        create_note(desk.call, claire, instead="Envoyée.")
        create_note(desk.call, claire, instead="Brouillon.", sent=False)
        create_note(desk.call, claire, instead="Privée.", visibility="private")
    seen = {
        who: {word for word in ("Envoyée.", "Brouillon.", "Privée.") if word in page}
        for who in ("claire", "thomas", "admin", "lead", "agent")
        for page in [_desk_page(sign_in, desk, who)]
    }
    assert seen["claire"] == {"Envoyée.", "Brouillon.", "Privée."}
    for who in ("thomas", "admin", "lead", "agent"):
        assert seen[who] == {"Envoyée."}, who


def test_team_leads_read_and_write_nothing(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), point=desk.point)
    page = _desk_page(sign_in, desk, "lead")
    assert "Vous clôturez en combien de jours ?" in page
    for control in ("data-edit-note", "data-note-reply", "/delete", "data-note-action"):
        assert control not in page[page.index('class="note ') : page.index("</article>")]


def test_agents_answer_and_do_not_see_how_far_they_have_come(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), acknowledged_at=utc_now())
    page = _desk_page(sign_in, desk, "agent")
    assert "data-note-reply" in page
    assert "data-edit-note" not in page
    assert "note-progress" not in page


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ((), "sent"),
        (("read_at",), "read"),
        (("read_at", "heard_at"), "heard"),
        (("read_at", "heard_at", "acknowledged_at"), "acknowledged"),
    ],
)
def test_how_far_a_note_has_come_is_said_in_words(
    app: Flask, desk: Desk, sign_in: SignIn, times: tuple[str, ...], state: str
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), **dict.fromkeys(times, utc_now()))
    page = _desk_page(sign_in, desk, "claire")
    assert f'class="note-progress is-{state}"' in page
    assert "agree" not in page.lower(), "to understand is not to agree"


def test_notes_stand_with_their_moment_and_loose_ones_in_time(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        claire = desk.user("claire")
        on_flag = create_note(desk.call, claire, point=desk.point).id
        late = create_note(desk.call, claire, start_ms=25_000, end_ms=26_000).id
        early = create_note(desk.call, claire, start_ms=2700, end_ms=9000).id
    page = _desk_page(sign_in, desk, "claire")
    card = page[page.index("data-card=") :]
    card = card[: card.index("data-loose-notes")]
    assert f'id="note-{on_flag}"' in card
    assert f'id="note-{early}"' not in card
    assert page.index(f'id="note-{early}"') < page.index(f'id="note-{late}"')


# A note keeps its moment


def _new_analysis(desk: Desk, *, flags: list[dict[str, Any]]) -> AnalysisRun:
    """Publish a new version of the analysis, as the job does."""
    call = desk.call
    old = call.current_analysis
    assert old is not None
    run = AnalysisRun(
        call_id=call.id,
        transcript_id=old.transcript_id,
        number=old.number + 1,
        agent_channel=old.agent_channel,
        channels=old.channels,
        engine=old.engine,
        figures={},
        engagement=[],
    )
    for turn in old.turns:
        columns = ("index", "speaker", "channel", "start_ms", "end_ms", "text", "words")
        run.turns.append(Turn(**{name: getattr(turn, name) for name in columns}))
    source = old.tipping_points[0]
    names = [c.name for c in TippingPoint.__table__.columns]
    names = [name for name in names if name not in ("id", "analysis_id", "verdict_id")]
    for changes in flags:
        values = {name: getattr(source, name) for name in names} | changes
        run.tipping_points.append(TippingPoint(**values))
    db.session.add(run)
    db.session.flush()
    calls.judging.attach_verdicts(call.id, run)
    call.current_analysis_id = run.id
    db.session.commit()
    return run


def _sent_on_flag(app: Flask, desk: Desk, claire: FlaskClient) -> int:
    note = _create(claire, desk).json["note"]
    assert _send(claire, note).status_code == 200
    number: int = note["id"]
    return number


def test_after_a_new_analysis_a_note_stands_beside_the_same_moment(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        run = _new_analysis(desk, flags=[{"start_ms": 12_900, "end_ms": 23_500}])
        key = f"p{run.tipping_points[0].id}"
    change = claire.get(f"/notes/{note_id}", headers=JSON).json
    assert f'id="note-{note_id}"' in change["cards"][key]


def test_a_moment_that_is_flagged_no_longer_keeps_its_note(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        _new_analysis(desk, flags=[])
    change = claire.get(f"/notes/{note_id}", headers=JSON).json
    (key,) = change["cards"]
    assert key.startswith("v"), "the confirmed verdict alone"
    assert f'id="note-{note_id}"' in change["cards"][key]


def test_a_draft_is_found_again_after_a_new_analysis(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = _create(claire, desk, instead="À moitié").json["note"]
    with app.app_context():
        run = _new_analysis(desk, flags=[{"start_ms": 12_300}])
        point_id = run.tipping_points[0].id
    page = claire.get(_new(desk, f"?point={point_id}"), headers=FRAGMENT).text
    assert _field(page, "instead") == "À moitié"
    _send(claire, note)
    with app.app_context():
        assert db.session.get_one(TippingPoint, point_id).verdict_id is not None


def test_a_correction_leaves_what_the_note_quotes(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        calls.correct_turn(desk.claire, desk.call, analysis.turns[3], "Autre texte.", based_on=0)
        db.session.commit()
        note = db.session.get_one(Note, note_id)
        assert note.quote == TEXT["quote"]
    assert f'id="note-{note_id}"' in claire.get(f"/calls/{desk.call_id}").text


def test_deleting_the_audio_leaves_notes_readable(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        calls.delete_audio(desk.claire, desk.call)
        db.session.commit()
    for browser in (claire, sign_in(desk.ids["agent"])):
        page = browser.get(f"/calls/{desk.call_id}").text
        assert "Vous clôturez en combien de jours ?" in page
        assert "Il n’a pas été écouté." in page
    edited = claire.post(
        f"/notes/{note_id}",
        data={**TEXT, "instead": "Toujours modifiable.", "based_on": 2},
        headers=JSON,
    )
    assert edited.status_code == 200
    with app.app_context():
        assert operations.text_of(db.session.get_one(Note, note_id)).instead == (
            "Toujours modifiable."
        )
