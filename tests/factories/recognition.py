"""A recogniser for tests: quick, repeatable, and true to the voice it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callcoach.analysis.model import Segment, Word
from callcoach.speech.transcriber import Audio, Progress

#: Said again and again, so that turns hold real French.
PHRASE = [
    "bonjour",
    "madame",
    "je",
    "vous",
    "appelle",
    "au",
    "sujet",
    "de",
    "votre",
    "clôture",
    "mensuelle",
]
#: Seconds a word.
PACE_S = 0.35


class FakeTranscriber:
    """Fills every region of voice with words at an even pace; the sound is not listened to.

    Args:
        calls: every transcription adds the length of its sound in seconds.
    """

    def __init__(self) -> None:
        self.calls: list[float] = []

    def transcribe(
        self,
        samples: Audio,
        voice: Sequence[Segment],
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> tuple[Word, ...]:
        self.calls.append(len(samples) / 16_000)
        words: list[Word] = []
        for index, region in enumerate(voice):
            count = max(1, int(region.duration_s / PACE_S))
            step = region.duration_s / count
            for number in range(count):
                start_s = region.start_s + number * step
                end_s = min(start_s + step, region.end_s)
                word = " " + PHRASE[len(words) % len(PHRASE)]
                words.append(Word(word, start_s, end_s, 0.9))
            if progress is not None:
                progress((index + 1) / len(voice))
        return tuple(words)

    def describe(self) -> Mapping[str, Any]:
        return {"recogniser": "fake", "model": "fake"}
