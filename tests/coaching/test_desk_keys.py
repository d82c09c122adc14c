"""The desk under a supervisor's hands: keys, verdicts, undo, chosen stretches, collisions."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from callcoach.calls.models import AnalysisRun
from callcoach.extensions import db
from tests.factories.calls import add_open_question
from tests.waiting import comes_true, has_come, two_frames, until

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser


def _time_s(page: Page) -> float:
    return float(page.evaluate("document.querySelector('[data-audio]').currentTime"))


def _state(page: Page, key: str) -> str:
    return page.locator(f'[data-card="{key}"] [data-state]').inner_text().strip()


def _decision(app: Flask, desk: Desk) -> str:
    with app.app_context():
        verdict = desk.point.verdict
        return str(verdict.decision) if verdict else ""


def _add_second_moment(app: Flask, desk: Desk) -> str:
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        point = add_open_question(analysis)
        db.session.commit()
        return f"p{point.id}"


def test_three_keys_hear_judge_and_take_back(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    key = f"p{audible.point_id}"
    page.keyboard.press("n")
    began = "(p => p.length && Math.abs(p.start(p.length - 1) - 4.2) < 0.1)"
    until(page, f"{began}(document.querySelector('[data-audio]').played)")  # 8 s before 12.2 s
    expect(page.locator(f'[data-card="{key}"]')).to_be_focused()
    expect(page.locator(f'[data-flag="{key}"]')).to_have_class("wave-flag is-negative is-on")
    page.keyboard.press("c")
    expect(page.locator(f'[data-card="{key}"] [data-state]')).to_contain_text("Claire M.")
    expect(page.locator("[data-judged]")).to_contain_text("le seul est jugé")
    page.keyboard.press("z")
    expect(page.locator(f'[data-card="{key}"] [data-verdict-line]')).to_be_hidden()
    expect(page.locator(f'[data-card="{key}"]')).to_be_focused()


def test_the_card_answers_before_the_server_does(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    key = f"p{audible.point_id}"
    held: list[object] = []
    page.route("**/verdict", lambda route: held.append(route))
    page.keyboard.press("n")
    page.keyboard.press("x")
    expect(page.locator(f'[data-card="{key}"].is-rejected')).to_have_count(1)
    expect(page.locator(f'[data-flag="{key}"].is-rejected')).to_have_count(1)
    has_come(page, held)
    (route,) = held
    route.abort()  # type: ignore[attr-defined]
    expect(page.locator(f'[data-card="{key}"].is-rejected')).to_have_count(0)
    expect(page.locator(".toast-error")).to_be_visible()
    page.unroute("**/verdict")
    page.keyboard.press("c")
    expect(page.locator(f'[data-card="{key}"] [data-state]')).to_contain_text("Claire M.")


def test_quick_changes_of_mind_end_where_the_last_key_says(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    for pressed in "ncxczx":
        page.keyboard.press(pressed)
    card = page.locator(f'[data-card="p{audible.point_id}"]')
    expect(card.locator("[data-withdraw]")).to_be_visible()  # the server has answered all
    expect(card).to_have_class(re.compile("is-rejected"))
    expect(page.locator("[data-clash]")).to_have_count(0)
    assert comes_true(app, lambda: _decision(app, audible) == "rejected")
    page.keyboard.press("z")
    expect(card.locator("[data-withdraw]")).to_be_visible()
    expect(card).to_have_class(re.compile("is-confirmed"))
    assert comes_true(app, lambda: _decision(app, audible) == "confirmed"), "x is taken back"


def test_judging_keeps_the_place_and_n_goes_on(app: Flask, audible: Desk, windows: Windows) -> None:
    first, second = _add_second_moment(app, audible), f"p{audible.point_id}"
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("n")
    page.keyboard.press("x")
    expect(page.locator(f'[data-card="{first}"].is-rejected [data-state]')).to_contain_text(
        "Claire M."
    )
    expect(page.locator(f'[data-card="{first}"]')).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator(f'[data-card="{second}"]')).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator(f'[data-card="{second}"]')).to_be_focused()  # no way back to a rejected one
    expect(page.locator("[data-announce]")).not_to_be_empty()


def test_a_few_seconds_back_still_judge_the_same_moment(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    for pressed in ("n", "l", "j", "ArrowLeft", "c"):
        page.keyboard.press(pressed)
    expect(page.locator(f'[data-card="p{audible.point_id}"].is-confirmed')).to_have_count(1)


def test_without_a_moment_a_verdict_says_what_to_do(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("c")
    expect(page.locator("#toasts .toast-info, #toasts [data-toast=info]").first).to_be_visible()
    expect(page.locator(".moment.is-confirmed")).to_have_count(0)


def test_two_supervisors_collide_and_the_second_chooses(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    key = f"p{audible.point_id}"
    claire = windows.open_desk(audible.ids["claire"], audible.call_id)
    thomas = windows.open_desk(audible.ids["thomas"], audible.call_id)
    claire.keyboard.press("n")
    claire.keyboard.press("c")
    expect(claire.locator(f'[data-card="{key}"] [data-state]')).to_contain_text("Claire M.")
    thomas.keyboard.press("n")
    thomas.keyboard.press("x")
    clash = thomas.locator("[data-clash]")
    expect(clash).to_contain_text("Claire M.")
    expect(thomas.locator("[data-keep-theirs]")).to_be_focused()
    thomas.keyboard.press("x")
    assert _state(thomas, key).endswith(tuple("0123456789")), "a key pressed twice decides nothing"
    thomas.keyboard.press("Tab")
    thomas.keyboard.press("Enter")
    expect(thomas.locator(f'[data-card="{key}"] [data-state]')).to_contain_text("Thomas V.")
    thomas.keyboard.press("z")
    expect(thomas.locator(f'[data-card="{key}"] [data-state]')).to_contain_text("Claire M.")
    expect(thomas.locator(f'[data-card="{key}"] [data-withdraw]')).to_be_visible()
    assert _decision(app, audible) == "confirmed"


def test_leaving_theirs_closes_the_notice(audible: Desk, windows: Windows) -> None:
    claire = windows.open_desk(audible.ids["claire"], audible.call_id)
    thomas = windows.open_desk(audible.ids["thomas"], audible.call_id)
    for page, pressed in ((claire, "c"), (thomas, "x")):
        page.keyboard.press("n")
        page.keyboard.press(pressed)
        expect(page.locator("[data-state]")).to_contain_text("Claire M.")
    expect(thomas.locator("[data-keep-theirs]")).to_be_focused()
    thomas.keyboard.press("Enter")
    expect(thomas.locator("[data-clash]")).to_have_count(0)
    expect(thomas.locator(f'[data-card="p{audible.point_id}"]')).to_be_focused()
    assert "Claire M." in _state(thomas, f"p{audible.point_id}")


def _chosen(page: Page) -> str:
    label = page.locator(".wave-overlay .chosen text")
    return label.text_content() or "" if label.count() else ""


def test_words_selected_are_chosen_in_time(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.evaluate(
        """() => {
            const said = document.querySelector('[data-turn="2"] [data-said]');
            const node = document.createTreeWalker(said, NodeFilter.SHOW_TEXT).nextNode();
            const from = node.data.indexOf("outil");
            getSelection().setBaseAndExtent(node, from, node, from + 5);
        }"""
    )
    expect(page.locator(".wave-overlay .chosen rect")).to_have_count(1)
    # outil is the fifth of eight words over 2.4 s
    expect(page.locator(".wave-overlay .chosen text")).to_have_text("0:10–0:11")
    page.keyboard.press("Escape")
    expect(page.locator(".wave-overlay .chosen rect")).to_have_count(0)


def test_a_stretch_is_chosen_between_two_keys(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=5")
    page.keyboard.press("s")
    page.keyboard.press("l")
    page.keyboard.press("d")
    expect(page.locator(".wave-overlay .chosen text")).to_have_text("0:05–0:15")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("d")
    assert _chosen(page).endswith("0:00") is False, "an end before the start begins anew"
    page.keyboard.press("Escape")
    assert _chosen(page) == ""


def test_shift_and_drag_choose_and_do_not_seek(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=5")
    box = page.locator("[data-wave-stage]").bounding_box()
    assert box is not None
    before = _time_s(page)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2 / 3, box["y"] + 40, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    chosen = re.compile("^0:(09|10)–0:(19|20)$")
    expect(page.locator(".wave-overlay .chosen text")).to_have_text(chosen)
    page.wait_for_timeout(200)  # a drag that seeks does so after 60 ms
    assert _time_s(page) == before


def test_speed_is_remembered_and_keeps_the_pitch(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press(">")
    expect(page.locator("[data-rate]")).to_have_text("1,25×")
    page.reload()
    page.wait_for_selector("[data-call-desk][data-mounted]")
    expect(page.locator("[data-rate]")).to_have_text("1,25×")
    rate = page.evaluate(
        "(a => [a.playbackRate, a.preservesPitch])(document.querySelector('[data-audio]'))"
    )
    assert rate == [1.25, True]


def test_a_closer_look_maps_the_whole_call(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    expect(page.locator("[data-minimap]")).to_be_hidden()
    page.keyboard.press("+")
    page.keyboard.press("+")
    minimap = page.locator("[data-minimap]")
    expect(minimap).to_be_visible()
    box = minimap.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 5, box["y"] + 5)
    until(
        page,
        "(e => e.scrollLeft / (e.scrollWidth - e.clientWidth) > 0.95)"
        "(document.querySelector('[data-wave-scroll]'))",
    )
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(minimap).to_be_hidden()


def test_keys_shown_at_the_foot_can_be_clicked(audible: Desk, windows: Windows) -> None:
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.locator('[data-press="n"]').click()
    expect(page.locator(f'[data-card="p{audible.point_id}"].is-on')).to_have_count(1)


def test_an_agent_cannot_judge_with_keys(app: Flask, audible: Desk, windows: Windows) -> None:
    _add_second_moment(app, audible)
    page = windows.open_desk(audible.ids["agent"], audible.call_id)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    for pressed in "ncx":
        page.keyboard.press(pressed)
    two_frames(page)
    assert "POST" not in sent
    expect(page.locator(".moment")).to_have_count(1)
    expect(page.locator(".moment.is-confirmed, .moment.is-rejected")).to_have_count(0)


def test_ringing_and_greeting_are_skipped_and_can_be_heard(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, audible.call.current_analysis_id)
        for turn in analysis.turns:  # ten seconds of ringing before the first word
            turn.start_ms, turn.end_ms = turn.start_ms + 10_000, turn.end_ms + 10_000
        db.session.commit()
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    hint = page.locator("[data-start-hint]")
    expect(hint).to_contain_text("0:12")
    expect(page.locator("[data-position]")).to_have_text("0:12")
    page.keyboard.press("0")
    expect(hint).to_be_hidden()
    expect(page.locator("[data-position]")).to_have_text(re.compile("0:0[0-9]"))
    page.reload()
    page.wait_for_selector("[data-call-desk][data-mounted]")
    expect(page.locator("[data-position]")).to_have_text("0:12")
    page.keyboard.press(" ")
    expect(hint).to_be_hidden()
