"""In a browser with a microphone: notes are spoken, name people, use templates; and without one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from callcoach.coaching.models import Note, NoteTemplate
from callcoach.extensions import db
from callcoach.speech.fake import FakeTranscriber
from tests.axe import violations
from tests.calls.conftest import RunJobs
from tests.drills.microphone import speaking_chromium, voice_state  # noqa: F401
from tests.factories.coaching import create_note
from tests.factories.notes import create_template
from tests.waiting import comes_true

from .browsing import Windows, serving
from .conftest import Desk
from .note_windows import SAID, compose, form_of, instead_of, stored_notes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Seconds of the recorder's own clock.
_TALKED = """([seconds]) => {
  const time = document.querySelector('[data-voice-state=recording] [data-voice-time]');
  return Number(time?.textContent.split(':')[1] ?? 0) >= seconds;
}"""


@pytest.fixture
def speakers(
    app: Flask,
    speaking_chromium: Browser,  # noqa: F811
) -> Iterator[Windows]:
    """Windows of people with a microphone."""
    with serving(app) as url:
        found = Windows(app, url, speaking_chromium)
        yield found
        found.close()
    assert not found.troubles, found.troubles


def _talk(page: Page) -> None:
    voice_state(page, "recording")
    page.wait_for_function(_TALKED, arg=[1])


def _note(app: Flask) -> Note:
    with app.app_context():
        return db.session.scalars(select(Note).order_by(Note.id.desc())).first()  # type: ignore[return-value]


def test_v_is_held_to_speak_a_note_and_the_agent_hears_it(
    app: Flask, audible: Desk, speakers: Windows, transcriber: FakeTranscriber, run_jobs: RunJobs
) -> None:
    page = speakers.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("n")
    page.keyboard.down("v")
    _talk(page)
    page.keyboard.up("v")
    voice_state(page, "done")
    assert comes_true(app, lambda: _note(app) is not None and _note(app).voice_file_id is not None)
    run_jobs()
    heard = _note(app).voice_text
    assert heard
    expect(instead_of(page)).to_have_value(heard)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note audio")).to_have_count(1)
    note = _note(app)
    assert not note.is_draft
    assert note.instead == heard

    phone = speakers.open(audible.ids["agent"], f"/my/notes/{note.id}", phone=True)
    with phone.expect_response(re.compile(r"/notes/\d+/voice$")) as asked:
        phone.locator(".my-voice [data-play]").click()
    assert asked.value.ok


def test_v_is_held_in_the_feed_too(audible: Desk, speakers: Windows) -> None:
    page = speakers.open(audible.ids["claire"], "/feed")
    page.wait_for_selector("[data-feed][data-mounted]")
    page.keyboard.press("n")
    expect(page.locator("[data-act=note]")).to_be_visible()
    page.keyboard.down("v")
    _talk(page)
    page.keyboard.up("v")
    voice_state(page, "done")


def test_v_is_a_letter_while_typing(audible: Desk, speakers: Windows) -> None:
    page = compose(speakers, audible)
    instead_of(page).press_sequentially("vous avez vu")
    expect(instead_of(page)).to_have_value("vous avez vu")
    assert page.locator("[data-voice]").get_attribute("data-voice-state") == "idle"


def test_pressed_once_and_once_more_removed_and_brought_back_by_keyboard(
    app: Flask, audible: Desk, speakers: Windows
) -> None:
    page = compose(speakers, audible)
    instead_of(page).fill(SAID)
    page.locator("[data-voice-act=record]").first.focus()
    page.keyboard.press("Enter")
    _talk(page)
    page.keyboard.press("Enter")  # the focus went to what ends it
    voice_state(page, "done")
    expect(instead_of(page)).to_have_value(SAID)
    page.locator("[data-voice-act=discard]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-voice-restore]")).to_be_focused()
    assert comes_true(app, lambda: _note(app).voice_file_id is None)
    page.keyboard.press("Enter")
    voice_state(page, "done")
    assert comes_true(app, lambda: _note(app).voice_file_id is not None)


def test_without_a_microphone_the_note_is_written_as_before(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.evaluate(
        """() => {
          navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException("no", "NotAllowedError"));
        }"""
    )
    page.locator("[data-voice-act=record]").first.click()
    voice_state(page, "refused")
    instead_of(page).fill(SAID)
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(0)
    assert [note.instead for note in stored_notes(app)] == [SAID]


def test_an_at_offers_the_team_to_keyboard_and_screen_reader(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    instead_of(page).press_sequentially("Voir avec @m")
    field = instead_of(page)
    expect(field).to_have_attribute("aria-controls", re.compile("names-"))
    options = page.locator(".name-list [role=option]")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("Miora A.")
    expect(options).to_have_attribute("aria-selected", "true")
    chosen = options.get_attribute("id") or ""
    expect(field).to_have_attribute("aria-activedescendant", chosen)
    page.keyboard.press("Enter")
    expect(field).to_have_value("Voir avec @Miora A. ")
    expect(page.locator(".name-list:visible")).to_have_count(0)
    page.keyboard.type("et @p")
    expect(page.locator(".name-list:visible")).to_have_count(
        0
    )  # a colleague, and this is to change
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(1)  # « @p » is nobody
    expect(page.locator("[data-note-error]")).to_contain_text("@p")
    field.fill("Voir avec @Miora A.")
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(0)
    with app.app_context():
        note = db.session.scalars(select(Note)).one()
        assert [mention.user_id for mention in note.mentions] == [audible.ids["lead"]]


def test_a_slash_in_an_empty_field_leads_to_templates(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    with app.app_context():
        create_template(audible.user("claire"), "Objection", instead=SAID, hears="Il se ferme.")
    page = compose(windows, audible)
    page.keyboard.press("/")
    expect(page.locator("[data-template]")).to_be_focused()
    page.keyboard.press("Escape")  # the list that opened
    page.locator("[data-template]").select_option(label="Objection")
    expect(instead_of(page)).to_have_value(SAID)
    expect(instead_of(page)).to_be_focused()
    page.locator("[data-save-template] summary").click()
    expect(page.locator("[data-template-name]")).to_be_focused()
    page.keyboard.type("La même")
    page.keyboard.press("Enter")
    expect(page.locator("[data-template] option", has_text="La même")).to_have_count(1)
    with app.app_context():
        names = set(db.session.scalars(select(NoteTemplate.name)))
        assert names == {"Objection", "La même"}
    assert [note.instead for note in stored_notes(app)] in ([], [SAID])


def test_shift_m_writes_on_the_whole_call_and_adds_others(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    from tests.factories.calls import create_call

    with app.app_context():
        call = audible.call
        other = create_call(team=call.team, agent=call.agent, campaign=call.campaign).id
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("Shift+M")
    expect(instead_of(page)).to_be_focused()
    expect(form_of(page).locator("[name=quote]")).to_be_hidden()
    page.keyboard.type("Parlez moins longtemps.")
    page.locator("#note-scope").select_option("series")
    page.locator(f'[name=other_calls][value="{other}"]').check()
    instead_of(page).press("Control+Enter")
    expect(page.locator(".loose-notes .note-series a")).to_have_count(1)
    (note,) = stored_notes(app)
    assert note.scope == "series"
    away = windows.open_desk(audible.ids["claire"], other)
    expect(away.locator(f"#note-{note.id}")).to_contain_text("Parlez moins longtemps.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_part_of_the_form(
    app: Flask, audible: Desk, speakers: Windows, scheme: str
) -> None:
    speakers.excused = "inline style"
    with app.app_context():
        create_note(audible.call, audible.user("thomas"))
        create_template(audible.user("claire"), is_shared=True)
    page = compose(speakers, audible, scheme=scheme)
    expect(page.locator(".note-nudge")).to_be_visible()
    instead_of(page).press_sequentially("Voir @m")
    found = violations(page)
    page.keyboard.press("Enter")
    page.locator(".note-aim.is-keep").click()
    page.locator("#note-scope").select_option("series")
    page.locator("#note-visibility").select_option("named")
    page.locator("[data-voice-act=record]").first.click()
    _talk(page)
    found += violations(page)
    page.locator("[data-voice-act=stop]").click()
    voice_state(page, "done")
    found += violations(page)
    page.goto("/notes/templates")
    page.locator(".template-edit summary").first.click()
    found += violations(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_agents_pages(
    app: Flask, audible: Desk, windows: Windows, scheme: str
) -> None:
    windows.excused = "inline style"
    with app.app_context():
        from tests.factories.notes import spoken_note

        note = spoken_note(audible.call, audible.user("claire"), aim="keep", visibility="team")
        note_id = note.id
    found = []
    for who, path in (
        ("agent", f"/my/notes/{note_id}"),
        ("colleague", "/my/team"),
        ("colleague", f"/my/team/{note_id}"),
    ):
        page = windows.open(audible.ids[who], path, phone=True, scheme=scheme)
        found += violations(page)
    assert not found, "\n".join(found)
