"""What the forms of this room say, as plain values."""

from __future__ import annotations

from datetime import date

from flask import request

from callcoach.analysis.figures import UNITS
from callcoach.errors import InvalidInput
from callcoach.progress.models import SignKind
from callcoach.progress.operations.objectives import Aim
from callcoach.progress.signs import Sign
from callcoach.web.forms import day_of


def read_sign() -> Sign:
    """What would show that it came back.

    Raises:
        InvalidInput: none was chosen.
    """
    form = request.form
    try:
        kind = SignKind(form.get("kind", ""))
    except ValueError:
        raise InvalidInput("Choose what shows that it came back.", field="kind") from None
    if kind is SignKind.FIGURE:
        name = form.get("figure", "")
        return Sign(kind, name, _in_unit(name, form.get("bound", "")), form.get("side") != "below")
    subject = form.get("cause" if kind is SignKind.CAUSE else "expression", "")
    return Sign(kind, subject)


def read_aim() -> Aim:
    """What an objective is to be."""
    form = request.form
    measure = form.get("measure", "")
    subject = form.get("cause" if measure == "cause" else "figure", "")
    bound = form.get("bound", "")
    return Aim(
        text=form.get("text", ""),
        measure=measure,
        subject=subject,
        bound=_in_unit(subject, bound) if measure == "figure" else read_number(bound),
        is_upper=form.get("side") == "above",
        starts_on=read_day("starts_on"),
        ends_on=read_day("ends_on"),
    )


def read_day(name: str) -> date | None:
    """A day of a form; None when it is none."""
    return day_of(request.form.get(name, ""))


def read_number(text: str) -> float | None:
    """A number as people type it, with a comma or a point; None when it is none."""
    try:
        value = float(text.strip().replace("\u202f", "").replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e6 else None  # also refuses "nan"


def _in_unit(figure: str, text: str) -> float | None:
    """A bound as typed, ratios in percent, in the figure's unit."""
    value = read_number(text)
    if value is None:
        return None
    return value / 100 if UNITS.get(figure) == "ratio" else value
