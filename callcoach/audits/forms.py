"""What the form of an audit says, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import request

from callcoach.audits.frames import Frame
from callcoach.audits.operations.drafts import Plan
from callcoach.errors import InvalidInput
from callcoach.web.filters import number


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, to be shown again.

    Args:
        how: ``margin``: the size follows from it; ``size``: the other way round.
        values: texts of the other fields by name.
    """

    values: Mapping[str, str]
    outcomes: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    by_agent: bool = True
    how: str = "margin"


_FIELDS = ("title", "starts_on", "ends_on", "min_s", "max_s", "margin", "expected", "size")


def read_typed() -> Typed:
    """What was typed; nothing is judged yet."""
    form = request.form
    return Typed(
        values={name: form.get(name, "").strip() for name in _FIELDS},
        outcomes=tuple(form.getlist("outcomes")),
        team_ids=tuple(form.getlist("teams", type=int)),
        by_agent=bool(form.get("by_agent")),
        how="size" if form.get("how") == "size" else "margin",
    )


def plan_from(typed: Typed) -> Plan:
    """The plan that the fields describe; whether it can be is judged by `drafts.require_plan`.

    Raises:
        InvalidInput: a day or a number is none.
    """
    values = typed.values
    frame = Frame(
        outcomes=typed.outcomes,
        team_ids=typed.team_ids,
        min_s=_whole(values["min_s"], "0"),
        max_s=_whole(values["max_s"]) if values["max_s"] else None,
        by_agent=typed.by_agent,
        size=_whole(values["size"]) if typed.how == "size" else None,
    )
    return Plan(
        title=values["title"],
        starts_on=_day(values["starts_on"]),
        ends_on=_day(values["ends_on"]),
        frame=frame,
        # what is not asked for is not judged either
        margin=_number(values["margin"], "10") / 100 if typed.how == "margin" else 0.1,
        expected=_number(values["expected"], "50") / 100,
    )


def typed_of(plan: Plan) -> Typed:
    """A plan as its form shows it."""
    frame = plan.frame
    return Typed(
        values={
            "title": plan.title,
            "starts_on": plan.starts_on.isoformat(),
            "ends_on": plan.ends_on.isoformat(),
            "min_s": str(frame.min_s or ""),
            "max_s": str(frame.max_s or ""),
            "margin": number(100 * plan.margin, 0),
            "expected": number(100 * plan.expected, 0),
            "size": str(frame.size or ""),
        },
        outcomes=frame.outcomes,
        team_ids=frame.team_ids,
        by_agent=frame.by_agent,
        how="size" if frame.size else "margin",
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Choose the first and the last day.") from None
    # far enough from either end of the calendar to be reckoned with in any zone
    if not 2000 <= day.year <= 2200:
        raise InvalidInput("Choose the first and the last day.")
    return day


def _whole(text: str, default: str = "") -> int:
    value = _number(text, default)
    if value != int(value):
        raise InvalidInput("A whole number is missing.")
    return int(value)


def _number(text: str, default: str = "") -> float:
    """As people type it, with a comma or a point."""
    try:
        value = float((text or default).replace("\u202f", "").replace("%", "").replace(",", "."))
    except ValueError:
        raise InvalidInput("A number is missing.") from None
    if not abs(value) < 1e6:  # also refuses "nan"
        raise InvalidInput("A number is missing.")
    return value
