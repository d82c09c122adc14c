"""Two people, or two windows, at one note: both texts are shown and nothing is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from callcoach.coaching.models import Note
from callcoach.extensions import db
from tests.axe import violations
from tests.factories.coaching import create_note

from .browsing import Windows
from .conftest import Desk
from .note_windows import (
    compose,
    edit,
    form_of,
    instead_of,
    status_of,
    stored_notes,
)

pytestmark = pytest.mark.browser


def _collide(app: Flask, windows: Windows, desk: Desk) -> tuple[Page, int]:
    """Claire's window after Thomas saved the note that she was changing."""
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), point=desk.point).id
    claire = edit(windows, desk, "claire", note_id)
    thomas = edit(windows, desk, "thomas", note_id)
    form_of(thomas).locator("[name=hears]").fill("Il se sent pressé.")
    instead_of(thomas).fill("Celui de Thomas.")
    thomas.keyboard.press("Control+Enter")
    expect(form_of(thomas)).to_have_count(0)
    instead_of(claire).fill("Celui de Claire.")
    claire.keyboard.press("Control+Enter")
    conflict = form_of(claire).locator("[data-note-conflict]")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("Thomas V.")
    expect(conflict.locator("del").first).to_be_visible()
    expect(conflict.locator("ins").first).to_be_visible()
    return claire, note_id


def _stored(app: Flask, note_id: int) -> tuple[str, str]:
    with app.app_context():
        note = db.session.get_one(Note, note_id)
        return note.hears, note.instead


def test_in_a_conflict_one_keeps_ones_own_text(app: Flask, audible: Desk, windows: Windows) -> None:
    page, note_id = _collide(app, windows, audible)
    page.locator('[data-choose="mine"]').press("Enter")
    expect(form_of(page)).to_have_count(0)
    assert _stored(app, note_id) == ("Il n’a pas été écouté.", "Celui de Claire.")


def test_in_a_conflict_one_takes_the_other_text_and_can_put_ones_own_back(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page, note_id = _collide(app, windows, audible)
    page.locator('[data-choose="theirs"]').press("Enter")
    expect(instead_of(page)).to_have_value("Celui de Thomas.")
    expect(form_of(page).locator("[data-note-conflict]")).to_be_hidden()
    page.locator("[data-put-mine-back]").press("Enter")
    expect(instead_of(page)).to_have_value("Celui de Claire.")
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(0)
    assert _stored(app, note_id)[1] == "Celui de Claire."


def test_in_a_conflict_one_edits_both_together(app: Flask, audible: Desk, windows: Windows) -> None:
    page, note_id = _collide(app, windows, audible)
    page.locator('[data-choose="merge"]').press("Enter")
    expect(instead_of(page)).to_have_value("Celui de Claire.\nCelui de Thomas.")
    expect(form_of(page).locator("[name=hears]")).to_have_value("Il se sent pressé.")
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(0)
    assert _stored(app, note_id) == ("Il se sent pressé.", "Celui de Claire.\nCelui de Thomas.")


def test_two_windows_on_one_draft_are_told(app: Flask, audible: Desk, windows: Windows) -> None:
    first = compose(windows, audible)
    first.keyboard.insert_text("Ici")
    expect(status_of(first)).to_have_text("Brouillon enregistré")
    second = compose(windows, audible)
    expect(instead_of(second)).to_have_value("Ici")
    second.keyboard.insert_text(" et là")
    expect(second.locator("[name=based_on]")).to_have_value("2")
    first.keyboard.insert_text(", encore")
    expect(form_of(first).locator("[data-note-conflict]")).to_contain_text("une autre fenêtre")
    first.locator('[data-choose="merge"]').press("Enter")
    expect(instead_of(first)).to_have_value("Ici, encore\nIci et là")
    expect(first.locator("[name=based_on]")).to_have_value("3")
    assert [note.instead for note in stored_notes(app)] == ["Ici, encore\nIci et là"]


def test_changing_a_sent_note_is_not_saved_by_itself_nor_dropped_by_one_key(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    with app.app_context():
        note_id = create_note(audible.call, audible.user("claire"), point=audible.point).id
    page = edit(windows, audible, "claire", note_id)
    instead_of(page).fill("Autre chose.")
    page.wait_for_timeout(1200)  # longer than a draft waits
    assert stored_notes(app)[0].row_version == 1
    page.keyboard.press("Escape")
    expect(form_of(page).locator("[data-note-error]")).to_contain_text("pas enregistrée")
    page.keyboard.press("Escape")
    expect(form_of(page)).to_have_count(0)
    assert stored_notes(app)[0].row_version == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_conflict(
    app: Flask, audible: Desk, windows: Windows, scheme: str
) -> None:
    page, _note_id = _collide(app, windows, audible)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    windows.excused = "inline style"
    found = violations(page)
    assert not found, "\n".join(found)
