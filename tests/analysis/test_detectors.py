"""Each detector: the case it is for, its opposite, and calls too small to judge."""

from __future__ import annotations

import pytest

from callcoach.analysis.detectors import Candidate, registry, run_detectors
from callcoach.analysis.lexicon import find, phrases, prepare, read_turn
from callcoach.analysis.model import (
    CallContext,
    Cause,
    Channels,
    ScriptLine,
    Segment,
    Speaker,
    Track,
    Turn,
    Word,
)
from callcoach.analysis.scene import Scene
from callcoach.analysis.truth import tracks_from_turns
from callcoach.analysis.turns import build_conversation

Said = tuple[str, float, float, str]


def _scene(*said: Said, context: CallContext | None = None, separate: bool = True) -> Scene:
    turns = [
        {
            "speaker": "agent" if who == "A" else "prospect",
            "start_s": start,
            "end_s": end,
            "text": text,
        }
        for who, start, end, text in said
    ]
    conversation = build_conversation(
        tracks_from_turns(turns), duration_s=said[-1][2] + 1, agent_channel=0, separate=separate
    )
    return Scene(conversation, context or CallContext(), "fr")


def _raised(scene: Scene, cause: Cause) -> list[Candidate]:
    return [candidate for candidate in run_detectors(scene) if candidate.cause is cause]


OPENING: Said = ("P", 0.5, 2.0, "Allô, bonjour, je vous écoute.")

#: cause -> the call in which it must be raised, at the agent's turn numbered (among agent turns).
PRESENT: dict[Cause, tuple[int, tuple[Said, ...]]] = {
    Cause.MONOLOGUE: (
        0,
        (
            OPENING,
            ("A", 2.5, 32.0, "Alors notre société existe depuis vingt ans et " * 8),
            ("P", 33.5, 34.2, "Hum."),
        ),
    ),
    Cause.RUSHED: (
        2,
        (
            OPENING,
            ("A", 2.5, 6.5, "Bonjour madame, ici Karim de Batisène."),
            ("P", 7.0, 8.5, "Bonjour monsieur, dites-moi."),
            ("A", 9.0, 13.0, "Vous avez combien de bâtiments chez vous ?"),
            ("P", 13.5, 15.0, "Trois bâtiments à Lille."),
            (
                "A",
                15.4,
                21.4,
                "alors on intervient sur la couverture les façades les quais les portes les rideaux le désenfumage et on garantit la visite annuelle le rapport complet la maintenance préventive corrective",
            ),
            ("P", 22.5, 24.0, "Oh là, pas si vite."),
        ),
    ),
    Cause.INTERRUPTION: (
        0,
        (
            (
                "P",
                1.0,
                9.0,
                "Ce qui m'inquiète c'est le plafond parce que l'expert vient demain et que",
            ),
            ("A", 7.4, 11.0, "Oui donc pour le contrat annuel on signe quand ?"),
            ("P", 11.5, 13.0, "Laissez-moi finir."),
        ),
    ),
    Cause.MISHANDLED_SILENCE: (
        0,
        (
            (
                "P",
                1.0,
                6.0,
                "Trente-neuf euros. Attendez, je compte. Trente personnes, deux par jour…",
            ),
            (
                "A",
                6.4,
                12.0,
                "Après, si c'est trop, il y a la formule à trente-trois, ou sans engagement.",
            ),
            ("P", 12.5, 14.0, "J'ai perdu mon calcul."),
        ),
    ),
    Cause.USEFUL_SILENCE: (
        0,
        (
            ("P", 1.0, 4.0, "Oui oui, dans l'ensemble ça va. Enfin…"),
            ("A", 6.2, 7.2, "Je vous écoute."),
            (
                "P",
                10.4,
                20.0,
                "Pour être honnête, non, on a six postes vides depuis janvier et la direction me demande des comptes.",
            ),
        ),
    ),
    Cause.INSISTENCE: (
        1,
        (
            OPENING,
            ("A", 2.5, 6.0, "Bonjour, on pourrait se voir pour en parler ?"),
            ("P", 6.5, 9.0, "Non, pas de rendez-vous, je ne suis pas intéressé."),
            ("A", 9.3, 14.0, "Allez, juste une petite demi-heure, je vous mets jeudi neuf heures."),
            ("P", 15.0, 16.5, "J'ai dit non."),
        ),
    ),
    Cause.BOOKISH: (
        0,
        (
            OPENING,
            (
                "A",
                2.5,
                9.0,
                "Je prends attache avec vous afin de vous faire part d'une prestation ayant trait à l'habillement.",
            ),
            ("P", 10.2, 12.0, "C'est un courrier ?"),
        ),
    ),
    Cause.WRONG_REGISTER: (
        0,
        (
            OPENING,
            (
                "A",
                2.5,
                8.0,
                "Super, alors écoute, je vais pas te faire un dessin, c'est la galère.",
            ),
            ("P", 9.6, 11.0, "On se connaît ?"),
        ),
    ),
    Cause.RECITED_SCRIPT: (
        1,
        (
            OPENING,
            ("A", 2.5, 6.0, "Bonjour, je vous appelle pour la climatisation."),
            (
                "P",
                6.5,
                15.0,
                "Si vous saviez, j'ai un dégât des eaux au deuxième depuis lundi, six chambres fermées, je reloge mes clients.",
            ),
            (
                "A",
                15.4,
                20.0,
                "Très bien. Disposez-vous actuellement d'un contrat d'entretien annuel ?",
            ),
            ("P", 21.2, 23.0, "Je vous parle de six chambres."),
        ),
    ),
    Cause.IGNORED_OBJECTION: (
        1,
        (
            OPENING,
            ("A", 2.5, 5.0, "Bonjour, on entretient des toitures."),
            ("P", 5.5, 9.0, "Écoutez, j'ai déjà un couvreur, il est là le lendemain."),
            ("A", 9.4, 15.0, "Oui mais le diagnostic comprend la toiture et les façades."),
            ("P", 16.0, 18.0, "Non, on va en rester là."),
        ),
    ),
    Cause.MISSED_BUYING_SIGNAL: (
        1,
        (
            OPENING,
            ("A", 2.5, 5.0, "Bonjour, on recrute pour les commerces."),
            ("P", 5.5, 10.0, "Et les gens, mettons que je vous dise oui, ça se passe comment ?"),
            ("A", 10.4, 17.0, "Très bien. Et sinon, vous êtes combien sur le site aujourd'hui ?"),
            ("P", 18.2, 19.0, "Douze."),
        ),
    ),
    Cause.MISSED_HESITATION: (
        1,
        (
            OPENING,
            ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
            ("P", 5.5, 9.0, "Ben, je sais pas trop, enfin bon, ça va."),
            (
                "A",
                9.3,
                15.0,
                "Parfait. Alors nous, on fait l'analyse et le traitement dans le même contrat.",
            ),
            ("P", 16.0, 17.0, "Envoyez un mail."),
        ),
    ),
    Cause.OVERPROMISE: (
        0,
        (
            OPENING,
            ("A", 2.5, 8.0, "Avec nous, c'est zéro coupure, et vous n'aurez plus jamais un souci."),
            ("P", 9.6, 11.0, "Mouais."),
        ),
    ),
    Cause.AMBIGUOUS_CLAIM: (
        0,
        (
            OPENING,
            (
                "A",
                2.5,
                8.0,
                "Je vous appelle dans le cadre du contrôle de conformité des établissements.",
            ),
            ("P", 9.2, 11.0, "Un contrôle ?"),
        ),
    ),
    Cause.SELF_BELITTLING: (
        0,
        (
            OPENING,
            ("A", 2.5, 8.0, "Je suis désolé de vous déranger, vous avez sûrement mieux à faire."),
            ("P", 9.2, 11.0, "Faites vite."),
        ),
    ),
    Cause.REFORMULATION: (
        0,
        (
            (
                "P",
                1.0,
                9.0,
                "Les factures arrivent en retard et ma comptable ressaisit tout le soir.",
            ),
            (
                "A",
                9.6,
                15.0,
                "Si je vous suis bien, le plus long, c'est d'attendre les factures et de tout ressaisir.",
            ),
            (
                "P",
                15.3,
                22.0,
                "Voilà, exactement, et la clôture mensuelle déborde sur le week-end.",
            ),
        ),
    ),
    Cause.OPEN_QUESTION: (
        0,
        (
            ("P", 1.0, 2.5, "Neuf, dix jours."),
            ("A", 3.0, 6.0, "Et dans ces dix jours, qu'est-ce qui vous coince le plus ?"),
            (
                "P",
                7.4,
                21.0,
                "Franchement, les factures non parvenues, on court après les chefs de site et ils répondent quand ils veulent.",
            ),
        ),
    ),
    Cause.BUYING_SIGNAL_TAKEN: (
        1,
        (
            OPENING,
            ("A", 2.5, 5.0, "Bonjour, on recrute pour les cliniques."),
            ("P", 5.5, 9.0, "Et ça se regarde, les profils, avant de signer ?"),
            (
                "A",
                9.4,
                16.0,
                "Oui, avant. Je vous propose un quart d'heure pour les regarder ensemble, vendredi ?",
            ),
            ("P", 16.4, 19.0, "Vendredi, ça m'arrange."),
        ),
    ),
    Cause.OBJECTION_HANDLED: (
        1,
        (
            OPENING,
            ("A", 2.5, 5.0, "Bonjour, c'est pour votre clôture."),
            (
                "P",
                5.5,
                11.0,
                "La dernière fois qu'on nous a branché un outil, ça a duré huit mois.",
            ),
            (
                "A",
                11.9,
                20.0,
                "Huit mois, je comprends que ça vous refroidisse. Votre outil, je préfère qu'on le regarde avec vous.",
            ),
            ("P", 20.5, 23.0, "Au moins vous êtes honnête."),
        ),
    ),
    Cause.ADJUSTMENT: (
        1,
        (
            OPENING,
            ("A", 2.5, 8.0, "Alors on fait l'audit la bascule et tout le reste."),
            ("P", 9.2, 11.0, "Pardon, je n'ai rien compris."),
            ("A", 11.6, 16.0, "Pardon, je suis allé trop vite. Je reprends plus simplement."),
            ("P", 16.4, 19.0, "Bon, allez-y."),
        ),
    ),
    Cause.COMMITMENT_WON: (
        0,
        (
            ("P", 1.0, 4.0, "Il faudrait que je voie ça noir sur blanc."),
            ("A", 4.5, 10.0, "Je vous propose de passer lundi à neuf heures, ça vous irait ?"),
            ("P", 10.8, 16.0, "Lundi neuf heures, ça me va, je le note dans mon agenda."),
        ),
    ),
}


@pytest.mark.parametrize("cause", PRESENT, ids=lambda cause: cause.value)
def test_a_detector_raises_its_case_at_the_right_turn_with_evidence(cause: Cause) -> None:
    place, said = PRESENT[cause]
    scene = _scene(*said)
    expected = scene.moments[place].turn
    found = [c for c in _raised(scene, cause) if c.turn == expected.index]
    assert found, [(c.cause.value, c.turn) for c in run_detectors(scene)]
    for candidate in found:
        assert expected.start_s <= candidate.start_s <= candidate.end_s <= expected.end_s
        assert 0 < candidate.strength <= 1
        assert candidate.evidence


def test_every_cause_has_a_registered_detector_and_ids_are_stable() -> None:
    assert {detector.cause for detector in registry()} == set(Cause)
    kinds = [(detector.id, detector.cause) for detector in registry()]
    assert len(set(kinds)) == len(kinds)
    numbered = {f"D{number:02d}" for number in range(1, 21)}
    assert numbered <= {detector.id for detector in registry()}


POLITE: tuple[Said, ...] = (
    ("P", 0.5, 2.0, "Allô, bonjour."),
    ("A", 2.4, 6.0, "Bonjour monsieur, vous avez combien de sites ?"),
    ("P", 6.5, 8.5, "Trois sites, dans le nord."),
    ("A", 9.0, 11.5, "Et ils ouvrent à quelle heure ?"),
    ("P", 12.0, 14.0, "À huit heures, toute la semaine."),
)


@pytest.mark.parametrize(
    "cause", [c for c in Cause if c.valence == "negative"], ids=lambda c: c.value
)
def test_a_plain_polite_exchange_raises_nothing_negative(cause: Cause) -> None:
    assert _raised(_scene(*POLITE), cause) == []


def test_short_overlap_is_no_interruption() -> None:
    said = (
        ("P", 1.0, 9.0, "Ce qui m'inquiète c'est le plafond, voilà."),
        ("A", 8.7, 11.0, "Je vous comprends bien, oui."),
    )
    assert _raised(_scene(*said), Cause.INTERRUPTION) == []


def test_interruption_is_not_looked_for_on_one_channel() -> None:
    _, said = PRESENT[Cause.INTERRUPTION]
    assert _raised(_scene(*said, separate=False), Cause.INTERRUPTION) == []


def test_a_forbidden_phrase_of_the_campaign_is_certain_even_when_recognised_badly() -> None:
    context = CallContext(forbidden=("économies garanties",))
    said = (
        OPENING,
        ("A", 2.5, 6.0, "Ce sont des économie garantie pour vous."),
        ("P", 7.0, 8.0, "Ah."),
    )
    (candidate,) = _raised(_scene(*said, context=context), Cause.OVERPROMISE)
    assert candidate.strength > 0.9
    assert candidate.severity == 3


def test_an_approved_phrase_is_no_overpromise() -> None:
    said = (
        OPENING,
        ("A", 2.5, 6.0, "Le suivi est certifié et garanti dix ans pour la toiture."),
        ("P", 7.0, 8.0, "Ah."),
    )
    assert _raised(_scene(*said), Cause.OVERPROMISE)
    approved = CallContext(approved=("garanti dix ans",))
    assert _raised(_scene(*said, context=approved), Cause.OVERPROMISE) == []


def test_a_phrase_listed_as_ambiguous_is_flagged_anywhere() -> None:
    context = CallContext(ambiguous=("diagnostic offert",))
    said = (
        *POLITE,
        ("A", 14.5, 18.0, "On vous fait un diagnostic offert."),
        ("P", 18.5, 20.0, "Ah bon ?"),
    )
    (candidate,) = _raised(_scene(*said, context=context), Cause.AMBIGUOUS_CLAIM)
    assert candidate.variant == "listed"


def test_reading_a_script_line_strengthens_recited_script() -> None:
    place, said = PRESENT[Cause.RECITED_SCRIPT]
    line = ScriptLine("Très bien, disposez-vous actuellement d'un contrat d'entretien annuel ?")
    plain = _raised(_scene(*said), Cause.RECITED_SCRIPT)
    read = _raised(_scene(*said, context=CallContext(script_lines=(line,))), Cause.RECITED_SCRIPT)
    assert read[-1].strength > plain[-1].strength
    assert place == 1


@pytest.mark.parametrize(
    "tracks",
    [
        (),
        (Track(0, (Segment(0.0, 0.1),), ()),),
        (Track(0, (), (Word(" oui", 1.0, 1.2, 0.5),)),),
        (Track(0, (Segment(0.0, 60.0),), ()), Track(1, (Segment(0.0, 60.0),), ())),
        (Track(0, (Segment(1.0, 9.0),), ()), Track(1, (Segment(4.0, 5.0),), ())),
    ],
    ids=["nothing", "a click", "one word", "both all the time", "no words"],
)
def test_no_detector_fails_on_calls_too_small_to_judge(tracks: tuple[Track, ...]) -> None:
    conversation = build_conversation(tracks, duration_s=60.0, agent_channel=0, separate=True)
    for candidate in run_detectors(Scene(conversation, CallContext(), "fr")):
        assert candidate.end_s <= 60.0


def _turn(text: str) -> Turn:
    words = tuple(Word(" " + part, float(i), i + 0.8, 0.9) for i, part in enumerate(text.split()))
    return Turn(0, Speaker.AGENT, 0, 0.0, float(len(words)), text, words)


def test_a_phrase_is_found_despite_recognition_errors_and_quoted_as_it_was_heard() -> None:
    (hit,) = find(
        read_turn(_turn("alors je prend attaches avec vous")), prepare(["prends attache"])
    )
    assert hit.quote == "prend attaches"
    assert (hit.start_s, hit.end_s) == (2.0, 3.8)


def test_short_words_must_match_exactly() -> None:
    assert find(read_turn(_turn("il enfile son manteau")), prepare(["enfin"])) == ()
    assert find(read_turn(_turn("un thé")), prepare(["hé"])) == ()


def test_an_unknown_language_reads_the_french_lists() -> None:
    assert phrases("refusal", "de") == phrases("refusal", "fr")
    assert phrases("refusal", "en") != phrases("refusal", "fr")


def test_both_languages_have_the_same_lists() -> None:
    names = ("refusal", "exit", "buying", "absolute", "self_belittling", "proposing", "accepted")
    for name in names:
        assert phrases(name, "en").exact or phrases(name, "en").patterns


def test_mixed_recordings_with_told_apart_speakers_are_searched() -> None:
    _, said = PRESENT[Cause.SELF_BELITTLING]
    turns = [
        {"speaker": "agent" if w == "A" else "prospect", "start_s": s, "end_s": e, "text": t}
        for w, s, e, t in said
    ]
    agent, prospect = tracks_from_turns(turns)
    tracks = (
        Track(0, agent.voice, agent.words, Speaker.AGENT),
        Track(0, prospect.voice, prospect.words, Speaker.PROSPECT),
    )
    conversation = build_conversation(tracks, duration_s=12.0, agent_channel=None, separate=False)
    assert _raised(Scene(conversation, CallContext(), "fr"), Cause.SELF_BELITTLING)
    assert Channels.MONO.value == "mono"
