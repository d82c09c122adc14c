"""What an agent's drill pages print. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, person_called, spoken_duration
from callcoach.coaching.models import NoteAim
from callcoach.drills.anonymising import names_in, redact
from callcoach.drills.answer_presenters import AttemptView, attempt_view
from callcoach.drills.labels import instructions_label, kind_label, situation_label
from callcoach.drills.measuring import Measures
from callcoach.drills.models import Answer, Assignment, Drill, DrillStep
from callcoach.drills.operations.practice import find_take
from callcoach.drills.queries.practice import has_news, sent_attempts
from callcoach.drills.queries.sound import StepSound, line_sound, original_sound
from callcoach.drills.sharing import may_hear, may_hear_example
from callcoach.drills.titles import names_in_others
from callcoach.script_library.presenters import Piece, pieces
from callcoach.web.filters import local_date


@dataclass(frozen=True, slots=True)
class MyCard:
    """A drill in a list; `is_late` when its day is past and it is not done."""

    assignment_id: int
    title: str
    kind: str
    situation: str
    due: str
    is_late: bool
    is_done: bool
    is_new: bool
    path: str
    given_by: str


@dataclass(frozen=True, slots=True)
class MyStep:
    """One line to answer, or one passage to listen to.

    `sound` is a `StepSound.state`; `take_*` what was recorded and not sent yet.
    """

    step_id: int
    number: int
    prospect: str
    sound: str
    sound_url: str
    status_url: str
    length: str
    start_ms: int
    take_url: str
    take_sound: str
    take_length: str
    example: str
    example_sound: str
    approved: Sequence[Piece]
    original: str
    original_is_mine: bool
    original_state: str
    original_url: str
    mark_s: float | None


@dataclass(frozen=True, slots=True)
class ListenView:
    """A call of a path: heard where that is allowed, else read without names."""

    heading: str
    audio: str
    turns: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class MyDrill:
    """A drill, or a step of a path, on a page of its own."""

    card: MyCard
    kind: str
    step_kind: str
    language: str
    instructions: str
    instructions_label: str
    steps: Sequence[MyStep]
    attempts: Sequence[AttemptView]
    listen: ListenView | None

    @property
    def is_waiting(self) -> bool:
        """Something is being recognised: the page asks after it."""
        return any(attempt.is_waiting for attempt in self.attempts)


def my_card(assignment: Assignment, today: date) -> MyCard:
    """A drill in a list."""
    drill, item = assignment.drill, assignment.item
    kind = item.kind if item is not None and drill is None else ""
    titles = {
        "listen": _("Listen to a whole call"),
        "review": _("Your next call, gone through together"),
    }
    due = assignment.due_on
    is_done = assignment.done_at is not None
    return MyCard(
        assignment_id=assignment.id,
        title=_title(assignment) or titles.get(kind, _("Drill")),
        kind=kind_label(drill.kind) if drill is not None else _("Path"),
        situation=situation_label(drill.situation) if drill is not None else "",
        due=_due(due, today) if due is not None and not is_done else "",
        is_late=due is not None and due < today and not is_done,
        is_done=is_done,
        is_new=has_news(assignment),
        path=item.drill_set.name if item is not None else "",
        given_by=assignment.assigned_by.name if assignment.assigned_by else "",
    )


def my_drill(viewer: Viewer, assignment: Assignment, today: date) -> MyDrill:
    """A drill with its steps, the take under way and the tries that were sent."""
    drill, item = assignment.drill, assignment.item
    take = find_take(assignment)
    takes = {answer.step_id: answer for answer in take.answers} if take else {}
    steps = [
        _step(viewer, assignment, step, takes.get(step.id), number)
        for number, step in enumerate(drill.steps if drill else (), start=1)
    ]
    originals = {
        step.id: _original_measures(viewer, step) for step in (drill.steps if drill else ())
    }
    is_listening = drill is None and item is not None and item.kind == "listen"
    return MyDrill(
        card=my_card(assignment, today),
        kind=str(drill.kind) if drill is not None else "",
        step_kind=item.kind if item is not None and drill is None else "drill",
        language=drill.campaign.language if drill is not None else "fr",
        instructions=_instructions(assignment),
        instructions_label=instructions_label(drill) if drill is not None else "",
        steps=steps,
        attempts=[attempt_view(attempt, originals) for attempt in sent_attempts(assignment)],
        listen=_listen(viewer, assignment, item.call) if is_listening and item else None,
    )


def _title(assignment: Assignment) -> str:
    """A drill's title, which quotes a call: without names where it is a colleague's."""
    drill = assignment.drill
    return redact(drill.title, names_in_others(drill, assignment.agent_id)) if drill else ""


def _instructions(assignment: Assignment) -> str:
    """What to try, without names where it is about a colleague's call; what a note hears in it was
    written for that colleague alone.
    """
    drill = assignment.drill
    if drill is None:
        return ""
    names = names_in_others(drill, assignment.agent_id)
    if not names:
        return drill.instructions
    if _asks_for_change(drill) and drill.note and drill.instructions == drill.note.hears:
        return ""
    return redact(drill.instructions, names)


def _asks_for_change(drill: Drill) -> bool:
    return drill.note is not None and drill.note.aim == NoteAim.CHANGE


def _step(
    viewer: Viewer, assignment: Assignment, step: DrillStep, take: Answer | None, number: int
) -> MyStep:
    call = step.call
    is_mine = call is not None and call.agent_id == viewer.user_id
    names = [] if is_mine or call is None else names_in(call)
    # What a note asks to change is read by whoever said it, not held up to colleagues
    is_fault = call is not None and not is_mine and _asks_for_change(step.drill)
    line, original = line_sound(viewer, step), original_sound(viewer, step)
    takes = url_for(
        "drills.put_take", assignment_id=assignment.id, step_id=step.id, name="NAME"
    ).removesuffix("NAME")
    take_sound = take is not None and take.file_id is not None
    return MyStep(
        step_id=step.id,
        number=number,
        prospect=redact(step.prospect_text, names),
        sound=line.state,
        sound_url=url_for("drills.step_sound", step_id=step.id, part="line"),
        status_url=url_for("drills.step_sound_status", step_id=step.id, part="line"),
        length=spoken_duration(_whole_second(line)),
        start_ms=step.start_ms,
        take_url=takes,
        take_sound=url_for("drills.answer_sound", answer_id=take.id) if take and take_sound else "",
        take_length=clock(take.duration_ms) if take and take_sound else "",
        example=redact(step.example_text, names) if names else step.example_text,
        example_sound=(
            url_for("drills.example_sound", step_id=step.id)
            if may_hear_example(viewer, step)
            else ""
        ),
        approved=pieces(step.approved_text),
        original="" if is_fault else redact(step.original_text, names),
        original_is_mine=is_mine,
        original_state=original.state,
        original_url=url_for("drills.step_sound", step_id=step.id, part="original"),
        mark_s=(step.mark_ms - step.start_ms) / 1000 if step.mark_ms is not None else None,
    )


def _original_measures(viewer: Viewer, step: DrillStep) -> Measures:
    """Facts of an agent's own answer in the call, for that agent. Without the expressions in it: what
    nobody confirmed is not held against anybody.
    """
    if step.call is None or step.call.agent_id != viewer.user_id or not step.original_text:
        return {}
    return {name: item for name, item in step.original_measures.items() if name != "expressions"}


def _whole_second(sound: StepSound) -> int:
    """A stretch of less than a second lasts one, to be spoken of."""
    return max(1000, sound.length_ms) if sound.length_ms else 0


def _listen(viewer: Viewer, assignment: Assignment, call: Call | None) -> ListenView | None:
    if call is None or call.deleted_at is not None:
        return None
    is_heard = may_hear(viewer, call, 0, call.duration_ms)
    has_audio = call.recording is not None and call.recording.playback_id is not None
    is_mine = call.agent_id == viewer.user_id
    names = [] if is_mine else names_in(call)
    who = {"agent": _("Agent"), "prospect": _("Prospect")}
    turns = [
        (str(who.get(turn.speaker, "")), redact(turn.text, names))
        for turn in calls.turns_of(call)
        if turn.text.strip()
    ]
    return ListenView(
        heading=heading(call) if is_mine else person_called(call) if is_heard else "",
        audio=(
            url_for("drills.listen_sound", assignment_id=assignment.id)
            if is_heard and has_audio
            else ""
        ),
        turns=turns,
    )


def _due(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days == 0:
        return str(_("Today"))
    if days == 1:
        return str(_("Tomorrow"))
    return str(
        _("By %(day)s", day=local_date(due_on))
        if days > 0
        else _("Was for %(day)s", day=local_date(due_on))
    )
