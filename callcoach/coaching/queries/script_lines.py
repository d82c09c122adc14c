"""Lines of the script that a note can be about: those of the version that was in force at its call.

Read without a viewer: the caller has judged that the call, and so what its agent was to say, is
theirs to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import select

from callcoach.analysis.text import fold
from callcoach.calls.models import Call
from callcoach.extensions import Registry, db, utc_now
from callcoach.script_library.document import Line
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion

#: Likeness (0 to 100, `rapidfuzz.fuzz.token_set_ratio` of folded words) from which a line is offered
#: as the one that was meant: recognised openings and closings of the demonstration calls reach 70
#: with their own line, other lines stay under 56.
LEAST_LIKENESS = 62

#: call id, start and end in milliseconds -> id of the line that was said there.
Finder = Callable[[int, int, int], int | None]

_finders: Registry[Finder] = Registry()

#: Registers who knows which line was said at a moment, as a decorator.
on_line_asked = _finders.add


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line to choose; `is_likely` when the moment is probably about it."""

    line_id: int
    text: str
    is_likely: bool


def version_of(call: Call) -> ScriptVersion | None:
    """The version pinned to a call; without one, what is in force for its team today."""
    if call.script_version is not None:
        return call.script_version
    return version_in_force(call.campaign_id, call.team_id, utc_now())


def line_choices(call: Call, quote: str, start_ms: int, end_ms: int) -> list[LineChoice]:
    """The lines of a call's version, the most likely one first, then as they are read."""
    version = version_of(call)
    if version is None:
        return []
    ids = _ids(version.script_id)
    lines = [line for line in version.document.lines() if line.key in ids]
    best = _best(call, lines, ids, quote, (start_ms, end_ms))
    lines.sort(key=lambda line: line.key != best)
    return [
        LineChoice(ids[line.key], line.said_to(call.persona), line.key == best) for line in lines
    ]


def is_line_of(call: Call, line_id: int) -> bool:
    """Whether a line belongs to the script of a call's campaign."""
    return (
        db.session.scalar(
            select(ScriptLine.id)
            .join(ScriptLine.script)
            .where(ScriptLine.id == line_id, Script.campaign_id == call.campaign_id)
        )
        is not None
    )


def words_of(call: Call, line: ScriptLine | None) -> str:
    """A line as the call's agent was to say it; "" for none."""
    if line is None:
        return ""
    version = version_of(call)
    found = version.document.line(line.key) if version is not None else None
    return found.said_to(call.persona) if found else line.text


def texts_of(line_ids: set[int]) -> dict[int, str]:
    """The words of lines, by id, as lists name them."""
    found = select(ScriptLine.id, ScriptLine.text).where(ScriptLine.id.in_(line_ids))
    return dict(db.session.execute(found).all())


def likeness(said: str, line: Line) -> float:
    """How much what was said resembles the words of a line or of one of its variants, 0 to 100."""
    words = fold(said)
    if not words:
        return 0.0
    return max(fuzz.token_set_ratio(words, fold(text)) for text in line.wordings())


def _ids(script_id: int) -> dict[str, int]:
    found = select(ScriptLine.key, ScriptLine.id).where(ScriptLine.script_id == script_id)
    return dict(db.session.execute(found).all())


def _best(
    call: Call, lines: list[Line], ids: dict[str, int], quote: str, span: tuple[int, int]
) -> str:
    """Key of the line that a moment is about, "" when none stands out."""
    for finder in _finders:
        found = finder(call.id, *span)
        key = next((line.key for line in lines if ids[line.key] == found), "")
        if key:
            return key
    scored = [(likeness(quote, line), line.key) for line in lines]
    best = max(scored, default=(0.0, ""), key=lambda item: item[0])
    return best[1] if best[0] >= LEAST_LIKENESS else ""
