"""The real Whisper base model on sample calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np
import pytest

from callcoach.analysis.model import Segment
from callcoach.analysis.truth import Truth
from callcoach.errors import ModelUnavailable
from callcoach.speech.audio import Recording
from callcoach.speech.channels import mono_mix
from callcoach.speech.vad import detect_voice
from callcoach.speech.whisper import WhisperTranscriber, load_model, vocabulary_prompt

NAME = "comptaclair-04-daf-transport"
#: The base model makes 0.12 on each side of this call, 0.19 over all stereo samples.
MAX_WORD_ERROR_RATE = 0.2
RATE = 16_000


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


@pytest.fixture(scope="module")
def transcriber(base_model: Path) -> WhisperTranscriber:
    return WhisperTranscriber(base_model)


@pytest.mark.asr
@pytest.mark.parametrize(("channel", "speaker"), [(0, "agent"), (1, "prospect")])
def test_a_side_of_a_call_is_understood(
    transcriber: WhisperTranscriber,
    open_sample: Callable[[str], Recording],
    truth_of: Callable[[str], Truth],
    channel: int,
    speaker: str,
) -> None:
    sound = open_sample(f"{NAME}.opus").samples[channel]
    voice = detect_voice(sound)
    progress: list[float] = []
    words = transcriber.transcribe(sound, voice, language="fr", progress=progress.append)
    said = " ".join(t["text"] for t in truth_of(NAME).turns if t["speaker"] == speaker)
    heard = "".join(word.word for word in words)
    assert jiwer.wer(_normal(said), _normal(heard)) < MAX_WORD_ERROR_RATE
    assert progress[0] == 0.0
    assert progress[-1] == 1.0
    assert progress == sorted(progress)
    assert [w.start_s for w in words] == sorted(w.start_s for w in words)
    for word in words:
        assert 0 <= word.probability <= 1
        span = Segment(word.start_s, word.end_s)
        # times are rounded to milliseconds
        assert any(
            s.start_s - 1e-3 <= span.start_s and span.end_s <= s.end_s + 1e-3 for s in voice
        ), word


@pytest.mark.asr
def test_both_voices_on_one_channel_lose_no_stretch(
    transcriber: WhisperTranscriber,
    open_sample: Callable[[str], Recording],
    truth_of: Callable[[str], Truth],
) -> None:
    mono = mono_mix(open_sample(f"{NAME}.opus").samples)
    words = transcriber.transcribe(mono, detect_voice(mono), language="fr")
    said = _normal(" ".join(t["text"] for t in truth_of(NAME).turns))
    assert jiwer.wer(said, _normal("".join(w.word for w in words))) < MAX_WORD_ERROR_RATE


@pytest.mark.asr
@pytest.mark.parametrize("kind", ["silence", "noise", "hold tone"])
def test_nothing_is_invented_where_nobody_speaks(
    transcriber: WhisperTranscriber, kind: str
) -> None:
    at = np.arange(RATE * 12) / RATE
    source = np.random.default_rng(3)
    sound = {
        "silence": np.zeros(len(at)),
        "noise": 0.02 * source.standard_normal(len(at)),
        "hold tone": 0.1 * np.sin(2 * np.pi * 425 * at) * (np.sin(2 * np.pi * at / 3) > 0),
    }[kind].astype(np.float32)
    assert transcriber.transcribe(sound, detect_voice(sound), language="fr") == ()


@pytest.mark.asr
def test_no_voice_is_no_words_and_still_done(transcriber: WhisperTranscriber) -> None:
    progress: list[float] = []
    sound = np.zeros(RATE, dtype=np.float32)
    assert transcriber.transcribe(sound, (), language="fr", progress=progress.append) == ()
    assert progress[-1] == 1.0


@pytest.mark.asr
def test_expected_names_are_heard_better(
    transcriber: WhisperTranscriber, open_sample: Callable[[str], Recording]
) -> None:
    sound = np.asarray(open_sample(f"{NAME}.opus").samples[0][: RATE * 27])
    words = transcriber.transcribe(
        sound, detect_voice(sound), language="fr", vocabulary=("Comptaclair", "Madame Chevallier")
    )
    assert "comptaclair" in "".join(w.word for w in words).lower()


@pytest.mark.asr
def test_the_engine_says_what_it_is(transcriber: WhisperTranscriber, base_model: Path) -> None:
    described = dict(transcriber.describe())
    assert described["recogniser"] == "faster-whisper"
    assert described["model"] == "base"
    assert load_model(base_model) is load_model(base_model), "one model for a process"


def test_a_folder_that_holds_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_model(tmp_path, device="cpu")


def test_the_prompt_holds_each_name_once_and_is_bounded() -> None:
    assert vocabulary_prompt([]) is None
    assert vocabulary_prompt([" Sage ", "Cegid", "Sage", ""]) == "Sage, Cegid"
    prompt = vocabulary_prompt([f"Nom{i}" for i in range(500)])
    assert prompt is not None
    assert len(prompt) <= 300
