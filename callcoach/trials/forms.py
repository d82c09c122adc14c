"""What the forms of this room say, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import request

from callcoach.errors import InvalidInput
from callcoach.trials.models import Assigning, Measure
from callcoach.trials.operations.leading import Proposal
from callcoach.trials.planning import Plan

_Kind = TypeVar("_Kind", Measure, Assigning)

#: Fields that hold a share of a hundred.
_PERCENT = ("baseline", "least_difference", "alpha", "power")
_DEFAULTS = {"alpha": 5.0, "power": 80.0, "icc": 0.05}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed, to be shown again."""

    name: str
    line_id: int
    wordings: tuple[str, ...]
    team_ids: tuple[int, ...]
    measure: Measure
    assigning: Assigning
    numbers: dict[str, str]


def read_typed() -> Typed:
    """What was typed; nothing is judged yet."""
    form = request.form
    return Typed(
        name=form.get("name", ""),
        line_id=form.get("line", 0, type=int),
        wordings=tuple(text for text in form.getlist("wordings") if text.strip()),
        team_ids=tuple(form.getlist("teams", type=int)),
        measure=_one_of(Measure, form.get("measure"), Measure.NEXT_STEP),
        assigning=_one_of(Assigning, form.get("assigning"), Assigning.ROTATION),
        numbers={
            name: form.get(name, "") for name in (*_PERCENT, "calls_per_day", "icc") if name in form
        },
    )


def plan_from(typed: Typed) -> Plan:
    """The plan that the numbers describe.

    Raises:
        InvalidInput: a number is none, or out of range.
    """
    values = {name: _number(typed.numbers, name) for name in (*_PERCENT, "calls_per_day", "icc")}
    return Plan(
        baseline=values["baseline"],
        least_difference=values["least_difference"],
        calls_per_day=values["calls_per_day"],
        icc=values["icc"],
        arms=max(2, len(typed.wordings) + 1),
        alpha=values["alpha"],
        power=values["power"],
    )


def proposal_from(typed: Typed) -> Proposal:
    """What a supervisor wants to try; raises as `plan_from`."""
    return Proposal(
        name=typed.name,
        line_id=typed.line_id,
        wordings=typed.wordings,
        team_ids=typed.team_ids,
        measure=typed.measure,
        assigning=typed.assigning,
        plan=plan_from(typed),
    )


def read_day(name: str) -> date:
    """A day of a form.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise InvalidInput("Choose a day.", field=name) from None


def _number(numbers: dict[str, str], name: str) -> float:
    """A number as people type it, with a comma or a point; shares of a hundred as shares of one."""
    text = numbers.get(name, "").strip().replace("\u202f", "").replace("%", "").replace(",", ".")
    try:
        value = float(text) if text else _DEFAULTS[name]
    except (ValueError, KeyError):
        raise InvalidInput("A number is missing in the plan.", field=name) from None
    if not abs(value) < 1e6:  # also refuses "nan"
        raise InvalidInput("A number is missing in the plan.", field=name)
    return value / 100 if name in _PERCENT else value


def _one_of(kind: type[_Kind], text: str | None, default: _Kind) -> _Kind:
    try:
        return kind(text or "")
    except ValueError:
        return default
