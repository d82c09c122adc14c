"""An expression as an exercise: on a real moment where it was said, else in words alone."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.drills.models import Drill, DrillKind
from callcoach.drills.operations import making
from callcoach.drills.operations.unheard import make_without_call
from callcoach.errors import InvalidInput, NotFound
from callcoach.expressions.access import AVOIDED
from callcoach.expressions.previews import Place, preview
from callcoach.expressions.queries import edits
from callcoach.extensions import db
from callcoach.script_library.models import Expression, ExpressionKind

#: What a prospect says before a line of the agent's that no call has: it asks for nothing but that.
_GO_ON = {"fr": "Oui, je vous écoute.", "en": "Yes, go on."}


def drill_of(expression: Expression) -> Drill | None:
    """The exercise made of it, unless it was put aside."""
    drill = db.session.get(Drill, expression.drill_id) if expression.drill_id else None
    return None if drill is None or drill.archived_at is not None else drill


def make_drill(viewer: Viewer, expression: Expression) -> Drill:
    """The exercise of an expression, made when there is none yet. Twice is once.

    Its example is what to say, in the native's voice where there is one; who may hear the moment is
    the drills' affair.

    Raises:
        NotFound: the viewer does not change the campaign's expressions.
    """
    if not edits(viewer, expression.campaign):
        raise NotFound("There is no such expression.")
    known = drill_of(expression)
    if known is not None:
        return known
    drill = _on_a_moment(viewer, expression) or make_without_call(
        viewer, expression.campaign, title="-", line=_line(expression)
    )
    drill.title = f"« {expression.phrase} »"[: making.LIMITS["title"]]
    drill.instructions = _instructions(expression)
    step = drill.steps[0]
    step.example_text = (
        expression.phrase if expression.kind == ExpressionKind.PREFER else expression.instead
    )[: making.LIMITS["example"]]
    step.example_file_id = expression.voice_file_id
    if expression.kind in AVOIDED:
        # What somebody had better not have said is not held up to colleagues
        step.original_text, step.original_start_ms, step.original_end_ms = "", None, None
    expression.drill_id = drill.id
    db.session.flush()
    return drill


def _on_a_moment(viewer: Viewer, expression: Expression) -> Drill | None:
    """On the newest moment that can be practised: one that a prospect's line leads to."""
    found = preview(viewer, expression.campaign, expression.phrase, expression.kind)
    by_id = {call.id: call for call in calls.calls_by_id(viewer, {p.call_id for p in found.places})}
    for place in found.places:
        call = by_id.get(place.call_id)
        if call is None:
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
