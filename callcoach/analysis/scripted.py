"""Short dialogues written as text, timed like telephone speech: for measuring, not for tests of time.

A file holds dialogues of the form

    == name kind language
    P: Standard, bonjour.
    A: Bonjour, madame.
    12

where ``A`` speaks for the caller's side, ``P`` is the side that was called and a bare number is
that many seconds of silence. Lines that start with ``#`` are comments.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callcoach.analysis.model import Speaker, Track, Turn, Word
from callcoach.analysis.synthetic import LETTERS_PER_S
from callcoach.analysis.truth import tracks_from_turns
from callcoach.analysis.turns import build_conversation

#: Seconds from the start of the recording to the first voice, and from one voice to the next.
RING_S = 2.0
GAP_S = 0.5
#: Shortest turn, in seconds.
SHORTEST_S = 0.4

_SPEAKERS = {"A": "agent", "P": "prospect"}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue as perfect recognition would hand it over, the agent on channel 0.

    Args:
        kind: what it was written as.
    """

    name: str
    kind: str
    language: str
    tracks: tuple[Track, Track]
    duration_s: float

    def turns(self, *, separate: bool = True) -> tuple[Turn, ...]:
        """Its turns; when not `separate`, as from a mixed recording whose voices nobody told apart."""
        tracks = self.tracks
        if not separate:
            tracks = (
                replace(tracks[0], speaker=Speaker.UNKNOWN),
                replace(tracks[1], speaker=Speaker.UNKNOWN, channel=0),
            )
        return build_conversation(
            tracks,
            duration_s=self.duration_s,
            agent_channel=0 if separate else None,
            separate=separate,
        ).turns


def read_dialogues(path: Path) -> tuple[Dialogue, ...]:
    """Every dialogue of a file.

    Raises:
        ValueError: a line is of none of the known forms; the message gives its number.
        OSError: the file cannot be read.
    """
    blocks: list[tuple[list[str], list[dict[str, Any]], float]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        head, _, text = line.partition(" ")
        if not line.strip() or head == "#":
            continue
        if head == "==" and len(text.split()) == 3:
            blocks.append((text.split(), [], RING_S))
            continue
        if not blocks:
            raise ValueError(f"{path.name}, line {number}: no dialogue is open")
        heading, turns, at = blocks[-1]
        if head.rstrip(":") in _SPEAKERS and head.endswith(":") and text.strip():
            end = at + max(SHORTEST_S, len(text) / LETTERS_PER_S)
            speaker = _SPEAKERS[head.rstrip(":")]
            turns.append({"speaker": speaker, "start_s": at, "end_s": end, "text": text})
            blocks[-1] = (heading, turns, end + GAP_S)
        elif line.strip().replace(".", "", 1).isdigit():
            blocks[-1] = (heading, turns, at + float(line))
        else:
            raise ValueError(
                f"{path.name}, line {number}: {line[:40]!r} is neither a turn nor a pause"
            )
    return tuple(
        Dialogue(name, kind, language, tracks_from_turns(turns), round(at, 3))
        for (name, kind, language), turns, at in blocks
    )


def with_errors(dialogue: Dialogue, *, share: float, seed: int) -> Dialogue:
    """The dialogue as a recogniser might have heard it: `share` of its words lost or bent.

    Of the words hit, a third is lost; the others lose or change one letter. Real recognition errs on
    whole phrases and on names, so this is a stress, not a model of it. The same seed gives the same
    errors.
    """
    source = random.Random(f"{seed}-{dialogue.name}")
    first, second = (
        replace(track, words=tuple(_bend(track.words, share, source))) for track in dialogue.tracks
    )
    return replace(dialogue, tracks=(first, second))


def _bend(words: Iterable[Word], share: float, source: random.Random) -> Iterable[Word]:
    for word in words:
        if source.random() >= share:
            yield word
        elif source.random() >= 1 / 3:
            at = source.randrange(1, max(2, len(word.word)))
            letter = source.choice(("", "e", "a", "s", "t"))
            yield replace(word, word=word.word[:at] + letter + word.word[at + 1 :], probability=0.5)
