"""What a recogniser must do, so that the pipeline knows no particular one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from callcoach.analysis.model import Segment, Word

Audio = npt.NDArray[np.float32]
#: Told how far along a piece of work is, from 0 to 1, never falling. It may raise to stop the work.
Progress = Callable[[float], None]


class Transcriber(Protocol):
    """A speech recogniser, loaded and ready; may be shared by threads."""

    def transcribe(
        self,
        samples: Audio,
        voice: Sequence[Segment],
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> tuple[Word, ...]:
        """The words of one channel.

        Args:
            samples: (n,) float32 in [-1, 1] at 16 kHz; may be a memory map.
            voice: where somebody speaks; nothing else is listened to. Sorted, disjoint.
            language: two-letter code.
            vocabulary: names and terms likely to be said.
            progress: called from 0 to 1 while it runs.

        Returns:
            Words sorted by start, each inside a region of `voice`; empty when `voice` is.
        """
        ...

    def describe(self) -> Mapping[str, Any]:
        """What produced the words: names, versions and settings, ready for JSON."""
        ...


def ignore_progress(_fraction: float) -> None:
    """A `Progress` for callers that do not show any."""
