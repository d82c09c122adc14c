"""How fast the analysis after transcription is, on one core, and what a four-hour call costs.

    python benchmarks/analysis_speed.py TRACKS_FOLDER

`TRACKS_FOLDER` holds recognised tracks as JSON. Reported: seconds of call analysed in one second of
processor time, over all calls, and the same with the peak of Python memory for calls made by
repeating them end to end, up to four hours: memory should grow with the words and no faster.
Ratios are what counts; they hold on other machines better than seconds do.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

from corpus import read_tracks

from callcoach.analysis.engine import analyse
from callcoach.analysis.model import Channels, Segment, Track, Word

HOURS = (0.5, 1.0, 2.0, 4.0)


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
            voice[track.channel] += [Segment(s.start_s + at, s.end_s + at) for s in track.voice]
            words[track.channel] += [
                replace(w, start_s=w.start_s + at, end_s=w.end_s + at) for w in track.words
            ]
        at, place = at + length, place + 1
    return [Track(i, tuple(voice[i]), tuple(words[i])) for i in (0, 1)], at


def run(tracks: list[Track] | tuple[Track, ...], duration_s: float) -> float:
    """Processor seconds of one analysis."""
    start = time.process_time()
    analyse(tracks, duration_s=duration_s, channels=Channels.STEREO, agent_channel=0)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("tracks", type=Path)
    args = parser.parse_args()
    calls = []
    for path in sorted(args.tracks.glob("*.json")):
        tracks, agent = read_tracks(path)
        if agent == 0 and len({track.channel for track in tracks}) > 1:
            calls.append((tracks, float(json.loads(path.read_text())["duration_s"])))
    run(*calls[0])  # lists and weights are read once a process
    spent = sum(run(tracks, duration) for tracks, duration in calls)
    total = sum(duration for _, duration in calls)
    print(f"{len(calls)} calls, {total / 60:.0f} min: {total / spent:.0f} x real time")
    for hours in HOURS:
        tracks, duration = repeat(calls, hours * 3600)
        spent = run(tracks, duration)
        tracemalloc.start()
        run(tracks, duration)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(
            f"{duration / 3600:.1f} h: {duration / spent:.0f} x real time,"
            f" peak {peak / 2**20:.0f} MiB, {peak / 2**20 / (duration / 3600):.0f} MiB an hour"
        )


if __name__ == "__main__":
    main()
