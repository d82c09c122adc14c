"""What Whisper makes up goes; what was said stays."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Segment, Word
from callcoach.speech.inventions import known_inventions, without_inventions

VOICE = (Segment(0.0, 60.0),)


def _say(
    text: str, start_s: float = 1.0, *, pace_s: float = 0.3, probability: float = 0.8
) -> list[Word]:
    return [
        Word(f" {word}", start_s + i * pace_s, start_s + (i + 0.9) * pace_s, probability)
        for i, word in enumerate(text.split())
    ]


def _text(words: tuple[Word, ...]) -> str:
    return "".join(word.word for word in words).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "sous titres realises para la communaute d amara.org",
        "Sous-titrage ST' 501",
        "Sous-titrage Société Radio-Canada",
        "Merci d'avoir regardé cette vidéo !",
        "N'oubliez pas de vous abonner.",
        "Thanks for watching!",
        "♪ ♪ ♪",
        "...",
    ],
)
def test_known_small_print_goes_even_when_confident(text: str) -> None:
    assert without_inventions(_say(text), VOICE, language="fr") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Merci d'avoir rappelé, monsieur Baudry.",
        "Non non non.",
        "Oui oui oui, d'accord.",
        "Musique",
        "La communauté de communes nous a posé la question.",
        "On a regardé votre vidéo sur les ombrières.",
        "Allô ? Allô ?",
    ],
)
def test_what_people_say_stays(text: str) -> None:
    assert _text(without_inventions(_say(text), VOICE, language="fr")) == text


def test_one_doubtful_word_of_the_list_goes() -> None:
    assert without_inventions(_say("Musique", probability=0.3), VOICE, language="fr") == ()


def test_an_invented_line_goes_and_its_neighbours_stay() -> None:
    words = [
        *_say("Je vous écoute.", 1.0),
        *_say("Sous-titres réalisés par la communauté d'Amara.org", 5.0),
        *_say("Bonne journée.", 12.0),
    ]
    assert (
        _text(without_inventions(words, VOICE, language="fr")) == "Je vous écoute. Bonne journée."
    )


def test_a_line_without_any_voice_under_it_goes() -> None:
    words = _say("On se rappelle mardi matin alors", 30.0)
    assert without_inventions(words, (Segment(0.0, 20.0),), language="fr") == ()


def test_more_words_than_the_sound_has_time_for_go() -> None:
    words = _say("je voulais vous proposer de passer nous voir", 1.0, pace_s=0.03)
    assert without_inventions(words, (Segment(1.0, 1.2),), language="fr") == ()


def test_noise_turned_into_a_word_goes() -> None:
    assert without_inventions(_say("euros", probability=0.1), VOICE, language="fr") == ()


def test_a_loop_is_cut_down_to_one() -> None:
    words = _say("c'est ça " * 12 + "au revoir madame", pace_s=0.2)
    assert _text(without_inventions(words, VOICE, language="fr")) == "c'est ça au revoir madame"


def test_each_language_has_a_list() -> None:
    assert len(known_inventions("fr")) > 30
    assert "thank you for watching" in known_inventions("en")
    assert known_inventions("de") == known_inventions("en")


def test_nothing_said_is_nothing() -> None:
    assert without_inventions([], VOICE, language="fr") == ()
