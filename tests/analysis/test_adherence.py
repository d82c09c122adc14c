"""What became of the lines of a script in a call."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.analysis.adherence import Said, WantedLine, fit_lines, why_not
from callcoach.analysis.adherence_words import Token, align, merge_numbers, pattern
from callcoach.analysis.embedding import LETTERS
from callcoach.analysis.model import Kind, Track
from callcoach.analysis.truth import load_truth, tracks_from_turns
from callcoach.analysis.turns import Conversation, build_conversation
from tests.analysis.strategies import tidy_tracks, wild_words

_ROOT = Path(__file__).parents[2]
SCRIPT = (
    "Bonjour {madame}, {prénom}, de la société Comptaclair.",
    "Vous travaillez sur quel logiciel de comptabilité ?",
    "Chaque écriture garde sa piste d’audit, pour vos commissaires aux comptes.",
    "L’étude de faisabilité se fait en trois semaines.",
    "L’invitation, je vous l’envoie à quelle adresse ?",
)


def wanted(*texts: str, **values: object) -> list[WantedLine]:
    """Lines of the body of a script."""
    return [WantedLine(str(i), text, **values) for i, text in enumerate(texts)]  # type: ignore[arg-type]


def talk(*turns: str) -> Conversation:
    """A conversation of turns such as "A: bonjour", one after the other."""
    found, at = [], 1.0
    for turn in turns:
        side, _, text = turn.partition(": ")
        end = at + max(0.5, len(text) / 15)
        speaker = {"A": "agent", "P": "prospect"}[side]
        found.append({"speaker": speaker, "start_s": at, "end_s": end, "text": text})
        at = end + 0.6
    return build_conversation(
        tracks_from_turns(found), duration_s=at, agent_channel=0, separate=True
    )


def filled(text: str) -> str:
    """A line as an agent says it, its placeholders filled in."""
    return text.replace("{madame}", "madame Petit").replace("{prénom}", "Hanta Rakoto")


@given(st.permutations(range(len(SCRIPT))))
@settings(max_examples=30, deadline=None)
def test_a_script_that_is_read_is_said_whatever_the_order(order: list[int]) -> None:
    conversation = talk(
        *(
            part
            for number in order
            for part in (f"A: {filled(SCRIPT[number])}", "P: Oui, d'accord.")
        )
    )
    fits = fit_lines(conversation, wanted(*SCRIPT))
    assert [fit.said for fit in fits] == [Said.SAID] * len(SCRIPT)
    starts = [fits[number].start_s for number in order]
    assert starts == sorted(starts, key=lambda start: start or 0.0)


@given(st.sampled_from(Kind))
def test_without_a_word_of_the_agent_nothing_was_said(kind: Kind) -> None:
    lines = [*wanted(*SCRIPT), WantedLine("v", SCRIPT[1], "voicemail")]
    fits = fit_lines(talk("P: Allô ?", "P: Allô, il y a quelqu'un ?"), lines, kind=kind)
    due = Said.SKIPPED if kind is Kind.TARGET else Said.NOT_DUE
    assert [fit.said for fit in fits[:-1]] == [due] * len(SCRIPT)
    assert fits[-1].said is (Said.SKIPPED if kind is Kind.VOICEMAIL else Said.NOT_DUE)


@given(tidy_tracks(), wild_words, st.sampled_from(Kind), st.booleans(), st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_was_recognised_and_written_it_answers(
    tracks: tuple[Track, Track], words: tuple, kind: Kind, has_model: bool, text: str
) -> None:
    for own in (tracks, (replace(tracks[0], words=words), tracks[1])):
        conversation = build_conversation(own, duration_s=120.0, agent_channel=0, separate=True)
        lines = [*wanted(text, *SCRIPT), WantedLine("o", SCRIPT[2], "objection", "C'est trop cher")]
        fits = fit_lines(conversation, lines, kind=kind, embedder=LETTERS if has_model else None)
        assert [fit.key for fit in fits] == [line.key for line in lines]
        for fit in fits:
            assert 0 <= fit.share <= 1
            assert (fit.start_s is not None) == (fit.said in (Said.SAID, Said.OTHERWISE))


def test_it_survives_what_recognition_does_to_words() -> None:
    conversation = talk(
        "P: Allô ?",
        "A: Bonjour madame Petit, Anta de la sociétés Contaclair.",
        "P: Oui.",
        "A: Alors l'étude de faisabilités se fait en 3 semaine.",
        "P: D'accord.",
    )
    fits = fit_lines(conversation, wanted(*SCRIPT))
    assert [fit.said for fit in fits] == [
        Said.SAID,
        Said.SKIPPED,
        Said.SKIPPED,
        Said.SAID,
        Said.SKIPPED,
    ]
    assert fits[3].words.startswith("l'étude")


def test_an_answer_is_due_once_its_objection_was_raised() -> None:
    line = wanted("Qu’est-ce que votre outil ne fait pas encore ?", answers="On a déjà un outil.")
    skipped = fit_lines(talk("P: On a déjà un outil.", "A: D'accord, au revoir."), line)
    not_due = fit_lines(talk("P: Rappelez-moi à la rentrée.", "A: D'accord, au revoir."), line)
    said = fit_lines(
        talk(
            "P: Nous avons déjà un outil.", "A: Et qu'est-ce que votre outil ne fait pas encore ?"
        ),
        line,
    )
    assert [fits[0].said for fits in (skipped, not_due, said)] == [
        Said.SKIPPED,
        Said.NOT_DUE,
        Said.SAID,
    ]


_READ = (
    "Notre logiciel automatise la clôture mensuelle des directions financières, et chaque écriture"
    " garde une piste complète pour vos commissaires aux comptes. "
)
_READ_ON = (
    "Nos consultants accompagnent vos équipes pendant le paramétrage et la reprise des données de"
    " l’exercice précédent, avec un calendrier que vous validez."
)


def test_what_is_read_out_past_the_prospect_is_a_weakness_and_a_disclosure_never() -> None:
    told = (
        "P: Ma comptable est en arrêt maladie depuis mardi, les factures fournisseurs s'empilent."
    )
    deaf = talk(told, f"A: {_READ}{_READ_ON}", "P: Bon.")
    asked = talk("P: Et il fait quoi, votre logiciel, exactement ?", f"A: {_READ}{_READ_ON}")
    assert [fit.is_recited for fit in fit_lines(deaf, wanted(_READ, _READ_ON))] == [True, True]
    assert not any(fit.is_recited for fit in fit_lines(asked, wanted(_READ, _READ_ON)))
    assert not any(
        fit.is_recited for fit in fit_lines(deaf, wanted(_READ, _READ_ON, is_disclosure=True))
    )


def test_own_words_that_take_up_what_the_prospect_said_are_a_strength() -> None:
    line = wanted("Vous imprimez vos étiquettes vous-mêmes, ou chez un imprimeur ?")
    apt = talk(
        "P: Nous, c'est surtout des bocaux de cornichons.",
        "A: Et ces bocaux de cornichons, vos étiquettes, qui est-ce qui les imprime ?",
    )
    found = fit_lines(apt, line)[0]
    assert (found.said, found.is_apt, found.is_recited) == (Said.OTHERWISE, True, False)


def test_numbers_are_the_same_in_letters_and_digits() -> None:
    said = "quinze cents mètres, deux mille huit cents euros, quatre-vingt-dix et trente-neuf"
    merged = merge_numbers(Token(word) for word in said.replace("-", " ").replace(",", "").split())
    assert [t.text for t in merged if t.text.isdigit()] == ["1500", "2800", "90", "39"]
    assert align(pattern("trente-neuf centimes"), [Token("39"), Token("centimes")]) is not None


def test_a_call_of_which_nothing_can_be_said_says_why() -> None:
    mono = build_conversation(
        tracks_from_turns([{"speaker": "agent", "start_s": 0, "end_s": 2, "text": "Bonjour."}])[:1],
        duration_s=3.0,
        agent_channel=None,
        separate=False,
    )
    assert why_not(talk()) == "no_words"
    assert why_not(mono) == "speakers_unknown"
    assert why_not(talk("A: Bonjour.")) == ""


def test_the_sample_calls_are_read_as_people_read_them() -> None:
    """The labels of benchmarks/data on the true words; docs/adherence.md has the whole measurement."""
    data = json.loads((_ROOT / "benchmarks" / "data" / "adherence.json").read_text("utf-8"))
    letters = {"s": Said.SAID, "o": Said.OTHERWISE, "k": Said.SKIPPED, "n": Said.NOT_DUE}
    found: list[tuple[Said, Said]] = []
    for script in data:
        for name, labels in script["labels"].items():
            path = _ROOT / "recordings_sample" / f"{name}.truth.json"
            if not path.exists():
                continue  # of the training calls, which are not kept here
            truth = load_truth(path)
            conversation = build_conversation(
                tracks_from_turns(truth.turns),
                duration_s=truth.duration_s,
                agent_channel=0,
                separate=True,
            )
            lines = [
                WantedLine(str(i), line["text"], line["section"], line.get("answers", ""))
                for i, line in enumerate(script["lines"])
            ]
            kind = Kind.GATEKEEPER if name == "voltaneo-03-standard-logistique" else Kind.TARGET
            fits = fit_lines(conversation, lines, kind=kind)
            found += [(letters[letter], fit.said) for letter, fit in zip(labels, fits, strict=True)]
    said = [pair for pair in found if Said.SAID in pair]
    assert len(found) == 116
    assert sum(truth is taken for truth, taken in said) >= 0.8 * len(said)
    assert sum(truth is taken for truth, taken in found) >= 0.75 * len(found)
