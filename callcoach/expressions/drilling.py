"""An expression as an exercise: on a real moment where it was said, else in words alone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Self

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.drills.access import can_be_given
from callcoach.drills.models import Drill, DrillKind
from callcoach.drills.operations import making
from callcoach.drills.operations.forgetting import EXAMPLE, forget_example
from callcoach.drills.operations.unheard import make_without_call
from callcoach.errors import InvalidInput, NotFound
from callcoach.expressions.access import AVOIDED
from callcoach.expressions.previews import Place, preview
from callcoach.expressions.queries import edits
from callcoach.extensions import db
from callcoach.script_library.models import Expression, ExpressionKind
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file

#: What a prospect says before a line of the agent's that no call has: it asks for nothing but that.
_GO_ON = {"fr": "Oui, je vous écoute.", "en": "Yes, go on."}


def drill_of(expression: Expression) -> Drill | None:
    """The exercise made of it, unless it was put aside."""
    drill = db.session.get(Drill, expression.drill_id) if expression.drill_id else None
    return None if drill is None or drill.archived_at is not None else drill


@dataclass(frozen=True, slots=True)
class Wording:
    """What an expression's drill says.

    Args:
        line: what the prospect says where no call has the moment.
    """

    title: str
    instructions: str
    example: str
    line: str

    @classmethod
    def of(cls, expression: Expression) -> Self:
        is_preferred = expression.kind == ExpressionKind.PREFER
        return cls(
            title=f"« {expression.phrase} »"[: making.LIMITS["title"]],
            instructions=_instructions(expression),
            example=(expression.phrase if is_preferred else expression.instead)[
                : making.LIMITS["example"]
            ],
            line=_line(expression),
        )


def make_drill(viewer: Viewer, expression: Expression) -> Drill:
    """The exercise of an expression, made when there is none yet. Twice is once.

    Its example is what to say, in the native's voice where there is one; who may hear the moment is
    the drills' affair.

    Raises:
        NotFound: the viewer does not change the campaign's expressions.
    """
    if not edits(viewer, expression.campaign):
        raise NotFound("There is no such expression.")
    lock(expression)
    known = drill_of(expression)
    if known is not None:
        return known
    drill = _on_a_moment(viewer, expression) or _in_words(viewer, expression)
    return _worded(expression, drill)


def drill_to_practise(agent: Viewer, expression: Expression) -> Drill:
    """The exercise as an agent opens it, made by nobody when there is none for them yet: whoever
    reads an expression can practise it. Twice is once.

    It is on a moment only where every team that calls for the campaign may read that moment, and in
    words where a supervisor put the exercise aside, or it quotes a call of another team's.

    Args:
        agent: reads the expression (`queries.get_expression`).
    """
    lock(expression)
    known = drill_of(expression)
    if known is not None and can_be_given(agent.user_id or 0, agent.team_ids, known.calls):
        return known
    drill = None
    if expression.drill_id is None:
        drill = _on_a_moment(Viewer.system(), expression, for_all=True)
    drill = _worded(expression, drill or _in_words(Viewer.system(), expression))
    _hold_nothing_up(drill)  # nobody chose this moment, nor listened to what was answered there
    db.session.flush()
    return drill


def lock(expression: Expression) -> None:
    """Wait for whoever is changing it, and read what they left."""
    db.session.refresh(expression, with_for_update={"of": Expression})


def follow(expression: Expression, before: Wording) -> None:
    """Its exercise says what it says now, where it still said what was said `before`."""
    drill = db.session.get(Drill, expression.drill_id) if expression.drill_id else None
    now = Wording.of(expression)
    if drill is None or (now == before and expression.kind not in AVOIDED):
        return
    making.lock_drill(drill)
    step = drill.steps[0]
    if drill.title == before.title:
        drill.title = now.title
    if drill.instructions == before.instructions:
        drill.instructions = now.instructions
    if step.example_text == before.example:
        step.example_text = now.example
    if step.call_id is None and step.prospect_text == before.line:
        step.prospect_text = now.line
    if expression.kind in AVOIDED:
        _hold_nothing_up(drill)
    drill.row_version += 1  # a form that was opened before would write the old words back
    db.session.flush()


def give_voice(expression: Expression, old: StoredFile | None) -> None:
    """Its exercise has a copy of the newest recording for its example, instead of the `old` one's,
    unless it has another. To be called before the old one is deleted.
    """
    drill = db.session.get(Drill, expression.drill_id) if expression.drill_id else None
    if drill is None:
        return
    step = drill.steps[0]
    if step.example_file is None or _is_same(step.example_file, old):
        forget_example(step)
        step.example_file = _copied(expression.voice_file)
        db.session.flush()


def take_voice(expression: Expression, old: StoredFile) -> None:
    """Whoever deletes the recording deletes it in the exercise too."""
    drill = db.session.get(Drill, expression.drill_id) if expression.drill_id else None
    if drill is not None and _is_same(drill.steps[0].example_file, old):
        forget_example(drill.steps[0])


def _worded(expression: Expression, drill: Drill) -> Drill:
    said = Wording.of(expression)
    drill.title, drill.instructions = said.title, said.instructions
    step = drill.steps[0]
    step.example_text = said.example
    step.example_file = _copied(expression.voice_file)
    if expression.kind in AVOIDED:
        # What somebody had better not have said is not held up to colleagues
        _hold_nothing_up(drill)
    expression.drill_id = drill.id
    db.session.flush()
    return drill


def _hold_nothing_up(drill: Drill) -> None:
    """What was answered in the call is left out."""
    for step in drill.steps:
        step.original_text, step.original_start_ms, step.original_end_ms = "", None, None
        step.original_measures = {}


def _copied(file: StoredFile | None) -> StoredFile | None:
    """The exercise's own copy: the recording itself goes when it is replaced. A few hundred
    kilobytes at most, so that it is copied in the transaction.
    """
    if file is None:
        return None
    sound = get_store().open_range(file.key)
    return put_file(io.BytesIO(b"".join(sound)), kind=EXAMPLE, media_type=file.media_type)


def _is_same(example: StoredFile | None, voice: StoredFile | None) -> bool:
    return example is not None and voice is not None and example.sha256 == voice.sha256


def _in_words(viewer: Viewer, expression: Expression) -> Drill:
    return make_without_call(viewer, expression.campaign, title="-", line=_line(expression))


def _on_a_moment(viewer: Viewer, expression: Expression, *, for_all: bool = False) -> Drill | None:
    """On the newest moment that can be practised: one that a prospect's line leads to.

    Args:
        for_all: only where all teams that call for the campaign read the moment's words.
    """
    teams = {link.team_id for link in expression.campaign.teams}
    found = preview(viewer, expression.campaign, expression.phrase, expression.kind)
    by_id = {call.id: call for call in calls.calls_by_id(viewer, {p.call_id for p in found.places})}
    for place in found.places:
        call = by_id.get(place.call_id)
        if call is None or (for_all and teams != {call.team_id}):
            continue
        try:
            return making.make_from_moment(
                viewer, call, place.start_ms, _end(place), DrillKind.REFORMULATE
            )
        except InvalidInput:
            continue  # the prospect says nothing there
    return None


def _end(place: Place) -> int:
    return max(place.end_ms, place.start_ms + 1)


def _line(expression: Expression) -> str:
    if expression.kind == ExpressionKind.DECODED:
        return expression.phrase
    return _GO_ON.get(expression.campaign.language, _GO_ON["fr"])


def _instructions(expression: Expression) -> str:
    """What is heard in it; with an expression to prefer, how to say it."""
    lines = [text if not name else f"{name} : {text}" for name, text in expression.hears.items()]
    if expression.kind == ExpressionKind.PREFER and expression.instead:
        lines.insert(0, expression.instead)
    return "\n".join(lines)[: making.LIMITS["instructions"]]
