"""A debrief from its first word to its last: who presents it on a shared screen, and two agents on
their phones, while the network of one, then of the other, is gone for a moment.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcoach.debriefs.models import (
    Attendance,
    DebriefState,
    Decision,
    ItemAnswer,
    LiveState,
    Remark,
)
from callcoach.debriefs.operations import moments
from callcoach.extensions import db, write_transaction
from callcoach.progress.models import SharingConsent
from callcoach.progress.operations import consents
from tests.axe import violations
from tests.coaching.browsing import Windows
from tests.factories.debriefs import SAID, consent_to, create_item, create_moment
from tests.waiting import comes_true, until

from .conftest import Floor

pytestmark = pytest.mark.browser

HIDDEN = (SAID[1]["text"], "Vous clôturez en combien de jours")
_IS_SENT = "!Object.keys(localStorage).some(key => key.startsWith('callcoach-debrief:'))"


@pytest.fixture
def agenda(app: Flask, floor: Floor, run_jobs: Callable[[], list[str]]) -> tuple[int, int, int]:
    """A moment that may be played and asks, a theme, and what was progressed; ids of the items."""
    with app.app_context():
        moment = create_moment(floor.debrief, floor.call)
        consent_to(moment)
        theme = create_item(floor.debrief, title="Le prix", words="Trop cher, dit-on.")
        progress = create_item(floor.debrief, "progress", title="Moins de tunnels")
        moments.ask_for_sound(floor.claire, moment)
        db.session.commit()
        ids = moment.id, theme.id, progress.id
    run_jobs()
    return ids


def _answer(phone: Page, text: str) -> None:
    phone.locator("[data-answer] textarea").fill(text)
    phone.locator("[data-answer] .btn-primary").click()


def test_a_debrief_is_run_answered_and_concluded_though_the_network_breaks(
    app: Flask, floor: Floor, windows: Windows, agenda: tuple[int, int, int]
) -> None:
    windows.excused = "inline style"
    path = f"/debriefs/{floor.debrief_id}"
    host = windows.open(floor.ids["claire"], f"{path}/present", scheme="dark")
    host.keyboard.press("Enter")
    host.wait_for_selector("[data-present][data-mounted]")
    expect(host.locator(".present-play")).to_be_enabled()
    hanta, patrice = (
        windows.open(floor.ids[name], f"/my{path}", phone=True) for name in ("agent", "colleague")
    )
    hanta.locator("[data-join] [value=present]").click()
    patrice.locator("[data-join] [value=remote]").click()
    expect(host.locator("[data-presence-count]")).to_have_text("2/2")

    # It plays up to the stop, and nothing of what follows is on any screen
    host.keyboard.press(" ")
    until(host, "document.querySelector('[data-audio]').currentTime > 0")
    host.keyboard.press("a")
    expect(hanta.locator("[data-answer]")).to_be_visible()
    expect(patrice.locator("[data-answer]")).to_be_visible()
    assert host.locator("[data-audio]").evaluate("audio => audio.paused")
    for page in (host, hanta, patrice):
        assert not any(words in page.content() for words in HIDDEN)
    assert not violations(host)

    # Its agent takes the yes back: what was loaded is gone, and the words stay
    loaded = host.locator("[data-audio]").element_handle()
    with app.app_context(), write_transaction():
        consent = db.session.scalars(select(SharingConsent)).one()
        consents.withdraw(floor.agent, consent)
        db.session.commit()
    expect(host.locator("[data-player]")).to_have_count(0)
    expect(host.locator(".said-list li")).to_have_count(1)
    assert loaded.evaluate("audio => [audio.paused, audio.src, audio.readyState]") == [True, "", 0]

    # One answers; the other's phone has no network when it is revealed
    _answer(hanta, "Vous êtes équipé depuis quand ?")
    expect(host.locator("[data-answer-count]")).to_have_text("1")
    expect(host.locator("[data-answer-list] li")).to_have_count(0)
    patrice.context.set_offline(True)
    _answer(patrice, "Mot déplacé")
    until(patrice, "document.querySelector('[data-answer-state]').dataset.state === 'wordKept'")
    host.keyboard.press("r")
    expect(host.locator("[data-revealed] .said-turn")).to_be_visible()
    expect(host.locator(".sheet-better")).to_contain_text("Vous clôturez")
    expect(host.locator("[data-answer-list] li")).to_have_count(1)
    expect(hanta.get_by_text(SAID[1]["text"])).to_be_visible()
    patrice.context.set_offline(False)
    expect(host.locator("[data-answer-list] li")).to_have_count(2)
    expect(hanta.get_by_text("Mot déplacé")).to_be_visible()
    host.locator("li", has_text="Mot déplacé").locator(".answer-hide").click()
    expect(host.locator("[data-answer-list] li")).to_have_count(1)
    expect(hanta.get_by_text("Mot déplacé")).to_have_count(0)

    # The presenter goes on without a network: what is done is kept, and sent in order
    host.context.set_offline(True)
    host.keyboard.press("ArrowRight")
    expect(host.locator("[data-sheet-title]")).to_have_text("Le prix")
    host.keyboard.press("n")
    host.keyboard.type("On en reparle vendredi.")
    host.keyboard.press("Control+Enter")
    expect(host.locator("[data-offline-chip]")).to_be_visible()
    expect(host.locator("[data-written-list] li")).to_have_count(1)
    with app.app_context():
        assert db.session.get_one(LiveState, floor.debrief_id).item_id == agenda[0]
    host.context.set_offline(False)
    until(host, _IS_SENT)
    expect(host.locator("[data-offline-chip]")).to_be_hidden()
    expect(hanta.get_by_role("heading", name="Le prix")).to_be_visible()

    host.keyboard.press("d")
    host.keyboard.type("On reformule avant de répondre.")
    host.locator("#decision-owner").select_option(str(floor.ids["agent"]))
    host.keyboard.press("Control+Enter")
    host.keyboard.press("p")
    host.locator(f"[data-mark='{floor.ids['colleague']}:absent']").click()
    expect(host.locator("[data-presence-count]")).to_have_text("1/2")
    host.keyboard.press("Escape")
    host.keyboard.press("ArrowRight")
    expect(host.locator("[data-sheet-title]")).to_have_text("Moins de tunnels")
    until(host, _IS_SENT)
    host.keyboard.press("e")
    host.locator("[data-end-go]").click()
    host.wait_for_url(f"**{path}/minutes")

    def _is_as_it_was() -> bool:
        answers = {row.text for row in db.session.scalars(select(ItemAnswer))}
        presence = {row.user_id: row.presence for row in db.session.scalars(select(Attendance))}
        return (
            floor.debrief.state == DebriefState.DONE
            and answers == {"Vous êtes équipé depuis quand ?", "Mot déplacé"}
            and presence == {floor.ids["agent"]: "present", floor.ids["colleague"]: "absent"}
            and all(floor.item(item_id).closed_at is not None for item_id in agenda)
        )

    assert comes_true(app, _is_as_it_was)
    with app.app_context():
        remarks = [(row.text, row.item_id) for row in db.session.scalars(select(Remark))]
        decisions = [(row.text, row.owner_id) for row in db.session.scalars(select(Decision))]
        assert db.session.scalar(select(db.func.count(ItemAnswer.id))) == 2
    assert remarks == [("On en reparle vendredi.", agenda[1])]
    assert decisions == [("On reformule avant de répondre.", floor.ids["agent"])]


def _sign_out(page: Page) -> None:
    menu = page.locator("details[data-menu]", has=page.locator("form[action='/sign-out']"))
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    menu.locator("form[action='/sign-out'] button").click()


def test_words_that_the_server_does_not_take_are_never_lost(
    app: Flask, floor: Floor, windows: Windows, agenda: tuple[int, int, int]
) -> None:
    host = windows.open(floor.ids["claire"], f"/debriefs/{floor.debrief_id}/present")
    host.keyboard.press("Enter")
    host.wait_for_selector("[data-present][data-mounted]")

    def _note(text: str, status: int, answer: dict[str, str]) -> None:
        host.route("**/remarks/*", lambda route: route.fulfill(status=status, json=answer))
        host.keyboard.press("n")
        host.keyboard.type(text)
        host.keyboard.press("Control+Enter")

    # The page is of another session: it says so, and the next one sends what was written
    _note("On en reparle.", 400, {"error": "Non.", "reason": "csrf"})
    trouble = host.locator("[data-trouble]")
    expect(trouble).to_be_visible()
    assert not violations(host)
    host.unroute("**/remarks/*")
    trouble.get_by_role("button").click()
    until(host, _IS_SENT)
    expect(host.locator("[data-written-list] li")).to_have_count(1)
    expect(trouble).to_be_hidden()

    # It is refused: it stays in sight, and is corrected, before the debrief can be ended
    host.wait_for_selector("[data-present][data-mounted]")
    _note("Trop.", 422, {"error": "Trop long."})
    refused = host.locator("[data-written-list] li", has_text="Trop long.")
    expect(refused).to_contain_text("Trop.")
    host.unroute("**/remarks/*")
    host.keyboard.press("e")
    host.locator("[data-end-go]").click()
    expect(host.locator("[data-end-waits]")).to_be_visible()
    host.keyboard.press("Escape")

    # Whoever signs out elsewhere in this browser is asked, and nothing of it stays
    other = host.context.new_page()
    other.goto("/debriefs")
    _sign_out(other)
    expect(other.locator("#leaving")).to_be_visible()
    other.keyboard.press("Enter")

    refused.get_by_role("button").first.click()
    host.locator("#note-text").fill("Plus court.")
    host.keyboard.press("Control+Enter")
    until(host, _IS_SENT)
    expect(refused).to_have_count(0)

    def _written() -> set[tuple[str, int | None]]:
        return {(row.text, row.item_id) for row in db.session.scalars(select(Remark))}

    wanted = {("On en reparle.", agenda[0]), ("Plus court.", agenda[0])}
    assert comes_true(app, lambda: _written() == wanted)
    other.evaluate("localStorage.setItem('callcoach-debrief:1:present:2', '[]')")
    _sign_out(other)
    other.locator("#leaving [value=leave]").click()
    other.wait_for_url("**/sign-in")
    assert other.evaluate("Object.keys(localStorage).length") == 0
