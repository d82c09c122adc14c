"""Who speaks, on a channel that carries both voices."""

from __future__ import annotations

from collections.abc import Sequence

from callcoach.analysis.model import CallContext, Segment, Speaker, Track, Word
from callcoach.speech.transcriber import Audio


def split_speakers(
    samples: Audio,
    voice: Sequence[Segment],
    words: Sequence[Word],
    *,
    context: CallContext | None = None,
) -> tuple[Track, ...]:
    """One track whose speaker is unknown."""
    return (Track(0, tuple(voice), tuple(words), Speaker.UNKNOWN),)
