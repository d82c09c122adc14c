"""How fast the analysis after transcription is, on one core, and what a four-hour call costs.

    python benchmarks/analysis_speed.py TRACKS_FOLDER [--first N] [--memory]

`TRACKS_FOLDER` holds recognised tracks as JSON. Reported: seconds of call analysed in one second of
processor time, over all calls, thrice: by words alone, with the sentence model, and with a campaign's
sentences as well. The model forgets between runs, so that no call profits from another. Ratios are
what counts; they hold on other machines better than seconds do.

``--memory`` reports instead, for calls of one, two and four hours made by repeating the others end to
end, what the analysis adds to the memory that the words take already: at its peak, with the result,
and what stays when the result is gone.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus import read_tracks

from callcoach.analysis.embedding import SentenceModel, load_sentence_model
from callcoach.analysis.engine import analyse
from callcoach.analysis.model import CallAnalysis, CallContext, Channels, Segment, Track, Word
from callcoach.analysis.tuning import Tuning

#: What a campaign might add.
SENTENCES = Tuning(
    prototypes={
        "objection": ("On attend la fusion avec le groupe.", "C'est ma nièce qui fait ça."),
        "buying": ("Vous intervenez aussi en Corse ?",),
    }
)
HOURS = (1.0, 2.0, 4.0)


def repeat(
    calls: list[tuple[tuple[Track, ...], float]], duration_s: float
) -> tuple[list[Track], float]:
    """Two tracks made of these calls end to end until `duration_s` is reached."""
    voice: list[list[Segment]] = [[], []]
    words: list[list[Word]] = [[], []]
    at, place = 0.0, 0
    while at < duration_s:
        tracks, length = calls[place % len(calls)]
        for track in tracks[:2]:
            voice[track.channel] += [
                Segment(round(s.start_s + at, 3), round(s.end_s + at, 3)) for s in track.voice
            ]
            words[track.channel] += [
                replace(w, start_s=round(w.start_s + at, 3), end_s=round(w.end_s + at, 3))
                for w in track.words
            ]
        at, place = at + length, place + 1
    return [Track(i, tuple(voice[i]), tuple(words[i])) for i in (0, 1)], at


def run(
    tracks: Sequence[Track],
    duration_s: float,
    embedder: SentenceModel | None = None,
    tuning: Tuning | None = None,
) -> float:
    """Processor seconds of one analysis."""
    if embedder is not None:
        embedder.forget()
        for sentences in (tuning or Tuning()).prototypes.values():
            embedder.embed(
                sentences
            )  # a worker reads a campaign's sentences once, not for each call
    start = time.process_time()
    analysed(tracks, duration_s, embedder, tuning)
    return time.process_time() - start


def analysed(
    tracks: Sequence[Track],
    duration_s: float,
    embedder: SentenceModel | None = None,
    tuning: Tuning | None = None,
) -> CallAnalysis:
    """One analysis of a stereo call."""
    return analyse(
        tracks,
        duration_s=duration_s,
        channels=Channels.STEREO,
        agent_channel=0,
        context=CallContext(tuning=tuning or Tuning()),
        embedder=embedder,
    )


def memory(tracks: Sequence[Track], duration_s: float) -> str:
    """What one analysis by words alone adds to Python's memory, in MiB, and how fast it was."""
    spent = run(tracks, duration_s)
    gc.collect()
    tracemalloc.start()
    result: CallAnalysis | None = analysed(tracks, duration_s)
    peak = tracemalloc.get_traced_memory()[1]
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    turns = len(result.turns) if result else 0
    result = None
    gc.collect()
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    taken, with_it, after = (value / 2**20 for value in (peak, kept, left))
    words = sum(len(track.words) for track in tracks)
    return (
        f"{duration_s / 3600:.1f} h, {words} words, {turns} turns: peak {taken:.1f} MiB, with the result"
        f" {with_it:.1f}, after it {after:.1f}; {duration_s / spent:.0f} x real time"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("tracks", type=Path)
    parser.add_argument("--first", type=int, help="take fewer calls")
    parser.add_argument("--memory", action="store_true", help="of long calls, instead of speed")
    options = parser.parse_args()
    calls = []
    for path in sorted(options.tracks.glob("*.json")):
        tracks, agent = read_tracks(path)
        if agent == 0 and len({track.channel for track in tracks}) > 1:
            calls.append((tracks, float(json.loads(path.read_text())["duration_s"])))
    if options.memory:
        for hours in HOURS:
            print(memory(*repeat(calls, hours * 3600)), flush=True)
        return
    model = load_sentence_model()
    for title, embedder, tuning in (
        ("by words alone", None, None),
        ("with the sentence model", model, None),
        ("with a campaign's sentences too", model, SENTENCES),
    ):
        run(*calls[0], embedder, tuning)  # lists and weights are read once a process
        some = calls[: options.first] if options.first else calls
        spent = sum(run(*call, embedder, tuning) for call in some)
        total = sum(duration for _, duration in some)
        print(f"{title}: {len(some)} calls, {total / 60:.0f} min: {total / spent:.0f} x real time")


if __name__ == "__main__":
    main()
