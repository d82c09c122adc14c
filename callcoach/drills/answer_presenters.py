"""A try and its answers as a page shows them, to the agent and to the supervisor. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.calls.presenters import clock
from callcoach.drills.labels import (
    expression_lines,
    likeness_label,
    mark_label,
    measure_rows,
    script_label,
    seconds,
)
from callcoach.drills.measuring import Measures
from callcoach.drills.models import Answer, Attempt, DrillKind, DrillStep

#: A tap this near to the supervisor's mark is where it turns: people hear a turn coming or gone by
#: about a sentence.
NEAR_MS = 2500


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer.

    `state` is ``waiting``, ``done`` or ``failed``; `sound` its address, "" without any; `rows` name,
    value, and the value of what was said in the call, "" where there is none or it is not to be read;
    `ear` what comparing taps with the mark says.
    """

    answer_id: int
    step_id: int
    text: str
    is_typed: bool
    state: str
    failure: str
    sound: str
    length: str
    silence: str
    is_silence: bool
    rows: Sequence[tuple[str, str, str]]
    expressions: Sequence[tuple[str, str]]
    likeness: str
    script_likeness: str
    ear: str

    @property
    def has_then(self) -> bool:
        """There is something to stand beside."""
        return any(then for _name, _now, then in self.rows)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try that was sent."""

    attempt_id: int
    sent_at: datetime
    mark: str
    mark_shape: str
    mark_label: str
    remark: str
    marked_by: str
    is_waiting: bool
    answers: Sequence[AnswerView]


def attempt_view(attempt: Attempt, originals: Mapping[int, Measures]) -> AttemptView:
    """A try with its answers, in the order of the drill's steps.

    Args:
        originals: step id -> measures of what was said in the call, as far as the viewer may read
            them.
    """
    shape, label = mark_label(attempt.mark)
    answers = sorted(attempt.answers, key=lambda answer: answer.step.position)
    shown = [answer_view(answer, originals.get(answer.step_id, {})) for answer in answers]
    return AttemptView(
        attempt_id=attempt.id,
        sent_at=attempt.submitted_at or attempt.created_at,
        mark=str(attempt.mark or ""),
        mark_shape=shape,
        mark_label=label,
        remark=attempt.remark,
        marked_by=attempt.marked_by.name if attempt.marked_by else "",
        is_waiting=any(answer.state == "waiting" for answer in shown),
        answers=shown,
    )


def answer_view(answer: Answer, original: Measures) -> AnswerView:
    """One answer; addresses are for whoever may hear it, `original` as `attempt_view`."""
    step = answer.step
    said_nothing = not answer.text and not answer.is_typed and not answer.taps
    is_silence = said_nothing and answer.state == "done" and answer.silence_ms is not None
    has_measures: dict[str, Any] = answer.measures or {}
    return AnswerView(
        answer_id=answer.id,
        step_id=answer.step_id,
        text=answer.text,
        is_typed=answer.is_typed,
        state=answer.state,
        failure=_(answer.failure) if answer.failure else "",
        sound=url_for("drills.answer_sound", answer_id=answer.id) if answer.file_id else "",
        length=clock(answer.duration_ms) if answer.file_id else "",
        silence=seconds(answer.silence_ms / 1000) if answer.silence_ms is not None else "",
        is_silence=is_silence,
        # Without an answer that was measured there is nothing to hold the other beside
        rows=measure_rows(has_measures, original) if has_measures else [],
        expressions=expression_lines(has_measures),
        likeness=likeness_label(has_measures),
        script_likeness=script_label(has_measures),
        ear=ear_sentence(step, answer.taps) if step.drill.kind == DrillKind.EAR else "",
    )


def ear_sentence(step: DrillStep, taps: Sequence[int]) -> str:
    """Where an ear heard the turn, beside where the supervisor does. No score: two people may hear
    it at two places, and how far they are apart is what there is to talk about.
    """
    if step.mark_ms is None or not taps:
        return ""
    nearest = min(taps, key=lambda tap: abs(tap - (step.mark_ms or 0)))
    apart_ms = nearest - step.mark_ms
    apart = seconds(abs(apart_ms) / 1000)
    more = (
        _("You pressed %(num)s times; this is the nearest.", num=len(taps)) if len(taps) > 1 else ""
    )
    if abs(apart_ms) <= NEAR_MS:
        said = _(
            "You and your supervisor hear it at the same place (%(apart)s apart).", apart=apart
        )
    elif apart_ms < 0:
        said = _(
            "You heard it %(apart)s before your supervisor’s mark. Listen again between the two: what changes?",
            apart=apart,
        )
    else:
        said = _(
            "You heard it %(apart)s after your supervisor’s mark. Listen again between the two: what changes?",
            apart=apart,
        )
    return f"{said} {more}".strip()
