"""Small scripted scenes for the tests of detectors: who says what, from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from callcoach.analysis.detectors import Candidate, run_detectors
from callcoach.analysis.model import CallContext, Evidence, Segment, Track, Word
from callcoach.analysis.scene import Scene
from callcoach.analysis.truth import tracks_from_turns
from callcoach.analysis.turns import build_conversation

#: ("A" or "P", start in seconds, end in seconds, words).
Said = tuple[str, float, float, str]

OPENING: Said = ("P", 0.5, 2.0, "Allô, bonjour, je vous écoute.")


def make_scene(
    *said: Said,
    context: CallContext | None = None,
    language: str = "fr",
    separate: bool = True,
    probability: float = 0.95,
) -> Scene:
    """The scene of a call in which exactly this is said, agent on channel 0."""
    turns = [
        {
            "speaker": "agent" if who == "A" else "prospect",
            "start_s": start,
            "end_s": end,
            "text": text,
        }
        for who, start, end, text in said
    ]
    tracks = [
        Track(
            track.channel,
            track.voice,
            tuple(Word(w.word, w.start_s, w.end_s, probability) for w in track.words),
        )
        for track in tracks_from_turns(turns)
    ]
    return scene_of(tracks, said[-1][2] + 1, context=context, language=language, separate=separate)


def scene_of(
    tracks: Sequence[Track],
    duration_s: float,
    *,
    context: CallContext | None = None,
    language: str = "fr",
    separate: bool = True,
) -> Scene:
    """The scene of these tracks, agent on channel 0."""
    conversation = build_conversation(
        tracks, duration_s=duration_s, agent_channel=0, separate=separate
    )
    return Scene(conversation, context or CallContext(), language)


def voiced(channel: int, start_s: float, end_s: float, words: int) -> Track:
    """One stretch of voice without any pause, with `words` words spread over it."""
    step = (end_s - start_s) / max(words, 1)
    return Track(
        channel,
        (Segment(start_s, end_s),),
        tuple(
            Word(" donc", round(start_s + i * step, 3), round(start_s + (i + 0.9) * step, 3), 0.9)
            for i in range(words)
        ),
    )


def raised(scene: Scene, detector: str, variant: str | None = None) -> list[Candidate]:
    """What the detector with this id raises, all its causes together."""
    return [
        candidate
        for candidate in run_detectors(scene)
        if candidate.detector == detector and variant in (None, candidate.variant)
    ]


def measured(candidate: Candidate) -> Evidence:
    """The first measure among a candidate's evidence."""
    return next(item for item in candidate.evidence if item.kind == "measure")
