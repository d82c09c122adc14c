"""How often the fit of a script to a call is right: precision and recall of each class.

    python benchmarks/adherence.py TRAINING_FOLDER SAMPLES_FOLDER --tracks FOLDER [--no-meaning]
                                   [--show]

``data/adherence.json`` holds scripts written for labelled calls and, for each call, a letter a line:
``s`` said, ``o`` said otherwise, ``k`` skipped, ``n`` not due. The limits are chosen on all scripts but
the one measured (`GRID`, by the mean F1 of the classes over both forms), so that every figure is of a
script that they have not seen. Intervals are percentiles of a bootstrap by call. Deterministic.
``--show`` prints the lines that were missed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from corpus import PERFECT, RECOGNISED, Call, load_calls

from callcoach.analysis.adherence import LIMITS, Limits, LineFit, Said, WantedLine, fit_lines
from callcoach.analysis.embedding import Embedder, load_sentence_model
from callcoach.analysis.model import Kind

DATA = Path(__file__).parent / "data" / "adherence.json"
LETTERS = {"s": Said.SAID, "o": Said.OTHERWISE, "k": Said.SKIPPED, "n": Said.NOT_DUE}
#: Calls that stayed with a receptionist, as their truth files say.
AT_RECEPTION = frozenset({"voltaneo-03-standard-logistique", "grainville-accueil-hautmont"})
#: Values tried for `Limits.said`, and for `Limits.otherwise` or `otherwise_words`.
SAID_GRID = (0.45, 0.5, 0.55, 0.6, 0.65)
OTHERWISE_GRID = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
WORDS_GRID = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
ROUNDS = 2000
SEED = 20261122

#: Pairs of what a line was and what it was taken for.
Pairs = list[tuple[Said, Said]]
#: By form and call.
Results = Mapping[tuple[str, str], Pairs]


@dataclass(frozen=True)
class Labelled:
    """One script with the labels of its calls."""

    name: str
    lines: tuple[WantedLine, ...]
    labels: Mapping[str, tuple[Said, ...]]


def read_data(path: Path = DATA) -> list[Labelled]:
    """Every labelled script.

    Raises:
        ValueError: a call has not one label for each line.
    """
    scripts = []
    for item in json.loads(path.read_text(encoding="utf-8")):
        lines = tuple(_line(number, line) for number, line in enumerate(item["lines"]))
        labels = {
            call: tuple(LETTERS[letter] for letter in letters)
            for call, letters in item["labels"].items()
        }
        for call, found in labels.items():
            if len(found) != len(lines):
                raise ValueError(f"{call}: {len(found)} labels for {len(lines)} lines")
        scripts.append(Labelled(item["name"], lines, labels))
    return scripts


def _line(number: int, item: Mapping[str, Any]) -> WantedLine:
    return WantedLine(
        str(number),
        item["text"],
        item["section"],
        item.get("answers", ""),
        bool(item.get("disclosure")),
    )


def grid(has_meaning: bool) -> list[Limits]:
    """The limits tried."""
    if has_meaning:
        pairs = product(SAID_GRID, OTHERWISE_GRID)
        return [replace(LIMITS, said=said, otherwise=other) for said, other in pairs]
    pairs = product(SAID_GRID, WORDS_GRID)
    return [replace(LIMITS, said=said, otherwise_words=other) for said, other in pairs]


def fits_of(
    script: Labelled, call: Call, limits: Limits, embedder: Embedder | None
) -> tuple[LineFit, ...]:
    kind = Kind.GATEKEEPER if call.name in AT_RECEPTION else Kind.TARGET
    return fit_lines(call.conversation, script.lines, kind=kind, embedder=embedder, limits=limits)


def results_of(
    script: Labelled,
    calls: Mapping[tuple[str, str], Call],
    tried: Sequence[Limits],
    embedder: Embedder | None,
) -> dict[Limits, Results]:
    """For each of the limits, what became of each line of the script's calls."""
    found: dict[Limits, dict[tuple[str, str], Pairs]] = {limits: {} for limits in tried}
    for form, name in product((PERFECT, RECOGNISED), script.labels):
        if (form, name) not in calls:
            continue
        for limits in tried:
            fits = fits_of(script, calls[form, name], limits, embedder)
            pairs = [
                (truth, fit.said) for truth, fit in zip(script.labels[name], fits, strict=True)
            ]
            found[limits][form, name] = pairs
    return dict(found)


def scores(pairs: Iterable[tuple[Said, Said]]) -> dict[Said, tuple[float, float, float]]:
    """Precision, recall and F1 of each class."""
    counts = Counter(pairs)
    found = {}
    for said in Said:
        right = counts[said, said]
        taken = sum(count for (_, other), count in counts.items() if other is said)
        true = sum(count for (truth, _), count in counts.items() if truth is said)
        found[said] = (
            right / taken if taken else 0.0,
            right / true if true else 0.0,
            2 * right / (taken + true) if taken + true else 0.0,
        )
    return found


def mean_f1(pairs: Iterable[tuple[Said, Said]]) -> float:
    return float(np.mean([f1 for _, _, f1 in scores(pairs).values()]))


def choose(results: Sequence[Mapping[Limits, Results]], tried: Sequence[Limits]) -> Limits:
    """The limits with the best mean F1 over some scripts; the first of equals."""
    return max(
        tried,
        key=lambda limits: mean_f1(
            pair for found in results for pairs in found[limits].values() for pair in pairs
        ),
    )


def intervals(found: Results, form: str) -> dict[Said, tuple[float, ...]]:
    """Bounds of precision and of recall that hold 95 % of bootstrap samples of calls."""
    calls = [pairs for (each, _), pairs in found.items() if each == form]
    source = np.random.default_rng(SEED)
    drawn: dict[Said, list[tuple[float, float]]] = {said: [] for said in Said}
    for _ in range(ROUNDS):
        picked = source.integers(0, len(calls), len(calls))
        for said, (precision, recall, _) in scores(p for i in picked for p in calls[i]).items():
            drawn[said].append((precision, recall))
    return {
        said: tuple(np.percentile(values, [2.5, 97.5], axis=0).T.ravel())
        for said, values in drawn.items()
    }


def report(found: Results, form: str) -> list[str]:
    """The table of one form."""
    pairs = [pair for (each, _), own in found.items() if each == form for pair in own]
    if not pairs:
        return []
    calls = sum(each == form for each, _ in found)
    spread = intervals(found, form)
    right = sum(truth is said for truth, said in pairs)
    rows = [
        f"\n{form}: {calls} calls, {len(pairs)} lines, {right / len(pairs):.2f} right\n",
        "| class | lines | precision | recall |",
        "|---|---:|---|---|",
    ]
    for said, (precision, recall, _) in scores(pairs).items():
        low_p, high_p, low_r, high_r = spread[said]
        count = sum(truth is said for truth, _ in pairs)
        rows.append(
            f"| {said.value} | {count} | {precision:.2f} [{low_p:.2f}, {high_p:.2f}]"
            f" | {recall:.2f} [{low_r:.2f}, {high_r:.2f}] |"
        )
    counts = Counter(pairs)
    rows += ["", "| was, taken for | " + " | ".join(said.value for said in Said) + " |"]
    rows.append("|---|" + "---:|" * len(Said))
    rows += [
        f"| {truth.value} | " + " | ".join(str(counts[truth, said]) for said in Said) + " |"
        for truth in Said
    ]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("training", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--tracks", type=Path, help="recognised tracks")
    parser.add_argument("--no-meaning", action="store_true", help="without the sentence model")
    parser.add_argument("--show", action="store_true", help="print the lines missed")
    args = parser.parse_args()
    calls = {
        (call.form, call.name): call
        for folder in (args.training, args.samples)
        for call in load_calls(folder, args.tracks)
    }
    scripts = read_data()
    embedder = None if args.no_meaning else load_sentence_model()
    tried = grid(embedder is not None)
    by_script = {s.name: results_of(s, calls, tried, embedder) for s in scripts}
    held_out: dict[tuple[str, str], Pairs] = {}
    for script in scripts:
        others = [found for name, found in by_script.items() if name != script.name]
        chosen = choose(others, tried)
        print(f"{script.name}: said {chosen.said}, otherwise {chosen.otherwise}", end="")
        print(f", by words {chosen.otherwise_words}")
        held_out |= by_script[script.name][chosen]
        for (form, name), pairs in by_script[script.name][chosen].items() if args.show else ():
            for line, (truth, said) in zip(script.lines, pairs, strict=True):
                if truth is not said:
                    print(f"  {form} {name}: {truth.value} taken for {said.value}: {line.text}")
    best = choose(list(by_script.values()), tried)
    print(
        f"all scripts: said {best.said}, otherwise {best.otherwise}, by words {best.otherwise_words}"
    )
    for form in (PERFECT, RECOGNISED):
        print("\n".join(report(held_out, form)))


if __name__ == "__main__":
    main()
