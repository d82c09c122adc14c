"""Thresholds and phrase lists that a campaign may change: complete, worded, and applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import callcoach.analysis
from callcoach.analysis.lexicon import (
    LISTS,
    find,
    list_names,
    load_lexicon,
    read_lexicon,
    read_turn,
    tuned_lexicon,
)
from callcoach.analysis.model import CallContext, Speaker, Turn, Word
from callcoach.analysis.thresholds import THRESHOLDS, bound
from callcoach.analysis.tuning import Tuning
from callcoach.analysis.wording import catalogue, unit_label
from tests.analysis.detecting import OPENING, make_scene

SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(callcoach.analysis.__file__).parent.rglob("*.py")
    if path.name != "thresholds.py"
)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_a_threshold_is_worded_limited_sourced_and_used(name: str) -> None:
    threshold = THRESHOLDS[name]
    assert threshold.name == name
    assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", name)
    assert threshold.low <= threshold.value <= threshold.high
    assert threshold.source
    assert unit_label(threshold.unit, "fr")
    assert f"threshold.{name}" in catalogue()
    stem = name.split(".", maxsplit=1)[0]
    assert f'"{name}"' in SOURCES or f'f"{stem}.{{' in SOURCES


def test_a_campaign_moves_a_bound_inside_its_limits() -> None:
    name = "monologue.floor_s"
    assert bound(Tuning(), name) == THRESHOLDS[name].value
    for set_to, expected in ((20.0, 20.0), (1.0, 8.0), (900.0, 60.0)):
        context = CallContext(tuning=Tuning(bounds={name: set_to}))
        assert make_scene(OPENING, context=context).bound(name) == expected
    with pytest.raises(KeyError):
        bound(Tuning(), "monologue.unheard_of")


def test_every_editable_list_is_worded_and_both_languages_reach_as_far() -> None:
    assert list_names("fr") == list_names("en") == LISTS
    for name in LISTS:
        assert f"list.{name}" in catalogue()
        assert f"list.{name}.use" in catalogue()
    for name in LISTS:
        sizes = [sum(map(len, read_lexicon(language)[name].values())) for language in ("fr", "en")]
        assert sizes[1] >= 0.6 * sizes[0], name


def _turn(text: str) -> Turn:
    words = tuple(Word(" " + part, float(i), i + 0.8, 0.9) for i, part in enumerate(text.split()))
    return Turn(0, Speaker.AGENT, 0, 0.0, float(len(words)), text, words)


def test_added_and_removed_phrases_apply_to_their_list_and_language_only() -> None:
    tuning = Tuning(
        added={"refusal": ("ça ira comme ça",)}, removed={"refusal": ("Pas intéressé",)}
    )
    lists = tuned_lexicon("fr", tuning)
    assert find(read_turn(_turn("bon ça ira comme ça")), lists["refusal"])
    assert not find(read_turn(_turn("pas intéressé du tout")), lists["refusal"])
    assert lists["exit"] == load_lexicon("fr")["exit"]
    assert tuned_lexicon("fr", Tuning()) is load_lexicon("fr")
    assert tuned_lexicon("fr", tuning) is lists


def test_a_persons_phrase_is_never_a_pattern() -> None:
    lists = tuned_lexicon("fr", Tuning(added={"refusal": ("re:.*", "re:(")}))
    assert not find(read_turn(_turn("oui volontiers")), lists["refusal"])


def test_names_that_are_not_editable_or_not_known_change_nothing() -> None:
    tuning = Tuning(added={"opening_greeting": ("coucou",), "unheard_of": ("coucou",)})
    assert tuned_lexicon("fr", tuning) is load_lexicon("fr")


@pytest.mark.parametrize(
    ("said", "name"), [("je vous écoute", "rebuke"), ("oui c'est bon", "refusal")]
)
def test_an_everyday_phrase_is_not_taken_for_its_opposite(said: str, name: str) -> None:
    assert not find(read_turn(_turn(said)), load_lexicon("fr")[name])
