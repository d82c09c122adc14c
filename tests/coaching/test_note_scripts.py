"""Notes under a supervisor's hands: keys, autosave, the network going away, answers, history."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Route, expect
from sqlalchemy import select

from callcoach.coaching.models import ListeningRequest, Note, NoteReply
from callcoach.extensions import db
from tests.axe import violations
from tests.factories.coaching import create_note, create_request
from tests.looks import every_look
from tests.waiting import comes_true, has_come, two_frames, until

from .browsing import Windows
from .conftest import Desk
from .note_windows import (
    SAID,
    compose,
    edit,
    form_of,
    instead_of,
    refuses_to_leave,
    status_of,
    stored_notes,
)

pytestmark = pytest.mark.browser

#: Writes down each key that is pressed; typing text goes in without keys.
COUNT_KEYS = """() => {
  window.keysPressed = [];
  const modifiers = ["Control", "Meta", "Shift", "Alt"];
  window.addEventListener("keydown", (event) => {
    if (!modifiers.includes(event.key)) window.keysPressed.push(event.key);
  }, true);
}"""


def test_from_opening_a_call_to_a_sent_note_are_three_keys_and_the_text(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.evaluate(COUNT_KEYS)
    page.keyboard.press("n")
    page.keyboard.press("m")
    expect(instead_of(page)).to_be_focused()
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()
    assert page.evaluate("window.keysPressed") == ["n", "m", "Enter"]
    expect(form_of(page)).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Hanta R.")
    expect(page.locator("[data-card].is-confirmed")).to_have_count(1)
    (note,) = stored_notes(app)
    assert (note.instead, note.is_draft, note.cause) == (SAID, False, "ignored_objection")
    assert note.quote == "Je vous propose une démonstration mardi ou jeudi."


def test_z_takes_the_note_back_into_a_draft(app: Flask, audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".note.is-draft")).to_be_visible()
    expect(page.locator("[data-card].is-confirmed")).to_have_count(0)
    assert stored_notes(app)[0].is_draft


def test_what_is_written_saves_itself_without_taking_the_focus(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    expect(form_of(page)).to_contain_text("L’envoi confirme ce moment.")
    page.keyboard.insert_text("Plus ")  # at once: a pause while typing would save twice
    expect(status_of(page)).to_have_text("Brouillon enregistré")
    assert status_of(page).get_attribute("role") == "status", "read out when nothing else is"
    page.keyboard.insert_text("loin")
    expect(instead_of(page)).to_be_focused()
    expect(instead_of(page)).to_have_value("Plus loin")
    expect(page.locator("[name=based_on]")).to_have_value("2")
    (note,) = stored_notes(app)
    assert (note.instead, note.row_version) == ("Plus loin", 2)
    assert not refuses_to_leave(page)


def test_escape_keeps_the_draft_and_the_next_visit_finds_it(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.keyboard.type("À moitié")
    page.keyboard.press("Escape")
    expect(form_of(page)).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("brouillon est gardé")
    expect(page.locator(".note.is-draft")).to_contain_text("À moitié")
    expect(page.locator("[data-card]")).to_be_focused()
    page.reload()
    page.wait_for_selector("[data-mounted]")
    page.keyboard.press("n")
    page.keyboard.press("m")
    expect(instead_of(page)).to_have_value("À moitié")
    expect(instead_of(page)).to_be_focused()
    expect(page.locator(".note.is-draft")).to_be_hidden()
    page.keyboard.type(", puis tout.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()
    (note,) = stored_notes(app)
    assert note.instead == "À moitié, puis tout."


def test_a_form_left_as_it_came_leaves_nothing(app: Flask, audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    page.keyboard.press("Escape")
    expect(form_of(page)).to_have_count(0)
    expect(page.locator(".toast")).to_have_count(0)
    assert stored_notes(app) == []


def test_without_connection_the_text_stays_and_is_saved_when_it_is_back(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.context.set_offline(True)
    page.keyboard.type("Dans le train")
    expect(status_of(page)).to_have_text("Pas encore enregistré, nouvel essai")
    assert refuses_to_leave(page)
    expect(instead_of(page)).to_have_value("Dans le train")
    expect(instead_of(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(form_of(page)).to_be_visible()  # what is not saved is not put away
    assert stored_notes(app) == []
    page.context.set_offline(False)
    expect(status_of(page)).to_have_text("Brouillon enregistré")
    assert not refuses_to_leave(page)
    assert [note.instead for note in stored_notes(app)] == ["Dans le train"]


def test_a_server_in_trouble_is_asked_again(app: Flask, audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    tries: list[str] = []

    def _fail(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.fulfill(status=503, body="")
        else:
            route.fallback()

    page.route("**/notes", _fail)
    page.keyboard.insert_text("Encore")
    expect(status_of(page)).to_have_text("Pas encore enregistré, nouvel essai")
    expect(status_of(page)).to_have_text("Brouillon enregistré")
    assert len(tries) == 2
    assert [note.instead for note in stored_notes(app)] == ["Encore"]


def test_a_lost_answer_makes_no_second_draft_and_no_conflict(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    lost: list[int] = []

    def _lose_first_answer(route: Route) -> None:
        if lost:
            route.fallback()
            return
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/notes", _lose_first_answer)
    page.keyboard.insert_text("Une fois")
    expect(status_of(page)).to_have_text("Pas encore enregistré, nouvel essai")
    page.keyboard.insert_text(" et la suite")
    expect(status_of(page)).to_have_text("Brouillon enregistré")
    expect(form_of(page).locator("[data-note-conflict]")).to_be_hidden()
    assert lost == [200]
    assert comes_true(
        app, lambda: [note.instead for note in stored_notes(app)] == ["Une fois et la suite"]
    )


def test_what_could_not_be_sent_is_said_and_sent_once_later(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.context.set_offline(True)
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(form_of(page).locator("[data-note-error]")).to_contain_text("Pas envoyé")
    expect(instead_of(page)).to_have_value(SAID)
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()
    (note,) = stored_notes(app)
    assert not note.is_draft
    with app.app_context():
        assert len(db.session.get_one(Note, note.id).revisions) == 1


def test_an_empty_note_is_not_sent_and_says_what_is_missing(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.keyboard.press("Control+Enter")
    expect(form_of(page).locator("[data-note-error]")).to_be_visible()
    expect(instead_of(page)).to_be_focused()
    expect(instead_of(page)).to_have_attribute("aria-invalid", "true")
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()


def test_limits_show_only_near_the_end(audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    left = form_of(page).locator('[data-left="instead"]')
    page.keyboard.insert_text("x" * 1000)
    expect(left).to_be_hidden()
    page.keyboard.insert_text("x" * 990)
    expect(left).to_have_text("10 caractères restants")
    page.keyboard.insert_text("x" * 20)
    expect(form_of(page).locator("[data-note-error]")).to_contain_text("2000")
    expect(status_of(page)).to_have_text("Pas enregistré")


def test_to_keep_asks_why_it_works(audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    label = form_of(page).locator('label[for="note-hears"]')
    expect(label).not_to_have_text("Pourquoi ça marche")
    page.locator("#note-aim-change").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#note-aim-keep")).to_be_checked()
    expect(label).to_have_text("Pourquoi ça marche")


# Where the note goes


def test_a_note_over_a_selection_quotes_it(app: Flask, audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.locator('[data-turn="2"] [data-said]').evaluate(
        "said => getSelection().selectAllChildren(said)"
    )
    expect(page.locator(".wave-overlay .chosen rect")).to_have_count(1)
    page.keyboard.press("m")
    expect(form_of(page).locator("[name=quote]")).to_have_value(
        "On a déjà un outil, depuis l'an dernier."
    )
    expect(form_of(page)).not_to_contain_text("L’envoi confirme")
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-loose-notes] .note")).to_contain_text("On a déjà un outil")
    (note,) = stored_notes(app)
    assert (note.channel, note.start_ms, note.end_ms) == (1, 9600, 12_000)
    assert note.point_id is None


def test_without_moment_or_selection_it_goes_where_the_sound_is(
    audible: Desk, windows: Windows
) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=10.5")
    page.keyboard.press("m")
    expect(form_of(page).locator("[name=quote]")).to_have_value(
        "On a déjà un outil, depuis l'an dernier."
    )


def test_the_bounds_move_by_keys_and_the_words_follow(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    quote = form_of(page).locator("[name=quote]")
    start = form_of(page).locator('[data-bound-group="start"] button').first
    start.focus()
    for _again in range(4):
        page.keyboard.press("ArrowRight")
    expect(form_of(page).locator('[data-bound="start"]')).to_have_text("0:14,2")
    expect(quote).to_have_value("vous propose une démonstration mardi ou jeudi.")
    page.locator('[data-bound-group="end"] button').first.click()
    expect(form_of(page).locator('[data-bound="end"]')).to_have_text("0:23,5")
    quote.fill("Mes mots.")
    start.click()
    page.wait_for_timeout(600)  # the words would have come by then
    expect(quote).to_have_value("Mes mots.")
    expected = [(13_700, 23_500, "Mes mots.")]
    assert comes_true(
        app,
        lambda: [(n.start_ms, n.end_ms, n.quote) for n in stored_notes(app)] == expected,
    ), "saved, and not only what it was a moment ago"
    expect(status_of(page)).to_have_text("Brouillon enregistré")


def test_the_moment_is_heard_and_stops_at_its_end(audible: Desk, windows: Windows) -> None:
    page = compose(windows, audible)
    for _again in range(21):
        form_of(page).locator('[data-bound-group="end"] button').first.click()
    expect(form_of(page).locator('[data-bound="end"]')).to_have_text("0:13,5")
    instead_of(page).focus()
    page.evaluate(
        """() => {
          const play = document.querySelector("[data-play]");
          window.shown = [];
          new MutationObserver(() => {
            const last = play.classList.contains("is-playing");
            if (last !== window.shown.at(-1)) window.shown.push(last);
          }).observe(play, { attributeFilter: ["class"] });
        }"""
    )
    page.keyboard.press("Alt+Enter")
    until(page, "window.shown.join() === 'true,false'")
    stopped_s = page.evaluate("document.querySelector('[data-audio]').currentTime")
    assert 13.4 <= stopped_s < 20, "at its end, or a little later on a busy machine; it was 24"


def test_the_form_outlives_the_card_being_drawn_again(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    page.keyboard.insert_text("Toujours là")
    page.locator("[data-card] h3").first.click()
    page.keyboard.press("c")
    expect(page.locator("[data-card].is-confirmed [data-state]")).to_contain_text("Claire M.")
    expect(instead_of(page)).to_have_value("Toujours là")
    page.keyboard.press("Escape")
    expect(form_of(page)).to_have_count(0)
    expect(page.locator(".note.is-draft")).to_contain_text("Toujours là")


def test_those_who_only_read_get_no_form(audible: Desk, windows: Windows) -> None:
    for who in ("agent", "lead"):
        page = windows.open_desk(audible.ids[who], audible.call_id)
        page.keyboard.press("m")
        two_frames(page)
        expect(form_of(page)).to_have_count(0)
        assert page.url.endswith(f"/calls/{audible.call_id}")


def test_a_note_on_a_request_answers_it(app: Flask, audible: Desk, windows: Windows) -> None:
    with app.app_context():
        request_id = create_request(audible.call, audible.user("agent")).id
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.evaluate(
        """([call, request]) => {
          const link = document.createElement("a");
          link.href = `/calls/${call}/notes/new?request=${request}`;
          link.dataset.composeNote = "";
          document.querySelector("[data-cards]").append(link);
          link.click();
        }""",
        [audible.call_id, request_id],
    )
    expect(instead_of(page)).to_be_focused()
    page.keyboard.insert_text(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .note-progress.is-sent")).to_be_visible()
    with app.app_context():
        assert db.session.get_one(ListeningRequest, request_id).answer == "noted"


# Notes in the page


def test_answers_are_sent_by_key_and_survive_the_card_being_drawn_again(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    with app.app_context():
        create_note(audible.call, audible.user("claire"), point=audible.point)
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.locator(".note-reply summary").press("Enter")
    area = page.locator("[data-note-reply] textarea")
    expect(area).to_be_focused()
    page.keyboard.insert_text("Essayez demain.")
    page.locator("[data-card] h3").first.click()
    page.keyboard.press("c")
    expect(page.locator("[data-card].is-confirmed [data-state]")).to_contain_text("Claire M.")
    expect(area).to_have_value("Essayez demain.")
    area.press("Control+Enter")
    expect(page.locator(".note-thread")).to_contain_text("Essayez demain.")
    expect(page.locator("[data-note-reply] textarea")).to_have_value("")
    with app.app_context():
        (reply,) = db.session.scalars(select(NoteReply)).all()
        assert reply.author_id == audible.ids["claire"]


def test_a_note_is_deleted_and_brought_back_by_key(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    with app.app_context():
        create_note(audible.call, audible.user("claire"), point=audible.point)
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.locator('.note [action$="/delete"] button').press("Enter")
    expect(page.locator(".note")).to_have_count(0)
    page.locator("[data-card]").first.focus()
    page.keyboard.press("z")
    expect(page.locator(".note")).to_have_count(1)


def test_the_history_opens_over_the_desk(app: Flask, audible: Desk, windows: Windows) -> None:
    with app.app_context():
        note_id = create_note(audible.call, audible.user("claire"), point=audible.point).id
    page = edit(windows, audible, "claire", note_id)
    instead_of(page).fill("D’accord, vous êtes équipé. Vous clôturez en combien de semaines ?")
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_count(0)
    page.locator("[data-note-history]").press("Enter")
    dialog = page.locator("[data-note-dialog]")
    expect(dialog).to_be_visible()
    expect(dialog.locator("del")).to_contain_text("jours")
    expect(dialog.locator("ins")).to_contain_text("semaines")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_notes_stay_readable_without_sound(app: Flask, desk: Desk, windows: Windows) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), point=desk.point)
    page = windows.open_desk(desk.ids["claire"], desk.call_id)
    expect(page.locator(".note")).to_contain_text("Vous clôturez")
    page.keyboard.press("n")
    page.keyboard.press("m")
    expect(instead_of(page)).to_be_focused()
    expect(form_of(page).locator("[data-note-hear]")).to_be_hidden()


@every_look
def test_axe_finds_nothing(
    app: Flask, audible: Desk, windows: Windows, scheme: str, *, phone: bool
) -> None:
    with app.app_context():
        note = create_note(audible.call, audible.user("claire"), start_ms=2700, end_ms=9000)
        note.replies.append(NoteReply(author_id=audible.ids["agent"], text="Je vois."))
        db.session.commit()
        note_id = note.id
    page = windows.open_desk(audible.ids["claire"], audible.call_id, scheme=scheme, phone=phone)
    page.locator(".note-reply summary").click()
    page.keyboard.press("n")
    page.locator("[data-card] [data-compose-note]").click()
    expect(form_of(page)).to_be_visible()
    windows.excused = "inline style"
    found = violations(page)
    page.goto(f"/notes/{note_id}/edit")
    found += violations(page)
    page.goto(f"/notes/{note_id}/history")
    found += violations(page)
    assert not found, "\n".join(found)


def test_what_is_typed_while_a_note_is_sent_changes_nothing_that_was_sent(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = compose(windows, audible)
    instead_of(page).fill(SAID)
    expect(status_of(page)).not_to_have_text("")  # kept as a draft
    waiting: list[Route] = []
    page.route("**/notes/*/send", lambda route: waiting.append(route))
    page.keyboard.press("Control+Enter")
    expect(form_of(page)).to_have_attribute("aria-busy", "true")
    expect(instead_of(page)).not_to_be_editable()
    page.evaluate(
        """() => {
          const field = document.querySelector("[data-note-form] [name=instead]");
          field.value += " Et";
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    page.wait_for_timeout(1500)  # longer than autosaving pauses
    page.keyboard.press("Escape")
    has_come(page, waiting)
    waiting.pop().continue_()
    expect(form_of(page)).to_have_count(0)
    page.wait_for_timeout(500)
    with app.app_context():
        (note,) = db.session.scalars(select(Note)).all()
        assert note.sent_at is not None
        assert note.instead in (SAID, f"{SAID} Et")
        assert len(note.revisions) == 1, "nothing edited it after it was sent"
