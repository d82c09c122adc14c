"""What the form of a line sent, as a line, and what is wrong with it, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from callcoach.script_library.document import (
    MAX_LINE,
    MAX_SHORT,
    Address,
    Document,
    Line,
    Register,
    Section,
    SectionKind,
    Variant,
    check,
)

#: What closes and opens a placeholder and belongs to none.
_FIELD = re.compile(r"\{([^{}]*)\}")
_FIELD_NAME = re.compile(r"[^\W\d_][\w '’-]{0,39}")


#: The fields of a form.
Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it was typed.

    Args:
        errors: sentence by name of the field: ``text``, ``answers``, ``pace``, ``use``, ``avoid``,
            or these with ``-0``, ``-1`` … for the variants; "" for the whole.
    """

    line: Line
    errors: Mapping[str, str] = field(default_factory=dict)


def read_line(form: Sent, key: str) -> ReadLine:
    """What was typed into the form of a line, spaces trimmed; a variant without words is none."""
    errors: dict[str, str] = {}
    text = _words(form, "text")
    _look_at(errors, "text", text)
    if not text:
        errors["text"] = str(_("Write what is to be said."))
    register = _register(form, "", errors)
    variants = []
    for index, persona in enumerate(form.getlist("persona")):
        said = _words(form, f"text-{index}")
        _look_at(errors, f"text-{index}", said)
        if said and persona.strip():
            noted = _register(form, f"-{index}", errors)
            variants.append(Variant(persona.strip(), said, noted))
    answers = _words(form, "answers")
    _short(errors, "answers", answers)
    promise = form.get("promise_id", "")
    line = Line(
        key=key,
        text=text,
        variants=tuple(variants),
        register=register,
        answers=answers,
        promise_id=int(promise) if promise.isdecimal() else None,
        is_disclosure=form.get("is_disclosure") == "1",
        is_required=form.get("is_required") == "1",
    )
    if not errors:
        try:
            check(Document((Section(key="x", kind=SectionKind.OPENING, lines=(line,)),)))
        except ValueError:
            errors[""] = str(_("This line cannot be kept so. Look at its variants."))
    return ReadLine(line, errors)


def _words(form: Sent, name: str) -> str:
    """Without the line breaks and runs of spaces that are not spoken."""
    return " ".join(form.get(name, "").split())


def _look_at(errors: dict[str, str], name: str, text: str) -> None:
    if len(text) > MAX_LINE:
        errors[name] = str(_("At most %(most)s characters are kept.", most=MAX_LINE))
        return
    bare = _FIELD.sub("", text)
    if "{" in bare or "}" in bare:
        errors[name] = str(_("A brace is missing: write fields as {first name}."))
        return
    for found in _FIELD.findall(text):
        if not _FIELD_NAME.fullmatch(found.strip()):
            errors[name] = str(
                _("“%(name)s” is no name of a field: begin with a letter.", name=found)
            )


def _short(errors: dict[str, str], name: str, *texts: str) -> None:
    if any(len(text) > MAX_SHORT for text in texts):
        errors[name] = str(_("At most %(most)s characters are kept.", most=MAX_SHORT))


def _register(form: Sent, suffix: str, errors: dict[str, str]) -> Register:
    address = form.get(f"address{suffix}", "")
    pace = _words(form, f"pace{suffix}")
    use, avoid = (_listed(form.get(f"{name}{suffix}", "")) for name in ("use", "avoid"))
    _short(errors, f"pace{suffix}", pace)
    _short(errors, f"use{suffix}", *use)
    _short(errors, f"avoid{suffix}", *avoid)
    known = [each.value for each in Address]
    return Register(Address(address if address in known else ""), pace, use, avoid)


def _listed(text: str) -> tuple[str, ...]:
    """Words separated by commas or lines, each once."""
    parts: Sequence[str] = re.split(r"[,;\n]", text)
    return tuple(dict.fromkeys(found for part in parts if (found := " ".join(part.split()))))
