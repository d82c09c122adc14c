"""A recogniser for tests: says given words, or counts the regions it hears. Never used by users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcoach.analysis.model import Segment, Word
from callcoach.speech.transcriber import Audio, Progress, ignore_progress


class FakeTranscriber:
    """A `Transcriber` that needs no model.

    Args:
        script: for each call of `transcribe` in turn (one per channel), what it says: one phrase
            per region of voice, spread evenly over it. Without a script, or after its end, each
            region says its number ("un", "deux" ...).
        fail_at: raise `error` when progress reaches this fraction.
    """

    def __init__(
        self,
        script: Sequence[Sequence[str]] = (),
        *,
        fail_at: float | None = None,
        error: Exception | None = None,
    ) -> None:
        self._script = list(script)
        self._fail_at = fail_at
        self._error = error or RuntimeError("the fake recogniser was told to fail")
        #: Arguments of each call, for tests to look at.
        self.calls: list[dict[str, Any]] = []

    def describe(self) -> Mapping[str, Any]:
        """See `Transcriber.describe`."""
        return {"recogniser": "fake", "model": "fake"}

    def transcribe(
        self,
        samples: Audio,
        voice: Sequence[Segment],
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> tuple[Word, ...]:
        """See `Transcriber.transcribe`."""
        report = progress or ignore_progress
        phrases = self._script[len(self.calls)] if len(self.calls) < len(self._script) else None
        self.calls.append({"voice": tuple(voice), "language": language, "vocabulary": vocabulary})
        words: list[Word] = []
        report(0.0)
        for number, region in enumerate(voice):
            if phrases is None:
                words += _spread(_count(number + 1), region)
            elif number < len(phrases):
                words += _spread(phrases[number], region)
            fraction = (number + 1) / len(voice)
            if self._fail_at is not None and fraction >= self._fail_at:
                raise self._error
            report(fraction)
        if not voice:
            report(1.0)
        return tuple(words)


_NUMBERS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def _count(number: int) -> str:
    return _NUMBERS[(number - 1) % len(_NUMBERS)]


def _spread(phrase: str, region: Segment) -> list[Word]:
    spoken = phrase.split()
    step = region.duration_s / max(1, len(spoken))
    return [
        Word(
            f" {word}",
            round(region.start_s + index * step, 3),
            round(region.start_s + (index + 1) * step, 3),
            0.9,
        )
        for index, word in enumerate(spoken)
    ]
