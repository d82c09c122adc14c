"""What people type: every text is a query, and none is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.search.syntax import MAX_TERMS, Query, parse


def _words(query: Query) -> list[str]:
    return [" ".join(token.word for token in term.tokens) for term in query.terms]


def _excluded(query: Query) -> list[str]:
    return [" ".join(token.word for token in term.tokens) for term in query.excluded]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gratuit", ["gratuit"]),
        ("où a-t-on dit gratuit ?", ["gratuit"]),
        ("où a-t-on dit « sans engagement » ?", ["sans engagement"]),
        ("Qui a parlé de remboursement", ["remboursement"]),
        ("où est-ce qu'on propose une démo", ["demo"]),
        ("where did we say free?", ["free"]),
        ("l'offre de prix", ["offre", "prix"]),
        ("aujourd'hui", ["aujourd hui"]),
        ("rendez-vous", ["rendez vous"]),
        ("de la", ["de", "la"]),  # nothing weightier was asked for
        ("qui dit", ["dit"]),  # a question about nothing is a search for its words
        ('"qui dit"', ["qui dit"]),
    ],
)
def test_the_words_looked_for(typed: str, words: list[str]) -> None:
    assert _words(parse(typed)) == words


def test_quotes_ask_for_these_very_words_and_a_star_for_a_beginning() -> None:
    phrase, prefix, plain = parse('"sans engagement" rembours* prix').terms
    assert (phrase.is_exact, phrase.is_prefix) == (True, False)
    assert (prefix.is_exact, prefix.is_prefix) == (True, True)
    assert (plain.is_exact, plain.is_prefix) == (False, False)


def test_a_minus_leaves_out_words_and_phrases() -> None:
    query = parse('prix -mois -"sans engagement"')
    assert _words(query) == ["prix"]
    assert _excluded(query) == ["mois", "sans engagement"]


def test_a_hyphen_within_a_word_is_no_minus() -> None:
    assert _excluded(parse("rendez-vous e-mail")) == []


def test_what_only_leaves_out_asks_for_nothing() -> None:
    assert not parse("-prix")


@pytest.mark.parametrize("typed", ["", " ", '"', '""', "*", "-", '- * " OR AND NOT ( ) :', "NEAR("])
def test_leftovers_of_a_query_are_no_error(typed: str) -> None:
    query = parse(typed)
    assert all(term.tokens for term in query.terms + query.excluded)


def test_a_pasted_page_is_cut() -> None:
    assert len(parse(" ".join(f"mot{n}" for n in range(500))).terms) <= MAX_TERMS


@given(st.text(max_size=300))
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text)
    assert all(term.tokens for term in query.terms + query.excluded)
    assert bool(query) == bool(query.terms)
