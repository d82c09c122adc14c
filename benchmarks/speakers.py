"""How many words of a mixed recording are given to the wrong speaker.

    python benchmarks/speakers.py FOLDER [FOLDER ...] [--every N] [--model PATH_OR_NAME]

Both channels of each stereo call are mixed into one, recognised, and split again; mono calls are
taken as they are. A word counts as wrong when nobody whom it was given to speaks at its middle,
by the truth file. Compared: giving every word to the agent; k-means on windows alone; k-means then
mixtures of Gaussians (what `speech.diarisation` uses), each with the better of both ways to name
the two voices; and the whole, which names them by what they say. Prints Markdown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from callcoach.analysis.model import Segment, Speaker, Track, Word
from callcoach.analysis.truth import Truth, load_truth
from callcoach.commands.scoring import find_pairs
from callcoach.config import Settings
from callcoach.pipeline import decode
from callcoach.speech import diarisation
from callcoach.speech.channels import mono_mix
from callcoach.speech.clustering import two_voices
from callcoach.speech.models import resolve_model
from callcoach.speech.vad import detect_voice
from callcoach.speech.whisper import WhisperTranscriber

METHODS = ("all agent", "k-means", "k-means + mixtures", "whole")


def speakers_at(word: Word, truth: Truth) -> set[str]:
    """Who speaks at the middle of a word, within 0.1 s; else the nearest turn's speaker."""
    at = (word.start_s + word.end_s) / 2
    found = {t["speaker"] for t in truth.turns if t["start_s"] - 0.1 <= at < t["end_s"] + 0.1}
    if found:
        return found
    near = min(truth.turns, key=lambda t: min(abs(t["start_s"] - at), abs(t["end_s"] - at)))
    return {near["speaker"]}


def wrong(words: Sequence[Word], speaker: str, truth: Truth) -> int:
    return sum(speaker not in speakers_at(word, truth) for word in words)


def either_way(said: Sequence[Sequence[Word]], truth: Truth) -> int:
    return min(
        wrong(said[0], one, truth) + wrong(said[1], other, truth)
        for one, other in (("agent", "prospect"), ("prospect", "agent"))
    )


def measure(
    mono: np.ndarray, voice: tuple[Segment, ...], words: tuple[Word, ...], truth: Truth
) -> dict[str, float]:
    counts = {"all agent": wrong(words, "agent", truth)}
    for name, rounds in (("k-means", 0), ("k-means + mixtures", 6)):
        voices = two_voices(mono, voice, rounds=rounds)
        assert voices is not None
        said = diarisation._words_by_voice(words, diarisation._regions(voices.labels, voice))
        counts[name] = either_way(said, truth)
    tracks: tuple[Track, ...] = diarisation.split_speakers(mono, voice, words)
    counts["whole"] = sum(
        len(t.words) if t.speaker is Speaker.UNKNOWN else wrong(t.words, t.speaker.value, truth)
        for t in tracks
    )
    return {name: count / len(words) for name, count in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each Nth call of a folder")
    parser.add_argument("--model")
    options = parser.parse_args()
    settings = Settings.from_env()
    path = resolve_model(options.model or settings.model, settings.data_dir)
    transcriber = WhisperTranscriber(path, cpu_threads=settings.cpu_threads)
    print("| call | words | " + " | ".join(METHODS) + " |")
    print("|---|---:|" + "---:|" * len(METHODS))
    rows = []
    for folder in options.folders:
        pairs = find_pairs(folder)
        for pair in pairs[:: options.every] if len(pairs) > 10 else pairs:
            mono = mono_mix(decode(pair.audio).samples)
            voice = detect_voice(mono)
            words = transcriber.transcribe(mono, voice, language="fr")
            errors = measure(mono, voice, words, load_truth(pair.truth))
            rows.append([errors[name] for name in METHODS])
            cells = " | ".join(f"{error:.1%}" for error in rows[-1])
            name = pair.truth.name.removesuffix(".truth.json")
            print(f"| {name} | {len(words)} | {cells} |", flush=True)
    cells = " | ".join(f"**{error:.1%}**" for error in np.mean(rows, axis=0))
    print(f"| **mean of {len(rows)} calls** | | {cells} |")


if __name__ == "__main__":
    main()
