"""Words and stems: which forms are found by which, and what stays apart."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.search.words import fold, indexed, stem, tokens

#: Forms of one word, as they fall in cold calls.
FAMILIES = [
    "gratuit gratuite gratuits gratuites gratuitement",
    "proposer propose proposé proposée proposons proposez proposais proposerait",
    "rappeler rappelle rappelez rappellerai rappelé rappel",
    "envoyer envoie envoyé envoyez enverrai envoyons",
    "intéresser intéresse intéressé intéressée intéressant",
    "engagement engagements engager engagé",
    "payer paie payé payez paiement",
    "réfléchir réfléchis réfléchissez réfléchi",
    "commercial commerciale commerciaux",
    "installer installe installé installation installations",
    "facture factures facturation facturer",
    "prendre prends prenez pris",
    "cheval chevaux",
]
#: Words that only look alike.
APART = ["prix prise", "cher chercher", "appel appareil", "offre office", "mois moi", "son sondage"]


@pytest.mark.parametrize("family", FAMILIES)
def test_forms_of_a_word_share_their_stem(family: str) -> None:
    forms = family.split()
    assert {stem(form) for form in forms} == {stem(forms[0])}


@pytest.mark.parametrize("pair", APART)
def test_words_that_look_alike_stay_apart(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


def test_case_accents_and_ligatures_do_not_count() -> None:
    assert fold("ÉTÉ") == fold("ete")
    assert fold("Sœur") == fold("SOEUR")
    assert fold("e\u0301te\u0301") == "ete"  # accents as marks of their own


def test_apostrophes_and_hyphens_end_a_word() -> None:
    assert [token.word for token in tokens("L’offre d'un rendez-vous, aujourd'hui")] == (
        ["l", "offre", "d", "un", "rendez", "vous", "aujourd", "hui"]
    )


@given(st.text(max_size=80))
def test_what_is_indexed_is_plain_whatever_the_text(text: str) -> None:
    words, stems = indexed(text)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", words)
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", stems)
    assert len(words.split()) == len(stems.split()) == len(tokens(text))


@given(st.text(max_size=80))
def test_tokens_stand_where_they_say(text: str) -> None:
    found = tokens(text)
    assert all(fold(text[token.start : token.end]) == token.word for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
