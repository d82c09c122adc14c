"""A supervisor's first quarter of an hour, with the real worker and the real speech model."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import SignIn

pytestmark = [pytest.mark.asr, pytest.mark.browser, pytest.mark.slow]

#: Model to join and load, 20 seconds to transcribe, on a busy machine.
PATIENCE_MS = 180_000
TABLE = (
    "file,external_id,started_at,agent,prospect_name,company,persona,outcome,agent_channel\n"
    "rappel-delattre.wav,CLIP-1,2026-09-18T10:12:03+02:00,Hanta R.,Mme Delattre,"
    "Emballages du Nord,DAF,meeting,left\n"
)


def _drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Drop files (name, media type, content) on the page, as from the desktop."""
    described = [
        {"name": name, "type": kind, "content": base64.b64encode(content).decode()}
        for name, kind, content in files
    ]
    transfer = page.evaluate_handle(
        """async (files) => {
            const transfer = new DataTransfer();
            for (const { name, type, content } of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type }));
            }
            return transfer;
        }""",
        described,
    )
    page.dispatch_event("[data-drop]", "dragenter", {"dataTransfer": transfer})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def test_from_dropped_files_to_a_corrected_turn(sign_in_as: SignIn, clip: Path) -> None:
    page = sign_in_as("claire")

    # She drops a recording, a file that is none, and the export of her telephony.
    page.goto("/calls/import")
    _drop(
        page,
        ("rappel-delattre.wav", "audio/wav", clip.read_bytes()),
        ("notes.wav", "audio/wav", b"ceci n'est pas un son, ce sont des notes. " * 40),
        ("calls.csv", "text/csv", TABLE.encode()),
    )
    imported = page.locator(".file", has_text="rappel-delattre.wav")
    expect(imported).to_have_class("file is-imported", timeout=60_000)
    refused = page.locator(".file", has_text="notes.wav")
    expect(refused).to_have_class("file is-rejected", timeout=60_000)
    expect(refused.locator("[data-text]")).not_to_be_empty()

    # The list shows it on its way, then ready, without being loaded again.
    page.goto("/calls?q=Emballages")
    row = page.locator("tr[data-call]", has_text="Emballages du Nord")
    expect(row).to_be_visible()
    expect(row).to_have_attribute("data-state", "ready", timeout=PATIENCE_MS)

    # She opens it with the keyboard alone.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calls/*q=Emballages")
    desk = page.locator("[data-call-desk][data-mounted]")
    expect(desk).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Mme Delattre, DAF · Emballages du Nord")
    turns = page.locator(".turn")
    expect(turns.first).to_be_visible()
    agent_turn = page.locator(".turn.is-agent").first
    expect(agent_turn.locator(".turn-name")).to_have_text("Hanta R.")
    words = page.locator(".transcript").inner_text().lower()
    assert "comptaclair" in words or "clôture" in words, words

    _listen(page)
    _swap_and_swap_back(page)
    _correct(page)


def _listen(page: Page) -> None:
    """The sound plays, the words follow it, a click on a word seeks, keys work."""
    page.locator(".transcript").click(position={"x": 4, "y": 4})
    page.keyboard.press("Space")
    _wait_for_time(page, "time > 1.5")
    page.wait_for_function("() => document.querySelector('.turn.is-current')")
    page.wait_for_function("() => CSS.highlights.get('spoken').size === 1")
    page.keyboard.press("k")
    assert page.evaluate("() => document.querySelector('[data-audio]').paused")

    before = page.evaluate("() => document.querySelector('[data-audio]').currentTime")
    page.keyboard.press("ArrowRight")
    _wait_for_time(page, f"time > {before} + 2.5")
    page.keyboard.press(">")
    expect(page.locator("[data-rate]")).to_have_text("1,25×")
    assert page.evaluate("() => document.querySelector('[data-audio]').preservesPitch")

    # A click near the end of a turn seeks later than one at its beginning.
    said = page.locator(".turn.is-agent [data-said]").first
    said.click(position={"x": 6, "y": 10})
    early = page.evaluate("() => document.querySelector('[data-audio]').currentTime")
    said.click(position={"x": 220, "y": 10})  # once the words, which follow the sound, lie still
    _wait_for_time(page, f"time > {early} + 0.2")

    # The wave is drawn in both colours, and a click on it seeks.
    lanes = page.locator("[data-lanes]").bounding_box()
    assert lanes is not None
    page.mouse.click(lanes["x"] + lanes["width"] / 2, lanes["y"] + 20)
    _wait_for_time(page, "time > 9 && time < 16")

    page.keyboard.press("?")
    expect(page.locator("#call-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#call-keys")).to_be_hidden()


def _wait_for_time(page: Page, condition: str) -> None:
    """Wait until the sound's position in seconds, `time`, fulfils a condition in JavaScript."""
    page.wait_for_function(
        f"() => {{ const time = document.querySelector('[data-audio]').currentTime; return {condition}; }}"
    )


def _swap_and_swap_back(page: Page) -> None:
    """One click exchanges the names, without transcribing again; the same click undoes it."""
    first = page.locator(".turn").first.locator(".turn-name")
    before = first.inner_text()
    for expected in ("other", "same"):
        page.locator("form[action$='/swap'] button").last.click()
        page.wait_for_function(
            """([before, same]) => {
                const name = document.querySelector('.turn .turn-name')?.textContent;
                return !document.querySelector('[data-running]') && (name === before) === same;
            }""",
            arg=[before, expected == "same"],
            timeout=60_000,
        )


def _correct(page: Page) -> None:
    """Enter saves, Escape leaves, and the correction is there after a reload."""
    turn = page.locator(".turn").first
    original = turn.locator("[data-said]").text_content() or ""
    turn.hover()
    turn.locator("[data-correct]").click()
    field = page.locator("[data-correction] textarea")
    expect(field).to_be_focused()
    field.fill("Autre chose.")
    page.keyboard.press("Escape")
    expect(turn.locator("[data-said]")).to_have_text(original)

    turn.hover()
    turn.locator("[data-correct]").click()
    expect(field).to_be_focused()
    field.fill("Delattre, oui, bonjour à vous.")
    page.keyboard.press("Enter")
    expect(turn.locator("[data-said]")).to_have_text("Delattre, oui, bonjour à vous.")
    page.reload()
    expect(turn.locator("[data-said]")).to_have_text("Delattre, oui, bonjour à vous.")
