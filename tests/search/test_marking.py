"""Where a query occurs in a text, and when that was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.search.marking import pieces, spans, spoken_at_ms
from callcoach.search.syntax import parse
from tests.factories.calls import spread_words

TEXT = "La démonstration est gratuite, et gratuitement suivie d’un rendez-vous."


def _marked(query: str, text: str = TEXT) -> list[str]:
    return [piece.text for piece in pieces(parse(query), text) if piece.is_hit]


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("gratuit", ["gratuite", "gratuitement"]),
        ('"gratuite"', ["gratuite"]),
        ("GRATUIT*", ["gratuite", "gratuitement"]),
        ("rendez-vous", ["rendez-vous"]),
        ("demonstration rendez", ["démonstration", "rendez"]),
        ("prix", []),
    ],
)
def test_the_words_looked_for_are_marked(query: str, marked: list[str]) -> None:
    assert _marked(query) == marked


def test_a_long_text_is_cut_around_its_hits() -> None:
    text = "avant " * 200 + "gratuit" + " après" * 200
    cut = pieces(parse("gratuit"), text)
    shown = "".join(piece.text for piece in cut)
    assert shown.startswith("… avant")
    assert shown.endswith("après …")
    assert "gratuit" in shown
    assert len(shown) < 500


@given(
    st.lists(st.sampled_from(["gratuit", "Gratuite,", "prix", "le", "…", "e-mail"]), max_size=120),
    st.sampled_from(["gratuit", "prix", '"le prix"', "e-mail", "gra* prix"]),
)
def test_pieces_are_the_text_or_a_part_of_it(words: list[str], query: str) -> None:
    text = " ".join(words)
    shown = "".join(piece.text for piece in pieces(parse(query), text))
    assert shown.removeprefix("… ").removesuffix(" …") in text
    assert bool(spans(parse(query), text)) == any(p.is_hit for p in pieces(parse(query), text))


def test_a_word_is_played_from_when_it_was_said() -> None:
    words = spread_words("On est à soixante euros", 10_000, 15_000)
    said = "On est à soixante euros"
    assert spoken_at_ms(0, said, words, 10_000, 15_000) == 10_000
    assert spoken_at_ms(said.index("soixante"), said, words, 10_000, 15_000) == 13_000
    assert spoken_at_ms(said.index("euros"), said, words, 10_000, 15_000) == 14_000


def test_in_a_corrected_turn_the_time_is_in_proportion() -> None:
    words = spread_words("On est à soixante euros", 10_000, 15_000)
    text = "C'est donc gratuit !"
    at_ms = spoken_at_ms(text.index("gratuit"), text, words, 10_000, 15_000)
    assert at_ms == 10_000 + 5000 * text.index("gratuit") // len(text)
    assert spoken_at_ms(0, "", [], 10_000, 15_000) == 10_000
