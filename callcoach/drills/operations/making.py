"""Making drills from notes, moments and lines of a call; changing and archiving them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls import operations as calls
from callcoach.calls import queries as call_queries
from callcoach.calls.mapping import ShownTurn, context_of, to_s
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteAim, NoteScope, Visibility
from callcoach.coaching.note_moments import shortened
from callcoach.coaching.operations.note_guards import lock
from callcoach.coaching.queries.script_lines import words_of
from callcoach.drills.access import can_read_drill
from callcoach.drills.approved import fitting_line
from callcoach.drills.measuring import measure_original
from callcoach.drills.models import Drill, DrillKind, DrillStep
from callcoach.drills.moments import (
    Passage,
    answer_to,
    ear_passage,
    line_at,
    passage_of,
    prospect_lines,
)
from callcoach.drills.operations.forgetting import EXAMPLE, forget_example
from callcoach.drills.situations import SITUATIONS, guess_situation
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file

#: Lines of a chained drill.
MIN_LINES, MAX_LINES = 3, 6
LIMITS = {"title": 120, "instructions": 1000, "example": 1000}
_TITLE = 70


@dataclass(frozen=True, slots=True)
class DrillEdit:
    """What a supervisor can change of a drill.

    Args:
        examples: step id -> the line to come close to.
        mark_ms: where the supervisor hears the turn, milliseconds of the call; for the ear only.
        is_audible: agents may hear the call, where they may at all; else they read it.
        keeps_voice: the spoken example stays; else it is deleted.
    """

    title: str
    situation: str = ""
    instructions: str = ""
    examples: dict[int, str] = field(default_factory=dict)
    mark_ms: int | None = None
    is_audible: bool = True
    keeps_voice: bool = True


def make_from_note(viewer: Viewer, call: Call, note: Note, kind: str = "reformulate") -> Drill:
    """A drill on the moment of a sent note; its example is what the note says to say instead. The
    same note and kind once more is the drill that there is, unless it is archived.

    Raises:
        NotFound, NotAllowed: as `calls.operations.require_judge`.
        Conflict: the note is a draft, private, or about no moment.
        InvalidInput: no such kind, or the prospect says nothing in this call.
    """
    calls.require_judge(viewer, call)
    if note.call_id != call.id or note.deleted_at is not None:
        raise NotFound("There is no such note.")
    lock(note)
    known = db.session.scalar(
        select(Drill)
        .where(Drill.note_id == note.id, Drill.kind == kind, Drill.archived_at.is_(None))
        .order_by(Drill.id)
        .limit(1)
    )
    if known is not None:
        return known
    drill = drill_of_note(call, note, kind)
    drill.author_id = viewer.user_id
    return _added(viewer, call, drill)


def drill_of_note(call: Call, note: Note, kind: str) -> Drill:
    """The drill that a note makes, not added; who may make it is judged by the caller.

    Raises:
        Conflict, InvalidInput: as `make_from_note`.
    """
    if note.is_draft or note.visibility == Visibility.PRIVATE:
        raise Conflict("Send the note first: a drill is made from what its agent has read.")
    if note.scope != NoteScope.MOMENT:
        raise Conflict("This note is not about one moment. Choose a moment of the call.")
    drill = _on_moment(call, note.start_ms, note.end_ms, kind)
    drill.note_id = note.id
    step = drill.steps[0]
    is_change = note.aim == NoteAim.CHANGE
    if drill.kind != DrillKind.EAR:
        step.example_text = note.instead or ("" if is_change else step.original_text)
        step.example_file = _voice_of(note)
        if note.script_line is not None:
            step.script_line_id = note.script_line_id
            step.approved_text = words_of(call, note.script_line)
    if is_change:
        drill.instructions = note.hears
    return drill


def _voice_of(note: Note) -> StoredFile | None:
    """A copy of what the note says aloud: the note's own sound goes when it is replaced or removed,
    and the drill's example with it would have gone. A few hundred kilobytes at most, so that it is
    copied in the transaction.
    """
    if note.voice_file is None:
        return None
    sound = get_store().open_range(note.voice_file.key)
    return put_file(
        io.BytesIO(b"".join(sound)), kind=EXAMPLE, media_type=note.voice_file.media_type
    )


def make_from_moment(viewer: Viewer, call: Call, start_ms: int, end_ms: int, kind: str) -> Drill:
    """A drill on a stretch of a call; raises as `make_from_note`."""
    calls.require_judge(viewer, call)
    if not 0 <= start_ms < end_ms <= max(call.duration_ms, 1):
        raise InvalidInput("Choose a moment inside the call.")
    drill = _on_moment(call, start_ms, end_ms, kind)
    drill.author_id = viewer.user_id
    return _added(viewer, call, drill)


def make_chain(viewer: Viewer, call: Call, turn_ids: Sequence[int]) -> Drill:
    """A chained drill on some of the prospect's lines of a call, in the call's order.

    Raises:
        NotFound, NotAllowed: as `calls.operations.require_judge`.
        InvalidInput: too few or too many lines, or one that the prospect does not say.
    """
    calls.require_judge(viewer, call)
    turns = call_queries.turns_of(call)
    lines = [turn for turn in prospect_lines(turns) if turn.turn_id in set(turn_ids)]
    if len(lines) != len(set(turn_ids)):
        raise InvalidInput("Choose lines that the prospect says.")
    if not MIN_LINES <= len(lines) <= MAX_LINES:
        raise InvalidInput(
            "Choose %(least)s to %(most)s lines.", least=str(MIN_LINES), most=str(MAX_LINES)
        )
    drill = Drill(
        campaign_id=call.campaign_id,
        kind=DrillKind.CHAINED,
        title=_title(lines[0].text),
        situation=guess_situation(lines[0].text),
        instructions="",
        author_id=viewer.user_id,
    )
    for position, line in enumerate(lines, start=1):
        step = _step(call, passage_of(turns, line, call.duration_ms), position)
        _compare(step, call, turns, line)
        drill.steps.append(step)
    return _added(viewer, call, drill)


def edit_drill(viewer: Viewer, drill: Drill, edit: DrillEdit, *, based_on: int) -> Drill:
    """Change what a drill says.

    Args:
        based_on: `row_version` of what was edited.

    Raises:
        NotFound: the drill is outside the viewer's scope.
        InvalidInput: a value is missing, too long, or no such situation.
        StaleVersion: somebody saved it since.
    """
    _require(viewer, drill)
    lock_drill(drill)
    edit = _checked(drill, edit)
    if based_on != drill.row_version:
        raise StaleVersion(
            "Somebody changed this drill in the meantime. Copy what you wrote, then reload it.",
            theirs="\n".join(
                [drill.title, drill.instructions, *(step.example_text for step in drill.steps)]
            ),
        )
    drill.title, drill.situation = edit.title, edit.situation
    drill.instructions = edit.instructions
    for step in drill.steps:
        step.example_text = edit.examples.get(step.id, step.example_text)
        step.is_audible = edit.is_audible
        if drill.kind == DrillKind.EAR and edit.mark_ms is not None:
            step.mark_ms = edit.mark_ms
        if not edit.keeps_voice:
            forget_example(step)
    drill.row_version += 1
    db.session.flush()
    return drill


def archive_drill(viewer: Viewer, drill: Drill, *, undo: bool = False) -> Drill:
    """Put a drill aside, or bring it back. What agents were given to do stays theirs to do.

    Raises:
        NotFound: the drill is outside the viewer's scope.
    """
    _require(viewer, drill)
    drill.archived_at = None if undo else drill.archived_at or utc_now()
    drill.row_version += 1
    db.session.flush()
    return drill


def lock_drill(drill: Drill) -> None:
    """Wait for whoever is changing it, and read what they left."""
    db.session.refresh(drill, with_for_update={"of": Drill})


def _require(viewer: Viewer, drill: Drill) -> None:
    if not can_read_drill(viewer, [link.team_id for link in drill.campaign.teams]):
        raise NotFound("There is no such drill.")


def _on_moment(call: Call, start_ms: int, end_ms: int, kind: str) -> Drill:
    if kind not in (DrillKind.REFORMULATE, DrillKind.REAL_TIME, DrillKind.EAR):
        raise InvalidInput("There is no such kind of drill.")
    turns = call_queries.turns_of(call)
    line = line_at(turns, start_ms, end_ms)
    if line is None:
        raise InvalidInput("The prospect says nothing here that could be answered.")
    is_ear = kind == DrillKind.EAR
    passage = (
        ear_passage(turns, start_ms, end_ms, call.duration_ms)
        if is_ear
        else passage_of(turns, line, call.duration_ms)
    )
    is_first = prospect_lines(turns)[0].turn_id == line.turn_id
    drill = Drill(
        campaign_id=call.campaign_id,
        kind=DrillKind(kind),
        title=_title(line.text),
        situation=guess_situation(line.text, is_first=is_first),
        instructions="",
    )
    step = _step(call, passage, 1)
    if is_ear:
        step.mark_ms = start_ms
    else:
        _compare(step, call, turns, line)
    drill.steps.append(step)
    return drill


def _step(call: Call, passage: Passage, position: int) -> DrillStep:
    return DrillStep(
        position=position,
        call_id=call.id,
        start_ms=passage.start_ms,
        end_ms=passage.end_ms,
        prospect_text=passage.prospect_text,
        original_text=passage.original_text,
        original_start_ms=passage.original_start_ms,
        original_end_ms=passage.original_end_ms,
        example_text="",
        is_audible=True,
    )


def _compare(step: DrillStep, call: Call, turns: Sequence[ShownTurn], line: ShownTurn) -> None:
    """What tries at the step will be held beside: the line of the script that fits, and the measures
    of what was answered in the call.
    """
    found = fitting_line(call, step)
    if found is not None:
        step.script_line_id, step.approved_text = found.line_id, found.text
    answer = answer_to(sorted(turns, key=lambda turn: turn.start_ms), line)
    if answer:
        step.original_measures = measure_original(
            step.original_text,
            [
                (to_s(start_ms), to_s(end_ms))
                for turn in answer
                for _word, start_ms, end_ms, _probability in turn.words
            ],
            asked_s=to_s(line.end_ms),
            language=call.language,
            context=context_of(call.campaign),
        )


def _title(line: str) -> str:
    return f"« {shortened(line.strip(), _TITLE)} »"


def _added(viewer: Viewer, call: Call, drill: Drill) -> Drill:
    """Add it, and have its sounds written, so that they are there when it is opened."""
    db.session.add(drill)
    db.session.flush()
    for step in drill.steps:
        calls.ensure_excerpt(viewer, call, step.start_ms, step.end_ms)
        if step.original_start_ms is not None and step.original_end_ms is not None:
            calls.ensure_excerpt(viewer, call, step.original_start_ms, step.original_end_ms)
    return drill


def _checked(drill: Drill, edit: DrillEdit) -> DrillEdit:
    texts = {"title": edit.title.strip(), "instructions": edit.instructions.strip()}
    examples = {step_id: text.strip() for step_id, text in edit.examples.items()}
    if not texts["title"]:
        raise InvalidInput("Give the drill a title.", field="title")
    named = [*texts.items(), *(("example", text) for text in examples.values())]
    for name, text in named:
        if len(text) > LIMITS[name]:
            raise InvalidInput(
                "%(value)s… is too long: %(limit)s characters at most.",
                value=text[:40],
                limit=str(LIMITS[name]),
                field=name,
            )
    if edit.situation and edit.situation not in SITUATIONS:
        raise InvalidInput("There is no such situation.", field="situation")
    step = drill.steps[0]
    if edit.mark_ms is not None and not step.start_ms <= edit.mark_ms < step.end_ms:
        raise InvalidInput("The mark lies inside what is played.", field="mark")
    return DrillEdit(
        title=texts["title"],
        situation=edit.situation,
        instructions=texts["instructions"],
        examples=examples,
        mark_ms=edit.mark_ms,
        is_audible=edit.is_audible,
        keeps_voice=edit.keeps_voice,
    )
