"""An agent on a phone: reads, hears, answers, marks a moment, asks, and sees it answered."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from callcoach.coaching.models import ListeningRequest, Note, RequestAnswer
from callcoach.coaching.operations import notes
from callcoach.extensions import db, utc_now
from tests.axe import unfold, violations
from tests.factories.coaching import create_note, create_request, give_sound
from tests.looks import every_look
from tests.waiting import until
from tests.working import run_jobs

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser

#: A slow line, as on the floors that call from afar.
SLOW_BYTES_PER_S, SLOW_MS = 150_000 / 8, 400
#: All that the notes page loads, before any sound, without compression: of a budget of 100 kB.
MAX_PAGE_BYTES = 60_000
#: Bytes of a second of an excerpt, and seconds from the tap until it is heard, on the slow line.
MAX_SOUND_BYTES_PER_S, MAX_WAIT_S = 3000, 3.0
#: The same, compressed as a server in front would.
MAX_PAGE_GZIP_BYTES = 20_000
#: Bytes of the excerpt, and of what stands before its sound.
_SIZES = """async () => {
  const answer = await fetch(document.querySelector('audio').src);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = new TextDecoder('latin1').decode(bytes);
  return [bytes.length, text.indexOf('mdat')];
}"""


@pytest.fixture
def noted(app: Flask, desk: Desk) -> int:
    """A note to Hanta on a call with sound, whose excerpt nobody has asked for; its id."""
    with app.app_context():
        give_sound(desk.call)
        return create_note(desk.call, desk.user("claire")).id


def _note(app: Flask, note_id: int) -> Note:
    with app.app_context():
        note = db.session.get_one(Note, note_id, populate_existing=True)
        _ = [reply.text for reply in note.replies]
        db.session.expunge_all()
        return note


def _requests(app: Flask) -> list[ListeningRequest]:
    with app.app_context():
        return list(db.session.scalars(select(ListeningRequest).order_by(ListeningRequest.id)))


def test_a_note_is_read_heard_understood_and_answered(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    expect(page.locator(".is-open")).to_contain_text("Vous clôturez en combien de jours ?")
    expect(page.locator("[data-waiting]")).to_be_visible()
    expect(page.locator("[data-play]")).to_be_hidden()
    run_jobs(app)
    play = page.locator("[data-play]")
    expect(play).to_be_visible(timeout=15_000)  # it is asked after now and then
    expect(page.locator("[data-waiting]")).to_be_hidden()
    assert _note(app, noted).heard_at is None
    play.click()
    until(page, "document.querySelector('audio').currentTime > 0.3")
    assert _note(app, noted).heard_at is not None
    play.click()
    assert page.evaluate("document.querySelector('audio').paused")

    page.locator("[data-acknowledge] button").click()
    expect(page.locator("[data-unacknowledge]")).to_be_visible()
    assert _note(app, noted).acknowledged_at is not None
    page.locator("#toasts form button", has_text=re.compile("Undo|Annuler")).click()
    expect(page.locator("[data-acknowledge]")).to_be_visible()
    assert _note(app, noted).acknowledged_at is None
    page.locator("[data-acknowledge] button").click()
    page.locator("[data-unacknowledge] button").click()
    expect(page.locator("[data-acknowledge]")).to_be_visible()
    page.locator("[data-acknowledge] button").click()
    expect(page.locator("[data-unacknowledge]")).to_be_visible()

    page.locator(".my-reply summary").click()
    page.locator("[name=text]").fill("Et si elle dit non ?")
    page.locator("[data-reply] button").click()
    expect(page.locator(".my-thread")).to_contain_text("Et si elle dit non ?")
    expect(page.locator("[name=text]")).to_have_value("")
    assert [reply.text for reply in _note(app, noted).replies] == ["Et si elle dit non ?"]
    assert page.url.endswith("/my/notes"), "nothing of this loaded another page"


def test_everything_that_is_pressed_is_as_large_as_a_thumb(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), sent_at=utc_now() - timedelta(days=1))
    windows.open(desk.ids["agent"], "/my/notes", phone=True)
    run_jobs(app)
    page = windows.open(desk.ids["agent"], f"/my/notes/{noted}", phone=True)
    page.locator(".my-reply summary").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main summary, main .btn, .bottomnav a")]
            .filter((element) => element.checkVisibility())
            .map((element) => [element.textContent.trim(), element.getBoundingClientRect().height])
            .filter(([, height]) => height < 44)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_line_breaks_and_what_was_typed_stays(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    page.locator(".my-reply summary").click()
    page.locator("[name=text]").fill("Ma réponse")
    page.context.set_offline(True)
    page.locator("[data-reply] button").click()
    expect(page.locator("[data-toast=error]")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value("Ma réponse")
    page.context.set_offline(False)
    page.locator("[data-reply] button").click()
    expect(page.locator(".my-thread")).to_contain_text("Ma réponse")
    assert len(_note(app, noted).replies) == 1


def test_on_a_slow_line_only_words_come_until_play_is_pressed(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    run_jobs(app)
    excerpt = f"/notes/{noted}/excerpt"
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    cdp.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": SLOW_MS,
            "downloadThroughput": SLOW_BYTES_PER_S,
            "uploadThroughput": SLOW_BYTES_PER_S,
        },
    )
    urls: dict[str, str] = {}
    received: dict[str, int] = {}
    cdp.on(
        "Network.requestWillBeSent",
        lambda event: urls.update({event["requestId"]: event["request"]["url"]}),
    )

    def _count(event: dict[str, object]) -> None:
        url = urls.get(str(event["requestId"]), "")
        if url.startswith("http"):
            path = url.removeprefix(windows.url)
            received[path] = received.get(path, 0) + int(str(event["encodedDataLength"]))

    cdp.on("Network.dataReceived", lambda event: None)
    cdp.on("Network.loadingFinished", _count)
    page.goto("/my/notes", wait_until="networkidle", timeout=60_000)
    expect(page.locator("[data-play]")).to_be_visible()
    assert "/my/notes" in received
    kinds = {re.sub(r"-[A-Z0-9]{8}\.", ".", path) for path in received}
    assert "/static/dist/agent.css" in kinds
    assert "/static/dist/agent.js" in kinds
    assert not {kind for kind in kinds if re.search(r"desk|app\.|calls|woff|audio|excerpt", kind)}
    assert sum(received.values()) <= MAX_PAGE_BYTES, received
    words = page.content().index("Vous clôturez en combien de jours")
    assert words < page.content().index("<audio"), "words first"

    received.clear()
    page.locator("[data-play]").click()
    until(page, "document.querySelector('audio').currentTime > 0.2")
    # What the line takes at its speed, and not what this machine took: the way there and back of
    # each request and of the connection, the file's index, and a second of sound to begin with
    asked = [url for url in urls.values() if url.endswith("/excerpt")]
    length_s = page.evaluate("document.querySelector('audio').duration")
    whole, index = page.evaluate(_SIZES)
    assert index > 0
    assert whole / length_s <= MAX_SOUND_BYTES_PER_S
    needed = index + whole / length_s
    assert (1 + len(asked)) * SLOW_MS / 1000 + needed / SLOW_BYTES_PER_S <= MAX_WAIT_S
    sounds = {path for path in urls.values() if path.endswith(("/excerpt", "/audio"))}
    assert sounds == {windows.url + excerpt}, "the moment, and never the call"
    assert _note(app, noted).heard_at is not None


def test_the_first_page_is_light(app: Flask, desk: Desk, windows: Windows, noted: int) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    run_jobs(app)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.reload(wait_until="networkidle")
    # Asked for again: the browser does not keep what a page that was left had got
    sizes = {
        url.removeprefix(windows.url): len(gzip.compress(page.request.get(url).body(), 6))
        for url in sorted(asked)
        if url.startswith("http")
    }
    assert {"/my/notes"} < set(sizes)
    assert sum(sizes.values()) <= MAX_PAGE_GZIP_BYTES, sizes


def test_without_script_everything_is_a_form(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    first = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    run_jobs(app)
    cookies = first.context.cookies()
    context = windows.chromium.new_context(
        java_script_enabled=False,
        base_url=windows.url,
        viewport={"width": 390, "height": 844},
        user_agent=first.evaluate("navigator.userAgent"),
    )
    windows.opened.append(context)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/my/notes/{noted}")
    expect(page.locator("audio[controls]")).to_be_visible()
    page.locator("[data-acknowledge] button").click()
    expect(page.locator("[data-unacknowledge]")).to_be_visible()
    page.locator(".my-reply summary").click()
    page.locator("[name=text]").fill("Sans script")
    page.locator("[data-reply] button").click()
    expect(page.locator(".my-thread")).to_contain_text("Sans script")
    page.goto(f"/calls/{desk.call_id}")
    page.locator("[data-ask=moment] summary").click()
    page.locator("#ask-at").fill("0:11")
    page.locator("[data-ask=moment] [name=text]").fill("Ici ?")
    page.locator("[data-ask=moment] form button").click()
    expect(page.locator(".request")).to_contain_text("Ici ?")
    (request,) = _requests(app)
    assert request.start_ms == 9600


def test_a_moment_is_marked_a_listen_asked_for_and_both_answered(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    agent = windows.open_desk(desk.ids["agent"], desk.call_id, "?t=11.5", phone=True)
    agent.locator("[data-mark-moment]").click()
    expect(agent.locator("#ask-at")).to_have_value(re.compile(r"^0:11([.,]\d)?$"))
    agent.locator("#ask-moment-text").fill("Pourquoi il se ferme ?")
    agent.keyboard.press("Enter")
    mine = agent.locator(".request")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text("On a déjà un outil")
    expect(agent.locator("[data-flag^=r]")).to_have_count(1)
    agent.locator("[data-ask=call] summary").click()
    agent.locator("#ask-call-text").fill("Écoutez mon accroche")
    agent.locator("[data-ask=call] form button").click()
    expect(mine).to_have_count(2)
    agent.locator(".request", has_text="accroche").locator("button").click()
    expect(mine).to_have_count(1)
    agent.locator("#toasts form button", has_text=re.compile("Undo|Annuler")).last.click()
    expect(mine).to_have_count(2)
    moment, whole = _requests(app)
    assert (moment.start_ms, whole.start_ms) == (9600, None)

    claire = windows.open_desk(desk.ids["claire"], desk.call_id)
    expect(claire.locator("[data-flag^=r]")).to_have_count(1)
    asked = claire.locator(".request", has_text="Pourquoi il se ferme ?")
    asked.locator("[name=text]").fill("Oui, à « déjà ».")
    asked.locator("[value=turns_here]").click()
    expect(claire.locator("[data-flag^=r]")).to_have_count(0)
    expect(claire.locator(".request:visible")).to_have_count(1)
    claire.locator(".request:visible [value=listened]").click()
    expect(claire.locator(".request:visible")).to_have_count(0)
    assert [request.answer for request in _requests(app)] == [
        RequestAnswer.TURNS_HERE,
        RequestAnswer.LISTENED,
    ]

    agent.goto("/my/notes")
    agent.locator(".my-tabs a[href='/my/requests']").click()
    expect(agent.locator(".my-note", has_text="Pourquoi il se ferme ?")).to_contain_text(
        "Oui, à « déjà »."
    )
    assert all(request.seen_at is not None for request in _requests(app))


def test_the_key_marks_the_playhead_and_escape_leaves_it(
    app: Flask, desk: Desk, windows: Windows, noted: int
) -> None:
    page = windows.open_desk(desk.ids["agent"], desk.call_id, "?t=13")
    page.keyboard.press("b")
    expect(page.locator("#ask-moment-text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#ask-moment-text")).to_be_hidden()
    assert _requests(app) == []
    page.keyboard.press("b")
    expect(page.locator("#ask-moment-text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".request")).to_have_count(1)
    (request,) = _requests(app)
    assert request.channel == 0
    page.locator("[data-hear-request]").click()
    until(page, "!document.querySelector('audio').paused")


@pytest.mark.slow
@every_look
def test_axe_finds_nothing(
    app: Flask, desk: Desk, windows: Windows, noted: int, scheme: str, *, phone: bool
) -> None:
    with app.app_context():
        keep = create_note(
            desk.call, desk.user("claire"), aim="keep", sent_at=utc_now() - timedelta(hours=1)
        )
        note = db.session.get_one(Note, noted)
        notes.reply_to_note(desk.agent, desk.call, note, "Et ensuite ?")
        notes.reply_to_note(desk.claire, desk.call, note, "Taisez-vous.")
        create_request(desk.call, desk.user("agent"))
        create_request(
            desk.call,
            desk.user("agent"),
            moment=False,
            answer="listened",
            answer_text="Belle accroche.",
            answered_at=utc_now(),
            answered_by_id=desk.ids["claire"],
        )
        db.session.commit()
        keep_id = keep.id
    page = windows.open(desk.ids["agent"], "/my/notes", phone=phone, scheme=scheme)
    run_jobs(app)
    windows.excused = "inline style"
    found = violations(page)
    for path in (f"/my/notes/{keep_id}", f"/my/notes/{noted}", "/my/requests", "/my/requests"):
        page.goto(path)
        found += violations(page)
    for who in ("agent", "claire"):
        call = windows.open_desk(desk.ids[who], desk.call_id, phone=phone, scheme=scheme)
        unfold(call, "[data-requests] details")
        # what lies under the player bar counts as too small to press
        call.locator(".request").last.evaluate(
            "element => element.scrollIntoView({block: 'center'})"
        )
        found += violations(call, within="[data-requests]")
    assert not found, "\n".join(found)
