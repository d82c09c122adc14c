"""The line of the script that fits where a prospect is to be answered."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from callcoach.analysis.adherence import LIMITS
from callcoach.analysis.adherence_passages import compare, passages_of
from callcoach.analysis.text import sentences
from callcoach.calls.models import Call
from callcoach.coaching.queries.script_lines import line_choices, version_of
from callcoach.drills.measuring import spoken_turn
from callcoach.drills.models import DrillStep
from callcoach.extensions import db
from callcoach.script_library.document import Line
from callcoach.script_library.models import ScriptLine


@dataclass(frozen=True, slots=True)
class ApprovedLine:
    """A line, and its words for the person who was called."""

    line_id: int
    text: str


def fitting_line(call: Call, step: DrillStep) -> ApprovedLine | None:
    """The line that answers what the prospect says; where the script answers no such thing, the line
    that was said, or meant, in the call. None when it has neither.

    What answers goes first: who passed over an objection said a line too, and it is not the one to
    practise.
    """
    version = version_of(call)
    if version is None:
        return None
    lines = [line for line in version.document.lines() if line.answers]
    line = _answering(lines, step.prospect_text, call.language)
    if line is not None:
        line_id = db.session.scalar(
            select(ScriptLine.id).where(
                ScriptLine.script_id == version.script_id, ScriptLine.key == line.key
            )
        )
        return ApprovedLine(line_id, line.said_to(call.persona)) if line_id else None
    start_ms, end_ms = step.original_start_ms, step.original_end_ms
    if start_ms is None or end_ms is None:
        return None
    for choice in line_choices(call, step.original_text, start_ms, end_ms):
        if choice.is_likely:
            return ApprovedLine(choice.line_id, choice.text)
    return None


def _answering(lines: list[Line], prospect_text: str, language: str) -> Line | None:
    """The line whose objection was raised, as a call's words alone tell it (`Limits.raised_words`);
    the nearest of several.
    """
    # Several set phrases may stand for one objection
    asked = [
        (line, phrase) for line in lines for phrase in (sentences(line.answers) or (line.answers,))
    ]
    turn = spoken_turn(prospect_text)
    passages = passages_of([turn], turn.end_s)
    values = compare([phrase for _, phrase in asked], passages, language, None, is_form_free=True)
    found = [
        (values.value(row, at), line)
        for row, (line, _) in enumerate(asked)
        for at in range(len(passages))
    ]
    value, best = max(found, key=lambda pair: pair[0], default=(0.0, None))
    return best if value >= LIMITS.raised_words else None
