"""How well the kind of a call is guessed: confusion matrices.

    python benchmarks/call_kinds.py DIALOGUES … [--errors 0.25] [--mixed] [--rules]
    python benchmarks/call_kinds.py --truth FOLDER [--tracks FOLDER]

`DIALOGUES` are text files as `callcoach.analysis.scripted` reads them. ``--errors`` bends or drops
that share of their words (mean over twenty seeds), ``--mixed`` gives both voices as one that nobody
told apart. `FOLDER` holds ``*.truth.json`` whose ``outcome`` says gatekeeper; with ``--tracks``,
recognised tracks (``<stem>.json``) are read instead of the exact words. ``--show`` prints the misses.
``--rules`` leaves the second opinion by meaning out; that one has learnt from the dialogues of the
tests, so with it the figures say nothing about them (``fit_kinds.py`` holds each file out).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus import read_tracks

from callcoach.analysis.embedding import Embedder, load_sentence_model
from callcoach.analysis.kind import classify_kind
from callcoach.analysis.model import Kind, KindGuess
from callcoach.analysis.proportions import wilson
from callcoach.analysis.scripted import read_dialogues, with_errors
from callcoach.analysis.truth import load_truth, tracks_from_turns
from callcoach.analysis.turns import build_conversation
from callcoach.analysis.wording import render

SEEDS = 20
Judged = tuple[str, str, KindGuess]


def scripted(
    paths: list[Path], errors: float, embedder: Embedder | None, *, separate: bool
) -> Iterator[Judged]:
    for path in paths:
        for dialogue in read_dialogues(path):
            for seed in range(SEEDS if errors else 1):
                heard = with_errors(dialogue, share=errors, seed=seed) if errors else dialogue
                guess = classify_kind(
                    heard.turns(separate=separate),
                    duration_s=heard.duration_s,
                    language=heard.language,
                    embedder=embedder,
                )
                yield dialogue.name, dialogue.kind, guess


def recorded(
    folder: Path, tracks_folder: Path | None, embedder: Embedder | None
) -> Iterator[Judged]:
    for path in sorted(folder.glob("*.truth.json")):
        truth = load_truth(path)
        stem = path.name.removesuffix(".truth.json")
        tracks, agent_channel = tracks_from_turns(truth.turns), 0
        if tracks_folder is not None:
            if not (tracks_folder / f"{stem}.json").exists():
                continue
            tracks, agent_channel = read_tracks(tracks_folder / f"{stem}.json")
        conversation = build_conversation(
            tracks,
            duration_s=truth.duration_s,
            agent_channel=agent_channel,
            separate=len({track.channel for track in tracks}) > 1,
        )
        outcome = json.loads(path.read_text(encoding="utf-8"))["outcome"]
        kind = outcome if outcome in set(Kind) else "target"
        guess = classify_kind(conversation.turns, duration_s=truth.duration_s, embedder=embedder)
        yield stem, kind, guess


def print_matrix(judged: list[Judged], *, repeats: int) -> None:
    """Rows are what it was, columns what was guessed, per repeat; then the two errors apart."""
    counts = Counter((kind, guess.kind.value) for _, kind, guess in judged)
    print(f"{'':14}" + "".join(f"{kind.value:>14}" for kind in Kind))
    for kind in Kind:
        row = [counts[kind.value, other.value] / repeats for other in Kind]
        if any(row):
            print(f"{kind.value:14}" + "".join(f"{value:14.4g}" for value in row))
    total = sum(counts.values())
    right = sum(count for (kind, guess), count in counts.items() if kind == guess)
    hidden = sum(count for (kind, guess), count in counts.items() if kind == "target" != guess)
    shown = sum(count for (kind, guess), count in counts.items() if guess == "target" != kind)
    low, high = wilson(round(right / repeats), round(total / repeats), 0.95)
    print(f"right {right / total:.3f} of {total / repeats:g} [{low:.2f}, {high:.2f}]")
    print(
        f"conversations wrongly hidden {hidden / repeats:.3g}, others shown as one {shown / repeats:.3g}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dialogues", nargs="*", type=Path)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    embedder = None if options.rules else load_sentence_model()
    judged = list(scripted(options.dialogues, options.errors, embedder, separate=not options.mixed))
    if options.truth:
        judged += recorded(options.truth, options.tracks, embedder)
    print_matrix(judged, repeats=SEEDS if options.errors and not options.truth else 1)
    for name, kind, guess in judged if options.show else []:
        if guess.kind != kind:
            said = "; ".join(render(reason, "en") for reason in guess.reasons)
            print(f"{name}: {kind} guessed {guess.kind.value} ({guess.confidence:.2f}): {said}")


if __name__ == "__main__":
    main()
