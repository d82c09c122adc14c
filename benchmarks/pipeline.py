"""What each stage costs, and recognition beside faster-whisper alone, in the same run.

    python benchmarks/pipeline.py [FOLDER] [--model PATH_OR_NAME] [--vocabulary TERM ...]

FOLDER holds stereo calls with truth files, as `callcoach evaluate` pairs them. For each call in
turn: every stage of ours, then faster-whisper by itself on the same two channels, plain and
batched, with its own voice activity, the same beam and word times. Taking turns call by call keeps
the comparison fair when the machine is not quite quiet. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from faster_whisper import BatchedInferencePipeline

from callcoach.analysis.model import AgentChannel, Channels
from callcoach.analysis.truth import Truth, load_truth
from callcoach.commands.scoring import find_pairs
from callcoach.config import Settings
from callcoach.pipeline import TranscriptData, analyse_transcript, decode, transcribe
from callcoach.speech.channels import detect_channels
from callcoach.speech.models import resolve_model
from callcoach.speech.vad import detect_voices
from callcoach.speech.whisper import BEAM_SIZE, WhisperTranscriber, load_model

STAGES = ("decode", "voice activity", "transcription", "analysis", "database")


class Clock:
    """Wall and processor seconds of named pieces of work."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[name] += time.perf_counter() - wall
        self.cpu[name] += time.process_time() - cpu


class Errors:
    """References and hypotheses of each recogniser."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = defaultdict(list)
        self.heard: dict[str, list[str]] = defaultdict(list)

    def add(self, name: str, truth: Truth, agent: int, texts: list[str]) -> None:
        for channel, text in enumerate(texts):
            speaker = "agent" if channel == agent else "prospect"
            said = " ".join(t["text"] for t in truth.turns if t["speaker"] == speaker)
            self.said[name].append(normal(said))
            self.heard[name].append(normal(text))

    def rate(self, name: str) -> float:
        return float(jiwer.wer(self.said[name], self.heard[name]))


def normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def write_result(database: sqlite3.Connection, data: TranscriptData, analysis: Any) -> None:
    """A transcript, its turns and its points as rows, committed as one transaction."""
    with database:
        call = database.execute(
            "INSERT INTO transcripts (tracks) VALUES (?)", (json.dumps(data.to_dict()),)
        ).lastrowid
        database.executemany(
            "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)",
            [
                (call, t.index, t.speaker, round(t.start_s * 1000), round(t.end_s * 1000), t.text)
                for t in analysis.turns
            ],
        )
        database.executemany(
            "INSERT INTO points VALUES (?, ?, ?, ?)",
            [(call, p.cause, round(p.start_s * 1000), p.severity) for p in analysis.tipping_points],
        )


def open_database(folder: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"{folder}/benchmark.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE transcripts (id INTEGER PRIMARY KEY, tracks TEXT)")
    database.execute("CREATE TABLE turns (call, number, speaker, start_ms, end_ms, text)")
    database.execute("CREATE TABLE points (call, cause, start_ms, severity)")
    return database


def alone(model: Any) -> dict[str, Callable[[np.ndarray], str]]:
    """faster-whisper by itself, as its README calls it."""
    common = {"language": "fr", "beam_size": BEAM_SIZE, "word_timestamps": True}

    def _plain(sound: np.ndarray) -> str:
        segments, _ = model.transcribe(
            sound, vad_filter=True, condition_on_previous_text=False, **common
        )
        return "".join(s.text for s in segments)

    def _batched(sound: np.ndarray) -> str:
        segments, _ = BatchedInferencePipeline(model).transcribe(sound, batch_size=8, **common)
        return "".join(s.text for s in segments)

    return {"faster-whisper, plain": _plain, "faster-whisper, batched": _batched}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="recordings_sample", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--vocabulary", nargs="*", default=())
    options = parser.parse_args()
    settings = Settings.from_env()
    path = resolve_model(options.model or settings.model, settings.data_dir)
    ours = WhisperTranscriber(path, cpu_threads=settings.cpu_threads)
    others = alone(load_model(path, cpu_threads=settings.cpu_threads))
    clock, errors, minutes, count = Clock(), Errors(), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(folder)
        for pair in find_pairs(options.folder):
            with clock("decode"):
                recording = decode(pair.audio)
            if detect_channels(recording.samples) is not Channels.STEREO:
                continue
            count += 1
            minutes += recording.duration_s / 60
            truth = load_truth(pair.truth)
            agent = 1 if pair.agent_channel is AgentChannel.RIGHT else 0
            with clock("voice activity"):
                voices = detect_voices(recording.samples)
            texts = []
            with clock("transcription"):
                for sound, voice in zip(recording.samples, voices, strict=True):
                    words = ours.transcribe(
                        sound, voice, language="fr", vocabulary=options.vocabulary
                    )
                    texts.append("".join(w.word for w in words))
            errors.add("CallCoach", truth, agent, texts)
            # the shared pipeline again with the words at hand: its own share, without recognition
            data = transcribe(recording, transcriber=_Again(texts), language="fr")
            with clock("analysis"):
                analysis = analyse_transcript(data, agent_channel=pair.agent_channel)
            with clock("database"):
                write_result(database, data, analysis)
            for name, recognise in others.items():
                with clock(name):
                    texts = [recognise(np.asarray(sound)) for sound in recording.samples]
                errors.add(name, truth, agent, texts)
        database.close()
    report(clock, errors, minutes, count, path)


class _Again:
    """A `Transcriber` that repeats texts already recognised, spread over the voice."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = iter(texts)

    def describe(self) -> dict[str, Any]:
        return {"model": "benchmark"}

    def transcribe(self, samples: Any, voice: Any, **_options: Any) -> Any:
        from callcoach.analysis.model import Word

        words = next(self._texts).split()
        spoken = list(voice)
        out = []
        for index, word in enumerate(words):
            region = spoken[index * len(spoken) // len(words)]
            out.append(Word(f" {word}", region.start_s, region.end_s, 0.8))
        return tuple(out)


def report(clock: Clock, errors: Errors, minutes: float, count: int, path: Path) -> None:
    cores = len(os.sched_getaffinity(0))
    print(f"{count} stereo calls, {minutes:.1f} minutes, {cores} cores ({platform.machine()}), "
          f"model {path.name}, beam {BEAM_SIZE}, int8.\n")  # fmt: skip
    print("| stage | seconds per audio minute | processor seconds per audio minute |")
    print("|---|---:|---:|")
    for stage in STAGES:
        print(f"| {stage} | {clock.wall[stage] / minutes:.3f} | {clock.cpu[stage] / minutes:.3f} |")
    total = sum(clock.wall[stage] for stage in STAGES)
    cpu = sum(clock.cpu[stage] for stage in STAGES)
    print(f"| **whole pipeline** | **{total / minutes:.2f}** | **{cpu / minutes:.2f}** |\n")
    ours = clock.wall["voice activity"] + clock.wall["transcription"]
    ours_cpu = clock.cpu["voice activity"] + clock.cpu["transcription"]
    rows = [("CallCoach", ours, ours_cpu)]
    rows += [(n, clock.wall[n], clock.cpu[n]) for n in clock.wall if n.startswith("faster")]
    batched, batched_cpu = rows[-1][1], rows[-1][2]
    print("| recognition, voice activity included | × real time | time / batched "
          "| processor time / batched | word error rate |")  # fmt: skip
    print("|---|---:|---:|---:|---:|")
    for name, wall, processor in rows:
        print(
            f"| {name} | {60 * minutes / wall:.1f} | {wall / batched:.2f} "
            f"| {processor / batched_cpu:.2f} | {errors.rate(name):.3f} |"
        )


if __name__ == "__main__":
    main()
