"""What the forms on decisions and minutes say, as plain values."""

from __future__ import annotations

from datetime import date

from flask import request

from callcoach.debriefs.forms import day_if_any
from callcoach.debriefs.operations.decisions import Links
from callcoach.script_fit.operations.requests import Wish
from callcoach.web.requests import safe_next


def read_text(name: str) -> str:
    """Text as it was typed, with plain line ends."""
    return request.form.get(name, "").replace("\r\n", "\n")


def read_id(name: str) -> int | None:
    """A number chosen in a list; None for none."""
    value = request.form.get(name, "")
    return (int(value) or None) if value.isdecimal() and len(value) < 10 else None


def read_day(name: str) -> date | None:
    """A day; None where none was given.

    Raises:
        InvalidInput: something was written that is no day.
    """
    return day_if_any(request.form.get(name, ""), name)


def read_links() -> Links:
    """What a decision changes."""
    return Links(
        request_id=read_id("request_id"),
        objective_id=read_id("objective_id"),
        drill_id=read_id("drill_id"),
        note_id=read_id("note_id"),
    )


def read_wish() -> Wish:
    """What is to change in the script."""
    return Wish(
        title=read_text("title"),
        proposed_text=read_text("proposed_text"),
        reason=read_text("reason"),
        line_id=read_id("line_id"),
        section_kind=request.form.get("section_kind", ""),
    )


def read_next() -> str | None:
    """Where the form was, to go back there."""
    return safe_next(request.values.get("next"))
