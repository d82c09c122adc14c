"""What was said against what was promised: every rule and its traps, on lines written for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.analysis.alignment import (
    SURE,
    DisclosureKind,
    Facts,
    Found,
    Statement,
    StatementKind,
    align,
    false_senders,
)
from callcoach.analysis.alignment.quantities import quantities
from callcoach.analysis.alignment.reading import read_text
from callcoach.analysis.alignment.words import load_words
from callcoach.analysis.claims import Standing
from callcoach.analysis.embedding import Vectors
from callcoach.analysis.model import Kind, Speaker, Turn, Word
from callcoach.analysis.wording import render_both

FAITHFUL, DISTORTED, OVER = Standing.FAITHFUL, Standing.DISTORTED, Standing.OVERPROMISED
OMITTED, NOT_APPLICABLE = Standing.OMITTED, Standing.NOT_APPLICABLE
#: An opening, so that the offer has been reached.
HELLO = "Bonjour madame, Hanta, de la société Comptaclair."
OFFER = (
    "Nous avons un logiciel que vos équipes prennent en main en une matinée, avec quelqu'un à côté "
    "d'elles pendant tout le premier mois."
)


def turns_of(*said: str, start_s: float = 0.0, probability: float = 1.0) -> list[Turn]:
    """Turns in a row; a line that begins with "P:" is the prospect's."""
    turns: list[Turn] = []
    at = start_s
    for index, line in enumerate(said):
        is_prospect = line.startswith("P:")
        text = line.removeprefix("P:").strip()
        words = tuple(
            Word(f" {part}", at + 0.3 * n, at + 0.3 * n + 0.25, probability)
            for n, part in enumerate(text.split())
        )
        end_s = at + 0.3 * max(len(words), 1)
        speaker = Speaker.PROSPECT if is_prospect else Speaker.AGENT
        turns.append(Turn(index, speaker, int(is_prospect), at, end_s, text, words))
        at = end_s + 0.5
    return turns


def statement(text: str, kind: str = "approved", **values: object) -> Statement:
    return Statement("1", StatementKind(kind), text, **values)  # type: ignore[arg-type]


def judge(wanted: Statement, *said: str, kind: Kind = Kind.TARGET) -> Found:
    facts = Facts(kind=kind, sponsor="Comptaclair", agent="Hanta Rakoto")
    return align([wanted], turns_of(HELLO, *said), facts=facts)[0]


@pytest.mark.parametrize(
    ("promise", "said", "standing"),
    [
        # The same figure, spoken or written, in other words
        ("Un essai de trente jours", "Vous avez 30 jours d'essai.", FAITHFUL),
        ("Un essai de 30 jours", "Vous pouvez l'essayer pendant un mois.", FAITHFUL),
        ("Une étude en trois semaines", "L'étude, elle est faite en trois semaines.", FAITHFUL),
        ("Une étude en dix jours", "On vous rend l'étude en 10 j.", FAITHFUL),
        ("Livraison sous 48 heures", "La livraison se fait sous deux jours.", FAITHFUL),
        # Another figure: worse for the customer, or better
        ("Une étude en trois semaines", "L'étude est faite en cinq semaines.", DISTORTED),
        ("Une étude en trois semaines", "L'étude est faite en une semaine.", OVER),
        ("Un essai de trente jours", "Vous avez soixante jours d'essai.", OVER),
        (
            "Économisez 20 % sur la facture",
            "Vous économisez trente pour cent sur la facture.",
            OVER,
        ),
        ("L'abonnement coûte 90 euros par mois", "L'abonnement coûte 49 euros par mois.", OVER),
        ("Une visite par trimestre", "On fait une visite tous les mois.", DISTORTED),
        # A limit left out; kept
        (
            "Jusqu'à 30 % d'économies sur le chauffage",
            "C'est 30 % d'économies sur le chauffage.",
            OVER,
        ),
        (
            "Jusqu'à 30 % d'économies sur le chauffage",
            "Ça peut aller jusqu'à trente pour cent d'économies sur le chauffage.",
            FAITHFUL,
        ),
        # An absolute added; denied, it is none
        ("S'intègre à Sage", "On s'intègre à Sage, c'est garanti, sans aucun problème.", OVER),
        ("S'intègre à Sage", "On s'intègre à Sage, mais ce n'est pas garanti partout.", FAITHFUL),
        # The contrary
        ("S'intègre à Sage et à Cegid", "On ne s'intègre pas à Sage ni à Cegid.", DISTORTED),
        (
            "Sans investissement de votre part",
            "Il n'y a aucun investissement de votre part.",
            FAITHFUL,
        ),
        ("Sans le nom du salarié", "Vous avez la liste, avec le nom du salarié.", DISTORTED),
        # A question, or somebody else's word, claims nothing
        ("Une piste d'audit complète", "Vous avez déjà une piste d'audit complète ?", OMITTED),
        ("Une piste d'audit complète", "P: Il nous faut une piste d'audit complète.", OMITTED),
    ],
)
def test_what_was_said_of_a_promise(promise: str, said: str, standing: Standing) -> None:
    assert judge(statement(promise), OFFER, said).standing is standing


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ("Vous gagnez dix pour cent après l'étude.", FAITHFUL),
        ("Vous gagnez dix pour cent. C'est après l'étude qu'on le sait.", FAITHFUL),
        ("Vous gagnez dix pour cent.", DISTORTED),
        ("Vous gagnez dix pour cent, je vous le garantis.", OVER),
    ],
)
def test_a_conditional_promise_wants_its_condition(said: str, standing: Standing) -> None:
    wanted = statement("Vous gagnez dix pour cent", "conditional", condition="après l'étude")
    assert judge(wanted, OFFER, said).standing is standing


@pytest.mark.parametrize(
    ("claim", "said", "standing"),
    [
        ("Gratuit", "La démonstration est gratuite.", OVER),
        ("Gratuit", "Ça ne vous coûte rien.", OVER),
        ("Gratuit", "Ce n'est pas gratuit, je préfère vous le dire.", OMITTED),
        ("Gratuit", "P: C'est gratuit, votre truc ?", OMITTED),
        ("Gratuit", "Vous me dites que c'est gratuit ailleurs.", OMITTED),
        ("Zéro risque", "Pour vous, il n'y a aucun risque.", OVER),
        ("Zéro risque", "C'est un placement sans risque.", OVER),
        ("Zéro risque", "Le risque zéro, ce n'est pas sans risque non plus.", OMITTED),
        ("Zéro perte", "Ça n'empêche pas les pertes, je vous le dis.", OMITTED),
        ("Économies garanties", "Je vous garantis des économies.", OVER),
        ("Économies garanties", "Les économies, on ne peut pas les garantir.", OMITTED),
        ("Annoncer des économies chiffrées", "Vous allez économiser quatre mille euros.", OVER),
        ("Annoncer des économies chiffrées", "Les économies, je n'ai aucun chiffre.", OMITTED),
        ("Plus un seul arrêt de ligne", "Un arrêt de ligne, vous n'en verrez plus un seul.", OVER),
    ],
)
def test_what_must_not_be_said(claim: str, said: str, standing: Standing) -> None:
    assert judge(statement(claim, "forbidden"), OFFER, said).standing is standing
    as_ambiguous = judge(statement(claim, "ambiguous"), OFFER, said).standing
    assert as_ambiguous is (DISTORTED if standing is OVER else OMITTED)


def test_a_forbidden_sentence_is_found_though_a_word_of_it_is_bent_and_a_person_is_asked() -> None:
    wanted = statement("Dans le cadre du suivi de votre budget", "ambiguous")
    found = judge(wanted, "Je vous appelle dans le cadre du suivi de votre bidje.")
    assert found.standing is DISTORTED and found.confidence < SURE


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Nous sommes mandatés par l'État pour la mise en conformité.", "État"),
        ("Nous sommes mandatés au niveau de l'État.", "État"),
        ("Je vous appelle de la part d'EDF.", "EDF"),
        ("On est partenaires de la mairie.", "mairie"),
        ("C'est le gouvernement qui nous envoie.", "gouvernement"),
        ("Nous ne sommes pas mandatés par l'État.", ""),
        ("P: Vous êtes mandatés par l'État ?", ""),
        ("Vous me dites que vous êtes mandatés par l'État.", ""),
        ("L'État demande aux entreprises de se mettre en règle.", ""),
        ("Je vous appelle de la part de madame Jaouen.", ""),
    ],
)
def test_who_is_claimed_to_have_sent_the_caller(said: str, who: str) -> None:
    found = false_senders(turns_of(HELLO, said), sponsor="Comptaclair")
    assert [str(item.reason.values["who"]) for item in found] == [who] * bool(who)
    wanted = statement("Dire qu'on est envoyé par l'État, la mairie ou EDF", "forbidden")
    assert (judge(wanted, said).standing is OVER) == bool(who)
    behalf = statement(
        "J'appelle pour Comptaclair", "disclosure", disclosure=DisclosureKind.ON_BEHALF
    )
    assert judge(behalf, said).standing is (DISTORTED if who else FAITHFUL)


def test_the_sponsor_is_no_false_sender_though_its_name_is_an_authority() -> None:
    assert not false_senders(turns_of("Je vous appelle de la part d'EDF."), sponsor="EDF")


@pytest.mark.parametrize(
    ("disclosure", "said", "standing"),
    [
        ("recording", "Je vous précise que cet appel est enregistré.", FAITHFUL),
        ("recording", "Cet appel n'est pas enregistré.", DISTORTED),
        ("recording", "Je vous présente notre offre.", OMITTED),
        ("objection", "Vous pouvez vous opposer à cet appel à tout moment.", FAITHFUL),
        ("commercial", "C'est un appel commercial.", FAITHFUL),
    ],
)
def test_disclosures_of_the_opening(disclosure: str, said: str, standing: Standing) -> None:
    wanted = statement("Mention", "disclosure", disclosure=DisclosureKind(disclosure))
    assert judge(wanted, said).standing is standing
    assert judge(wanted, said, kind=Kind.GATEKEEPER).standing is NOT_APPLICABLE


def test_a_disclosure_counts_in_the_first_minute_with_the_person_sought() -> None:
    wanted = statement("Mention", "disclosure", disclosure=DisclosureKind.RECORDING)
    said = "Au fait, cet appel est enregistré."
    long = " ".join(["Nous parlons de votre clôture et de vos équipes."] * 40)
    late = align([wanted], turns_of(HELLO, long, said))[0]
    assert late.standing is OMITTED and late.reason.key == "alignment.disclosure_late"
    through = align([wanted], turns_of(HELLO, long, "P: Je vous le passe.", HELLO, said))[0]
    assert through.standing is FAITHFUL


def test_names_are_known_in_spite_of_recognition() -> None:
    identity = statement("Nom", "disclosure", disclosure=DisclosureKind.IDENTITY)
    behalf = statement("Pour qui", "disclosure", disclosure=DisclosureKind.ON_BEHALF)
    facts = Facts(sponsor="Comptaclair", agent="Hanta Rakoto")
    said = turns_of("Bonjour madame, Anta de la société compta clair.", probability=0.7)
    assert [f.standing for f in align([identity, behalf], said, facts=facts)] == [FAITHFUL] * 2


def test_a_call_that_gave_no_occasion() -> None:
    wanted = statement("Un essai de trente jours")
    assert judge(wanted, "P: Non merci.", "Bonne journée.").standing is NOT_APPLICABLE
    assert judge(wanted, OFFER).standing is OMITTED
    assert judge(wanted, OFFER, kind=Kind.VOICEMAIL).standing is NOT_APPLICABLE
    silent = align([wanted], turns_of("P: Allô ?"))[0]
    assert (silent.standing, silent.quote, silent.start_s) == (NOT_APPLICABLE, "", None)


def test_where_and_why_are_told() -> None:
    found = judge(
        statement("Une étude en trois semaines"), OFFER, "L'étude est faite en une semaine."
    )
    assert found.quote == "L'étude est faite en une semaine."
    assert found.channel == 0 and found.start_s is not None and found.end_s is not None
    assert 0 < found.start_s < found.end_s
    assert "une semaine" in render_both(found.reason)["fr"]


class _Meaning:
    """Texts that speak of hosting lie in one direction, all others in another."""

    name, near = "meaning-of-test", 0.24

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 3))
        for row, text in zip(rows, texts, strict=True):
            row[:] = (
                (0.0, 1.0, 0.1) if "serveurs" in text or "Hexagone" in text else (1.0, 0.0, 0.1)
            )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_meaning_finds_what_words_do_not() -> None:
    wanted = [statement("Nos serveurs sont en France")]
    said = turns_of(HELLO, OFFER, "Vos données restent dans l'Hexagone.")
    assert align(wanted, said)[0].standing is OMITTED
    assert align(wanted, said, embedder=_Meaning())[0].standing is FAITHFUL


@pytest.mark.parametrize(
    ("said", "value", "dimension"),
    [
        ("dix jours", 10, "duration"),
        ("10j", 10, "duration"),
        ("une dizaine de jours", 10, "duration"),
        ("quatre-vingt-dix jours", 90, "duration"),
        ("une demi-journée", 0.5, "duration"),
        ("trente pour cent", 30, "percent"),
        ("30%", 30, "percent"),
        ("la moitié", 50, "percent"),
        ("mille cinq cents euros", 1500, "money"),
        ("1 500 €", 1500, "money"),
        ("deux mille mètres carrés", 2000, "area"),
        ("tous les mois", 30, "every"),
        ("trois techniciens", 3, "techn"),
    ],
)
def test_figures_spoken_and_written(said: str, value: float, dimension: str) -> None:
    found = quantities(read_text(said, "fr"), load_words("fr"))
    assert [(item.value, item.dimension) for item in found] == [(value, dimension)]


def test_english() -> None:
    wanted = [
        statement("A thirty day trial"),
        statement("Free of charge", "forbidden"),
        statement("Sent by the government", "forbidden"),
    ]
    said = turns_of(
        "Hello, you get a trial of sixty days, and it is not free.",
        "We are sent by the government.",
    )
    found = align(wanted, said, facts=Facts(language="en", sponsor="Acme"))
    assert [item.standing for item in found] == [OVER, OMITTED, OVER]


_ANY = st.lists(
    st.sampled_from(
        """euh de la société dix jours pas plus garanti gratuit zéro risque mandatés par l'État ? . ,
        trente pour cent un une 1 500 € 999999999999 jusqu'à en moyenne aucun 'hui é ... « » étude
        semaines enregistré P:""".split()  # noqa: SIM905 - a word list reads better so
    )
    | st.text(max_size=6),
    max_size=25,
)
_STATEMENTS = [
    statement("Jusqu'à 30 % d'économies en dix jours"),
    statement("Sans engagement", "conditional", condition="après l'étude"),
    statement("Zéro risque", "forbidden", nuances=("", "mandaté par l'État")),
    statement("?", "ambiguous"),
    statement("café", "positioning"),
    *(statement("", "disclosure", disclosure=kind) for kind in DisclosureKind),
]


@given(st.lists(_ANY, max_size=6), st.sampled_from(list(Kind)), st.sampled_from(["fr", "en", "xx"]))
@settings(max_examples=60, deadline=None)
def test_any_words_are_read_and_every_answer_is_sound(
    said: list[list[str]], kind: Kind, language: str
) -> None:
    turns = turns_of(*(" ".join(words) for words in said), probability=0.5)
    facts = Facts(kind=kind, sponsor="Comptaclair", language=language)
    found = align(_STATEMENTS, turns, facts=facts)
    assert [item.key for item in found] == [item.key for item in _STATEMENTS]
    agent = " ".join(turn.text for turn in turns if turn.speaker is Speaker.AGENT)
    for item in found:
        assert 0 <= item.confidence <= 1
        assert all(render_both(item.reason).values())
        assert (item.start_s is None) == (not item.quote) or item.start_s is not None
        if item.start_s is not None and item.end_s is not None:
            assert 0 <= item.start_s <= item.end_s
            assert all(word in agent for word in item.quote.split())
