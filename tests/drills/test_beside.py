"""What a try stands beside: the script's line, and what was said in the call with its measures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls import queries as call_queries
from callcoach.drills.labels import script_label
from callcoach.drills.measuring import figure, measure_original, measure_text
from callcoach.drills.models import Drill
from callcoach.drills.operations import making, practice
from callcoach.drills.operations.practice import Reply
from callcoach.extensions import db
from callcoach.script_library.document import Variant
from callcoach.script_library.models import Script
from tests.factories.accounts import create_team
from tests.factories.coaching import create_note
from tests.factories.drills import give
from tests.factories.scripts import create_script, create_version, document, line, line_row

from .conftest import Desk
from .test_measuring import CONTEXT

SignIn = Callable[[User | int], FlaskClient]
ANSWER = "D’accord, {prénom}, vous êtes équipé. Vous clôturez en combien de jours ?"
QUOTED = "«\u00a0Désolé de vous déranger"
OFFER = "Je vous propose une démonstration de vingt minutes, mardi ou jeudi."


def _script(desk: Desk, *, answers: str = "On a déjà un outil.") -> Script:
    """A script in force for the desk's team: an objection's answer, and what was said instead."""
    persona = desk.call.persona or "DAF"
    desk.call.persona = persona
    own = line(ANSWER, key="outil", answers=answers)
    offer = line(
        "Une démonstration ?", key="offre", variants=(Variant(persona=persona, text=OFFER),)
    )
    script = create_script(desk.call.campaign)
    create_version(script, document(own, offer), in_force_for=[desk.call.team])
    return script


def _made(desk: Desk) -> Drill:
    return making.make_from_moment(desk.claire, desk.call, 12_200, 24_000, "reformulate")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [("On a déjà un outil.", ANSWER), ("C’est trop cher.", OFFER)],
    ids=["answers the objection", "was said"],
)
def test_a_moment_has_the_line_that_answers_it_else_the_one_that_was_meant(
    app: Flask, desk: Desk, answers: str, expected: str
) -> None:
    with app.app_context():
        assert _made(desk).steps[0].approved_text == "", "no script"
        _script(desk, answers=answers)
        step = _made(desk).steps[0]
        assert step.approved_text == expected
        assert step.script_line_id is not None
        turns = call_queries.turns_of(desk.call)
        ids = [turn.turn_id for turn in turns if turn.speaker == "prospect"]
        chain = making.make_chain(desk.claire, desk.call, ids)
        assert [each.approved_text for each in chain.steps][1:] == [expected, ""]


def test_a_notes_own_line_goes_before_what_can_be_found(app: Flask, desk: Desk) -> None:
    with app.app_context():
        script = _script(desk)
        note = create_note(desk.call, desk.user("claire"))
        note.script_line = line_row(script, "offre")
        step = making.make_from_note(desk.claire, desk.call, note).steps[0]
        assert (step.approved_text, step.script_line_id) == (OFFER, note.script_line_id)
        assert step.example_text == note.instead, "beside the supervisor's example, not over it"


def test_closeness_to_the_script_stands_beside_closeness_to_the_example() -> None:
    said = "D'accord, vous êtes équipé. Vous clôturez en combien de jours ?"
    found = measure_text(said, example="Envoyez-moi un courrier.", approved=ANSWER)
    assert figure(found, "script_closeness") == 1, "what is filled in is nobody's words"
    assert figure(found, "closeness") == 0
    assert script_label(measure_text(said, example=said)) == "", "no line, nothing said of it"


def test_the_original_is_measured_as_a_try_is() -> None:
    words = [(10.0, 10.4), (10.4, 11.2), (12.0, 13.5)]
    text = "Désolé de vous déranger, vous avez deux minutes ?"
    found = measure_original(text, words, asked_s=8.8, language="fr", context=CONTEXT)
    assert figure(found, "silence_s") == pytest.approx(1.2)
    assert figure(found, "speech_s") == pytest.approx(3.5)
    assert figure(found, "pauses") == 1
    assert figure(found, "longest_pause_s") == pytest.approx(0.8)
    assert figure(found, "ends_with_question") == 1
    assert found["expressions"]["quotes"]
    over = measure_original(text, words, asked_s=10.9, language="fr", context=CONTEXT)
    assert figure(over, "silence_s") == 0, "it began before the prospect had ended"
    assert figure(over, "rate") == figure(found, "rate")


def test_a_try_is_shown_beside_both_to_whom_they_are_for(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        _script(desk)
        desk.call.current_analysis.turns[3].text = "Désolé de vous déranger."  # type: ignore[union-attr]
        drill = _made(desk)
        pages = {}
        for name, viewer in (("agent", desk.agent), ("colleague", desk.colleague)):
            given = give(desk.user(name), drill, desk.user("claire"))
            reply = Reply("Vous êtes équipé : vous clôturez en combien de jours ?")
            attempt = practice.submit(viewer, given, {drill.steps[0].id: reply})
            pages[name] = f"/my/drills/{given.id}"
        db.session.commit()
        pages["claire"] = f"/drills/tries/{attempt.id}"
        drill_id = drill.id
    said = {name: sign_in(desk.ids[name]).get(url).text for name, url in pages.items()}
    for name, page in said.items():
        assert '<span class="script-field">prénom</span>' in page, name
    has_length = {name: "11,8" in page for name, page in said.items()}
    assert has_length == {"claire": True, "agent": True, "colleague": False}
    is_quoted = {name: QUOTED in page for name, page in said.items()}
    assert is_quoted == {"claire": True, "agent": False, "colleague": False}, "nobody confirmed it"
    with app.app_context():
        desk.call.team_id = create_team().id
        db.session.commit()
    elsewhere = sign_in(desk.ids["claire"]).get(pages["claire"]).text
    assert "clôturez en combien" in elsewhere
    assert "11,8" not in elsewhere
    assert "script-field" not in elsewhere
    with app.app_context():
        calls.purge_call(desk.call)
        db.session.commit()
        left = db.session.get_one(Drill, drill_id).steps[0]
        assert "déranger" not in str(left.original_measures)
        assert figure(left.original_measures, "rate")
        assert left.approved_text == ANSWER
