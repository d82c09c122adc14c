"""Boosted trees, read from data."""

from __future__ import annotations

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from math import exp
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier

from callcoach.analysis.model import Valence
from callcoach.analysis.trees import Node, Trees, from_data, load_trees, to_data

_BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

#: Left where `length` is 2 or less; there one more question.
TREE = (
    Node("length", 2.0, 1, 4),
    Node("delay", 0.5, 2, 3),
    Node("", -1.0),
    Node("", 0.25),
    Node("", 2.0),
)


def _benchmark(name: str) -> ModuleType:
    """A module of the benchmarks, which are scripts and no package."""
    spec = spec_from_file_location(name, _BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("features", "leaf"),
    [
        ({"length": 2.0, "delay": 0.5}, -1.0),
        ({"length": 1.0, "delay": 0.6}, 0.25),
        ({"length": 2.1, "delay": 9.0}, 2.0),
        ({}, -1.0),  # what is missing counts as 0
    ],
)
def test_questions_lead_to_one_answer(features: dict[str, float], leaf: float) -> None:
    trees = Trees(0.5, (TREE, TREE))
    assert trees.probability(features) == pytest.approx(1 / (1 + exp(-0.5 - 2 * leaf)))
    assert trees.features() == {"length", "delay"}


def test_no_sum_is_too_large() -> None:
    assert 0 < Trees(-1e6, ()).probability({}) < Trees(1e6, ()).probability({}) <= 1


def test_what_is_packed_says_the_same_unpacked() -> None:
    models = {valence: Trees(0.5, (TREE,)) for valence in Valence}
    assert from_data(json.loads(json.dumps(to_data(models)))) == models


def test_the_packaged_trees_are_whole() -> None:
    packaged = load_trees()
    assert set(packaged) == set(Valence)
    for each in packaged.values():
        assert each.trees
        for tree in each.trees:
            asked = {place for node in tree if node.feature for place in (node.left, node.right)}
            assert asked == set(range(1, len(tree))), "every node but the first is led to, once"


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=3))
def test_any_numbers_give_a_probability(values: list[float]) -> None:
    for each in load_trees().values():
        features = dict(zip(sorted(each.features()), values * 60, strict=False))
        assert 0 < each.probability(features) < 1


def test_fitted_trees_answer_as_the_library_does() -> None:
    source = np.random.default_rng(7)
    x = source.normal(size=(300, 4))
    y = (x[:, 0] + x[:, 1] * x[:, 2] + source.normal(scale=0.5, size=300) > 0).astype(float)
    names = ["a", "b", "c", "d"]
    fit_trees = _benchmark("fit_trees").fit_trees
    ours = fit_trees(x, {Valence.NEGATIVE: y}, names)[Valence.NEGATIVE]
    theirs = GradientBoostingClassifier(
        n_estimators=100,
        learning_rate=0.05,
        max_depth=3,
        min_samples_leaf=15,
        subsample=0.6,
        max_features=0.15,
        random_state=0,
    ).fit(x, y)
    wanted = theirs.predict_proba(x)[:, 1]
    found = [ours.probability(dict(zip(names, row, strict=True))) for row in x]
    assert np.abs(wanted - found).max() < 1e-3


def test_every_written_call_can_be_read_and_turns_only_at_agents_turns() -> None:
    calls = _benchmark("corpus").load_written()
    assert len({call.name for call in calls}) == len(calls) == 60
    assert sum(not call.truth.points for call in calls) == 42
    for call in calls:
        ours = {turn["start_s"] for turn in call.truth.turns if turn["speaker"] == "agent"}
        assert {point.turn_start_s for point in call.truth.points} <= ours
        assert all(turn["end_s"] > turn["start_s"] for turn in call.truth.turns)
