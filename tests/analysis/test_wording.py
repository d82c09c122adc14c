"""Wording: complete in both languages, well set in French, and never a claim of causality."""

from __future__ import annotations

import re

import pytest

from callcoach.analysis.detectors import registry
from callcoach.analysis.model import Cause, Message, Valence
from callcoach.analysis.wording import (
    LANGUAGES,
    catalogue,
    cause_label,
    placeholders,
    render,
    render_both,
    severity_label,
    valence_label,
)

FLOOR_WORDS = {
    "monologue": "tunnel",
    "insistence": "forcing",
    "bookish": "scolaire",
    "overpromise": "survente",
    "commitment_won": "prochaine étape obtenue",
    "self_belittling": "s’excuse d’appeler",
}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_a_text_exists_in_both_languages_with_the_same_placeholders(key: str) -> None:
    texts = catalogue()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(text.strip() for text in texts.values())
    assert placeholders(texts["fr"]) == placeholders(texts["en"])


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_french_is_typeset(key: str) -> None:
    text = catalogue()[key]["fr"]
    assert "'" not in text
    assert not re.search(r" [;:!?»]|« ", text)
    assert '"' not in text


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_no_text_claims_a_cause_or_names_an_emotion(key: str) -> None:
    for text in catalogue()[key].values():
        assert not re.search(
            r"\b(causé|caused|à cause|because of the agent|stress|colère|angry|nervo|énerv|émotion)",
            text,
        )


def test_every_cause_has_the_floors_word_an_explanation_and_a_suggestion() -> None:
    for cause in Cause:
        assert cause_label(cause, "fr")
        assert any(key.startswith(f"explanation.{cause.value}") for key in catalogue())
        assert render_both(Message(f"suggestion.{cause.value}"))
    for cause, word in FLOOR_WORDS.items():
        assert cause_label(cause, "fr") == word


def test_every_detector_can_be_worded() -> None:
    for detector in registry():
        assert render_both(Message(f"evidence.also_{detector.cause.value}"))


def test_numbers_follow_the_language() -> None:
    message = Message("evidence.answer", {"value": 6.25, "bound": 5.0})
    assert render(message, "fr") == "réponse de 6,2\u00a0s (seuil\u00a0: 5\u00a0s)"
    assert render(message, "en") == "answer of 6.2 s (guide: 5 s)"


def test_a_quotation_is_left_as_it_was_said() -> None:
    text = render(
        Message("explanation.bookish", {"words": "prendre attache avec l'équipe ?"}), "fr"
    )
    assert "prendre attache avec l'équipe ?" in text


def test_valences_and_severities_have_words() -> None:
    assert [valence_label(v, "fr") for v in Valence] == ["rupture", "déclic"]
    assert [severity_label(s, "fr") for s in (1, 2, 3)] == ["léger", "net", "décisif"]


def test_an_unknown_language_or_key_is_refused() -> None:
    with pytest.raises(ValueError, match="'de' is not one of"):
        render(Message("cause.monologue"), "de")
    with pytest.raises(KeyError):
        render(Message("cause.unheard_of"), "fr")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(key for key in catalogue() if key.startswith("evidence.")))
def test_evidence_without_a_bound_says_nothing_of_one(key: str, language: str) -> None:
    values = dict.fromkeys(placeholders(catalogue()[key]["fr"]), 2.0)
    with_bound = render(Message(key, values), language)
    without = render(Message(key, {**values, "bound": None}), language)
    assert "None" not in without
    assert with_bound.startswith(without), "nothing else of the sentence is lost"
    assert ("2" in without) == ("2" in with_bound), "the measure stays"
