"""Fit the weights of `callcoach.analysis.fusion` on truth files, and cross-validate them by writer.

    python benchmarks/fit_fusion.py TRUTH_FOLDER [--tracks FOLDER] [--write]

`TRUTH_FOLDER` holds ``*.truth.json``. With ``--tracks``, a folder of recognised tracks as JSON (one
``<stem>.json`` a call), those are used beside the perfect transcripts, so that the weights bear
recognition errors. Each writer's calls are scored with weights fitted on the other writers only;
``--write`` then fits on all of them and writes ``callcoach/analysis/data/fusion.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from callcoach.analysis import fusion
from callcoach.analysis.detectors import Candidate, run_detectors
from callcoach.analysis.engagement import engagement_curve
from callcoach.analysis.evaluation import evaluate, render_table
from callcoach.analysis.model import (
    CallContext,
    Cause,
    Segment,
    Speaker,
    TippingPoint,
    Track,
    Valence,
    Word,
)
from callcoach.analysis.scene import Scene
from callcoach.analysis.truth import Truth, load_truth, tracks_from_turns
from callcoach.analysis.turns import build_conversation

#: Ridge penalty, chosen by cross-validation over 5, 15, 40 and 100.
PENALTY = 40.0
#: Weight of a cue's strength in the choice of the cause, and the pull of its biases to zero.
STRENGTH_WEIGHT = 6.0
CAUSE_PENALTY = 0.2
#: The agent's channel as recognition or a metadata file writes it; anything else is mixed.
AGENT_CHANNELS: dict[Any, int] = {"left": 0, "right": 1, 0: 0, 1: 1}
FLOORS = np.arange(0.2, 0.56, 0.05)


@dataclass
class Row:
    """One moment: its features, its candidates, and what truth says of it."""

    call: str
    writer: str
    features: dict[str, float]
    candidates: list[Candidate]
    truth: dict[Valence, list[Cause]]
    weight: float = 1.0


@dataclass
class Call:
    """One call in one form: perfect transcript or recognised."""

    name: str
    form: str
    truth: Truth
    scene: Scene


def read_tracks(path: Path) -> tuple[tuple[Track, ...], int | None]:
    """Tracks as recognition stored them."""
    data = json.loads(path.read_text(encoding="utf-8"))
    tracks = tuple(
        Track(
            item["channel"],
            tuple(Segment(*span) for span in item["voice"]),
            tuple(Word(*word) for word in item["words"]),
            Speaker(item["speaker"]) if item.get("speaker") else None,
        )
        for item in data["tracks"]
    )
    return tracks, AGENT_CHANNELS.get(data["agent_channel"])


def load_calls(folder: Path, tracks_folder: Path | None) -> list[Call]:
    """Every call of `folder`, as perfect transcript and, where there is one, as recognised."""
    calls: list[Call] = []
    for path in sorted(folder.glob("*.truth.json")):
        truth = load_truth(path)
        stem = path.name.removesuffix(".truth.json")
        forms: list[tuple[str, Sequence[Track], int | None]] = [
            ("perfect", tracks_from_turns(truth.turns), 0)
        ]
        recognised = tracks_folder / f"{stem}.json" if tracks_folder else None
        if recognised is not None and recognised.exists():
            forms.append(("recognised", *read_tracks(recognised)))
        for form, tracks, agent_channel in forms:
            conversation = build_conversation(
                tracks,
                duration_s=truth.duration_s,
                agent_channel=agent_channel,
                separate=len({track.channel for track in tracks}) > 1,
            )
            calls.append(Call(stem, form, truth, Scene(conversation, CallContext(), "fr")))
    return calls


def rows_of(call: Call) -> list[Row]:
    """The moments of one call."""
    grouped = fusion.by_turn(run_detectors(call.scene))
    rows: list[Row] = []
    for moment in call.scene.moments:
        turn, candidates = moment.turn, grouped.get(moment.turn.index, [])
        truth: dict[Valence, list[Cause]] = {valence: [] for valence in Valence}
        for point in call.truth.points:
            shared = min(point.turn_end_s, turn.end_s) - max(point.turn_start_s, turn.start_s)
            shorter = min(point.turn_end_s - point.turn_start_s, turn.end_s - turn.start_s)
            if shared > 0.5 * shorter:
                truth[point.valence].append(point.cause)
        features = fusion.features_of(call.scene, moment, candidates)
        rows.append(Row(call.name, call.truth.writer, features, candidates, truth))
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


def flags(calls: Sequence[Call], weights: fusion.Weights) -> list[tuple[TippingPoint, ...]]:
    """What the product would flag with these weights."""
    fusion.load_weights.cache_clear()
    original = fusion.load_weights
    fusion.load_weights = lambda: weights  # type: ignore[assignment]
    try:
        return [
            fusion.find_tipping_points(call.scene, engagement_curve(call.scene)) for call in calls
        ]
    finally:
        fusion.load_weights = original


def cross_validate(
    calls: Sequence[Call], rows: Mapping[int, list[Row]], floor: Mapping[Valence, float]
) -> list[tuple[str, tuple[TippingPoint, ...], Truth, str]]:
    """Each writer's calls flagged by weights fitted on the others."""
    out: list[tuple[str, tuple[TippingPoint, ...], Truth, str]] = []
    for writer in sorted({call.truth.writer for call in calls}):
        others = [
            row for i, call in enumerate(calls) if call.truth.writer != writer for row in rows[i]
        ]
        own = [call for call in calls if call.truth.writer == writer]
        weights = fit(others, floor)
        out += [
            (call.name, points, call.truth, call.form)
            for call, points in zip(own, flags(own, weights), strict=True)
        ]
    return out


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
    parser.add_argument("--search", action="store_true", help="print F1 over a grid of floors")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    calls = load_calls(args.folder, args.tracks)
    rows = {index: rows_of(call) for index, call in enumerate(calls)}
    floor = dict(zip(Valence, args.floor or (0.35, 0.35), strict=True))
    if args.search:
        for negative in FLOORS:
            for positive in FLOORS:
                grid = {Valence.NEGATIVE: float(negative), Valence.POSITIVE: float(positive)}
                found = cross_validate(calls, rows, grid)
                score = evaluate((name, p, t) for name, p, t, _ in found)
                print(f"{negative:.2f} {positive:.2f}  F1 {score.total().f1:.3f}")
    found = cross_validate(calls, rows, floor)
    for form in sorted({call.form for call in calls}):
        print(f"\n== cross-validated by writer, {form}")
        table = render_table(evaluate((n, p, t) for n, p, t, f in found if f == form))
        print(table if args.verbose else table[table.index("TOTAL") :])
    if args.write:
        weights = fit([row for each in rows.values() for row in each], floor)
        path = Path(fusion.__file__).parent / "data" / "fusion.json"
        path.write_text(json.dumps(to_json(weights), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
