"""A colleague's voice is heard with that colleague's yes only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching import sharing
from callcoach.drills.anonymising import redact
from callcoach.drills.models import Drill
from callcoach.drills.operations import making
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.coaching import create_note, give_sound
from tests.factories.drills import add_step_sounds, create_attempt, create_drill, give

from .conftest import Desk, Given

SignIn = Callable[[User | int], FlaskClient]


@pytest.fixture
def step(app: Flask, desk: Desk, given: Given) -> int:
    """A step that Hanta is heard in, which Patrice has to do as well; its sounds are written."""
    with app.app_context():
        give_sound(desk.call)
        add_step_sounds(given.drill)
        give(desk.user("colleague"), given.drill)
        return given.drill.steps[0].id


@pytest.fixture
def consent() -> Iterator[set[tuple[int, int, int]]]:
    """Stretches that were consented to, as a room above keeps them."""
    known: set[tuple[int, int, int]] = set()

    def _asked(call_id: int, start_ms: int, end_ms: int) -> bool:
        return any(c == call_id and a <= start_ms and end_ms <= b for c, a, b in known)

    sharing.on_consent_asked(_asked)
    yield known
    sharing._sources.remove(_asked)


def _heard(browser: FlaskClient, step: int, part: str = "line") -> int:
    return browser.get(f"/drills/steps/{step}/{part}/sound").status_code


def test_only_the_agent_of_the_call_and_supervisors_hear_it_without_a_yes(
    desk: Desk, sign_in: SignIn, step: int
) -> None:
    expected = {
        "agent": 200,
        "claire": 200,
        "admin": 200,
        "colleague": 404,
        "lead": 404,
        "stranger": 404,
        "sponsor": 404,
    }
    for part in ("line", "original"):
        for name, status in expected.items():
            assert _heard(sign_in(desk.ids[name]), step, part) == status, name
    status = sign_in(desk.ids["colleague"]).get(f"/drills/steps/{step}/line/sound/status")
    assert status.json == {"state": "silent"}


def test_a_yes_lets_colleagues_hear_what_it_covers_until_it_is_withdrawn(
    desk: Desk, sign_in: SignIn, step: int, consent: set[tuple[int, int, int]]
) -> None:
    patrice = sign_in(desk.ids["colleague"])
    consent.add((desk.call_id, 0, 12_200))
    assert _heard(patrice, step) == 200
    assert _heard(patrice, step, "original") == 404, "the yes does not reach so far"
    consent.clear()
    assert _heard(patrice, step) == 404


@pytest.mark.parametrize("audio", [AgentAudio.TEXT_ONLY, AgentAudio.REDACTED])
def test_a_campaign_may_keep_calls_off_telephones(
    app: Flask, desk: Desk, sign_in: SignIn, step: int, audio: AgentAudio
) -> None:
    with app.app_context():
        desk.call.campaign.agent_audio = audio
        db.session.commit()
    assert _heard(sign_in(desk.ids["agent"]), step) == 404
    assert _heard(sign_in(desk.ids["claire"]), step) == 200


def test_a_drill_to_be_read_is_heard_by_no_agent(
    app: Flask, desk: Desk, sign_in: SignIn, step: int, given: Given
) -> None:
    with app.app_context():
        given.drill.steps[0].is_audible = False
        db.session.commit()
    assert _heard(sign_in(desk.ids["agent"]), step) == 404
    assert _heard(sign_in(desk.ids["claire"]), step) == 200


def test_colleagues_read_it_without_names(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        given.drill.steps[0].prospect_text = "Delattre, oui, c'est Hanta qui appelle ?"
        given.drill.title = "« Madame Delatre ? »"
        theirs = give(desk.user("colleague"), given.drill).id
        db.session.commit()
    mine = sign_in(desk.ids["agent"]).get(f"/my/drills/{given.assignment_id}").text
    other = sign_in(desk.ids["colleague"]).get(f"/my/drills/{theirs}").text
    assert "Delattre" in mine
    assert "Delatre" in mine
    assert "Delattre" not in other
    assert "Delatre" not in other, "as it was heard"
    assert "Hanta" not in other


def test_what_was_taken_back_is_heard_no_more(
    app: Flask, desk: Desk, sign_in: SignIn, step: int, given: Given
) -> None:
    from callcoach.drills.operations import assigning

    with app.app_context():
        assigning.cancel_assignment(desk.claire, given.assignment)
        db.session.commit()
    assert _heard(sign_in(desk.ids["agent"]), step) == 404


def test_numbers_and_addresses_are_taken_out() -> None:
    said = "Écrivez à marie@ardenne.fr ou appelez le +33 6 12 34 56 78, dit Mme Delattre-Roux."
    assert redact(said, ["Mme Delattre"]) == "Écrivez à […] ou appelez le […], dit Mme […]."
    assert redact("Oui, madame est là, Monsieur.", ["M. Roux"]) == "Oui, madame est là, Monsieur."


def test_a_yes_is_for_the_team_of_the_agent(
    app: Flask,
    desk: Desk,
    sign_in: SignIn,
    step: int,
    given: Given,
    consent: set[tuple[int, int, int]],
) -> None:
    with app.app_context():
        away = create_user("agent", teams=[create_team()])
        give(away, given.drill)
        away_id = away.id
    consent.add((desk.call_id, 0, 99_000))
    assert _heard(sign_in(desk.ids["colleague"]), step) == 200
    assert _heard(sign_in(away_id), step) == 404


def test_what_a_note_asks_of_one_agent_is_not_read_by_another(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note = create_note(
            desk.call,
            desk.user("claire"),
            hears="Hanta coupe la parole.",
            instead="Hanta, attends.",
        )
        drill = making.make_from_note(desk.claire, desk.call, note)
        both = [give(desk.user(name), drill) for name in ("agent", "colleague")]
        for each in both:
            create_attempt(each, spoken=False)
        mine, theirs = (each.id for each in both)
        drill_id = drill.id
    agent, colleague = sign_in(desk.ids["agent"]), sign_in(desk.ids["colleague"])
    own = agent.get(f"/my/drills/{mine}").text
    assert "coupe la parole" in own
    assert "une démonstration mardi" in own
    other = colleague.get(f"/my/drills/{theirs}").text
    assert "coupe la parole" not in other
    assert "une démonstration mardi" not in other
    assert "Hanta" not in other
    assert "attends" in other
    with app.app_context():
        db.session.get_one(Drill, drill_id).instructions = "Fais comme Hanta, en plus calme."
        db.session.commit()
    other = colleague.get(f"/my/drills/{theirs}").text
    assert "en plus calme" in other
    assert "Hanta" not in other


def test_names_do_not_come_back_when_the_call_goes(app: Flask, desk: Desk) -> None:
    with app.app_context():
        drill = create_drill(desk.call, kind="chained", instructions="Comme Hanta.")
        drill.title = "« Madame Delattre ? »"
        for each in drill.steps:
            each.prospect_text = each.original_text = each.example_text = "Oui, Hanta."
        version = drill.row_version
        db.session.commit()
        calls.purge_call(desk.call)
        db.session.commit()
        left = db.session.get_one(Drill, drill.id, populate_existing=True)
        assert left.row_version == version + 1
        assert (left.title, left.instructions) == ("« Madame […] ? »", "Comme […].")
        for each in left.steps:
            assert each.call_id is None
            assert {each.prospect_text, each.original_text, each.example_text} == {"Oui, […]."}
