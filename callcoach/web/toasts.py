"""Short messages after an action, with undo where there is one."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, flash, get_flashed_messages
from flask_babel import gettext as _

#: What a toast may be; the page gives each a mark and a word, not only a colour.
CATEGORIES = ("success", "info", "error")


def init_app(app: Flask) -> None:
    """Attach the template global `toasts()`."""
    app.jinja_env.globals["toasts"] = _toasts


def notify(
    message: str,
    category: str = "success",
    *,
    undo: str | None = None,
    link: tuple[str, str] | None = None,
) -> None:
    """Show `message` on the next page.

    Args:
        message: translated sentence.
        category: one of `CATEGORIES`.
        undo: address that takes a POST and puts things back.
        link: where what was done can be seen: address and words.
    """
    facts = {"message": _ended(message), "undo": undo, "link": link}
    flash(facts, category)  # type: ignore[arg-type]


def with_toast(
    response: Response, message: str, category: str = "success", *, undo: str | None = None
) -> Response:
    """Show `message` when htmx takes this response; arguments as for `notify`."""
    toast = {"message": _ended(message), "category": category}
    if undo:
        toast |= {"undo": undo, "undoLabel": _("Undo")}
    events = json.loads(response.headers.get("HX-Trigger", "{}")) | {"toast": toast}
    response.headers["HX-Trigger"] = json.dumps(events)  # ASCII: headers carry nothing else
    return response


def _ended(message: str) -> str:
    """A sentence that ends with a name cut short ends with one full stop: « à Yassine B. »."""
    return message[:-1] if message.endswith("..") else message


def _toasts() -> list[dict[str, Any]]:
    """Messages waiting to be shown: ``{category, message, undo, link}``."""
    waiting: list[dict[str, Any]] = []
    flashes: list[Any] = list(get_flashed_messages(with_categories=True))
    for category, flashed in flashes:
        facts = flashed if isinstance(flashed, dict) else {"message": str(flashed), "undo": None}
        name = category if category in CATEGORIES else "info"
        waiting.append({"category": name, **facts})
    return waiting
