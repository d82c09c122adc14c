"""What can be played of a drill's step, for whoever may hear it."""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, Excerpt
from callcoach.drills.models import DrillStep
from callcoach.drills.sharing import may_hear, may_hear_step


@dataclass(frozen=True, slots=True)
class StepSound:
    """A stretch of a call as sound.

    Args:
        state: ``ready``, ``writing`` while a worker has it to write, ``failed`` when the last try
            came to nothing, ``gone`` when there is no audio any more, ``silent`` when the viewer
            may read it only.
        start_ms, end_ms: in the call, half-open.
        excerpt: its row, once there is one.
    """

    state: str
    start_ms: int = 0
    end_ms: int = 0
    excerpt: Excerpt | None = None

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def line_sound(viewer: Viewer, step: DrillStep) -> StepSound:
    """The prospect's line with what led to it."""
    if not may_hear_step(viewer, step):
        return StepSound("silent" if step.call is not None else "gone")
    assert step.call is not None  # nobody hears a call that has gone
    return _sound(viewer, step.call, step.start_ms, step.end_ms)


def original_sound(viewer: Viewer, step: DrillStep) -> StepSound:
    """What the agent of that call answered."""
    start_ms, end_ms = step.original_start_ms, step.original_end_ms
    if start_ms is None or end_ms is None:
        return StepSound("gone")
    call = step.call
    if call is None or not may_hear_step(viewer, step):
        return StepSound("silent" if call is not None else "gone")
    if not may_hear(viewer, call, start_ms, end_ms):
        return StepSound("silent")
    return _sound(viewer, call, start_ms, end_ms)


def _sound(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> StepSound:
    end_ms = min(end_ms, call.duration_ms)
    state, excerpt = calls.stretch_state(viewer, call, start_ms, end_ms)
    return StepSound(state) if state == "gone" else StepSound(state, start_ms, end_ms, excerpt)
