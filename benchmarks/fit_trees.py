"""Fit the boosted trees of `callcoach.analysis.trees`; called by ``fit_fusion.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from callcoach.analysis.model import Valence
from callcoach.analysis.trees import Node, Trees, to_data

#: Small trees, many of them, each on part of the moments and of the numbers: chosen by
#: cross-validation among eight settings that differed by 0.02 in F1 at most.
TREES, RATE, DEPTH, LEAF, SHARE, NUMBERS = 100, 0.05, 3, 15, 0.6, 0.15
SEED = 0


def fit_trees(
    x: np.ndarray, wanted: Mapping[Valence, np.ndarray], names: Sequence[str]
) -> dict[Valence, Trees]:
    """One model a valence.

    Args:
        x: the numbers, shape (moments, features), in the order of `names`.
        wanted: 1.0 where the call turns this way, shape (moments,).
    """
    return {valence: _fit(x, y, names) for valence, y in wanted.items()}


def _fit(x: np.ndarray, y: np.ndarray, names: Sequence[str]) -> Trees:
    if len(set(y)) < 2:
        return Trees(-5.0 if not y.any() else 5.0, ())
    model = GradientBoostingClassifier(
        n_estimators=TREES,
        learning_rate=RATE,
        max_depth=DEPTH,
        min_samples_leaf=LEAF,
        subsample=SHARE,
        max_features=NUMBERS,
        random_state=SEED,
    ).fit(x, y)
    share = y.mean()
    trees = []
    for (estimator,) in model.estimators_:
        tree = estimator.tree_
        trees.append(
            tuple(
                Node("", round(RATE * float(tree.value[i, 0, 0]), 5))
                if tree.children_left[i] < 0
                else Node(
                    names[tree.feature[i]],
                    _above(float(tree.threshold[i])),
                    int(tree.children_left[i]),
                    int(tree.children_right[i]),
                )
                for i in range(tree.node_count)
            )
        )
    return Trees(float(np.log(share / (1 - share))), tuple(trees))


def _above(bound: float) -> float:
    """A bound rounded up: scikit-learn compares in single precision, and a number that is equal to
    it must go the same way."""
    return float(np.ceil(bound * 1e5 + 1e-3) / 1e5)


def write_trees(models: Mapping[Valence, Trees], path: Path) -> None:
    """Store them, one tree a line."""
    data = to_data(models)
    valences = data.pop("valences")
    lines = [f'"names": {json.dumps(data["names"])}']
    parts = []
    for valence, each in valences.items():
        trees = ",\n  ".join(json.dumps(tree, separators=(",", ":")) for tree in each["trees"])
        parts.append(f'"{valence}": {{"bias": {each["bias"]}, "trees": [\n  {trees}\n ]}}')
    lines.append('"valences": {\n ' + ",\n ".join(parts) + "\n}")
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")
