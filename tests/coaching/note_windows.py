"""What tests of notes do in a browser window."""

from __future__ import annotations

from typing import Any

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from callcoach.coaching.models import Note
from callcoach.extensions import db

from .browsing import Windows
from .conftest import Desk

SAID = "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?"


def stored_notes(app: Flask) -> list[Note]:
    with app.app_context():
        return list(db.session.scalars(select(Note).order_by(Note.id)))


def form_of(page: Page) -> Locator:
    return page.locator("[data-note-form]")


def instead_of(page: Page) -> Locator:
    return form_of(page).locator("[name=instead]")


def status_of(page: Page) -> Locator:
    return form_of(page).locator("[data-note-status]")


def compose(windows: Windows, desk: Desk, who: str = "claire", **options: Any) -> Page:
    """The form on the call's moment, opened by key."""
    page = windows.open_desk(desk.ids[who], desk.call_id, **options)
    page.keyboard.press("n")
    page.keyboard.press("m")
    expect(instead_of(page)).to_be_focused()
    return page


def edit(windows: Windows, desk: Desk, who: str, note_id: int) -> Page:
    page = windows.open_desk(desk.ids[who], desk.call_id)
    page.locator(f'[data-edit-note="{note_id}"]').click()
    expect(form_of(page).locator("textarea:focus")).to_have_count(1)
    return page


def refuses_to_leave(page: Page) -> bool:
    """Whether closing the window would be asked about."""
    script = """() => {
      const event = new Event("beforeunload", { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    return bool(page.evaluate(script))
