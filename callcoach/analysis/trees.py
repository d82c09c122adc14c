"""Boosted trees that tell whether a call turns, read from data: a second opinion beside `fusion`.

A linear weight cannot say "a long answer is news, but not from a prospect who always answers at
length"; a tree of two or three questions can. Fitted by ``benchmarks/fit_trees.py`` (scikit-learn's
gradient boosting), packaged as plain numbers in ``data/trees.json``, so that nothing but this file is
needed to use them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import exp
from typing import Any

from callcoach.analysis.model import Valence

#: Log odds beyond this are as good as sure.
MOST_LOG_ODDS = 30.0


@dataclass(frozen=True, slots=True)
class Node:
    """A question, or where no feature is named, an answer.

    Args:
        feature: name of the number that is asked about; "" for a leaf.
        value: the bound (up to and including it goes left), or the leaf's log odds.
        left, right: places of the next nodes in the tree.
    """

    feature: str
    value: float
    left: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True)
class Trees:
    """An additive model of one valence: `bias` and what each tree adds, in log odds."""

    bias: float
    trees: tuple[tuple[Node, ...], ...]

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability in (0, 1) that the call turns this way; a feature that is missing counts as 0."""
        return probability_of(self.bias + sum(_leaf(tree, features) for tree in self.trees))

    def features(self) -> frozenset[str]:
        """The names of all numbers that are asked about."""
        return frozenset(node.feature for tree in self.trees for node in tree if node.feature)


def probability_of(log_odds: float) -> float:
    """The probability in (0, 1) of log odds, however large."""
    return 1 / (1 + exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, log_odds))))


def _leaf(tree: Sequence[Node], features: Mapping[str, float]) -> float:
    node = tree[0]
    while node.feature:
        is_left = features.get(node.feature, 0.0) <= node.value
        node = tree[node.left if is_left else node.right]
    return node.value


def load_trees() -> Mapping[Valence, Trees]:
    """The packaged trees, one model a valence."""
    resource = files("callcoach.analysis") / "data" / "trees.json"
    return from_data(json.loads(resource.read_text(encoding="utf-8")))


def from_data(data: Mapping[str, Any]) -> Mapping[Valence, Trees]:
    """The models in their packaged form; see `to_data`."""
    names: list[str] = data["names"]
    return {
        Valence(valence): Trees(
            each["bias"],
            tuple(tuple(_node(node, names) for node in tree) for tree in each["trees"]),
        )
        for valence, each in data["valences"].items()
    }


def to_data(models: Mapping[Valence, Trees]) -> dict[str, Any]:
    """The packaged form: a leaf is one number, a question four."""
    names = sorted({name for each in models.values() for name in each.features()})
    return {
        "names": names,
        "valences": {
            valence.value: {
                "bias": round(each.bias, 5),
                "trees": [
                    [
                        [names.index(node.feature), node.value, node.left, node.right]
                        if node.feature
                        else [node.value]
                        for node in tree
                    ]
                    for tree in each.trees
                ],
            }
            for valence, each in models.items()
        },
    }


def _node(packed: Sequence[float], names: Sequence[str]) -> Node:
    if len(packed) == 1:
        return Node("", packed[0])
    feature, bound, left, right = packed
    return Node(names[int(feature)], bound, int(left), int(right))
