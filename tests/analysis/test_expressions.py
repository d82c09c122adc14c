"""Set phrases are found as a person would recognise them, and denied ones are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from callcoach.analysis.expressions import (
    How,
    find,
    find_phrase,
    read_phrase,
    read_text,
    read_words,
)
from callcoach.analysis.model import Word

_WORDS = """envoyez-moi un mail je vous garantis trente pour cent d’économies c'est gratuit on va
    réfléchir déjà prestataire ça m’intéresse qu'il n'a pas jamais sans engagement … * l'été.
    rappelez, directeur financier ? (dirigeant) 30 % rendez-vous"""
_FRENCH = st.lists(st.sampled_from(_WORDS.split()), min_size=1, max_size=9).map(" ".join)
#: (what is said, phrase, how it is found)
SAID = [
    ("C’EST GRATUIT !", "c'est gratuit", How.EXACT),
    ("J'ai pas le temps", "je n'ai pas le temps", How.EXACT),
    ("Eh bien, qu'il va reflechir", "il va réfléchir", How.EXACT),
    ("fixons un rdv", "fixons un rendez-vous", How.EXACT),
    ("c'est cent pour cent gratuit", "c'est 100 % gratuit", How.INFLECTED),
    ("Envoie-moi un e-mail", "envoyez-moi un mail", How.INFLECTED),
    ("nous vous garantissons un résultat", "je vous garantis un résultat", How.INFLECTED),
    ("ça nous interesse pas", "ça ne m'intéresse pas", How.INFLECTED),
    ("des solutions gratuites", "une solution gratuite", How.INFLECTED),
    ("Envoyez-moi donc un petit mail", "envoyez-moi un mail", How.GAPPED),
    ("je n’ai pas vraiment le temps là", "j'ai pas le temps", How.GAPPED),
    ("envoyez moi une documantation", "envoyez-moi une documentation", How.NEAR),
    ("envoyez moi une doc umentation", "envoyez-moi une documentation", How.NEAR),
    ("je vous garantis 30 pour cent d'économies", "je vous garantis … d'économies", How.EXACT),
    ("on a [nom] comme outil", "on a {outil} comme outil", How.EXACT),
    ("Oh, envoyez toujours un mail", "envoyez-moi un mail", How.NEAR),
    ("Attendez, faut que je réfléchisse", "il faut que je réfléchisse", How.EXACT),
    # not denied, although a denial is near
    ("c'est pas compliqué c'est gratuit", "c'est gratuit", How.EXACT),
    ("c'est gratuit pas de frais", "c'est gratuit", How.EXACT),
    ("vous n'avez rien à payer c'est gratuit", "c'est gratuit", How.EXACT),
    ("ce n'est pas seulement gratuit", "gratuit", How.EXACT),
    ("c'est pas d'investissement et zéro risque", "zéro risque", How.EXACT),
    ("je n'ai pas, pas le temps", "pas le temps", How.EXACT),
]
#: (what is said, a phrase that is not said there)
NOT_SAID = [
    ("Ce n'est pas gratuit.", "c'est gratuit"),
    ("c'est pas du tout gratuit", "gratuit"),
    ("je ne vous garantis rien", "je vous garantis"),
    ("je vous garantis pas un résultat", "je vous garantis un résultat"),
    ("je vous garantis rien du tout", "je vous garantis"),
    ("je ne dis pas que c'est gratuit", "c'est gratuit"),
    ("je ne peux pas vous garantir un résultat", "vous garantir un résultat"),
    ("jamais je ne vous garantirai ça", "je vous garantis ça"),
    ("sans garantie", "garantie"),
    ("aucune garantie", "garantie"),
    ("ça m'intéresse", "ça ne m'intéresse pas"),
    ("ça ne m'intéresse pas", "ça m'intéresse"),
    ("j'ai le temps", "je n'ai pas le temps"),
    ("je vous envoie un mail", "envoyez-moi un mail"),
    ("je vous envoie donc un mail", "envoyez-moi un mail"),
    ("envoyez-lui un mail", "envoyez-moi un mail"),
    ("je vous rappelle", "rappelez-moi"),
    ("20 % d'économies", "30 % d'économies"),
    ("vous devez", "un devis"),
    ("c'est graphique", "c'est gratuit"),
    ("Envoyez ça. Moi, un mail", "envoyez-moi un mail"),
    ("une fracture", "la facture"),
]


@pytest.mark.parametrize(("said", "phrase", "how"), SAID)
def test_phrase_is_found_in_the_forms_of_speech(said: str, phrase: str, how: How) -> None:
    assert [match.how for match in find_phrase(said, phrase)] == [how]


@pytest.mark.parametrize(("said", "phrase"), NOT_SAID)
def test_what_only_resembles_a_phrase_or_denies_it_is_not_found(said: str, phrase: str) -> None:
    assert find_phrase(said, phrase) == ()


@pytest.mark.parametrize(
    ("said", "phrase", "is_said"),
    [
        ("I'm really not interested", "i am not interested", True),
        ("send us a quick email", "send me an email", True),
        ("it's totally free", "it's free", True),
        ("we can't guarantee savings", "guarantee savings", False),
        ("we don't guarantee that", "we guarantee that", False),
        ("it is not free", "free", False),
    ],
)
def test_english_is_read_too(said: str, phrase: str, is_said: bool) -> None:
    assert bool(find_phrase(said, phrase, "en")) is is_said


def test_match_says_where_and_in_which_words() -> None:
    words = [
        Word(" Bon,", 1.0, 1.2, 0.9),
        Word(" envoyez", 2.0, 2.4, 0.5),
        Word("-moi", 2.4, 2.6, 0.9),
        Word(" juste", 2.6, 2.9, 0.9),
        Word(" un", 3.0, 3.1, 0.9),
        Word(" mail.", 3.1, 3.5, 0.9),
    ]
    (match,) = find(read_words(words), read_phrase("envoyez-moi un mail"))
    assert (match.start_s, match.end_s) == (2.0, 3.5)
    assert (match.first, match.last) == (1, 5)
    assert match.quote == "envoyez-moi juste un mail."
    assert match.score == pytest.approx(0.9 * (0.6 + 0.4 * 0.5))


def test_every_saying_of_a_phrase_is_found_once() -> None:
    matches = find_phrase("c'est gratuit, oui c'est gratuit mais pas offert", "c'est gratuit")
    assert [(match.first, match.last) for match in matches] == [(0, 1), (3, 4)]


@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(["fr", "en", "de"]))
@settings(max_examples=150)
def test_no_text_and_no_phrase_breaks_the_search(text: str, phrase: str, language: str) -> None:
    said = read_text(text, language)
    for match in find(said, read_phrase(phrase, language)):
        assert 0 <= match.first <= match.last < len(said.words)
        assert 0 <= match.score <= 1


@given(_FRENCH, _FRENCH)
@settings(max_examples=150)
def test_phrase_itself_is_always_found_with_accents_and_without(phrase: str, after: str) -> None:
    assume(not read_phrase(phrase).is_empty)
    bare = "".join(
        char for char in unicodedata.normalize("NFD", phrase) if not unicodedata.combining(char)
    )
    for said in (phrase, bare, phrase.upper()):
        assert find_phrase(said, phrase), said
    # what follows in another sentence changes nothing
    assert find_phrase(f"{phrase}. {after}", phrase)
    assert find_phrase(f"{phrase} ! {after}", phrase)


@given(
    st.sampled_from(["gratuit", "sans risque", "remboursé", "moins cher", "garanti", "certain"]),
    st.sampled_from(
        [
            "ce n'est pas {}",
            "c'est pas vraiment {}",
            "ça n'est jamais {}",
            "je n'ai pas dit que c'est {}",
            "je ne prétends pas que ce soit {}",
            "rien n'est {}",
        ]
    ),
)
def test_denied_claim_is_no_claim(claim: str, frame: str) -> None:
    assert find_phrase(frame.format(claim), claim) == ()
    assert find_phrase(f"Oui, c'est {claim}", claim)
