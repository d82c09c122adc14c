"""The pages of expressions, as a supervisor and an agent use them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from callcoach.drills.models import Assignment, Drill
from callcoach.expressions import subjects
from callcoach.expressions.queries import in_use
from callcoach.extensions import db
from callcoach.script_library.models import Expression
from tests.calls.conftest import RunJobs
from tests.drills.microphone import write_microphone
from tests.drills.steps import upload
from tests.factories.expressions import add_voice, create_expression

from .conftest import Desk


def _words(phrase: str, **values: str) -> dict[str, Any]:
    return {
        "kind": "decoded",
        "phrase": phrase,
        "persona": ["", "DAF"],
        "hears": ["Souvent un non poli.", "Prouvez-le par écrit."],
        "instead": "Volontiers : plutôt l’un ou plutôt l’autre ?",
        **values,
    }


def test_words_are_tried_on_past_calls_before_they_are_kept(
    app: Flask, desk: Desk, sign_in: Any
) -> None:
    browser = sign_in(desk.ids["claire"])
    with app.app_context():
        campaign_id = desk.call.campaign_id
    place = f"/campaigns/{campaign_id}/expressions"
    assert "envoyez-moi un mail" in browser.get(place).text  # proposed where there is none
    tried = browser.get(
        f"{place}/try",
        query_string={"kind": "decoded", "phrase": "j'ai déjà un outil"},
        headers={"HX-Request": "true"},
    ).text
    assert "On a déjà un outil," in tried
    assert f"/calls/{desk.call_id}?t=6.6" in tried
    assert "<html" not in tried
    with app.app_context():
        assert in_use(campaign_id) == []
    browser.post(place, data=_words("on a déjà un outil"))
    listed = browser.get(place, query_string={"kind": "decoded", "q": "poli"}).text
    assert "« on a déjà un outil »" in listed
    assert "« on a déjà un outil »" not in browser.get(f"{place}?kind=forbidden").text
    shown = browser.get(f"/calls/{desk.call_id}").text
    assert "data-expr-mark" in shown
    assert "Souvent un non poli." in shown


def test_later_save_shows_both_wordings_and_loses_none(
    app: Flask, desk: Desk, sign_in: Any
) -> None:
    with app.app_context():
        row = create_expression(desk.call.campaign, "on a déjà un outil", "decoded")
        number, campaign_id = row.id, row.campaign_id
    place = f"/expressions/{number}"
    browser = sign_in(desk.ids["claire"])
    browser.post(place, data=_words("on est déjà équipés", based_on="1"))
    answer = browser.post(place, data=_words("on a un prestataire", based_on="1"))
    assert answer.status_code == 422
    assert "on est déjà équipés" in answer.text
    assert 'value="on a un prestataire"' in answer.text
    assert 'name="based_on" value="2"' in answer.text
    browser.post(place, data=_words("on a un prestataire", based_on="2"))
    with app.app_context():
        row = db.session.get_one(Expression, number)
        assert row.phrase == "on a un prestataire"
        last = row.edits[0].id
    browser.post(f"{place}/changes/{last}/undo")
    browser.post(f"{place}/remove")
    with app.app_context():
        row = db.session.get_one(Expression, number)
        assert row.phrase == "on est déjà équipés"
        assert row.removed_at is not None
    removed = browser.get(f"/campaigns/{campaign_id}/expressions?removed=1").text
    assert "« on est déjà équipés »" in removed


def test_agent_reads_hears_and_practises_with_nobodys_help(
    app: Flask, desk: Desk, sign_in: Any
) -> None:
    with app.app_context():
        row = add_voice(create_expression(desk.call.campaign, "on a déjà un outil", "decoded"))
        number, instead = row.id, row.instead
    browser = sign_in(desk.ids["agent"])
    page = browser.get("/my/expressions").text
    assert "« on a déjà un outil »" in page
    assert f"/expressions/{number}/voice" in page
    assert browser.get(f"/expressions/{number}/voice").data == b"voice" * 50
    for _twice in range(2):
        answer = browser.post(f"/my/expressions/{number}/practise")
    with app.app_context():
        (assignment,) = db.session.query(Assignment).all()
        assert answer.location == f"/my/drills/{assignment.id}"
        assert assignment.assigned_by_id is None
        (drill,) = db.session.query(Drill).all()  # two clicks make one
        assert (assignment.drill_id, drill.author_id) == (drill.id, None)
        step = drill.steps[0]
        assert step.call_id == desk.call_id
        assert "déjà un outil" in step.prospect_text
        assert step.original_text == ""  # nobody chose what is held up
        assert step.example_text == instead
        example = f"/drills/steps/{step.id}/example"
    assert browser.get(answer.location).status_code == 200
    assert browser.get(example).data == b"voice" * 50


def test_what_a_native_says_is_written_under_its_player(
    app: Flask, desk: Desk, sign_in: Any, run_jobs: RunJobs, tmp_path: Path
) -> None:
    with app.app_context():
        number = create_expression(desk.call.campaign, "on a déjà un outil", "decoded").id
    sound = write_microphone(tmp_path / "said.wav").read_bytes()
    browser = sign_in(desk.ids["claire"])
    upload(browser, f"/expressions/{number}/voice/takes/one", sound)
    assert subjects.TRANSCRIBE in run_jobs()
    with app.app_context():
        heard = db.session.get_one(Expression, number).voice_text
    assert heard
    for name, page in (("claire", f"/expressions/{number}"), ("agent", "/my/expressions")):
        assert f"« {heard} »" in sign_in(desk.ids[name]).get(page).text
