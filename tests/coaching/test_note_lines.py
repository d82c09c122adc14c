"""A note that is about a line of the script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from callcoach.accounts.models import User
from callcoach.coaching.models import Note
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.coaching.queries.script_lines import line_choices
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from tests.factories.scripts import create_script, create_version, document, line, line_row

from .browsing import Windows
from .conftest import Desk
from .note_steps import FRAGMENT, create, send

SignIn = Callable[[User | int], FlaskClient]
OPENING = "Bonjour {prénom}, Hanta de la société Comptaclair."
DEMO = "Je vous propose une démonstration, mardi ou jeudi ?"
TEXT = NoteText(channel=0, start_ms=12_200, end_ms=24_000, instead="Comment clôturez-vous ?")


def _script(desk: Desk) -> tuple[int, int]:
    """A script in force for the desk's team; ids of its two lines."""
    script = create_script(desk.call.campaign)
    lines = line(OPENING), line(DEMO)
    create_version(script, document(*lines), in_force_for=[desk.call.team])
    first, second = (line_row(script, each.key).id for each in lines)
    return first, second


def test_the_line_that_was_said_is_offered_first(app: Flask, desk: Desk) -> None:
    with app.app_context():
        assert line_choices(desk.call, "", 0, 0) == [], (
            "without a script there is nothing to choose"
        )
        opening, demo = _script(desk)
        said = "euh je vous propose une demonstration jeudi ou mardi"
        choices = line_choices(desk.call, said, 12_200, 24_000)
        assert [(each.line_id, each.is_likely) for each in choices] == [
            (demo, True),
            (opening, False),
        ]
        choices = line_choices(desk.call, "C’est pour la facture du mois de mars.", 0, 9)
        assert [(each.line_id, each.is_likely) for each in choices] == [
            (opening, False),
            (demo, False),
        ]


def test_a_note_keeps_its_line_through_its_versions(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        opening, demo = _script(desk)
    form = claire.get(f"/calls/{desk.call_id}/notes/new?at_ms=13000", headers=FRAGMENT).text
    assert form.index(f'value="{demo}"') < form.index(f'value="{opening}"')
    made = create(claire, desk, script_line_id=demo, proposes_wording="y").get_json()["note"]
    sent = send(claire, made, script_line_id=demo, proposes_wording="y").get_json()["note"]
    send(claire, sent, script_line_id=opening)
    with app.app_context():
        note = db.session.get_one(Note, made["id"])
        kept = [revision.content for revision in note.revisions]
        assert [(each["script_line_id"], each["proposes_wording"]) for each in kept] == [
            (demo, True),
            (opening, False),
        ]
    history = claire.get(f"/notes/{made['id']}/history").text
    assert DEMO in history
    assert OPENING in history
    assert f"« {OPENING} »" in claire.get(f"/calls/{desk.call_id}").text
    assert f"«\xa0{OPENING}\xa0»" in sign_in(desk.ids["agent"]).get(f"/my/notes/{made['id']}").text


def test_lines_of_another_campaign_are_refused(app: Flask, desk: Desk) -> None:
    with app.app_context():
        other = create_version()
        foreign = line_row(other.script, other.document.lines()[0].key).id
        with pytest.raises(InvalidInput, match="not in the script"):
            notes.save_draft(desk.claire, desk.call, replace(TEXT, script_line_id=foreign))
        _, demo = _script(desk)
        wordless = replace(TEXT, script_line_id=demo, proposes_wording=True, instead="")
        note = notes.save_draft(desk.claire, desk.call, wordless)
        note.voice_ms = 1
        with pytest.raises(InvalidInput):
            notes.send_note(desk.claire, desk.call, note, wordless, based_on=note.row_version)


@pytest.mark.browser
def test_the_likely_line_is_one_key_away(app: Flask, desk: Desk, windows: Windows) -> None:
    with app.app_context():
        opening, demo = _script(desk)
    page = windows.open_desk(desk.ids["claire"], desk.call_id)
    page.goto(f"/calls/{desk.call_id}/notes/new?start_ms=12200&end_ms=24000&channel=0")
    form = page.locator("[data-note-form]")
    form.locator("[name=instead]").fill("Une démonstration mardi vous irait ?")
    page.keyboard.press("Alt+l")
    page.keyboard.press("Alt+p")
    expect(form.locator(f"input[name=script_line_id][value='{demo}']")).to_be_checked()
    expect(form.locator("[name=proposes_wording]")).to_be_checked()
    page.keyboard.press("Alt+l")
    page.keyboard.type("comptaclair")
    page.keyboard.press("Enter")
    expect(form.locator(f"input[name=script_line_id][value='{opening}']")).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/calls/**")
    page.wait_for_selector("[data-note]")
    with app.app_context():
        note = db.session.query(Note).one()
        assert (note.script_line_id, note.proposes_wording, note.is_draft) == (opening, True, False)
