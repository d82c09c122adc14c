"""On one channel, words go to the right mouth, or to nobody's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from callcoach.analysis.model import CallContext, ScriptLine, Speaker, Track, Word
from callcoach.analysis.truth import Truth, tracks_from_turns
from callcoach.speech.audio import Recording
from callcoach.speech.channels import mono_mix
from callcoach.speech.clustering import two_voices
from callcoach.speech.diarisation import role_score, split_speakers
from callcoach.speech.vad import detect_voice

OpenSample = Callable[[str], Recording]
TruthOf = Callable[[str], Truth]
NAME = "comptaclair-04-daf-transport"


def _truth_words(truth: Truth) -> tuple[list[Word], dict[tuple[str, float], Speaker]]:
    """All words in order, and who said each."""
    agent, prospect = tracks_from_turns(truth.turns)
    owner = {(w.word, w.start_s): Speaker.AGENT for w in agent.words}
    owner |= {(w.word, w.start_s): Speaker.PROSPECT for w in prospect.words}
    words = sorted([*agent.words, *prospect.words], key=lambda w: w.start_s)
    return words, owner


def _error(tracks: tuple[Track, ...], owner: dict[tuple[str, float], Speaker]) -> float:
    wrong = [owner[w.word, w.start_s] is not t.speaker for t in tracks for w in t.words]
    return float(np.mean(wrong))


@pytest.mark.parametrize("name", [f"{NAME}.opus", "voltaneo-02-immobilier-enseigne.m4a"])
def test_words_of_a_mono_mix_go_to_who_said_them(
    name: str, open_sample: OpenSample, truth_of: TruthOf
) -> None:
    mono = mono_mix(open_sample(name).samples)
    words, owner = _truth_words(truth_of(name.rpartition(".")[0]))
    voice = detect_voice(mono)
    tracks = split_speakers(mono, voice, words)
    assert [t.speaker for t in tracks] == [Speaker.AGENT, Speaker.PROSPECT]
    all_agent = float(np.mean([s is not Speaker.AGENT for s in owner.values()]))
    assert all_agent > 0.2
    assert _error(tracks, owner) < 0.05
    assert sum(len(t.words) for t in tracks) == len(words)
    spoken = sum(s.duration_s for s in voice)
    assert sum(s.duration_s for t in tracks for s in t.voice) == pytest.approx(spoken, abs=0.5)


def test_the_same_sound_gives_the_same_answer(open_sample: OpenSample) -> None:
    mono = mono_mix(open_sample(f"{NAME}.opus").samples)
    voice = detect_voice(mono)
    first, second = two_voices(mono, voice), two_voices(mono, voice)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.labels, second.labels)


@pytest.mark.parametrize(
    ("name", "channel"),
    [("voltaneo-01-dirigeant-jardinerie.wav", 0), ("voltaneo-04-dirigeant-supermarche.wav", 1)],
)
def test_one_voice_alone_is_not_cut_in_two(
    name: str, channel: int, open_sample: OpenSample
) -> None:
    side = np.asarray(open_sample(name).samples[channel])
    voices = two_voices(side, detect_voice(side))
    assert voices is not None
    assert not voices.is_clear


def test_too_little_speech_stays_unknown(open_sample: OpenSample) -> None:
    mono = mono_mix(open_sample(f"{NAME}.opus").samples)[: 16_000 * 4]
    voice = detect_voice(mono)
    words = [Word(" Oui", voice[0].start_s, voice[0].start_s + 0.2, 0.9)]
    (track,) = split_speakers(mono, voice, words)
    assert track.speaker is Speaker.UNKNOWN
    assert track.words == tuple(words)
    assert track.voice == voice


def test_silence_is_one_unknown_track_without_words() -> None:
    (track,) = split_speakers(np.zeros(16_000, dtype=np.float32), (), ())
    assert track == Track(0, (), (), Speaker.UNKNOWN)


def test_voices_that_say_nothing_telling_stay_unknown(open_sample: OpenSample) -> None:
    mono = mono_mix(open_sample(f"{NAME}.opus").samples)
    voice = detect_voice(mono)
    # the first to speak says a little more: who called whom cannot be told from that
    words = [Word(" d'accord", s.start_s, s.end_s, 0.9) for s in voice[:1]]
    assert [t.speaker for t in split_speakers(mono, voice, words)] == [Speaker.UNKNOWN]


def _say(text: str, start_s: float) -> list[Word]:
    return [
        Word(f" {word}", start_s + 0.3 * i, start_s + 0.3 * i + 0.2, 0.9)
        for i, word in enumerate(text.split())
    ]


def test_the_caller_is_known_by_what_they_say() -> None:
    called = _say("Allô, oui ? C'est à quel sujet ?", 0)
    caller = _say("Bonjour madame, je vous appelle de la société Voltaneo pour votre parking.", 4)
    assert role_score([caller, called], CallContext()) > 3
    assert role_score([called, caller], CallContext()) < -3


def test_who_reads_the_script_is_the_agent() -> None:
    line = "Nous réduisons la clôture mensuelle de dix jours à cinq."
    one, other = _say(line, 0), _say("Ah bon, et comment est-ce possible, ça ?", 5)
    context = CallContext(script_lines=(ScriptLine(line),))
    assert role_score([one, other], context) > role_score([one, other], CallContext()) + 1


def test_a_side_without_words_tells_nothing() -> None:
    assert role_score([_say("Bonjour madame", 0), []], CallContext()) == 0.0


def test_word_parts_are_never_torn_apart(open_sample: OpenSample, truth_of: TruthOf) -> None:
    mono = mono_mix(open_sample(f"{NAME}.opus").samples)
    words, _ = _truth_words(truth_of(NAME))
    parts: list[Word] = []
    for word in words:
        head, mark, tail = word.word.partition("'")
        if mark and tail:
            middle = (word.start_s + word.end_s) / 2
            parts.append(Word(head, word.start_s, middle, 0.9))
            parts.append(Word(mark + tail, middle, word.end_s, 0.9))
        else:
            parts.append(word)
    tracks = split_speakers(mono, detect_voice(mono), parts)
    assert len(tracks) == 2
    texts = ["".join(w.word for w in t.words) for t in tracks]
    assert sum(len(text.split()) for text in texts) == len(words)
    assert not any(text.startswith("'") for text in texts)
