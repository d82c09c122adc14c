"""Waiting for what comes when it comes, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page

#: Seconds before what was waited for counts as never coming.
PATIENCE_S = 30.0
PAUSE_S = 0.1


def comes_true(app: Flask, condition: Callable[[], bool]) -> bool:
    """Whether the database says so before long; each look is in a fresh session."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        with app.app_context():
            if condition():
                return True
        if time.monotonic() > until_s:
            return False
        time.sleep(PAUSE_S)


def until(page: Page, expression: str) -> None:
    """Wait until the page says so, answering what it asks meanwhile.

    Playwright's own way evaluates text in the page, which our policy forbids.
    """
    until_s = time.monotonic() + PATIENCE_S
    while not page.evaluate(expression):
        assert time.monotonic() < until_s, f"never true: {expression}"
        page.wait_for_timeout(1000 * PAUSE_S)


def has_come(page: Page, found: list[object]) -> None:
    """Wait until events of the page have put something into the list."""
    until_s = time.monotonic() + PATIENCE_S
    while not found:
        assert time.monotonic() < until_s, "nothing came"
        page.wait_for_timeout(1000 * PAUSE_S)


def two_frames(page: Page) -> None:
    """Let the page do what a key set off; after it, nothing more comes by itself."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
