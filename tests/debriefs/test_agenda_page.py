"""The agenda in a browser: put in order and trimmed by keyboard, and what is kept of it."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import expect

from callcoach.debriefs.operations import agenda
from callcoach.extensions import db, write_transaction
from tests.coaching.browsing import Windows
from tests.factories.debriefs import consent_to
from tests.waiting import comes_true

from .conftest import Floor


def _saved(app: Flask, floor: Floor, item_id: int) -> tuple[int | None, int | None, int | None]:
    with app.app_context():
        item = floor.item(item_id)
        return item.start_ms, item.ask_ms, item.end_ms


def _titles(floor: Floor) -> list[str]:
    return [item.title for item in floor.debrief.items]


def test_items_are_put_in_order_and_a_moment_is_trimmed_by_keyboard(
    app: Flask, floor: Floor, windows: Windows
) -> None:
    with app.app_context(), write_transaction():
        item = agenda.add_moment(
            floor.claire, floor.debrief, floor.call, 9600, 24_000, ask_ms=12_100,
            is_good=False, title="Moment",
        )  # fmt: skip
        consent_to(item)
        item_id = item.id
        for title in ("Thème", "Objectif"):
            agenda.add_item(floor.claire, floor.debrief, kind="theme", title=title)
        db.session.commit()
    page = windows.open(floor.ids["claire"], f"/debriefs/{floor.debrief_id}")
    page.wait_for_selector("[data-agenda][data-mounted]")
    link = page.locator("[data-item-link]", has_text="Moment")
    link.focus()
    for _ in range(2):
        page.keyboard.press("Alt+ArrowDown")
    assert comes_true(app, lambda: _titles(floor) == ["Thème", "Objectif", "Moment"])
    expect(link).to_be_focused()
    expect(page.locator("[data-agenda-said]")).to_contain_text("3")
    with app.app_context(), write_transaction():  # somebody else, meanwhile
        agenda.move_item(floor.lead, floor.debrief.items[1], 0)
        db.session.commit()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#toasts [data-toast=error]")).to_be_visible()
    expect(page.locator("[data-item-link]")).to_have_text(["Objectif", "Thème", "Moment"])
    with app.app_context():
        assert _titles(floor) == ["Objectif", "Thème", "Moment"]
    rows = page.locator("[data-agenda] [data-item]")
    rows.nth(2).locator("[data-handle]").drag_to(rows.nth(0))
    assert comes_true(app, lambda: _titles(floor) == ["Moment", "Objectif", "Thème"])

    page.goto(f"/debriefs/items/{item_id}")
    page.wait_for_selector("[data-trim][data-mounted]")
    start, ask, end = (
        page.locator(f"[role=slider][data-handle={name}]") for name in ("start", "ask", "end")
    )
    end.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("Shift+ArrowLeft")
    expect(end).to_have_attribute("aria-valuenow", "22990")
    ask.focus()
    page.keyboard.press("ArrowRight")
    start.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-trim-beyond]")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-trim-beyond]")).to_be_hidden()
    box = start.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + 60, steps=4)
    page.mouse.up()
    dragged = int(start.get_attribute("aria-valuenow") or 0)
    assert 9600 < dragged < 12_000
    page.locator("[data-trim-save]").click()
    page.wait_for_selector("[data-trim][data-saved-as='2']")
    assert _saved(app, floor, item_id) == (dragged, 12_200, 22_990)
    expect(page.locator("[data-said-place]")).to_contain_text("démonstration")
