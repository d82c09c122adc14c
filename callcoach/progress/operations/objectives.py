"""Objectives: proposed by a supervisor, agreed or answered by the agent, adjusted, closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.accounts.queries import name_of
from callcoach.analysis.figures import UNITS
from callcoach.analysis.model import Cause
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.models import Objective

MEASURES = ("", "cause", "figure", "drills", "calls")
CLOSINGS = ("reached", "adjusted", "dropped")
MAX_TEXT, MAX_WORDS = 300, 1000
#: Longest objective, in days: small rituals, looked at again every season.
MAX_DAYS = 183


@dataclass(frozen=True, slots=True)
class Aim:
    """What is agreed on.

    Args:
        text: in the words of the two.
        measure: one of `MEASURES`; "" for words alone.
        subject: the cause or the figure's name.
        bound: what is counted is to be at most (`is_upper`) or at least this.
    """

    text: str
    measure: str
    subject: str
    bound: float | None
    is_upper: bool
    starts_on: date | None
    ends_on: date | None


def propose(
    viewer: Viewer, agent: User, campaign_id: int, aim: Aim, note_id: int | None = None
) -> Objective:
    """Propose an objective to an agent; it is one once they agree.

    Whether the viewer coaches the agent is judged by the query that found them.

    Raises:
        InvalidInput: something is missing or out of range.
    """
    objective = Objective(
        agent_id=agent.id, campaign_id=campaign_id, author_id=viewer.user_id, note_id=note_id
    )
    _write(objective, aim)
    objective.row_version = 1
    db.session.add(objective)
    db.session.flush()
    record(viewer.user_id, "objective.proposed", subject_kind="objective", subject_id=objective.id)
    _tell_agent(viewer, objective)
    return objective


def adjust(viewer: Viewer, objective: Objective, aim: Aim, *, based_on: int) -> Objective:
    """Change what is proposed or agreed; the agent agrees anew.

    Raises:
        InvalidInput: as `propose`.
        StaleVersion: it was changed or answered since.
        Conflict: it is closed.
    """
    _require_current(objective, based_on)
    _require_open(objective)
    _write(objective, aim)
    objective.agreed_at, objective.counter_text = None, ""
    objective.row_version += 1
    record(viewer.user_id, "objective.adjusted", subject_kind="objective", subject_id=objective.id)
    db.session.flush()
    _tell_agent(viewer, objective)
    return objective


def agree(viewer: Viewer, objective: Objective, *, based_on: int) -> Objective:
    """The agent agrees to what they have read.

    Raises:
        NotFound: it is not the viewer's.
        StaleVersion: it says something else by now.
        Conflict: it is closed.
    """
    _require_owner(viewer, objective)
    _require_current(objective, based_on)
    _require_open(objective)
    if objective.agreed_at is None:
        objective.agreed_at, objective.counter_text = utc_now(), ""
        objective.row_version += 1
        _tell_author(viewer, objective)
    notices.mark_subject_seen(viewer, subject_of(objective))
    db.session.flush()
    return objective


def counter(viewer: Viewer, objective: Objective, text: str, *, based_on: int) -> Objective:
    """The agent says what they would rather have; raises as `agree`.

    Raises:
        InvalidInput: no words, or too many.
    """
    _require_owner(viewer, objective)
    _require_current(objective, based_on)
    _require_open(objective)
    text = text.strip()
    if not 1 <= len(text) <= MAX_WORDS:
        raise InvalidInput("Say what you would rather have.", field="counter_text")
    objective.counter_text, objective.agreed_at = text, None
    objective.row_version += 1
    notices.mark_subject_seen(viewer, subject_of(objective))
    db.session.flush()
    _tell_author(viewer, objective)
    return objective


def close(
    viewer: Viewer, objective: Objective, closing: str, text: str, *, based_on: int
) -> Objective:
    """End it, with words for it.

    Raises:
        InvalidInput: not a way to end, or no words.
        StaleVersion, Conflict: as `adjust`.
    """
    _require_current(objective, based_on)
    _require_open(objective)
    if closing not in CLOSINGS:
        raise InvalidInput("Reached, adjusted or dropped: choose one.", field="closing")
    text = text.strip()
    if not 1 <= len(text) <= MAX_WORDS:
        raise InvalidInput("Close it with a few words: the agent reads them.", field="closing_text")
    objective.closing, objective.closing_text = closing, text
    objective.closed_at = utc_now()
    objective.row_version += 1
    record(viewer.user_id, "objective.closed", subject_kind="objective", subject_id=objective.id)
    db.session.flush()
    return objective


def withdraw(viewer: Viewer, objective: Objective) -> None:
    """Take a proposal back.

    Raises:
        Conflict: the agent has answered it.
    """
    db.session.refresh(objective, with_for_update={"of": Objective})
    if objective.agreed_at or objective.counter_text or objective.closed_at:
        raise Conflict("The agent has answered it; adjust or close it instead.")
    notices.take_back("progress.objective", subject_of(objective))
    record(viewer.user_id, "objective.withdrawn", subject_kind="objective", subject_id=objective.id)
    db.session.delete(objective)
    db.session.flush()


def reopen(viewer: Viewer, objective: Objective) -> Objective:
    """Undo closing it."""
    objective.closed_at, objective.closing, objective.closing_text = None, "", ""
    objective.row_version += 1
    record(viewer.user_id, "objective.reopened", subject_kind="objective", subject_id=objective.id)
    db.session.flush()
    return objective


def subject_of(objective: Objective) -> str:
    """What notices about an objective are about."""
    return f"objective:{objective.id}"


def require_aim(aim: Aim) -> Aim:
    """What may be agreed on, with nothing that is not said of it.

    Raises:
        InvalidInput: something is missing or out of range.
    """
    text = " ".join(aim.text.split())
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidInput(
            "Say it in words, %(limit)s characters at most.", field="text", limit=MAX_TEXT
        )
    if aim.measure not in MEASURES:
        raise InvalidInput("This cannot be counted.", field="measure")
    if aim.measure == "cause" and aim.subject not in set(Cause):
        raise InvalidInput("Choose what it is about.", field="subject")
    if aim.measure == "figure" and aim.subject not in UNITS:
        raise InvalidInput("Choose a figure.", field="subject")
    if aim.measure and (aim.bound is None or aim.bound < 0):
        raise InvalidInput("Say how much, as a number.", field="bound")
    if aim.starts_on is None or aim.ends_on is None or aim.ends_on < aim.starts_on:
        raise InvalidInput("Say from which day to which day.", field="ends_on")
    if (aim.ends_on - aim.starts_on).days >= MAX_DAYS:
        raise InvalidInput("An objective is for half a year at most.", field="ends_on")
    return replace(
        aim,
        text=text,
        subject=aim.subject if aim.measure in ("cause", "figure") else "",
        bound=aim.bound if aim.measure else None,
    )


def _write(objective: Objective, aim: Aim) -> None:
    aim = require_aim(aim)
    assert aim.starts_on is not None
    assert aim.ends_on is not None
    objective.text, objective.measure, objective.subject = aim.text, aim.measure, aim.subject
    objective.bound, objective.is_upper = aim.bound, aim.is_upper
    objective.starts_on, objective.ends_on = aim.starts_on, aim.ends_on


def _require_current(objective: Objective, based_on: int) -> None:
    db.session.refresh(objective, with_for_update={"of": Objective})
    if objective.row_version != based_on:
        raise StaleVersion(
            "This objective was changed meanwhile. Read it again, then decide.",
            row_version=objective.row_version,
        )


def _require_open(objective: Objective) -> None:
    if objective.closed_at is not None:
        raise Conflict("This objective is closed.")


def _require_owner(viewer: Viewer, objective: Objective) -> None:
    if viewer.user_id is None or objective.agent_id != viewer.user_id:
        raise NotFound("There is no such objective.")


def _tell_agent(viewer: Viewer, objective: Objective) -> None:
    notices.notify(
        objective.agent_id,
        "progress.objective",
        subject_of(objective),
        "/my/progress#objectives",
        name=name_of(viewer.user_id),
    )


def _tell_author(viewer: Viewer, objective: Objective) -> None:
    notices.notify(
        objective.author_id,
        "progress.objective_answered",
        subject_of(objective),
        f"/progress/agents/{objective.agent_id}#objectives",
        name=name_of(viewer.user_id),
    )
