"""Recognition by faster-whisper: int8 on processors, float16 on a graphics card.

One model is loaded for a process and shared by its threads. Never fork after it is loaded: the
engine's threads do not survive that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

from callcoach.analysis.model import Segment, Word
from callcoach.errors import ModelUnavailable
from callcoach.speech import inventions
from callcoach.speech.packing import SAMPLE_RATE, Pack, pack
from callcoach.speech.transcriber import Audio, Progress, ignore_progress

#: Candidates kept while decoding; see benchmarks/README.md for what others cost and bring.
BEAM_SIZE = 5
#: Stretches decoded side by side.
BATCH_SIZE = 8
#: Whisper's own bounds for a failed decoding: more repetitive, or less sure, than this.
MAX_COMPRESSION = 2.4
MIN_LOG_PROBABILITY = -1.0
#: The prompt shares 448 tokens with the answer; a long list also makes Whisper recite it.
MAX_VOCABULARY_CHARS = 300

#: Where in a word its region is looked up, 0 its start, 1 its end: late, since Whisper lets a word
#: begin in the pause before it. From 0.7 on, words fall in the right turn of the samples most.
WORD_PLACE = 0.8
#: More threads than this hardly help one recognition; more workers do.
MAX_CPU_THREADS = 8
#: Samples in one of Whisper's frames, in which it counts where a stretch begins (10 ms).
_HOP = 160

_models: dict[tuple[str, str, int], WhisperModel] = {}
_lock = threading.Lock()


def load_model(path: Path, *, device: str = "auto", cpu_threads: int = 0) -> WhisperModel:
    """The model at `path`, loaded once per process for the same device and threads.

    Raises:
        ModelUnavailable: the folder does not hold a model that this engine can load.
    """
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
    # left alone, the engine starts four threads, which is slower than two on two cores
    cpu_threads = cpu_threads or min(len(os.sched_getaffinity(0)), MAX_CPU_THREADS)
    key = (str(path), device, cpu_threads)
    with _lock:
        if key not in _models:
            try:
                _models[key] = WhisperModel(
                    str(path),
                    device=device,
                    compute_type="float16" if device == "cuda" else "int8",
                    cpu_threads=cpu_threads,
                    local_files_only=True,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelUnavailable(
                    "The speech model in %(path)s cannot be loaded: %(reason)s.",
                    path=str(path),
                    reason=str(error).strip().splitlines()[0] if str(error) else "unreadable",
                ) from error
        return _models[key]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Words of one pack, in the channel's time, with the decoder's own judgement of them."""

    words: tuple[Word, ...]
    log_probability: float
    compression: float


class WhisperTranscriber:
    """A `Transcriber` on one loaded Whisper model.

    Args:
        path: folder of the model.
        name: how the model is called in `describe`.
        device: ``auto``, ``cpu`` or ``cuda``.
        cpu_threads: threads of one recognition; 0 lets the engine choose.
        beam_size, batch_size: see `BEAM_SIZE`, `BATCH_SIZE`.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        device: str = "auto",
        cpu_threads: int = 0,
        beam_size: int = BEAM_SIZE,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self._model = load_model(path, device=device, cpu_threads=cpu_threads)
        self._name = name or path.name
        self._beam_size = beam_size
        self._batch_size = batch_size

    def describe(self) -> Mapping[str, Any]:
        """See `Transcriber.describe`."""
        return {
            "recogniser": "faster-whisper",
            "version": version("faster-whisper"),
            "model": self._name,
            "device": self._model.model.device,
            "compute_type": self._model.model.compute_type,
            "beam_size": self._beam_size,
        }

    def transcribe(
        self,
        samples: Audio,
        voice: Sequence[Segment],
        *,
        language: str,
        vocabulary: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> tuple[Word, ...]:
        """See `Transcriber.transcribe`. Invented lines are already removed."""
        report = progress or ignore_progress
        report(0.0)
        packs = pack(voice, len(samples))
        hotwords = vocabulary_prompt(vocabulary)
        words: list[Word] = []
        for first in range(0, len(packs), self._batch_size):
            group = packs[first : first + self._batch_size]
            for done, heard in enumerate(self._hear(samples, group, language, hotwords), start=1):
                words += heard.words
                report((first + done) / len(packs))
        if not packs:
            report(1.0)
        words.sort(key=lambda w: (w.start_s, w.end_s))
        return inventions.without_inventions(words, voice, language=language)

    def _hear(
        self, samples: Audio, group: Sequence[Pack], language: str, hotwords: str | None
    ) -> list[_Heard]:
        """Words of some packs, decoded side by side; one that failed is decoded again alone."""
        sounds = [
            np.pad(sound, (0, -len(sound) % _HOP)) for sound in (p.cut(samples) for p in group)
        ]
        starts = np.cumsum([0] + [len(s) for s in sounds])
        # one pipeline per call: it keeps state between batches, which threads must not share
        segments, _info = BatchedInferencePipeline(self._model).transcribe(
            np.concatenate(sounds),
            language=language,
            beam_size=self._beam_size,
            word_timestamps=True,
            without_timestamps=True,
            clip_timestamps=[
                {"start": int(a) / SAMPLE_RATE, "end": int(b) / SAMPLE_RATE}
                for a, b in pairwise(starts)
            ],
            batch_size=self._batch_size,
            hotwords=hotwords,
        )
        found: list[list[Any]] = [[] for _ in group]
        for segment in segments:
            # by `seek`, its stretch's first frame: its start may be moved before that
            at = (segment.seek + 1) * _HOP
            found[int(np.searchsorted(starts[:-1], at, "right")) - 1].append(segment)
        heard = []
        for index, p in enumerate(group):
            result = _heard(found[index], p, int(starts[index]) / SAMPLE_RATE)
            if result.compression > MAX_COMPRESSION or (
                result.log_probability < MIN_LOG_PROBABILITY
            ):
                result = self._hear_alone(sounds[index], p, language)
            heard.append(result)
        return heard

    def _hear_alone(self, sound: Audio, p: Pack, language: str) -> _Heard:
        """One pack again, with Whisper's rising temperatures and without a prompt."""
        segments, _info = self._model.transcribe(
            sound,
            language=language,
            beam_size=self._beam_size,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        return _heard(list(segments), p, 0.0)


def _heard(segments: Sequence[Any], p: Pack, offset_s: float) -> _Heard:
    words: list[Word] = []
    for segment in segments:
        for group in _spelt_together(segment.words or ()):
            # one place for all parts of "c'est": else its "c" may stay before a long pause
            start_s, end_s = float(group[0].start), float(group[-1].end)
            piece = p.piece_at(start_s + WORD_PLACE * (end_s - start_s) - offset_s)
            for word in group:
                if words and not _is_spoken(word.word):
                    # French spells "sujet ?" with a space; alone, the mark would get a time of
                    # its own and begin the next turn, or the other speaker's
                    words[-1] = replace(words[-1], word=words[-1].word + word.word)
                    continue
                start_s, end_s = piece.original_s(
                    float(word.start) - offset_s, float(word.end) - offset_s
                )
                probability = round(float(word.probability), 3)
                words.append(Word(word.word, round(start_s, 3), round(end_s, 3), probability))
    return _Heard(
        tuple(words),
        min((float(s.avg_logprob) for s in segments), default=0.0),
        max((float(s.compression_ratio) for s in segments), default=0.0),
    )


def _spelt_together(words: Sequence[Any]) -> list[list[Any]]:
    """Whisper's words grouped where no space is between them: " c" + "'est"."""
    groups: list[list[Any]] = []
    for word in words:
        if groups and not word.word.startswith(" "):
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def vocabulary_prompt(vocabulary: Sequence[str]) -> str | None:
    """The names and terms to expect as the line Whisper reads before it listens."""
    chosen: list[str] = []
    for term in dict.fromkeys(t.strip() for t in vocabulary):
        if term and len(", ".join([*chosen, term])) <= MAX_VOCABULARY_CHARS:
            chosen.append(term)
    return ", ".join(chosen) or None


def _is_spoken(word: str) -> bool:
    """Whether a word holds a letter or a digit, not punctuation alone."""
    return any(character.isalnum() for character in word)
