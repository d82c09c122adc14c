"""D08: a doubt passed over."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Segment, Track
from callcoach.analysis.scene import Scene
from callcoach.analysis.truth import tracks_from_turns
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised, scene_of

ON = "Parfait. Alors nous, on fait l'analyse et le traitement dans le même contrat."


def _call(said: str, reply: str = ON, answer: str = "D'accord.") -> tuple[Said, ...]:
    return (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
        ("P", 5.5, 9.0, said),
        ("A", 9.3, 15.0, reply),
        ("P", 16.0, 17.0, answer),
    )


@pytest.mark.parametrize(("answer", "severity"), [("D'accord.", 2), ("Non merci.", 3)])
def test_a_doubt_that_is_passed_over_is_raised(answer: str, severity: int) -> None:
    (found,) = raised(
        make_scene(*_call("Ben, je sais pas trop, enfin bon, ça va.", answer=answer)), "D08"
    )
    assert found.severity == severity
    assert measured(found).value == 3.0
    assert measured(found).bound == 2.0


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Peut-être jeudi, disons à neuf heures, je regarde.", ON),
        ("Il y en a trois, dans le nord.", ON),
        (
            "Ben, je sais pas trop, enfin bon, ça va.",
            "Je vous écoute, dites-moi ce qui vous gêne, je comprends.",
        ),
    ],
    ids=["looks for a date", "no hedge", "received"],
)
def test_other_turns_are_not_raised(said: str, reply: str) -> None:
    assert raised(make_scene(*_call(said, reply)), "D08") == []


def _with_filler(said: str, voice_s: float) -> Scene:
    """The prospect's words, then voice without a word for `voice_s` seconds."""
    turns = [
        {"speaker": "agent", "start_s": 2.5, "end_s": 5.0, "text": "Bonjour, c'est pour l'eau."},
        {"speaker": "prospect", "start_s": 5.5, "end_s": 9.0, "text": said},
        {"speaker": "agent", "start_s": 11.3, "end_s": 17.0, "text": ON},
    ]
    agent, prospect = sorted(tracks_from_turns(turns), key=lambda track: track.channel)
    longer = (Segment(5.5, 9.0 + voice_s),)
    return scene_of([agent, Track(1, longer, prospect.words)], 18.0)


def test_voice_without_a_word_is_a_cue_and_needs_another_one() -> None:
    assert raised(_with_filler("Il y en a trois, disons, dans le nord.", 0.6), "D08")
    assert raised(_with_filler("Il y en a trois, disons, dans le nord.", 0.2), "D08") == []
    assert raised(_with_filler("Il y en a trois, dans le nord.", 0.6), "D08") == []


@pytest.mark.parametrize(
    ("start", "end", "reply", "found"),
    [
        (9.3, 15.0, ON, 1),
        (9.3, 11.0, "Parfait, c'est très bien alors.", 0),
        (9.3, 11.0, "Parfait, je vous bloque mardi ou mercredi ?", 1),
        (9.3, 15.0, "Et c'est sur quel point, dites-moi ?", 0),
    ],
    ids=["goes on", "a short word", "a step at once", "asks"],
)
def test_what_passes_over_a_doubt(start: float, end: float, reply: str, found: int) -> None:
    said = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
        ("P", 5.5, 9.0, "Ben, je sais pas trop, bof."),
        ("A", start, end, reply),
        ("P", end + 0.5, end + 2.0, "D'accord."),
    )
    assert len(raised(make_scene(*said), "D08")) == found


def test_a_long_silence_alone_is_no_hesitation() -> None:
    said = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
        ("P", 9.9, 12.0, "Il y en a trois, dans le nord."),
        ("A", 12.3, 17.0, ON),
    )
    assert raised(make_scene(*said), "D08") == []


def test_it_reads_english() -> None:
    said = _call(
        "Well, I'm not sure, it depends, maybe.",
        "Great. So we do the analysis and the treatment in one contract.",
    )
    assert raised(make_scene(*said, language="en"), "D08")
