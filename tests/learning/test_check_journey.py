"""The daily check in a browser: announced at home, done by keyboard alone, left out with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from callcoach.accounts.models import User
from callcoach.calls.models import MISSED, Verdict
from callcoach.calls.operations import judge
from callcoach.extensions import db
from callcoach.learning.models import BlindMark, Check, CheckKind
from tests.axe import faults
from tests.coaching.browsing import Windows, add_sound, serving
from tests.factories.checks import create_check
from tests.looks import every_look
from tests.waiting import comes_true

from .check_floor import Floor, floor

__all__ = ["floor"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    with serving(app) as url:
        found = Windows(app, url, chromium)
        yield found
        found.close()
    assert not found.troubles, found.troubles


@pytest.fixture
def checks(app: Flask, floor: Floor, tmp_path: Path) -> dict[str, int]:
    """Claire's day: a call to mark, a drawn flag, and a verdict of Thomas's; nothing else is drawn
    here, as the lots of the first calls say.
    """
    with app.app_context():
        for number in range(3):
            add_sound(floor.call(number), tmp_path)
        db.session.execute(update(User).values(locale="en"))
        holder = floor.claire.user_id or 0
        verdict = judge(floor.thomas, floor.call(2), floor.point(2), "confirmed")
        found = {
            "blind": create_check(floor.call(0), holder, CheckKind.BLIND),
            "explore": create_check(floor.call(1), holder, CheckKind.EXPLORE, floor.point(1)),
            "second": create_check(floor.call(2), holder, CheckKind.SECOND, verdict),
        }
        return {name: check.id for name, check in found.items()}


def _open(windows: Windows, floor: Floor, path: str, **options: object) -> Page:
    return windows.open(floor.claire.user_id or 0, path, **options)  # type: ignore[arg-type]


def _marks() -> list[BlindMark]:
    return list(db.session.scalars(select(BlindMark).order_by(BlindMark.id)))


def test_a_day_of_three_kinds_by_keyboard_alone(
    app: Flask, floor: Floor, checks: dict[str, int], windows: Windows
) -> None:
    page = _open(windows, floor, "/home")
    expect(page.locator("[aria-labelledby=home-check]")).to_contain_text("2 minutes today")
    page.goto("/check")
    page.wait_for_selector("[data-mounted]")
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-check-blind][data-mounted]")
    expect(page.locator("mark, .pin, [data-curve]")).to_have_count(0)
    for _far_from_the_flag in range(4):
        page.keyboard.press("l")
    page.keyboard.press("m")
    expect(page.locator("[data-mark]")).to_have_count(1)
    page.keyboard.press("l")
    page.keyboard.press("p")
    expect(page.locator("[data-mark]")).to_have_count(2)
    page.keyboard.press("z")
    expect(page.locator("[data-mark]")).to_have_count(1)
    assert comes_true(app, lambda: [mark.valence for mark in _marks()] == ["negative"])
    page.locator("[data-cause]").focus()
    page.locator("[data-cause]").select_option("monologue")
    assert comes_true(app, lambda: [mark.cause for mark in _marks()] == ["monologue"])
    page.locator("[data-transcript]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-left]")).to_contain_text("more")
    _hear_all(page, checks["blind"])
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-check-compare][data-mounted]")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.keyboard.press("n")
    page.keyboard.press("k")
    expect(page.locator("[data-row].is-confirmed")).to_have_count(1)
    page.wait_for_selector("[data-check-compare][data-mounted]")
    page.keyboard.press("x")  # on with the flag that only the engine raised
    expect(page.locator("[data-row].is-rejected")).to_have_count(1)
    with app.app_context():
        said = {verdict.detector: str(verdict.decision) for verdict in _verdicts(floor, 0)}
        assert said == {MISSED: "confirmed", "D09": "rejected"}
    page.wait_for_selector("[data-check-compare][data-mounted]")
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-check-card][data-mounted]")
    expect(page.locator(".feed-head .chip")).to_have_text("Second opinion")
    page.keyboard.press("x")
    expect(page.locator("#check-theirs")).to_have_text("You see it differently")
    expect(page.locator(".check-both")).to_contain_text("Thomas V.")
    page.wait_for_selector("[data-check-card][data-mounted]")
    page.keyboard.press("Enter")

    expect(page.locator(".feed-head .chip")).to_have_text("Drawn moment")
    page.wait_for_selector("[data-check-card][data-mounted]")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Done for today")).to_be_visible()
    with app.app_context():
        assert [str(verdict.decision) for verdict in _verdicts(floor, 1)] == ["confirmed"]
        assert [str(verdict.decision) for verdict in _verdicts(floor, 2)] == ["confirmed"]
        assert all(check.done_at for check in db.session.scalars(select(Check)))


def _hear_all(page: Page, check_id: int) -> None:
    """As if all of it had been played on this device."""
    page.evaluate(f"localStorage.setItem('callcoach.check.{check_id}', '[[0, 60000]]')")
    page.reload()
    page.wait_for_selector("[data-check-blind][data-mounted]")
    expect(page.locator("[data-heard]")).to_have_text("100 %")


def _verdicts(floor: Floor, number: int) -> list[Verdict]:
    return list(
        db.session.scalars(
            select(Verdict).where(
                Verdict.call_id == floor.calls[number], Verdict.withdrawn_at.is_(None)
            )
        )
    )


def test_what_is_played_counts_as_heard(
    floor: Floor, checks: dict[str, int], windows: Windows
) -> None:
    page = _open(windows, floor, f"/check/{checks['blind']}")
    page.wait_for_selector("[data-check-blind][data-mounted]")
    page.keyboard.press(" ")
    expect(page.locator("[data-heard]")).not_to_have_text("0 %")
    page.keyboard.press(" ")
    page.keyboard.press("l")
    heard = page.locator("[data-heard]").inner_text()
    page.reload()
    page.wait_for_selector("[data-check-blind][data-mounted]")
    expect(page.locator("[data-heard]")).to_have_text(heard)


def test_one_is_left_for_tomorrow_another_out_and_both_are_undone(
    app: Flask, floor: Floor, checks: dict[str, int], windows: Windows
) -> None:
    page = _open(windows, floor, f"/check/{checks['explore']}")
    page.wait_for_selector("[data-check-card][data-mounted]")
    page.keyboard.press("t")
    page.wait_for_selector("[data-check-blind][data-mounted]")
    page.locator("#toasts button", has_text="Undo").click()
    page.wait_for_selector("[data-check-card][data-mounted]")
    page.keyboard.press("u")
    page.keyboard.press("2")
    page.wait_for_selector("[data-check-blind][data-mounted]")
    with app.app_context():
        check = db.session.get_one(Check, checks["explore"])
        assert check.done_at is not None
        assert check.decision is None


def test_the_page_of_a_call_that_is_to_be_marked_asks_first(
    app: Flask, floor: Floor, checks: dict[str, int], windows: Windows
) -> None:
    page = _open(windows, floor, f"/calls/{floor.calls[0]}?t=5")
    expect(page.get_by_role("heading", name="This call is in your daily check")).to_be_visible()
    expect(page.locator("[data-card]")).to_have_count(0)
    page.wait_for_selector("[data-mounted]")
    page.keyboard.press("o")
    page.wait_for_selector("[data-call-desk][data-mounted]")
    assert page.url.endswith("?t=5")
    with app.app_context():
        assert db.session.get_one(Check, checks["blind"]).done_at is not None


@every_look
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    floor: Floor, checks: dict[str, int], windows: Windows, scheme: str, phone: bool
) -> None:
    page = _open(windows, floor, "/check", scheme=scheme, phone=phone)
    found = []

    def look(when: str) -> None:
        page.wait_for_selector("[data-mounted]")
        windows.excused = "inline style"
        found.extend(faults(page, when))

    look("the day")
    page.goto(f"/check/{checks['blind']}")
    page.wait_for_selector("[data-mounted]")
    page.keyboard.press("l")
    page.keyboard.press("m")
    expect(page.locator("[data-mark]")).to_have_count(1)
    look("marking")
    _hear_all(page, checks["blind"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-check-compare]")
    look("compared")
    page.goto(f"/check/{checks['explore']}")
    look("a drawn moment")
    page.goto(f"/check/{checks['second']}")
    page.wait_for_selector("[data-mounted]")
    page.keyboard.press("x")
    page.wait_for_selector(".check-theirs")
    look("a second opinion")
    assert not found, "\n".join(found)
