"""Who was reached, guessed from turns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.analysis.engine import analyse
from callcoach.analysis.kind import classify_kind
from callcoach.analysis.model import (
    CallContext,
    Channels,
    Kind,
    KindGuess,
    Segment,
    Speaker,
    Track,
    Turn,
    Word,
)
from callcoach.analysis.scripted import Dialogue, read_dialogues, with_errors
from callcoach.analysis.wording import LANGUAGES, render
from callcoach.calls.models import CallKind

from .strategies import tidy_tracks, wild_words

DATA = Path(__file__).parent / "data"
DIALOGUES = tuple(
    dialogue
    for name in ("tuning", "heldout", "guides")
    for dialogue in read_dialogues(DATA / f"call_kinds_{name}.txt")
)


def _guess(dialogue: Dialogue, *, separate: bool = True) -> KindGuess:
    return classify_kind(
        dialogue.turns(separate=separate),
        duration_s=dialogue.duration_s,
        language=dialogue.language,
    )


def _said(*lines: tuple[str, str], unread_s: float = 3.0) -> list[Turn]:
    """Turns in order; "A" for ours, "P" for theirs, "?" for nobody knows; "" could not be read."""
    speakers = {"A": Speaker.AGENT, "P": Speaker.PROSPECT, "?": Speaker.UNKNOWN}
    turns: list[Turn] = []
    at = 1.0
    for index, (who, text) in enumerate(lines):
        spoken = text.split()
        length = 0.3 * len(spoken) or unread_s
        words = tuple(
            Word(f" {word}", at + 0.3 * number, at + 0.3 * number + 0.25, 0.9)
            for number, word in enumerate(spoken)
        )
        turns.append(
            Turn(index, speakers[who], 0 if who == "A" else 1, at, at + length, text, words)
        )
        at += length + 0.5
    return turns


def _kind(*lines: tuple[str, str], language: str = "fr", **more: float) -> Kind:
    turns = _said(*lines, **more)
    return classify_kind(turns, duration_s=60.0, language=language).kind


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.name)
def test_a_scripted_dialogue_is_taken_for_what_it_is(dialogue: Dialogue) -> None:
    guess = _guess(dialogue)
    assert guess.kind == dialogue.kind, [render(reason, "en") for reason in guess.reasons]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.name)
def test_a_conversation_is_not_hidden_because_its_voices_are_mixed(dialogue: Dialogue) -> None:
    if dialogue.kind == Kind.TARGET:
        assert _guess(dialogue, separate=False).kind is Kind.TARGET
    else:
        assert _guess(dialogue, separate=False).kind in (dialogue.kind, *_NOBODY, Kind.TARGET)


_NOBODY = (Kind.VOICEMAIL, Kind.NO_ANSWER, Kind.GATEKEEPER)


def test_with_a_third_of_the_words_wrong_few_conversations_are_hidden() -> None:
    targets = [one for one in DIALOGUES if one.kind == Kind.TARGET]
    heard = [with_errors(one, share=0.3, seed=seed) for one in targets for seed in range(10)]
    hidden = sum(_guess(one).kind is not Kind.TARGET for one in heard)
    assert hidden / len(heard) < 0.03


def test_with_a_third_of_the_words_wrong_most_others_are_still_known() -> None:
    others = [one for one in DIALOGUES if one.kind != Kind.TARGET]
    heard = [with_errors(one, share=0.3, seed=seed) for one in others for seed in range(5)]
    assert sum(_guess(one).kind == one.kind for one in heard) / len(heard) > 0.75


def test_in_wording_that_nobody_wrote_lists_for_no_conversation_is_hidden_and_machines_are_known() -> (
    None
):
    unseen = read_dialogues(DATA / "call_kinds_unseen.txt")
    targets = [one for one in unseen if one.kind == Kind.TARGET]
    assert len(targets) >= 20
    assert {_guess(one).kind for one in targets} == {Kind.TARGET}
    machines = [one for one in unseen if one.kind in (Kind.VOICEMAIL, Kind.NO_ANSWER)]
    assert len(machines) >= 30
    assert sum(_guess(one).kind == one.kind for one in machines) / len(machines) >= 0.8


def test_an_announcement_to_nobody_needs_no_phrase_to_be_known() -> None:
    closed = "Notre atelier ne reçoit plus personne avant la rentrée de septembre"
    assert _kind(("P", closed)) is Kind.NO_ANSWER
    assert _kind(("P", closed), ("A", "Ah bon ?"), ("P", "Mais si, je plaisante")) is Kind.TARGET
    wishes = "Ici le mobile de Paul, il aime les textos et les gens brefs"
    assert _kind(("P", wishes), ("A", "Bonjour Paul, c'est Hanta.")) is Kind.VOICEMAIL


def test_a_recording_without_a_voice_is_no_answer() -> None:
    guess = classify_kind((), duration_s=31.6)
    assert guess.kind is Kind.NO_ANSWER
    assert "32" in render(guess.reasons[0], "fr")


def test_a_caller_who_talks_on_alone_is_not_called_no_answer() -> None:
    """The other channel may be missing, and a conversation must not be hidden."""
    talk = "On accompagne les directeurs financiers qui veulent clore leurs comptes plus vite chaque mois sans embaucher"
    assert _kind(("A", talk)) is Kind.TARGET


def test_a_caller_who_greets_and_takes_leave_alone_talks_to_a_machine() -> None:
    said = "Bonjour madame Faure, c'est Miora, je voulais vous parler de vos relances, au revoir"
    assert _kind(("A", said)) is Kind.VOICEMAIL
    assert _kind(("A", said), ("P", "")) is Kind.TARGET


def test_speech_that_nobody_could_read_is_not_taken_for_silence() -> None:
    assert _kind(("A", "Allô ?"), ("P", ""), unread_s=3.0) is Kind.TARGET
    assert _kind(("A", "Allô ?"), ("P", ""), unread_s=0.4) is Kind.NO_ANSWER


def test_a_long_unreadable_opening_and_a_message_is_a_voicemail() -> None:
    message = (
        "Bonjour monsieur, Hanta de Comptaclair, je reviendrai vers vous demain dans la matinée."
    )
    assert _kind(("P", ""), ("A", message), unread_s=9.0) is Kind.VOICEMAIL


def test_somebody_who_takes_the_line_during_the_announcement_is_a_conversation() -> None:
    announcement = "Vous êtes bien sur la messagerie de Paul, laissez un message après le bip"
    answered = [("P", announcement), ("A", "Bonjour monsieur"), ("P", "Oui je suis là finalement")]
    assert _kind(*answered) is Kind.TARGET
    assert _kind(*answered[:2]) is Kind.VOICEMAIL


def test_an_objection_is_not_a_wrong_number() -> None:
    assert (
        _kind(
            ("P", "Oui bonjour"),
            ("A", "Vous mettez dix jours à clore vos comptes ?"),
            ("P", "Vous vous trompez, nous en mettons six"),
        )
        is Kind.TARGET
    )


def test_a_prospect_whose_colleague_is_away_is_no_receptionist() -> None:
    assert (
        _kind(
            ("P", "Allô ?"),
            ("A", "Bonjour, qui entretient vos quais ?"),
            ("P", "Mon collègue d'habitude, il est en congé, mais on a déjà un prestataire"),
        )
        is Kind.TARGET
    )


def test_a_receptionist_who_puts_through_is_a_conversation() -> None:
    asked = [
        ("P", "Standard bonjour"),
        ("A", "Je voudrais parler à monsieur Morel"),
        ("P", "C'est de la part de qui ?"),
        ("A", "De la société Voltaneo"),
        ("P", "Je vous le passe"),
    ]
    came = [("P", "Oui allô"), ("A", "Bonjour monsieur Morel"), ("P", "Je vous écoute mais vite")]
    assert _kind(*asked) is Kind.GATEKEEPER
    assert _kind(*asked, *came) is Kind.TARGET


def test_whoever_is_greeted_anew_and_stays_has_been_put_through() -> None:
    asked = [
        ("P", "Cabinet Roussel, bonjour"),
        ("A", "Bonjour, est-ce que je pourrais parler à maître Roussel ?"),
        ("P", "C'est de la part de qui ?"),
        ("A", "De la société Voltaneo"),
        ("P", "Je regarde si elle a une minute"),
        ("P", "Roussel"),
    ]
    talked = [("P", "Faites vite"), ("A", "Qui tient votre agenda ?"), ("P", "Une associée et moi")]
    assert _kind(*asked) is Kind.GATEKEEPER
    assert _kind(*asked, ("A", "Bonjour maître, deux minutes seulement"), *talked) is Kind.TARGET
    goodbye = [("P", "Elle est occupée"), ("A", "Merci madame, bonsoir"), ("P", "Au revoir")]
    assert _kind(*asked[:-1], *goodbye) is Kind.GATEKEEPER


def test_one_phrase_alone_does_not_make_a_receptionist() -> None:
    assert (
        _kind(("P", "Oui ?"), ("A", "Bonjour madame"), ("P", "C'est de la part de qui ?"))
        is Kind.TARGET
    )


def test_reasons_say_the_words_that_were_heard() -> None:
    guess = classify_kind(
        _said(
            ("P", "Baudry bonjour"),
            ("A", "Pourriez-vous me passer monsieur Baudry ?"),
            ("P", "Qui dois-je annoncer ?"),
        ),
        duration_s=20.0,
    )
    assert guess.kind is Kind.GATEKEEPER
    assert "Qui dois-je annoncer" in render(guess.reasons[0], "fr")
    assert 0.5 < guess.confidence <= 0.95


def test_calling_receptionists_on_purpose_makes_one_likelier() -> None:
    turns = _said(("P", "Oui ?"), ("A", "Bonjour madame"), ("P", "C'est de la part de qui ?"))
    assert classify_kind(turns, duration_s=9.0).kind is Kind.TARGET
    context = CallContext(persona="standardiste, accueil ou standard")
    assert classify_kind(turns, duration_s=9.0, context=context).kind is Kind.GATEKEEPER


def test_the_tables_use_the_same_words() -> None:
    assert CallKind is Kind


def test_the_whole_analysis_carries_the_guess() -> None:
    call = next(one for one in DIALOGUES if one.name == "vm-t01")
    analysis = analyse(
        call.tracks, duration_s=call.duration_s, channels=Channels.STEREO, agent_channel=0
    )
    told = analysis.to_dict()["kind"]
    assert told["kind"] == "voicemail"
    assert told["confidence"] == analysis.kind.confidence
    assert set(told["reasons"][0]) == set(LANGUAGES)


def _as_heard(tracks: tuple[Track, ...], shift_s: float = 0.0) -> tuple[Turn, ...]:
    moved = tuple(
        replace(
            track,
            voice=tuple(Segment(s.start_s + shift_s, s.end_s + shift_s) for s in track.voice),
            words=tuple(
                replace(w, start_s=w.start_s + shift_s, end_s=w.end_s + shift_s)
                for w in track.words
            ),
        )
        for track in tracks
    )
    return analyse(moved, duration_s=300.0, channels=Channels.STEREO, agent_channel=0).turns


@given(tidy_tracks(), st.integers(0, 9000))
@settings(max_examples=60, deadline=None)
def test_moving_a_call_in_time_changes_nothing(tracks: tuple[Track, Track], shift: int) -> None:
    before = classify_kind(_as_heard(tracks), duration_s=300.0)
    assert classify_kind(_as_heard(tracks, shift / 100), duration_s=300.0) == before


@given(st.sampled_from(DIALOGUES), st.integers(1, 600))
def test_silence_before_and_after_changes_nothing(dialogue: Dialogue, padding_s: int) -> None:
    turns = [
        replace(
            turn,
            start_s=turn.start_s + padding_s,
            end_s=turn.end_s + padding_s,
            words=tuple(
                replace(w, start_s=w.start_s + padding_s, end_s=w.end_s + padding_s)
                for w in turn.words
            ),
        )
        for turn in dialogue.turns()
    ]
    padded = classify_kind(
        turns, duration_s=dialogue.duration_s + 2 * padding_s, language=dialogue.language
    )
    assert (padded.kind, padded.confidence) == (_guess(dialogue).kind, _guess(dialogue).confidence)


@given(
    st.lists(
        st.builds(
            Turn,
            index=st.integers(0, 50),
            speaker=st.sampled_from(Speaker),
            channel=st.integers(0, 1),
            start_s=st.floats(0, 500),
            end_s=st.floats(0, 500),
            text=st.text(max_size=40) | st.sampled_from(["Allô ?", "Laissez un message", ""]),
            words=wild_words,
        ),
        max_size=12,
    ),
    st.floats(0, 20_000),
    st.sampled_from(["fr", "en", "mg", ""]),
)
@settings(deadline=None)
def test_no_turns_make_it_fail(turns: list[Turn], duration_s: float, language: str) -> None:
    guess = classify_kind(turns, duration_s=duration_s, language=language)
    assert 0 <= guess.confidence <= 1
    assert guess.reasons
    for reason in guess.reasons:
        assert render(reason, "fr")
        assert render(reason, "en")
