"""Fit the weights of `callcoach.analysis.fusion` on labelled calls.

    python benchmarks/fit_fusion.py TRUTH_FOLDER [--tracks FOLDER] [--write]

`TRUTH_FOLDER` holds ``*.truth.json``. With ``--tracks``, a folder of recognised tracks as JSON (one
``<stem>.json`` a call), those are used beside the perfect transcripts, so that the weights bear
recognition errors. Each writer's calls are read without the phrases that are said in that writer's
calls only, so that the weights learn how far phrase lists carry in calls that nobody read; ``--write``
stores them in ``callcoach/analysis/data/fusion.json``. `held_out.py` measures them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from corpus import Call, Support, lexicon_without, load_calls, support_of

from callcoach.analysis import fusion
from callcoach.analysis.detectors import Candidate, run_detectors
from callcoach.analysis.engagement import engagement_curve
from callcoach.analysis.lexicon import Lexicon
from callcoach.analysis.model import Cause, TippingPoint, Valence

#: Ridge penalty, chosen by cross-validation over 5, 15, 40 and 100.
PENALTY = 40.0
#: Weight of a cue's strength in the choice of the cause, and the pull of its biases to zero.
STRENGTH_WEIGHT = 6.0
CAUSE_PENALTY = 0.2


@dataclass
class Row:
    """One moment: its features, its candidates, and what truth says of it."""

    call: str
    group: str
    features: dict[str, float]
    candidates: list[Candidate]
    truth: dict[Valence, list[Cause]]


def rows_of(call: Call, lexicon: Lexicon | None = None) -> list[Row]:
    """The moments of one call, read with these phrase lists."""
    scene = call.scene(lexicon)
    grouped = fusion.by_turn(run_detectors(scene))
    rows: list[Row] = []
    for moment in scene.moments:
        turn, candidates = moment.turn, grouped.get(moment.turn.index, [])
        truth: dict[Valence, list[Cause]] = {valence: [] for valence in Valence}
        for point in call.truth.points:
            shared = min(point.turn_end_s, turn.end_s) - max(point.turn_start_s, turn.start_s)
            shorter = min(point.turn_end_s - point.turn_start_s, turn.end_s - turn.start_s)
            if shared > 0.5 * shorter:
                truth[point.valence].append(point.cause)
        features = fusion.features_of(scene, moment, candidates)
        rows.append(Row(call.name, call.group, features, candidates, truth))
    return rows


def fit_logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Ridge-penalised logistic regression by Newton steps; the last weight is the bias."""
    design = np.column_stack([x, np.ones(len(x))])
    penalty = np.full(design.shape[1], PENALTY * len(x) / 430)
    penalty[-1] = 1e-3
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (p - y) + penalty * weights
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty)
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def fit_causes(rows: Sequence[Row]) -> dict[Cause, float]:
    """Biases of a conditional choice among the cues present, strengths held at their weight."""
    cases: list[tuple[dict[Cause, float], Cause]] = []
    for row in rows:
        for valence, causes in row.truth.items():
            cues: dict[Cause, float] = {}
            for c in row.candidates:
                if c.cause.valence is valence:
                    cues[c.cause] = max(cues.get(c.cause, 0.0), c.strength)
            cases += [(cues, cause) for cause in causes[:1] if cause in cues and len(cues) > 1]
    bias = dict.fromkeys(Cause, 0.0)
    for _ in range(400):
        gradient = {cause: -CAUSE_PENALTY * value for cause, value in bias.items()}
        for cues, right in cases:
            scores = {c: np.exp(STRENGTH_WEIGHT * s + bias[c]) for c, s in cues.items()}
            total = sum(scores.values())
            for cause, score in scores.items():
                gradient[cause] += (cause is right) - score / total
        for cause in bias:
            bias[cause] += 0.05 * gradient[cause]
    return bias


def fit(rows: Sequence[Row], floor: Mapping[Valence, float]) -> fusion.Weights:
    """All weights on these rows."""
    names = sorted(rows[0].features)
    x = np.array([[row.features[name] for name in names] for row in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 0.05
    weight: dict[Valence, dict[str, float]] = {}
    bias: dict[Valence, float] = {}
    for valence in Valence:
        y = np.array([float(bool(row.truth[valence])) for row in rows])
        fitted = fit_logistic((x - mean) / scale, y)
        weight[valence] = dict(zip(names, map(float, fitted[:-1]), strict=True))
        bias[valence] = float(fitted[-1])
    return fusion.Weights(
        mean=dict(zip(names, map(float, mean), strict=True)),
        scale=dict(zip(names, map(float, scale), strict=True)),
        weight=weight,
        bias=bias,
        floor=floor,
        cause_bias=fit_causes(rows),
        strength_weight=STRENGTH_WEIGHT,
    )


def flags(
    call: Call, weights: fusion.Weights, lexicon: Lexicon | None = None
) -> tuple[TippingPoint, ...]:
    """What the product would flag with these weights and phrase lists."""
    scene = call.scene(lexicon)
    return fusion.find_tipping_points(scene, engagement_curve(scene), weights)


def honest_rows(calls: Sequence[Call], support: Support, hidden: frozenset[str]) -> list[Row]:
    """Moments of `calls`, each group's read without the entries said only in it or in `hidden`.

    So the weights learn how far phrase lists carry in calls that nobody read for them.
    """
    rows: list[Row] = []
    for group in sorted({call.group for call in calls}):
        lexicon = lexicon_without(hidden | {group}, support)
        for call in calls:
            if call.group == group:
                rows += rows_of(call, lexicon)
    return rows


@dataclass(frozen=True)
class Found:
    """What was flagged in one form of a call by weights that had not seen its group."""

    call: Call
    points: tuple[TippingPoint, ...]


def cross_validate(
    training: Sequence[Call],
    floor: Mapping[Valence, float],
    support: Support | None = None,
    unfitted: Sequence[Call] = (),
) -> list[Found]:
    """Each group's calls flagged by weights fitted on the other groups of `training`.

    `unfitted` calls are measured as one more group and never fitted on. With `support`, phrase
    lists are held out too; without, they stay whole.
    """
    found: list[Found] = []
    for group in sorted({call.group for call in [*training, *unfitted]}):
        own = [call for call in [*training, *unfitted] if call.group == group]
        others = [call for call in training if call.group != group]
        if support is None:
            lexicon, rows = None, [row for call in others for row in rows_of(call)]
        else:
            hidden = frozenset({group})
            lexicon, rows = lexicon_without(hidden, support), honest_rows(others, support, hidden)
        weights = fit(rows, floor)
        found += [Found(call, flags(call, weights, lexicon)) for call in own]
    return found


def to_json(weights: fusion.Weights) -> dict[str, Any]:
    """The packaged form, rounded for readable diffs."""
    return {
        "mean": {name: round(value, 5) for name, value in weights.mean.items()},
        "scale": {name: round(value, 5) for name, value in weights.scale.items()},
        "weight": {
            valence.value: {name: round(value, 4) for name, value in each.items()}
            for valence, each in weights.weight.items()
        },
        "bias": {valence.value: round(value, 4) for valence, value in weights.bias.items()},
        "floor": {valence.value: round(float(v), 3) for valence, v in weights.floor.items()},
        "cause_bias": {cause.value: round(float(v), 3) for cause, v in weights.cause_bias.items()},
        "strength_weight": weights.strength_weight,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--floor", type=float, nargs=2, metavar=("NEGATIVE", "POSITIVE"))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    calls = load_calls(args.folder, args.tracks)
    floor = dict(zip(Valence, args.floor or (0.35, 0.35), strict=True))
    rows = honest_rows(calls, support_of(calls), frozenset())
    weights = fit(rows, floor)
    print(f"{len(rows)} moments of {len(calls)} call forms")
    if args.write:
        path = Path(fusion.__file__).parent / "data" / "fusion.json"
        path.write_text(json.dumps(to_json(weights), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
