"""What tests of notes do by their addresses."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from .conftest import Desk

JSON = {"Accept": "application/json"}
FRAGMENT = {"X-Fragment": "note"}

TEXT: dict[str, Any] = {
    "channel": 0,
    "start_ms": 12_200,
    "end_ms": 24_000,
    "quote": "Je vous propose une démonstration mardi ou jeudi.",
    "hears": "Il n’a pas été écouté.",
    "instead": "Vous clôturez en combien de jours ?",
    "cause": "ignored_objection",
    "aim": "change",
    "visibility": "agent",
    "based_on": 0,
}


def new_address(desk: Desk, query: str = "") -> str:
    return f"/calls/{desk.call_id}/notes/new{query}"


def create(browser: FlaskClient, desk: Desk, **values: Any) -> Any:
    return browser.post(
        f"/calls/{desk.call_id}/notes",
        data={**TEXT, "point": desk.point_id, **values},
        headers=JSON,
    )


def send(browser: FlaskClient, note: dict[str, Any], **values: Any) -> Any:
    data = {**TEXT, "based_on": note["version"], **values}
    return browser.post(note["send"], data=data, headers=JSON)


def field(page: str, name: str) -> str:
    """What a field of the form holds."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return area[1].replace("&#39;", "'")
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, f"no {name} in the form"
    return found[1]


def chosen(page: str, name: str) -> str:
    found = re.search(rf'<input checked[^>]*name="{name}"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]
