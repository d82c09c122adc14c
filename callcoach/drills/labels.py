"""How drills are spoken of on pages: kinds, situations, marks, measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from callcoach.drills.measuring import figure, likeness
from callcoach.drills.models import Drill, DrillKind, Mark
from callcoach.drills.situations import SITUATIONS
from callcoach.errors import N_

_KINDS = {
    DrillKind.REFORMULATE: N_("Reformulate"),
    DrillKind.REAL_TIME: N_("Real time"),
    DrillKind.EAR: N_("By ear"),
    DrillKind.CHAINED: N_("In a row"),
}
_LISTS = {
    "forbidden": N_("the sponsor does not allow it"),
    "ambiguous": N_("it can be understood two ways"),
    "self_belittling": N_("it makes the call small"),
    "bookish": N_("it sounds written"),
    "familiar": N_("too familiar"),
    "jargon": N_("jargon"),
    "absolute": N_("it promises too much"),
}
_LIKENESS = {
    "close": N_("Close to the example"),
    "partly": N_("Partly like the example"),
    "otherwise": N_("Worded otherwise than the example"),
}
_SCRIPT = {
    "close": N_("Close to the script’s line"),
    "partly": N_("Partly like the script’s line"),
    "otherwise": N_("Worded otherwise than the script’s line"),
}
#: Rows of `measure_rows`, in their order.
_ROWS = {
    "silence_s": N_("Silence before"),
    "speech_s": N_("Length"),
    "words": N_("Words"),
    "rate": N_("Pace"),
    "pauses": N_("Pauses"),
    "expressions": N_("Expressions to avoid"),
    "ends_with_question": N_("Ends with a question"),
}


def kind_label(kind: str) -> str:
    """What is practised, in a word or two."""
    return str(_(_KINDS[DrillKind(kind)]))


def kind_choices() -> list[tuple[str, str]]:
    return [(str(kind), kind_label(kind)) for kind in DrillKind]


def situation_label(situation: str) -> str:
    """The situation in the floor's words; "" for none."""
    return str(_(SITUATIONS[situation])) if situation in SITUATIONS else ""


def situation_choices() -> list[tuple[str, str]]:
    return [(value, situation_label(value)) for value in SITUATIONS]


def mark_label(mark: str | None) -> tuple[str, str]:
    """Shape and words of a mark; two empty texts for none."""
    if not mark:
        return "", ""
    return {
        Mark.GOT_IT: ("✓", _("Got it")),
        Mark.ALMOST: ("≈", _("Almost")),
        Mark.AGAIN: ("↺", _("Once more")),
    }[Mark(mark)]


def likeness_label(measures: Mapping[str, Any]) -> str:
    """How near to the example it is worded, in words; "" when that says nothing."""
    found = likeness(figure(measures, "closeness"))
    return str(_(_LIKENESS[found])) if found else ""


def script_label(measures: Mapping[str, Any]) -> str:
    """How near to the script's line it is worded, in words; "" where there is no line."""
    found = likeness(figure(measures, "script_closeness"))
    return str(_(_SCRIPT[found])) if found else ""


def expression_lines(measures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Expressions that a note may ask to avoid: as said, and why."""
    found = (measures.get("expressions") or {}).get("quotes") or []
    return [(item["quote"], str(_(_LISTS[item["list"]]))) for item in found]


def measure_rows(
    measures: Mapping[str, Any], original: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Facts of an answer beside those of what was said in the call: name, value, value then. What
    neither has is left out; a value that one of them has not is "".
    """
    now, then = _values(measures), _values(original)
    return [
        (str(_(name)), now.get(key, ""), then.get(key, ""))
        for key, name in _ROWS.items()
        if key in now or key in then
    ]


def _values(measures: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for key in ("silence_s", "speech_s"):
        if (value := figure(measures, key)) is not None:
            values[key] = seconds(value)
    if (words := figure(measures, "words")) is not None:
        values["words"] = format_decimal(int(words))
    if (value := figure(measures, "rate")) is not None:
        rate = format_decimal(round(value, 1), format="0.0")
        values["rate"] = _("%(rate)s syllables a second", rate=rate)
    if (count := figure(measures, "pauses")) is not None:
        longest = figure(measures, "longest_pause_s") or 0.0
        text = ngettext("%(num)s pause", "%(num)s pauses", int(count))
        if count:
            text = _("%(pauses)s, the longest %(longest)s", pauses=text, longest=seconds(longest))
        values["pauses"] = text
    if (count := figure(measures, "expressions")) is not None:
        quotes = [f"«\u00a0{quote}\u00a0»" for quote, _why in expression_lines(measures)]
        values["expressions"] = ", ".join(quotes) or format_decimal(int(count))
    if (asks := figure(measures, "ends_with_question")) is not None:
        values["ends_with_question"] = _("Yes") if asks else _("No")
    return values


def seconds(value: float) -> str:
    """A short length, to the tenth of a second.

    Args:
        value: seconds.
    """
    return f"{format_decimal(round(value, 1), format='0.0')}\u202fs"


def instructions_label(drill: Drill) -> str:
    """What its instructions are: made of a note, they first say what the prospect heard."""
    note = drill.note
    is_heard = note is not None and bool(note.hears) and drill.instructions == note.hears
    return str(_("What the prospect hears in it") if is_heard else _("What to try"))
