"""The shape in which the desk takes the notes of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DeskNotes:
    """The notes of a call that the viewer reads, as the desk shows them.

    Args:
        by_moment: notes beside their moment, by `MomentView.key`; `coaching/_note.html` prints one.
        loose: notes of no moment, by start.
        marks: the same notes for the overlay: ``id, start, end`` (milliseconds), ``aim, number,
            state, label``.
    """

    by_moment: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    loose: Sequence[Any] = ()
    marks: Sequence[Mapping[str, Any]] = ()
