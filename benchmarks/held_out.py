"""How good the flags are on calls that nobody read: the figure to believe and to raise.

    python benchmarks/held_out.py TRAINING_FOLDER SAMPLES_FOLDER --tracks FOLDER [--json FILE]
                                  [--against FILE] [--causes] [--show-samples]
                                  [--mixed FOLDER] [--whole] [--no-meaning]

Calls fall into groups: one a writer, and the samples; three of the seven writers' calls are text that
was never spoken (`corpus.load_written`). For each group, weights are fitted on the other writers'
calls (never on the samples), and every phrase that is said only in the group's own
calls is taken out of the lists (see `corpus`). What stays optimistic: the detectors' formulas and
the choice of features were made by people who had seen all calls. ``--whole`` adds a block with the
phrase lists whole, the way quality was reported before. Intervals are percentiles of a bootstrap by call;
``--against`` compares with a stored run, call by call. ``--mixed`` names a folder of tracks of mono
mixes (``speakers.py --keep``): they are measured as one more form and never fitted on. Everything is
deterministic.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpus import (
    MIXED,
    PERFECT,
    RECOGNISED,
    SAMPLES,
    WRITTEN,
    Call,
    Support,
    load_calls,
    load_written,
    support_of,
)
from fit_fusion import FLOOR, Found, cross_validate

from callcoach.analysis.embedding import load_sentence_model
from callcoach.analysis.evaluation import (
    EMPTY,
    TOLERANCES_S,
    CallScore,
    Evaluation,
    Score,
    evaluate,
    match,
    trivial_flags,
)
from callcoach.analysis.model import Valence

ROUNDS = 2000
SEED = 20260901


def score(found: Iterable[Found]) -> Evaluation:
    """The evaluation of these calls."""
    return evaluate((each.call.name, each.points, each.call.truth) for each in found)


def f1(calls: Sequence[CallScore], part: str = "score") -> float:
    """Pooled F1 of one part."""
    value = Evaluation(tuple(calls)).total(part).f1
    return 0.0 if value is None else value


def interval(calls: Sequence[CallScore], part: str = "score") -> tuple[float, float]:
    """Interval of F1 that holds 95 % of bootstrap samples of calls."""
    source = np.random.default_rng(SEED)
    drawn = [
        f1([calls[i] for i in source.integers(0, len(calls), len(calls))], part)
        for _ in range(ROUNDS)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def paired(before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]]) -> str:
    """The difference in F1 of two runs on the same calls, with its interval."""
    names = sorted(before.keys() & after.keys())
    old, new = (np.array([run[name] for name in names]) for run in (before, after))

    def value(run: np.ndarray) -> float:
        flagged, truth, matched = run.sum(axis=0)
        return float(2 * matched / max(flagged + truth, 1))

    source = np.random.default_rng(SEED)
    gains = []
    for _ in range(ROUNDS):
        drawn = source.integers(0, len(names), len(names))
        gains.append(value(new[drawn]) - value(old[drawn]))
    low, high = np.percentile(gains, [2.5, 97.5])
    better = float(np.mean(np.array(gains) > 0))
    return (
        f"{value(old):.3f} -> {value(new):.3f}  gain {value(new) - value(old):+.3f}"
        f"  [{low:+.3f}, {high:+.3f}]  better in {better:.0%} of samples"
    )


def report(title: str, found: Sequence[Found]) -> list[str]:
    """The table's lines for one set of calls."""
    result = score(found)
    total, (low, high) = result.total(), interval(result.calls)
    lines = [
        f"{title}",
        (
            f"  flags {total.flagged}, truth {total.truth}, matched {total.matched}: precision"
            f" {total.precision or 0:.2f}, recall {total.recall or 0:.2f},"
            f" F1 {total.f1 or 0:.2f} [{low:.2f}, {high:.2f}]"
        ),
    ]
    for part in ("negative", "positive"):
        each, (low, high) = result.total(part), interval(result.calls, part)
        lines.append(
            f"  {part}: precision {each.precision or 0:.2f}, recall {each.recall or 0:.2f},"
            f" F1 {each.f1 or 0:.2f} [{low:.2f}, {high:.2f}]"
        )
    clean = result.flags_per_clean_call
    lines.append(
        "  by start alone F1 "
        + ", ".join(f"{result.at(limit).f1 or 0:.2f} at {limit:g} s" for limit in TOLERANCES_S)
        + f"; by turn alone {result.total('by_turn').f1 or 0:.2f};"
        f" P@3 {result.precision_at_first or 0:.2f}; nDCG {result.ranking or 0:.2f}"
    )
    lines.append(
        f"  valence right in place {result.valence_accuracy or 0:.2f};"
        f" cause right {result.cause_accuracy or 0:.2f};"
        f" flags per clean call {'none' if clean is None else f'{clean:.2f}'};"
        f" chance F1 {result.chance_f1 or 0:.2f}"
    )
    return lines


def baselines(calls: Sequence[Call]) -> list[str]:
    """F1 of flags that need no analysis."""
    totals: dict[str, Score] = defaultdict(lambda: EMPTY)
    for call in calls:
        points = call.truth.points
        for name, flags in trivial_flags(call.conversation.turns).items():
            totals[name] += Score(len(flags), len(points), len(match(flags, points)))
    return [f"  {name}: F1 {total.f1 or 0:.2f}" for name, total in totals.items()]


def by_cause(found: Sequence[Found]) -> list[str]:
    """For every cause: flags, those in place with the right valence, those with this very cause."""
    return [
        f"  {cause.value:<22} flags {n.flagged:3d}  in place {n.in_place:3d}"
        f"  this cause {n.right:3d}  truth {n.truth:3d}"
        for cause, n in score(found).causes.items()
    ]


def figures(found: Sequence[Found]) -> dict[str, Any]:
    """What the model's card says of one set of calls."""
    result = score(found)
    groups = sorted({each.call.group for each in found})
    total = result.total()
    return {
        "calls": len(result.calls),
        "flags": total.flagged,
        "points": total.truth,
        "matched": total.matched,
        "f1": rounded(total.f1),
        "f1_interval": [rounded(bound) for bound in interval(result.calls)],
        "f1_negative": rounded(result.total("negative").f1),
        "f1_positive": rounded(result.total("positive").f1),
        "f1_by_writer": {
            group: rounded(score([e for e in found if e.call.group == group]).total().f1)
            for group in groups
        },
        "cause_right": rounded(result.cause_accuracy),
        "flags_per_clean_call": rounded(result.flags_per_clean_call),
        "chance_f1": rounded(result.chance_f1),
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def counts(found: Sequence[Found]) -> dict[str, list[int]]:
    """Flagged, truth and matched of every call, to compare runs."""
    return {
        call.name: [call.score.flagged, call.score.truth, call.score.matched]
        for call in score(found).calls
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("training", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--json", type=Path, help="store the counts of every call")
    parser.add_argument("--against", type=Path, help="a stored run to compare with")
    parser.add_argument("--causes", action="store_true", help="a line a cause")
    parser.add_argument("--whole", action="store_true", help="with the phrase lists whole as well")
    parser.add_argument("--show-samples", action="store_true", help="the samples' figures too")
    parser.add_argument("--mixed", type=Path, help="tracks of mono mixes, measured too")
    parser.add_argument("--no-meaning", action="store_true", help="without the sentence model")
    parser.add_argument("--floor", type=float, nargs=2, default=FLOOR)
    args = parser.parse_args()
    spoken = load_calls(args.training, args.tracks, args.mixed)
    samples = load_calls(args.samples, args.tracks, args.mixed)
    support = support_of([*spoken, *samples])
    training = [*spoken, *load_written()]
    floor = dict(zip(Valence, args.floor, strict=True))
    embedder = None if args.no_meaning else load_sentence_model()
    stored: dict[str, Any] = {"counts": {}, "figures": {}}
    blocks: list[tuple[str, Support | None]] = [
        ("phrases held out", support),
        ("phrase lists whole", None),
    ]
    for title, known in blocks if args.whole else blocks[:1]:
        unfitted = samples if args.show_samples else ()
        found = cross_validate(training, floor, known, unfitted, embedder)
        for form in (RECOGNISED, PERFECT, WRITTEN, MIXED):
            mine = [each for each in found if each.call.form == form]
            writers = [each for each in mine if each.call.group != SAMPLES]
            if not writers:
                continue
            print("\n".join(report(f"\n{title}; {form}; each writer unseen", writers)))
            for group in sorted({each.call.group for each in writers}):
                own = [each for each in writers if each.call.group == group]
                print(f"  {group}: F1 {f1(score(own).calls):.2f}")
            if args.causes:
                print("\n".join(by_cause(writers)))
            stored["counts"][f"{title}; {form}"] = counts(writers)
            stored["figures"][f"{title}; {form}"] = figures(writers)
            others = [each for each in mine if each.call.group == SAMPLES]
            if others and args.show_samples:
                print("\n".join(report(f"{title}; {form}; samples unseen", others)))
    for form in (RECOGNISED, PERFECT, WRITTEN):
        print(f"\ntrivial flags; {form}")
        print("\n".join(baselines([call for call in training if call.form == form])))
    if args.against:
        print()
        before = json.loads(args.against.read_text(encoding="utf-8"))["counts"]
        for key in sorted(before.keys() & stored["counts"].keys()):
            print(f"{key}: {paired(before[key], stored['counts'][key])}")
    if args.json:
        args.json.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
