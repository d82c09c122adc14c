"""How much of a mixed recording is given to the wrong speaker.

    python benchmarks/speakers.py FOLDER [FOLDER ...] [--every N] [--model PATH_OR_NAME]
                                  [--tracks FOLDER] [--keep FOLDER]

Both channels of each stereo call are mixed into one, recognised, and split again; mono calls are
taken as they are. Three errors, each a share:

words
    given to somebody who does not speak at their middle, by the truth file;
time
    of one voice alone that was given to the other voice;
DER
    diarisation error rate: missed, invented and confused speech by the speech of the reference, with
    0.25 s left out around its borders. The reference is the voice activity of each channel before
    mixing; of a mono call, the turns of the truth file where there is voice.

Compared: giving everything to the agent; k-means on windows; Ward's clusters on the same windows;
k-means, then mixtures of Gaussians and Viterbi (what `speech.diarisation` uses), each with the better
of both ways to name the two voices; and the whole, which names them by what they say. With ``--tracks``
the words are those recognised on each channel, instead of recognising the mix: minutes instead of
hours. With ``--keep`` the tracks are stored for ``held_out.py --mixed``. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from callcoach.analysis.model import Segment, Speaker, Track, Word
from callcoach.analysis.truth import Truth, load_truth
from callcoach.commands.scoring import Pair, find_pairs
from callcoach.config import Settings
from callcoach.pipeline import decode
from callcoach.speech import clustering, diarisation
from callcoach.speech.channels import compare_channels, mono_mix
from callcoach.speech.models import resolve_model
from callcoach.speech.transcriber import Transcriber
from callcoach.speech.vad import detect_voice, detect_voices
from callcoach.speech.whisper import WhisperTranscriber

METHODS = ("all agent", "k-means", "Ward", "k-means + mixtures", "whole")
ERRORS = ("words", "time", "DER")
#: Frames of the reference, seconds, and what is left out around its borders.
FRAME_S, COLLAR_S = 0.01, 0.25
#: Two sides, agent first: the stretches of each.
Sides = Sequence[Sequence[Segment]]


def speakers_at(word: Word, truth: Truth) -> set[str]:
    """Who speaks at the middle of a word, within 0.1 s; else the nearest turn's speaker."""
    at = (word.start_s + word.end_s) / 2
    found = {t["speaker"] for t in truth.turns if t["start_s"] - 0.1 <= at < t["end_s"] + 0.1}
    if found:
        return found
    near = min(truth.turns, key=lambda t: min(abs(t["start_s"] - at), abs(t["end_s"] - at)))
    return {near["speaker"]}


def wrong_words(said: Sequence[Sequence[Word]], truth: Truth) -> float:
    """Share of words in the wrong mouth; `said` is the agent's, then the prospect's."""
    wrong = sum(
        speaker not in speakers_at(word, truth)
        for words, speaker in zip(said, ("agent", "prospect"), strict=True)
        for word in words
    )
    return wrong / max(1, sum(len(words) for words in said))


def frames(segments: Sequence[Segment], length: int) -> np.ndarray:
    """Which frames are voiced."""
    out = np.zeros(length, dtype=bool)
    for segment in segments:
        out[int(segment.start_s / FRAME_S) : int(segment.end_s / FRAME_S)] = True
    return out


def time_errors(reference: Sides, found: Sides, length: int) -> tuple[float, float]:
    """Share of one voice's time given to the other, and diarisation error rate."""
    ref = np.stack([frames(side, length) for side in reference])
    hyp = np.stack([frames(side, length) for side in found])
    scored = np.ones(length, dtype=bool)
    collar = int(COLLAR_S / FRAME_S)
    for side in ref:
        for border in np.flatnonzero(np.diff(side.astype(int))):
            scored[max(0, border - collar) : border + collar] = False
    ref, hyp = ref[:, scored], hyp[:, scored]
    alone = (ref.sum(0) == 1) & (hyp.sum(0) == 1)
    confused = (ref[:, alone] != hyp[:, alone]).any(0).mean() if alone.any() else 0.0
    right = (ref & hyp).sum(0)
    missed = np.maximum(ref.sum(0), hyp.sum(0)) - right
    return float(confused), float(missed.sum() / max(1, ref.sum()))


def ward(samples: np.ndarray, voice: Sequence[Segment]) -> np.ndarray:
    """Labels of frames by Ward's clusters on the windows that k-means sees."""
    told = clustering._two_means
    try:
        clustering._two_means = lambda points: (
            fcluster(linkage(points, "ward"), 2, "maxclust").astype(np.int64) - 1
        )
        voices = clustering.two_voices(samples, voice, rounds=0)
    finally:
        clustering._two_means = told
    assert voices is not None
    return voices.labels


def measure(
    mono: np.ndarray,
    voice: tuple[Segment, ...],
    words: tuple[Word, ...],
    reference: Sides,
    truth: Truth,
) -> tuple[dict[str, tuple[float, float, float]], tuple[Track, ...]]:
    """The three errors of every method, and the tracks of the whole."""
    length = int(len(mono) / 16_000 / FRAME_S)

    def errors(
        regions: Sides, said: Sequence[Sequence[Word]], *, named: bool
    ) -> tuple[float, float, float]:
        ways = [(regions, said)]
        if not named:
            ways.append((regions[::-1], said[::-1]))
        return min((wrong_words(s, truth), *time_errors(reference, r, length)) for r, s in ways)

    out = {"all agent": errors((voice, ()), (words, ()), named=True)}
    labels = {"Ward": ward(mono, voice)}
    for name, rounds in (("k-means", 0), ("k-means + mixtures", 6)):
        voices = clustering.two_voices(mono, voice, rounds=rounds)
        assert voices is not None
        labels[name] = voices.labels
    for name, each in labels.items():
        regions = diarisation._regions(each, voice)
        out[name] = errors(regions, diarisation._words_by_voice(words, regions), named=False)
    tracks = diarisation.split_speakers(mono, voice, words)
    if tracks[0].speaker is Speaker.UNKNOWN:
        out["whole"] = (1.0, 1.0, 1.0)
    else:
        by = {track.speaker: track for track in tracks}
        both = (by[Speaker.AGENT], by[Speaker.PROSPECT])
        out["whole"] = errors([t.voice for t in both], [t.words for t in both], named=True)
    return out, tracks


def reference_of(pair: Pair, samples: np.ndarray, voice: Sequence[Segment], truth: Truth) -> Sides:
    """Where the agent speaks, and where the prospect."""
    if len(samples) > 1 and compare_channels(samples).channels.value == "stereo":
        voices = detect_voices(samples)
        return voices if pair.agent_channel.value != "right" else voices[::-1]
    return [
        [
            Segment(max(v.start_s, t["start_s"]), min(v.end_s, t["end_s"]))
            for t in truth.turns
            if t["speaker"] == speaker
            for v in voice
            if v.start_s < t["end_s"] and t["start_s"] < v.end_s
        ]
        for speaker in ("agent", "prospect")
    ]


def recognise(
    transcriber: Callable[[], Transcriber],
    mono: np.ndarray,
    voice: tuple[Segment, ...],
    known: Path | None,
) -> tuple[Word, ...]:
    """The words of the mix; read from the tracks in `known` where they are there."""
    if known is not None and known.exists():
        data = json.loads(known.read_text(encoding="utf-8"))
        found = [Word(*word) for track in data["tracks"] for word in track["words"]]
        return tuple(sorted(found, key=lambda word: (word.start_s, word.end_s)))
    return tuple(transcriber().transcribe(mono, voice, language="fr"))


def store(path: Path, tracks: Sequence[Track], duration_s: float) -> None:
    """One JSON of tracks, as `corpus.read_tracks` reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "duration_s": duration_s,
        "agent_channel": "mixed",
        "tracks": [
            {
                "channel": track.channel,
                "speaker": track.speaker.value if track.speaker else None,
                "voice": [[s.start_s, s.end_s] for s in track.voice],
                "words": [[w.word, w.start_s, w.end_s, w.probability] for w in track.words],
            }
            for track in tracks
        ],
    }
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each Nth call of a folder")
    parser.add_argument("--model")
    parser.add_argument("--keep", type=Path, help="folder for the tracks of the mixes")
    parser.add_argument(
        "--tracks", type=Path, help="tracks of the separate channels, for their words"
    )
    options = parser.parse_args()
    settings = Settings.from_env()

    @cache
    def transcriber() -> Transcriber:
        path = resolve_model(options.model or settings.model, settings.data_dir)
        return WhisperTranscriber(path, cpu_threads=settings.cpu_threads)

    print("| call | words | " + " | ".join(METHODS) + " |")
    print("|---|---:|" + "---:|" * len(METHODS))
    rows = []
    for folder in options.folders:
        pairs = find_pairs(folder)
        for pair in pairs[:: options.every] if len(pairs) > 10 else pairs:
            truth = load_truth(pair.truth)
            name = pair.truth.name.removesuffix(".truth.json")
            samples = decode(pair.audio).samples
            mono = mono_mix(samples)
            voice = detect_voice(mono)
            kept = options.keep / f"{name}.json" if options.keep else None
            known = options.tracks / f"{name}.json" if options.tracks else kept
            words = recognise(transcriber, mono, voice, known)
            reference = reference_of(pair, samples, voice, truth)
            errors, tracks = measure(mono, voice, words, reference, truth)
            if kept is not None:
                store(kept, tracks, truth.duration_s)
            rows.append([errors[method] for method in METHODS])
            cells = " | ".join(" / ".join(f"{e:.1%}" for e in each) for each in rows[-1])
            print(f"| {name} | {len(words)} | {cells} |", flush=True)
    for title, figure in (("mean", np.mean), ("worst", np.max)):
        values = figure(np.array(rows), axis=0)
        cells = " | ".join(" / ".join(f"{e:.1%}" for e in each) for each in values)
        print(f"| **{title} of {len(rows)} calls** | | {cells} |")
    print(f"\nEach cell: {' / '.join(ERRORS)}.")


if __name__ == "__main__":
    main()
