"""Likeness of a moment's words to labelled ones, and what it changes in the choice of the cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from callcoach.analysis.embedding import LETTERS, Vectors, load_sentence_model
from callcoach.analysis.engagement import engagement_curve
from callcoach.analysis.fusion import find_tipping_points, load_weights
from callcoach.analysis.likeness import Likeness, load_likeness
from callcoach.analysis.model import CallContext, Cause, Valence
from callcoach.analysis.scene import Scene
from callcoach.analysis.synthetic import EVENTS, make_call
from callcoach.analysis.turns import build_conversation


class _First:
    """One direction for texts that begin with "a", another for all others."""

    name = "first-letter"
    near = 0.5

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array(
            [
                [0.0, 0.0] if not t else [1.0, 0.0] if t.startswith("a") else [0.0, 1.0]
                for t in texts
            ]
        )


def _likeness(strength: float = 20.0) -> Likeness:
    """All that is said speaks for one cause of each valence."""
    weights = np.full((2, 2), strength)
    return Likeness(
        "first-letter", np.zeros(2), (Cause.BOOKISH, Cause.ADJUSTMENT), weights, 0 * weights
    )


def test_scores_need_the_embedder_that_they_were_fitted_with() -> None:
    likeness = _likeness()
    assert likeness.scores(None, "abc", "xyz") == {}
    assert likeness.scores(LETTERS, "abc", "xyz") == {}
    assert likeness.scores(_First(), "abc", "xyz")[Cause.BOOKISH] == pytest.approx(20.0)


def test_words_that_were_not_heard_add_nothing() -> None:
    assert set(_likeness().scores(_First(), "", "xyz").values()) == {0.0}


def test_likeness_names_the_cause_and_neither_raises_nor_drops_a_point() -> None:
    call = make_call(7, EVENTS, neutral=10)
    conversation = build_conversation(
        call.tracks, duration_s=call.duration_s, agent_channel=0, separate=True
    )

    def points(likeness: Likeness | None) -> list[tuple[float, Valence, Cause, float]]:
        scene = Scene(conversation, CallContext(), "fr", embedder=_First())
        weights = replace(load_weights(), likeness=likeness)
        found = find_tipping_points(scene, engagement_curve(scene), weights)
        return [(p.turn, p.valence, p.cause, p.confidence) for p in found]

    plain, moved = points(None), points(_likeness())
    assert plain
    assert [(p[0], p[1], p[3]) for p in plain] == [(p[0], p[1], p[3]) for p in moved]
    assert {p[2] for p in moved} <= {Cause.BOOKISH, Cause.ADJUSTMENT}
    assert {p[2] for p in plain} != {p[2] for p in moved}


def test_the_packaged_weights_know_every_cause_and_fit_the_packaged_model() -> None:
    likeness, model = load_likeness(), load_sentence_model()
    assert set(likeness.causes) == set(Cause)
    assert likeness.said.shape == likeness.heard.shape == (len(Cause), len(likeness.centre))
    if model is None:
        pytest.fail("the sentence model cannot be loaded: install the extra `meaning`")
    assert model.name == likeness.embedder


@pytest.mark.parametrize(
    ("said", "heard", "cause"),
    [
        (
            "Je vous assure que vos dépenses vont tomber à zéro, sans le moindre risque.",
            "Zéro, vraiment ? Je n'y crois pas une seconde.",
            Cause.OVERPROMISE,
        ),
        (
            "Entendu, je bloque jeudi neuf heures et je vous envoie une invitation.",
            "Parfait, à jeudi.",
            Cause.COMMITMENT_WON,
        ),
        (
            "Excusez-moi de vous importuner, ce ne sera pas long, juste une toute petite question.",
            "Faites vite alors.",
            Cause.SELF_BELITTLING,
        ),
    ],
)
def test_the_real_model_tells_plain_cases_in_words_of_their_own(
    said: str, heard: str, cause: Cause
) -> None:
    scores = load_likeness().scores(load_sentence_model(), said, heard)
    same = {each: value for each, value in scores.items() if each.valence is cause.valence}
    assert max(same, key=lambda each: same[each]) is cause
