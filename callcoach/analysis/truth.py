"""Truth files: what was really said in a call, and where supervisors say that it turns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from callcoach.analysis.model import Cause, Segment, Track, Valence, Word

#: Speech is spread over a turn by letters; a mark of punctuation costs as much as this many.
_PAUSE_LETTERS = 4


@dataclass(frozen=True, slots=True)
class TruthPoint:
    """A tipping point as a person marked it; turn bounds are those of the causing turn."""

    start_s: float
    turn_start_s: float
    turn_end_s: float
    valence: Valence
    cause: Cause
    severity: int


@dataclass(frozen=True, slots=True)
class Truth:
    """One truth file. `turns` are the plain objects of the file."""

    id: str
    writer: str
    duration_s: float
    points: tuple[TruthPoint, ...]
    turns: tuple[Mapping[str, Any], ...]


def load_truth(path: Path) -> Truth:
    """Read one ``*.truth.json``.

    Raises:
        ValueError: the file is not a truth file; the message says what is missing.
        OSError: the file cannot be read.
    """
    try:
        return truth_from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a truth file: {error!r}") from error


def truth_from_dict(data: Mapping[str, Any]) -> Truth:
    """The truth in a decoded JSON object.

    Raises:
        KeyError, TypeError, ValueError: a part is missing or wrong.
    """
    points = tuple(
        TruthPoint(
            float(point["start_s"]),
            float(point["turn_start_s"]),
            float(point["turn_end_s"]),
            Valence(point["valence"]),
            Cause(point["cause"]),
            int(point["severity"]),
        )
        for point in data["tipping_points"]
    )
    return Truth(
        id=str(data["id"]),
        writer=str(data.get("writer", "")),
        duration_s=float(data["duration_s"]),
        points=points,
        turns=tuple(data["turns"]),
    )


def tracks_from_turns(turns: Sequence[Mapping[str, Any]]) -> tuple[Track, Track]:
    """Two tracks, agent on channel 0, as a perfect recogniser would hand them over.

    Words are spread over their turn by letters; the voice is the turn without a short pause at
    each mark inside it.
    """
    voice: tuple[list[Segment], list[Segment]] = ([], [])
    words: tuple[list[Word], list[Word]] = ([], [])
    for turn in turns:
        channel = 0 if turn["speaker"] == "agent" else 1
        start, end = float(turn["start_s"]), float(turn["end_s"])
        pieces = _spread(str(turn["text"]).split(), start, end)
        words[channel].extend(pieces)
        voice[channel].extend(_voice(pieces, start, end))
    return (
        Track(0, tuple(voice[0]), tuple(words[0])),
        Track(1, tuple(voice[1]), tuple(words[1])),
    )


def _spread(texts: Sequence[str], start: float, end: float) -> list[Word]:
    sizes = [len(text) + (_PAUSE_LETTERS if text[-1:] in ".,?!…:;" else 1) for text in texts]
    each = (end - start) / max(sum(sizes), 1)
    spread: list[Word] = []
    at = start
    for text, size in zip(texts, sizes, strict=True):
        length = each * len(text)
        spread.append(Word(" " + text, round(at, 3), round(at + length, 3), 0.95))
        at += each * size
    return spread


def _voice(words: Sequence[Word], start: float, end: float) -> list[Segment]:
    regions: list[Segment] = []
    opened = start
    for word, following in pairwise(words):
        if word.word[-1:] in ".?!…" and following.start_s - word.end_s >= 0.2:
            regions.append(Segment(opened, max(opened, word.end_s)))
            opened = following.start_s
    return [*regions, Segment(opened, max(opened, end))]
