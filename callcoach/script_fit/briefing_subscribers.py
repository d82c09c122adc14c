"""What this room learns from those below: a version is in force, or is not any more."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.coaching.queries.script_lines import on_line_asked
from callcoach.extensions import db
from callcoach.script_fit.models import LineUse
from callcoach.script_fit.operations import briefings, requests
from callcoach.script_library.events import on_put_in_force, on_release_ended
from callcoach.script_library.models import ScriptRelease


@on_put_in_force
def version_in_force(release: ScriptRelease) -> None:
    """Its team has something to read; who gave the reason for a change learns that it is there."""
    briefings.announce(release)
    requests.tell_in_force(release)


@on_release_ended
def version_ended(release: ScriptRelease) -> None:
    """Nobody has to read it any more."""
    briefings.take_back(release)


@on_line_asked
def line_said_at(call_id: int, start_ms: int, end_ms: int) -> int | None:
    """The line that was said for the longest part of a stretch of a call."""
    uses = db.session.scalars(
        select(LineUse).where(
            LineUse.call_id == call_id, LineUse.start_ms < end_ms, LineUse.end_ms > start_ms
        )
    )
    best = max(uses, key=lambda use: _shared(use, start_ms, end_ms), default=None)
    return best.line_id if best else None


def _shared(use: LineUse, start_ms: int, end_ms: int) -> int:
    return min(use.end_ms or 0, end_ms) - max(use.start_ms or 0, start_ms)
