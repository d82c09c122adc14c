"""Skipping the opening of a call: greetings go, content stays."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.engine import analyse
from callcoach.analysis.model import Channels, Speaker, Turn
from callcoach.analysis.opening import (
    LEAD_S,
    MAX_GREETING_S,
    MAX_SKIP_S,
    MAX_UNREAD_S,
    is_greeting,
    talk_start_s,
)
from callcoach.analysis.truth import load_truth, tracks_from_turns

SAMPLES = Path(__file__).parents[2] / "recordings_sample"

AGENT, PROSPECT, UNKNOWN = Speaker.AGENT, Speaker.PROSPECT, Speaker.UNKNOWN
PITCH = "Je vous appelle pour la clôture mensuelle."


def conversation(
    *said: tuple[Speaker, str], start_s: float = 10.0, turn_s: float = 2.0
) -> list[Turn]:
    """Turns of `turn_s` one after the other, half a second apart, after ten seconds of ringing."""
    turns = []
    for index, (speaker, text) in enumerate(said):
        at = start_s + index * (turn_s + 0.5)
        channel = 0 if speaker is AGENT else 1
        turns.append(Turn(index, speaker, channel, at, at + turn_s, text))
    return turns


def first_heard(turns: list[Turn], language: str = "fr") -> int:
    """Index of the first turn that a player starting at the talk still plays from its start."""
    start_s = talk_start_s(turns, language=language)
    return next(turn.index for turn in turns if turn.start_s >= start_s)


def test_a_call_without_turns_starts_at_its_start() -> None:
    assert talk_start_s([]) == 0.0


def test_ringing_is_skipped_up_to_shortly_before_the_first_sound() -> None:
    turns = conversation((AGENT, PITCH), (PROSPECT, "Oui, de quoi s'agit-il ?"))
    assert talk_start_s(turns) == pytest.approx(10.0 - LEAD_S)


@pytest.mark.parametrize(
    "opening",
    [
        [(PROSPECT, "Allô ?")],
        [(PROSPECT, "Mécalor bonjour"), (AGENT, "Oui bonjour")],
        [(PROSPECT, "Roussel, bonjour."), (AGENT, "Bonjour, c'est bien M. Roussel ?")],
        [
            (PROSPECT, "Oui allô."),
            (
                AGENT,
                "Bonjour madame, est-ce que je parle bien à madame Chevallier, la directrice ?",
            ),
            (PROSPECT, "Oui, c'est moi."),
        ],
        [(PROSPECT, "Alô"), (AGENT, "bonjour monsieur est ce que je parle bien a monsieur rousel")],
        [(PROSPECT, "À l'eau ?"), (AGENT, "Bonjour, est-ce que je parles bien à madame Sorel ?")],
        [(PROSPECT, "Oui à l'eau chevalier,"), (AGENT, "Oui bonjour madame")],
        [(AGENT, "Allô ? Vous m'entendez ?"), (PROSPECT, "Oui, je vous entends.")],
        [(PROSPECT, ""), (AGENT, "Allô, bonjour ?")],
        [(PROSPECT, "Merci de patienter, un conseiller va vous répondre."), (PROSPECT, "Allô ?")],
    ],
)
def test_greetings_are_skipped_and_what_follows_is_not(opening: list[tuple[Speaker, str]]) -> None:
    turns = conversation(*opening, (AGENT, PITCH), (PROSPECT, "Ah."), turn_s=1.2)
    assert first_heard(turns) == len(opening)


@pytest.mark.parametrize(
    "content",
    [
        "Bonjour madame Delattre, Hanta Rakoto, de la société Comptaclair.",
        "Bonjour, Fara, de Trajéo.",
        "Bonjour madame Garnier, Fatou.",
        "Oui bonjour madame Garnier Fatou",
        "Bonjour, c'est Karim, pour Abrivie.",
        "Oui bonjour madame, veuillez me passer monsieur Ferrand, s'il vous plaît.",
        "Bonjour, c'est bien vous qui tenez les comptes ?",
        "Bonjour, vous êtes bien équipés ?",
        "Bonjour, j'espère que je ne vous dérange pas.",
        "Bonjour monsieur, c'est pour les tenues.",
        "Bonjour, c'est bien monsieur Roussel ? Je vous appelle pour la clôture.",
    ],
)
def test_who_calls_and_why_is_never_skipped(content: str) -> None:
    turns = conversation((PROSPECT, "Allô ?"), (AGENT, content), (PROSPECT, "Oui."))
    assert not is_greeting(content)
    assert first_heard(turns) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "Non merci.",
        "Encore vous !",
        "Je suis occupé.",
        "Oui, c'est à quel sujet ?",
        "Le patron, oui. Mais vite, hein, j'ai un camion qui arrive.",
        "Ne quittez pas, c'est de la part de qui ?",
    ],
)
def test_what_the_prospect_says_at_once_is_content(answer: str) -> None:
    turns = conversation((PROSPECT, answer), (AGENT, "Bonjour."), (AGENT, PITCH))
    assert first_heard(turns) == 0


def test_a_name_alone_counts_only_when_it_is_greeted() -> None:
    greeted = conversation(
        (PROSPECT, "Kowalski, achats."), (AGENT, "Bonjour madame."), (AGENT, "x")
    )
    ignored = conversation((PROSPECT, "Kowalski, achats."), (AGENT, PITCH), (PROSPECT, "Ah."))
    assert first_heard(greeted) == 2
    assert first_heard(ignored) == 0


def test_a_speaker_not_told_apart_is_not_taken_for_the_one_who_picks_up() -> None:
    turns = conversation(
        (UNKNOWN, "Fara, Trajéo, bonjour"), (UNKNOWN, "Bonjour."), (UNKNOWN, "Ah.")
    )
    assert first_heard(turns) == 0


def test_unread_speech_before_nothing_read_is_kept() -> None:
    turns = conversation((PROSPECT, ""), (AGENT, ""), (PROSPECT, ""))
    assert first_heard(turns) == 0


def test_music_nobody_could_read_is_skipped_when_somebody_picks_up_after_it() -> None:
    music = [
        (PROSPECT, ""),
        (PROSPECT, "Service achats, bonjour"),
        (AGENT, "Bonjour."),
        (AGENT, PITCH),
    ]
    assert first_heard(conversation(*music, turn_s=6.0)) == 3


def test_long_unread_speech_before_a_mere_yes_is_kept() -> None:
    turns = conversation((PROSPECT, ""), (AGENT, "Oui."), (AGENT, PITCH), turn_s=MAX_UNREAD_S + 1)
    assert first_heard(turns) == 0


def test_long_unread_speech_of_the_agent_is_kept() -> None:
    turns = conversation((AGENT, ""), (PROSPECT, "Allô ?"), (AGENT, PITCH), turn_s=MAX_UNREAD_S + 1)
    assert first_heard(turns) == 0


def test_a_call_of_greetings_alone_keeps_its_last_one() -> None:
    turns = conversation((PROSPECT, "Allô ?"), (AGENT, "Allô ?"), (PROSPECT, "Allô ?"))
    assert first_heard(turns) == 2


def test_greetings_that_do_not_end_are_kept_from_there_on() -> None:
    turns = conversation(*[(PROSPECT, "Allô ?")] * 20)
    assert talk_start_s(turns) <= 10.0 + MAX_GREETING_S


def test_a_long_wait_is_skipped_only_up_to_the_bound() -> None:
    turns = conversation((PROSPECT, "Allô ?"), (AGENT, PITCH), start_s=300.0)
    assert talk_start_s(turns) == MAX_SKIP_S


def test_english_calls_are_read_with_english_words() -> None:
    turns = conversation(
        (PROSPECT, "Hello?"),
        (AGENT, "Good morning, am I speaking to Mr Smith?"),
        (PROSPECT, "Speaking."),
        (AGENT, "This is Hanta from Comptaclair."),
        (PROSPECT, "Yes?"),
    )
    assert first_heard(turns, "en") == 3


def test_the_sample_calls_keep_every_presentation_and_every_tipping_point() -> None:
    skipped_s = []
    for path in sorted(SAMPLES.glob("*.truth.json")):
        truth = load_truth(path)
        analysis = analyse(
            tracks_from_turns(truth.turns),
            duration_s=truth.duration_s,
            channels=Channels.STEREO,
            agent_channel=0,
        )
        start_s = talk_start_s(analysis.turns)
        skipped_s.append(start_s)
        assert all(point.turn_start_s >= start_s for point in truth.points), path.name
        presentation = next(
            turn for turn in analysis.turns if truth.id.split("-")[0] in turn.text.lower()
        )
        assert presentation.start_s >= start_s, path.name
    assert len(skipped_s) == 8
    assert min(skipped_s) >= 2.0  # each begins with one second of ringing and somebody picking up


TEXTS = st.sampled_from(
    [
        "",
        "Allô ?",
        "Bonjour.",
        "Mécalor, bonjour",
        "Oui, c'est moi.",
        "Ne quittez pas.",
        PITCH,
        "Non.",
    ]
) | st.text(max_size=30)


@st.composite
def spoken_turns(draw: st.DrawFn) -> list[Turn]:
    """Turns of both sides in order of their start, which may overlap."""
    turns: list[Turn] = []
    at = 0.0
    for index in range(draw(st.integers(1, 12))):
        at += draw(st.floats(0, 40))
        length_s = draw(st.floats(0.01, 30))
        speaker = draw(st.sampled_from(Speaker))
        turns.append(Turn(index, speaker, 0, at, at + length_s, draw(TEXTS)))
    return turns


@given(spoken_turns(), st.sampled_from(["fr", "en", "de"]))
def test_the_talk_starts_within_its_bounds(turns: list[Turn], language: str) -> None:
    start_s = talk_start_s(turns, language=language)
    assert 0.0 <= start_s <= MAX_SKIP_S
    assert start_s <= turns[-1].start_s


@given(spoken_turns())
def test_nothing_but_openings_lies_before_the_talk(turns: list[Turn]) -> None:
    start_s = talk_start_s(turns)
    for turn in turns:
        if turn.start_s < start_s:
            assert turn.text != PITCH
            assert turn.text != "Non."


@given(spoken_turns())
def test_the_order_of_the_turns_does_not_matter(turns: list[Turn]) -> None:
    if all(one.start_s < other.start_s for one, other in pairwise(turns)):
        assert talk_start_s(turns[::-1]) == talk_start_s(turns)


@given(spoken_turns(), st.floats(0, 40))
def test_longer_ringing_never_makes_the_talk_start_earlier(
    turns: list[Turn], ringing_s: float
) -> None:
    later = [
        Turn(t.index, t.speaker, t.channel, t.start_s + ringing_s, t.end_s + ringing_s, t.text)
        for t in turns
    ]
    if talk_start_s(turns) + ringing_s + 30 < MAX_SKIP_S and turns[-1].start_s + ringing_s < 60:
        assert talk_start_s(later) >= talk_start_s(turns)


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert is_greeting(text) in (True, False)
