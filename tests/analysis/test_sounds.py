"""Phrases found again by their sound, in the spelling that recognition gave them."""

from __future__ import annotations

import pytest

from callcoach.analysis.lexicon import find, load_lexicon, prepare, read_turn
from callcoach.analysis.model import Speaker, Turn, Word


def _turn(text: str) -> Turn:
    words = tuple(
        Word(f" {word}", 1.0 + index, 1.9 + index, 1.0) for index, word in enumerate(text.split())
    )
    return Turn(0, Speaker.PROSPECT, 0, 1.0, 1.0 + len(words), text, words)


def _heard(phrase: str, text: str, language: str = "fr") -> str:
    """The words of `text` in which `phrase` is found; "" for none."""
    hits = find(read_turn(_turn(text), language), prepare([phrase], language))
    return hits[0].quote if hits else ""


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("Dialtronix", "la société Dial Tronique en fait", "Dial Tronique"),
        ("Dataviji", "chez data vigie oui", "data vigie"),
        ("rappelez moi", "ben rappeler moi jeudi", "rappeler moi"),
        ("je vous dérange", "est-ce que je vous déranje là", "je vous déranje"),
        ("pas intéressé", "on est pas intéressés", "pas intéressés"),
        ("concrètement", "et conquettement ça donne quoi", "conquettement"),
    ],
)
def test_a_phrase_is_found_as_recognition_wrote_it(phrase: str, text: str, quote: str) -> None:
    assert _heard(phrase, text) == quote


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("arrêtez", "il va s'arrêter là"),
        ("cher", "il vient chez nous"),
        ("un an", "elle en a"),
        ("je vous coupe", "allez-y je vous écoute"),
        ("votre carte", "c'est votre quartier"),
        ("enfin", "il enfile son manteau"),
    ],
    ids=[
        "one word that only its ending tells", "under five letters",
        "under five letters each", "another word in a phrase", "a longer word", "inside a word",
    ],
)  # fmt: skip
def test_what_only_resembles_is_not_found(phrase: str, text: str) -> None:
    assert _heard(phrase, text) == ""


def test_english_has_a_key_of_its_own() -> None:
    assert _heard("knight software", "we use nite software here", "en") == ""
    assert _heard("Knightley software", "we use Nightly software here", "en")
    assert _heard("scheduled meeting", "the skeduled meeting is on Monday", "en")


def test_what_sounds_alike_is_a_little_less_sure_than_what_is_spelt_alike() -> None:
    lists = load_lexicon("fr")
    (spelt,) = find(read_turn(_turn("je vous dérange")), lists["self_belittling"])
    (heard,) = find(read_turn(_turn("je vous déranje")), lists["self_belittling"])
    assert spelt.phrase == heard.phrase
    assert heard.score < spelt.score
