"""Fit the weights of `callcoach.analysis.fusion` on labelled calls.

    python benchmarks/fit_fusion.py TRUTH_FOLDER [--tracks FOLDER] [--write] [--figures FILE]

`TRUTH_FOLDER` holds ``*.truth.json``; the calls of ``data/written_calls.jsonl`` are added. With ``--tracks``, a folder of recognised tracks as JSON (one
``<stem>.json`` a call), those are used beside the perfect transcripts, so that the weights bear
recognition errors. Each writer's calls are read without the phrases that are said in that writer's
calls only, so that the weights learn how far phrase lists carry in calls that nobody read; ``--write``
stores them in ``callcoach/analysis/data/fusion.json``, ``trees.json`` and ``likeness.npz``, with a card that says what
they were made of and, from ``--figures`` (``held_out.py --json``), how good they are on unseen writers.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from corpus import (
    MIXED,
    PERFECT,
    WRITTEN,
    Call,
    Support,
    lexicon_without,
    load_calls,
    load_written,
    support_of,
)
from fit_likeness import fit_likeness, write_likeness
from fit_trees import DEPTH, RATE, TREES, fit_trees, write_trees

from callcoach.analysis import fusion
from callcoach.analysis.detectors import Candidate, run_detectors
from callcoach.analysis.embedding import Embedder, load_sentence_model
from callcoach.analysis.engagement import engagement_curve
from callcoach.analysis.lexicon import Lexicon
from callcoach.analysis.model import Cause, TippingPoint, Valence

#: Ridge penalty, chosen by cross-validation over 5, 15, 40 and 100.
PENALTY = 40.0
#: What a full cue adds to its cause, the ridge penalty of the choice of the cause, its steps, and
#: the bias of a cause without an example.
STRENGTH_WEIGHT = 2.0
CAUSE_PENALTY = 10.0
CAUSE_STEPS = 1500
UNSEEN_BIAS = -20.0
#: Features that helped one question and not the other on unseen writers: what the reply tells of
#: the cause says little about whether the call turns; plain counts of the detectors' own lists and
#: the course of the whole call make the choice of the cause worse.
NOT_FOR_VALENCE = ("reply_",)
NOT_FOR_CAUSE = ("agent_said_", "next_said_", "last_said_", "course_")
#: Probabilities from which a moment is shown.
FLOOR = (0.25, 0.25)


@dataclass
class Row:
    """One moment: its features, its candidates, and what truth says of it."""

    call: str
    group: str
    features: dict[str, float]
    candidates: list[Candidate]
    truth: dict[Valence, list[Cause]]
    said: str = ""
    heard: str = ""


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
        heard = moment.next.text if moment.next is not None else ""
        rows.append(Row(call.name, call.group, features, candidates, truth, turn.text, heard))
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


def fit_choice(x: np.ndarray, y: Sequence[int], classes: int) -> np.ndarray:
    """Ridge-penalised choice among classes, each weighing the same; biases in the last row.

    Accelerated gradient descent with a fixed step, so that the result is the same everywhere.
    """
    design = np.column_stack([x, np.ones(len(x))])
    wanted = np.eye(classes)[list(y)]
    share = len(y) / classes / np.maximum(wanted.sum(axis=0), 1.0)
    weigh = (wanted * share).sum(axis=1)[:, None]
    penalty = np.full((design.shape[1], 1), CAUSE_PENALTY)
    penalty[-1] = 1e-3
    step = 1 / (0.5 * np.linalg.norm(design * np.sqrt(weigh), 2) ** 2 + CAUSE_PENALTY)
    weights = np.zeros((design.shape[1], classes))
    ahead = weights
    for turn in range(CAUSE_STEPS):
        scores = design @ ahead
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        moved = ahead - step * (design.T @ (weigh * (p - wanted)) + penalty * ahead)
        ahead = moved + turn / (turn + 3) * (moved - weights)
        weights = moved
    return weights


def fit_causes(
    rows: Sequence[Row], names: Sequence[str], mean: np.ndarray, scale: np.ndarray
) -> dict[Cause, dict[str, float]]:
    """For each valence a choice among its causes; a cause without any example stays far off."""
    out: dict[Cause, dict[str, float]] = {}
    used = [i for i, name in enumerate(names) if not name.startswith(NOT_FOR_CAUSE)]
    for valence in Valence:
        cases = [(row, row.truth[valence][0]) for row in rows if row.truth[valence]]
        causes = [cause for cause in Cause if any(cause is seen for _, seen in cases)]
        x = np.array([[row.features[name] for name in names] for row, _ in cases])
        x = ((x - mean) / scale)[:, used]
        fitted = fit_choice(x, [causes.index(c) for _, c in cases], len(causes))
        for place, cause in enumerate(causes):
            out[cause] = {
                "": float(fitted[-1, place]),
                **dict(zip([names[i] for i in used], map(float, fitted[:-1, place]), strict=True)),
            }
        for cause in Cause:
            if cause.valence is valence and cause not in out:
                out[cause] = {"": UNSEEN_BIAS}
    return out


def fit(
    rows: Sequence[Row], floor: Mapping[Valence, float], embedder: Embedder | None = None
) -> fusion.Weights:
    """All weights on these rows; those of meaning only with an embedder."""
    names = sorted(rows[0].features)
    x = np.array([[row.features[name] for name in names] for row in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 0.05
    used = [i for i, name in enumerate(names) if not name.startswith(NOT_FOR_VALENCE)]
    weight: dict[Valence, dict[str, float]] = {}
    bias: dict[Valence, float] = {}
    wanted = {v: np.array([float(bool(row.truth[v])) for row in rows]) for v in Valence}
    for valence, y in wanted.items():
        fitted = fit_logistic(((x - mean) / scale)[:, used], y)
        weight[valence] = dict(zip([names[i] for i in used], map(float, fitted[:-1]), strict=True))
        bias[valence] = float(fitted[-1])
    cases = [
        (row.said, row.heard, row.truth[valence][0])
        for row in rows
        for valence in Valence
        if row.truth[valence]
    ]
    return fusion.Weights(
        mean=dict(zip(names, map(float, mean), strict=True)),
        scale=dict(zip(names, map(float, scale), strict=True)),
        weight=weight,
        bias=bias,
        floor=floor,
        cause=fit_causes(rows, names, mean, scale),
        strength_weight=STRENGTH_WEIGHT,
        likeness=fit_likeness(cases, embedder) if embedder else None,
        trees=fit_trees(x[:, used], wanted, [names[i] for i in used]),
    )


def flags(
    call: Call,
    weights: fusion.Weights,
    lexicon: Lexicon | None = None,
    embedder: Embedder | None = None,
) -> tuple[TippingPoint, ...]:
    """What the product would flag with these weights and phrase lists."""
    scene = call.scene(lexicon, embedder)
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
    embedder: Embedder | None = None,
) -> list[Found]:
    """Each group's calls flagged by weights fitted on the other groups of `training`.

    `unfitted` calls are measured as one more group and never fitted on. With `support`, phrase
    lists are held out too; without, they stay whole.
    """
    found: list[Found] = []
    for group in sorted({call.group for call in [*training, *unfitted]}):
        own = [call for call in [*training, *unfitted] if call.group == group]
        others = [call for call in training if call.group != group and call.form != MIXED]
        if support is None:
            lexicon, rows = None, [row for call in others for row in rows_of(call)]
        else:
            hidden = frozenset({group})
            lexicon, rows = lexicon_without(hidden, support), honest_rows(others, support, hidden)
        weights = fit(rows, floor, embedder)
        found += [Found(call, flags(call, weights, lexicon, embedder)) for call in own]
    return found


def card_of(
    calls: Sequence[Call], figures: Path | None, embedder: Embedder | None
) -> dict[str, Any]:
    """What the weights were made of and how good they are; see docs/model-card.md."""
    forms = sorted({call.form for call in calls})
    once = [call for call in calls if call.form in (PERFECT, WRITTEN)]
    return {
        "made_on": datetime.now(tz=UTC).date().isoformat(),
        "made_by": "benchmarks/fit_fusion.py",
        "data": {
            "calls": len(once),
            "points": sum(len(call.truth.points) for call in once),
            "minutes": round(sum(call.truth.duration_s for call in once) / 60),
            "groups": sorted({call.group for call in once}),
            "forms": forms,
            "clean": sum(not call.truth.points for call in once),
            "origin": "simulated calls, spoken by a synthesiser; those of written-… never spoken",
        },
        "model": {
            "turns": f"mean of a ridge logistic regression, penalty {PENALTY:g}, and of {TREES}"
            f" boosted trees of depth {DEPTH}, rate {RATE:g}",
            "cause": f"ridge choice, penalty {CAUSE_PENALTY:g}, a full cue adds {STRENGTH_WEIGHT:g}",
            "likeness": embedder.name if embedder else "",
        },
        "held_out": json.loads(figures.read_text(encoding="utf-8"))["figures"] if figures else {},
    }


def to_json(weights: fusion.Weights, card: Mapping[str, Any]) -> dict[str, Any]:
    """The packaged form, rounded for readable diffs."""
    return {
        "card": card,
        "mean": {name: round(value, 5) for name, value in weights.mean.items()},
        "scale": {name: round(value, 5) for name, value in weights.scale.items()},
        "weight": {
            valence.value: {name: round(value, 4) for name, value in each.items()}
            for valence, each in weights.weight.items()
        },
        "bias": {valence.value: round(value, 4) for valence, value in weights.bias.items()},
        "floor": {valence.value: round(float(v), 3) for valence, v in weights.floor.items()},
        "cause": {
            cause.value: {name: round(value, 4) for name, value in each.items()}
            for cause, each in weights.cause.items()
        },
        "strength_weight": weights.strength_weight,
    }


def heaviest(weights: fusion.Weights, count: int = 12) -> list[str]:
    """Markdown: the features that weigh most in whether a call turns, a standard deviation each."""
    lines = ["| for the worse | weight | for the better | weight |", "| --- | --- | --- | --- |"]
    columns = [
        sorted(weights.weight[valence].items(), key=lambda item: -abs(item[1]))[:count]
        for valence in (Valence.NEGATIVE, Valence.POSITIVE)
    ]
    for worse, better in zip(*columns, strict=True):
        lines.append(f"| `{worse[0]}` | {worse[1]:+.2f} | `{better[0]}` | {better[1]:+.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--floor", type=float, nargs=2, metavar=("NEGATIVE", "POSITIVE"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--figures", type=Path, help="what held_out.py --json stored")
    args = parser.parse_args()
    calls = [*load_calls(args.folder, args.tracks), *load_written()]
    floor = dict(zip(Valence, args.floor or FLOOR, strict=True))
    support = support_of([call for call in calls if call.form != WRITTEN])
    rows = honest_rows(calls, support, frozenset())
    embedder = load_sentence_model()
    weights = fit(rows, floor, embedder)
    print(f"{len(rows)} moments of {len(calls)} call forms, {len(weights.mean)} features")
    print("\n".join(heaviest(weights)))
    if args.write:
        packed = to_json(weights, card_of(calls, args.figures, embedder))
        path = Path(fusion.__file__).parent / "data" / "fusion.json"
        path.write_text(json.dumps(packed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        write_trees(weights.trees, path.with_name("trees.json"))
        print(f"wrote {path}")
        if weights.likeness is None:
            print("no sentence model here: likeness.npz stays as it was")
        else:
            write_likeness(weights.likeness, path.with_name("likeness.npz"))


if __name__ == "__main__":
    main()
