"""How good the flags are on calls that nobody read: the figure to believe and to raise.

    python benchmarks/held_out.py TRAINING_FOLDER SAMPLES_FOLDER --tracks FOLDER [--json FILE]
                                  [--against FILE] [--causes] [--show-samples]

Calls fall into groups: one a writer, and the samples. For each group, weights are fitted on the
other writers' calls (never on the samples), and every phrase that is said only in the group's own
calls is taken out of the lists (see `corpus`). What stays optimistic: the detectors' formulas and
the choice of features were made by people who had seen all calls. The second block keeps the phrase
lists whole, the way quality was reported before. Intervals are percentiles of a bootstrap by call;
``--against`` compares with a stored run, call by call. Everything is deterministic.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpus import PERFECT, RECOGNISED, SAMPLES, Call, load_calls, support_of
from fit_fusion import FLOOR, Found, cross_validate

from callcoach.analysis.evaluation import CallScore, Evaluation, Flag, evaluate, match
from callcoach.analysis.model import Cause, Valence
from callcoach.analysis.scene import Scene

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
        f"  by start alone F1 {result.total('by_time').f1 or 0:.2f};"
        f" cause right {result.cause_accuracy or 0:.2f};"
        f" flags per clean call {'none' if clean is None else f'{clean:.2f}'};"
        f" chance F1 {result.chance_f1 or 0:.2f}"
    )
    return lines


def trivial(scene: Scene) -> dict[str, list[Flag]]:
    """Flags that need no analysis (TIPPING.md §3): what a system must beat."""
    moments = scene.moments
    if not moments:
        return {}
    longest = max(moments, key=lambda moment: moment.length_s)
    objected = [m for m in moments if scene.has(m.last, "objection", "rebuke", "refusal")]
    spoken = [m for m in moments if m.after]
    out = {
        "longest agent turn, negative": [Flag(longest.turn.start_s, Valence.NEGATIVE, "")],
        "answer to the first objection, negative": [
            Flag(m.turn.start_s, Valence.NEGATIVE, "") for m in objected[:1]
        ],
        "last agent turn with an answer, positive": [
            Flag(m.turn.start_s, Valence.POSITIVE, "") for m in spoken[-1:]
        ],
    }
    out["the three together"] = [flag for flags in out.values() for flag in flags]
    out["every agent turn, both"] = [
        Flag(m.turn.start_s, valence, "") for m in moments for valence in Valence
    ]
    return out


def baselines(calls: Sequence[Call]) -> list[str]:
    """Precision, recall and F1 of the trivial flags."""
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    truth = sum(len(call.truth.points) for call in calls)
    for call in calls:
        for name, flags in trivial(call.scene()).items():
            totals[name][0] += len(flags)
            totals[name][1] += len(match(flags, call.truth.points))
    return [
        f"  {name}: F1 {2 * matched / (flagged + truth):.2f}"
        for name, (flagged, matched) in totals.items()
    ]


def by_cause(found: Sequence[Found]) -> list[str]:
    """For every cause: flags, those in place with the right valence, those with this very cause."""
    counts: dict[Cause, list[int]] = {cause: [0, 0, 0, 0] for cause in Cause}
    for each in found:
        points = each.call.truth.points
        shown = [Flag(p.start_s, p.valence, p.cause.value) for p in each.points]
        pairs = dict(match(shown, points))
        for point in points:
            counts[point.cause][3] += 1
        for i, flag in enumerate(each.points):
            counts[flag.cause][0] += 1
            counts[flag.cause][1] += i in pairs
            counts[flag.cause][2] += i in pairs and points[pairs[i]].cause is flag.cause
    return [
        f"  {cause.value:<22} flags {n[0]:3d}  in place {n[1]:3d}  this cause {n[2]:3d}"
        f"  truth {n[3]:3d}"
        for cause, n in counts.items()
    ]


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
    parser.add_argument("--show-samples", action="store_true", help="the samples' figures too")
    parser.add_argument("--floor", type=float, nargs=2, default=FLOOR)
    args = parser.parse_args()
    training = load_calls(args.training, args.tracks)
    samples = load_calls(args.samples, args.tracks)
    support = support_of([*training, *samples])
    floor = dict(zip(Valence, args.floor, strict=True))
    stored: dict[str, Any] = {}
    for title, known in (("phrases held out", support), ("phrase lists whole", None)):
        found = cross_validate(training, floor, known, samples if args.show_samples else ())
        for form in (RECOGNISED, PERFECT):
            mine = [each for each in found if each.call.form == form]
            writers = [each for each in mine if each.call.group != SAMPLES]
            print("\n".join(report(f"\n{title}; {form}; each writer unseen", writers)))
            for group in sorted({each.call.group for each in writers}):
                own = [each for each in writers if each.call.group == group]
                print(f"  {group}: F1 {f1(score(own).calls):.2f}")
            if args.causes:
                print("\n".join(by_cause(writers)))
            stored[f"{title}; {form}"] = counts(writers)
            others = [each for each in mine if each.call.group == SAMPLES]
            if others and args.show_samples:
                print("\n".join(report(f"{title}; {form}; samples unseen", others)))
    for form in (RECOGNISED, PERFECT):
        print(f"\ntrivial flags; {form}")
        print("\n".join(baselines([call for call in training if call.form == form])))
    if args.against:
        print()
        before = json.loads(args.against.read_text(encoding="utf-8"))
        for key in sorted(before.keys() & stored.keys()):
            print(f"{key}: {paired(before[key], stored[key])}")
    if args.json:
        args.json.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
