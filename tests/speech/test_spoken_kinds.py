"""Who was reached, from a file through recognition to the guess; a synthesiser speaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcoach.analysis.model import Kind
from callcoach.pipeline import analyse_file
from callcoach.speech.whisper import WhisperTranscriber
from tests.factories.spoken import write_call

CALLS: dict[Kind, list[tuple[str, str | float]]] = {
    Kind.VOICEMAIL: [
        ("ring", 1.5),
        ("pause", 3),
        ("ring", 1.5),
        (
            "P",
            (
                "Bonjour, vous êtes bien sur la messagerie de Philippe Roussel. Je ne suis pas"
                " disponible pour le moment. Laissez un message après le bip, je vous rappellerai"
                " dès que possible."
            ),
        ),
        ("beep", 0.6),
        (
            "A",
            (
                "Bonjour monsieur Roussel, je vous appelle au sujet de votre clôture mensuelle."
                " Je vous rappellerai demain matin. Bonne journée."
            ),
        ),
    ],
    Kind.NO_ANSWER: [
        ("ring", 1.5),
        ("pause", 3),
        ("ring", 1.5),
        ("pause", 3),
        ("ring", 1.5),
        ("A", "Allô ? Allô ?"),
        ("pause", 3),
    ],
    Kind.GATEKEEPER: [
        ("ring", 1.5),
        ("P", "Jardineries Baudry, bonjour."),
        ("A", "Bonjour madame, je souhaiterais parler à monsieur Baudry, s'il vous plaît."),
        ("P", "C'est de la part de qui ?"),
        ("A", "De la société Voltaneo."),
        ("P", "Monsieur Baudry est en réunion. Vous voulez laisser un message ?"),
        ("A", "Non merci, je rappellerai demain. Au revoir."),
        ("P", "Au revoir."),
    ],
}


@pytest.mark.asr
@pytest.mark.parametrize("kind", CALLS)
def test_a_spoken_call_is_taken_for_what_it_is(
    kind: Kind, base_model: Path, tmp_path: Path
) -> None:
    sound = write_call(tmp_path / "call.wav", CALLS[kind])
    analysis = analyse_file(sound, transcriber=WhisperTranscriber(base_model))
    assert analysis.kind.kind is kind, [turn.text for turn in analysis.turns]
    assert analysis.kind.reasons
