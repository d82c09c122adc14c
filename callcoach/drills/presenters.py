"""What the supervisors' drill pages print. Plain values for templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Speaker
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, spoken_duration
from callcoach.drills.access import can_read_words
from callcoach.drills.answer_presenters import AnswerView, AttemptView, attempt_view
from callcoach.drills.labels import (
    instructions_label,
    kind_choices,
    kind_label,
    situation_label,
)
from callcoach.drills.models import Assignment, Attempt, Drill, DrillKind, DrillSet, DrillStep
from callcoach.drills.queries.sound import StepSound, line_sound, original_sound
from callcoach.drills.sharing import may_hear_example
from callcoach.drills.titles import title_for
from callcoach.script_library.presenters import Piece, pieces
from callcoach.web.filters import local_date


@dataclass(frozen=True, slots=True)
class DrillCard:
    """A drill in a list."""

    drill_id: int
    title: str
    kind: str
    situation: str
    campaign: str
    steps: int
    is_archived: bool


@dataclass(frozen=True, slots=True)
class StepView:
    """One step, as whoever made the drill reads it; `mark_s` from the start of what is played."""

    step_id: int
    number: int
    prospect: str
    original: str
    example: str
    example_url: str
    approved: Sequence[Piece]
    line: StepSound
    line_url: str
    line_status: str
    line_length: str
    original_sound: StepSound
    original_url: str
    original_status: str
    call_url: str
    clock: str
    mark_s: float | None


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill on its page."""

    card: DrillCard
    kind: str
    language: str
    situation: str
    instructions: str
    instructions_label: str
    row_version: int
    is_audible: bool
    has_voice: bool
    note_id: int
    note_url: str
    other_kinds: Sequence[tuple[str, str]]
    author: str
    steps: Sequence[StepView]


@dataclass(frozen=True, slots=True)
class GivenRow:
    """Somebody who has something to do; says whether, never how well."""

    assignment_id: int
    name: str
    due: str
    is_late: bool
    is_done: bool
    is_own: bool
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class DueDay:
    """What is due on one day."""

    label: str
    is_late: bool
    rows: Sequence[GivenRow]


@dataclass(frozen=True, slots=True)
class ItemView:
    """A step of a set."""

    item_id: int
    kind: str
    label: str
    title: str
    url: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of one agent's path: ``done``, ``next`` or ``later``."""

    label: str
    state: str
    assignment_id: int
    can_review: bool


@dataclass(frozen=True, slots=True)
class PathRow:
    """How far one agent has come on a path; in the order in which it was started."""

    name: str
    done: int
    total: int
    due: str
    steps: Sequence[PathStep]


@dataclass(frozen=True, slots=True)
class SetView:
    """A set of drills, or a path."""

    set_id: int
    name: str
    campaign: str
    is_immersion: bool
    is_archived: bool
    items: Sequence[ItemView]
    paths: Sequence[PathRow]


@dataclass(frozen=True, slots=True)
class TryRow:
    """A try that waits."""

    attempt_id: int
    title: str
    kind: str
    agent: str
    sent_at: object


@dataclass(frozen=True, slots=True)
class TryStep:
    """One step of a try: what was said then, what is said now, what one would say."""

    step: StepView
    answer: AnswerView | None


@dataclass(frozen=True, slots=True)
class TryPage:
    """A try to be heard and answered."""

    attempt: AttemptView
    agent: str
    title: str
    is_readable: bool
    kind: str
    situation: str
    language: str
    instructions: str
    instructions_label: str
    drill_id: int
    is_mine_to_mark: bool
    steps: Sequence[TryStep]


def drill_card(drill: Drill) -> DrillCard:
    """A drill in a list."""
    return DrillCard(
        drill_id=drill.id,
        title=drill.title,
        kind=kind_label(drill.kind),
        situation=situation_label(drill.situation),
        campaign=drill.campaign.name,
        steps=len(drill.steps),
        is_archived=drill.archived_at is not None,
    )


def drill_view(viewer: Viewer, drill: Drill) -> DrillView:
    """A drill on its page."""
    note = drill.note
    return DrillView(
        card=drill_card(drill),
        kind=str(drill.kind),
        language=drill.campaign.language,
        situation=drill.situation,
        instructions=drill.instructions,
        instructions_label=instructions_label(drill),
        row_version=drill.row_version,
        is_audible=all(step.is_audible for step in drill.steps),
        has_voice=any(step.example_file_id for step in drill.steps),
        note_id=note.id if note is not None and note.deleted_at is None else 0,
        note_url=(
            url_for("coaching.desk", call_id=note.call_id, t=note.start_ms / 1000)
            if note is not None and note.deleted_at is None
            else ""
        ),
        other_kinds=[
            (value, label)
            for value, label in kind_choices()
            if value not in (drill.kind, DrillKind.CHAINED)
        ],
        author=drill.author.name if drill.author else "",
        steps=[step_view(viewer, step) for step in drill.steps],
    )


def step_view(viewer: Viewer, step: DrillStep) -> StepView:
    """One step with its sounds."""
    line = line_sound(viewer, step)
    can_open = line.state not in ("gone", "silent") and step.call is not None
    return StepView(
        step_id=step.id,
        number=step.position,
        prospect=step.prospect_text,
        original=step.original_text,
        example=step.example_text,
        example_url=(
            url_for("drills.example_sound", step_id=step.id)
            if may_hear_example(viewer, step)
            else ""
        ),
        approved=pieces(step.approved_text),
        line=line,
        line_url=url_for("drills.step_sound", step_id=step.id, part="line"),
        line_status=url_for("drills.step_sound_status", step_id=step.id, part="line"),
        line_length=spoken_duration(max(1000, line.length_ms)) if line.length_ms else "",
        original_sound=original_sound(viewer, step),
        original_url=url_for("drills.step_sound", step_id=step.id, part="original"),
        original_status=url_for("drills.step_sound_status", step_id=step.id, part="original"),
        call_url=(
            url_for("coaching.desk", call_id=step.call_id, t=step.start_ms / 1000)
            if can_open
            else ""
        ),
        clock=clock(step.start_ms),
        mark_s=(step.mark_ms - step.start_ms) / 1000 if step.mark_ms is not None else None,
    )


def given_rows(viewer: Viewer, assignments: Iterable[Assignment], today: date) -> list[GivenRow]:
    """Who has something to do, as the query orders them."""
    return [_given(viewer, assignment, today) for assignment in assignments]


def due_days(viewer: Viewer, assignments: Sequence[Assignment], today: date) -> list[DueDay]:
    """What is due, day by day: what is open first, then what was done."""
    rows = [(a.done_at is not None, a.due_on or today, a) for a in assignments]
    days = []
    for (is_done, day), group in groupby(rows, key=lambda row: (row[0], row[1])):
        found = [_given(viewer, assignment, today) for _done, _day, assignment in group]
        label = _("%(day)s, done", day=local_date(day)) if is_done else local_date(day)
        days.append(DueDay(label=label, is_late=day < today and not is_done, rows=found))
    return days


def call_line(call: Call) -> dict[str, object]:
    """A call by its name, and the way back to it."""
    return {
        "heading": heading(call),
        "url": url_for("coaching.desk", call_id=call.id),
        "id": call.id,
        "language": call.language,
    }


def transcript_rows(turns: Sequence[ShownTurn]) -> list[dict[str, object]]:
    """What is said in a call; the prospect's lines can be chosen."""
    return [
        {
            "turn_id": turn.turn_id,
            "clock": clock(turn.start_ms),
            "text": turn.text,
            "is_prospect": turn.speaker == Speaker.PROSPECT,
        }
        for turn in turns
        if turn.text.strip()
    ]


def set_card(drill_set: DrillSet) -> dict[str, object]:
    """A set in a list."""
    return {
        "id": drill_set.id,
        "name": drill_set.name,
        "campaign": drill_set.campaign.name,
        "is_immersion": drill_set.is_immersion,
        "steps": len(drill_set.items),
    }


def set_view(viewer: Viewer, drill_set: DrillSet, given: Sequence[Assignment]) -> SetView:
    """A set with its steps, and how far everybody has come; of calls of other teams it says nothing."""
    items = list(drill_set.items)
    shown = []
    for at, item in enumerate(items):
        label, title, url = _item_words(item.kind, item.drill, item.call)
        if item.call is not None and not can_read_words(viewer, [item.call]):
            label, title, url = _item_words(item.kind, None, None)
        elif item.drill is not None and not can_read_words(viewer, item.drill.calls):
            title, url = _elsewhere(), ""
        shown.append(ItemView(item.id, item.kind, label, title, url, at == 0, at == len(items) - 1))
    started: dict[int, list[Assignment]] = {}
    for assignment in sorted(given, key=lambda a: a.id):
        started.setdefault(assignment.agent_id, []).append(assignment)
    labels = {view.item_id: view.title or view.label for view in shown}
    paths = [_path(rows, labels) for rows in started.values()]
    return SetView(
        set_id=drill_set.id,
        name=drill_set.name,
        campaign=drill_set.campaign.name,
        is_immersion=drill_set.is_immersion,
        is_archived=drill_set.archived_at is not None,
        items=shown,
        paths=paths,
    )


def call_choices(calls: Iterable[Call]) -> list[tuple[int, str]]:
    """Calls to choose among; the agent's name is not part of it."""
    return [(call.id, heading(call)) for call in calls if call.current_analysis_id is not None]


def try_row(viewer: Viewer, attempt: Attempt) -> TryRow:
    """A try in the list of those that wait."""
    drill = attempt.assignment.drill
    return TryRow(
        attempt_id=attempt.id,
        title=title_for(viewer, drill) or _elsewhere(),
        kind=kind_label(drill.kind) if drill else "",
        agent=attempt.assignment.agent.name,
        sent_at=attempt.submitted_at,
    )


def try_page(viewer: Viewer, attempt: Attempt) -> TryPage:
    """A try on its page. Of a call that the viewer may not open it says nothing: who changed teams,
    or whose agent did, reads what was answered and not what was quoted.
    """
    drill = attempt.assignment.drill
    assert drill is not None  # a try is one at a drill; the query joins it
    is_readable = can_read_words(viewer, drill.calls)
    show = step_view if is_readable else _unread_step
    measured = {step.id: step.original_measures for step in drill.steps if step.original_text}
    shown = attempt_view(attempt, measured if is_readable else {})
    answers = {answer.step_id: answer for answer in shown.answers}
    return TryPage(
        attempt=shown,
        agent=attempt.assignment.agent.name,
        title=title_for(viewer, drill) or _elsewhere(),
        is_readable=is_readable,
        kind=str(DrillKind(drill.kind)),
        situation=situation_label(drill.situation),
        language=drill.campaign.language,
        instructions=drill.instructions if is_readable else "",
        instructions_label=instructions_label(drill),
        drill_id=drill.id,
        is_mine_to_mark=attempt.marked_by_id in (None, viewer.user_id),
        steps=[TryStep(show(viewer, step), answers.get(step.id)) for step in drill.steps],
    )


def _unread_step(_viewer: Viewer, step: DrillStep) -> StepView:
    """A step of which only the answer is shown."""
    silent = StepSound("silent")
    return StepView(
        step_id=step.id,
        number=step.position,
        prospect="",
        original="",
        example="",
        example_url="",
        approved=(),
        line=silent,
        line_url="",
        line_status="",
        line_length="",
        original_sound=silent,
        original_url="",
        original_status="",
        call_url="",
        clock="",
        mark_s=None,
    )


def _elsewhere() -> str:
    """What stands for a title that the viewer may not read."""
    return str(_("A drill on a call of another team"))


def _given(viewer: Viewer, assignment: Assignment, today: date) -> GivenRow:
    drill = assignment.drill
    due = assignment.due_on
    kind = assignment.item.kind if drill is None and assignment.item is not None else ""
    label, title, _url = _item_words(kind or "drill", drill, None)
    if drill is not None:
        title = title_for(viewer, drill) or _elsewhere()
    return GivenRow(
        assignment_id=assignment.id,
        name=assignment.agent.name,
        due=local_date(due) if due is not None else "",
        is_late=due is not None and due < today and assignment.done_at is None,
        is_done=assignment.done_at is not None,
        is_own=assignment.assigned_by_id is None,
        title=title or label,
        kind=kind_label(drill.kind) if drill is not None else "",
    )


def _item_words(kind: str, drill: Drill | None, call: Call | None) -> tuple[str, str, str]:
    """What a step of a set is called, what it is about, and where it is."""
    if kind == "listen":
        url = url_for("coaching.desk", call_id=call.id) if call is not None else ""
        return _("Listen"), heading(call) if call is not None else _("Listen to a whole call"), url
    if kind == "review":
        return _("Review"), _("The next real call, gone through together"), ""
    if drill is None:
        return _("Drill"), _("A drill that is not there any more"), ""
    return kind_label(drill.kind), drill.title, url_for("drills.show_drill", drill_id=drill.id)


def _path(rows: Sequence[Assignment], labels: dict[int, str]) -> PathRow:
    ordered = sorted(rows, key=lambda a: a.item.position if a.item else 0)
    following = next((a.id for a in ordered if a.done_at is None), None)
    due = max((a.due_on for a in ordered if a.due_on), default=None)
    return PathRow(
        name=rows[0].agent.name,
        done=sum(a.done_at is not None for a in ordered),
        total=len(ordered),
        due=local_date(due) if due else "",
        steps=[
            PathStep(
                label=labels.get(a.item_id or 0, ""),
                state="done" if a.done_at is not None else "next" if a.id == following else "later",
                assignment_id=a.id,
                can_review=a.item is not None and a.item.kind == "review" and a.done_at is None,
            )
            for a in ordered
        ],
    )
