"""A floor under the quality reached on the sample calls' own transcripts.

Not an accuracy claim (`callcoach evaluate` on the recordings is); it catches a change that makes
detection worse, and states how far above chance it must stay.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from callcoach.analysis.engine import analyse
from callcoach.analysis.evaluation import Evaluation, evaluate
from callcoach.analysis.model import Channels
from callcoach.analysis.truth import load_truth, tracks_from_turns

SAMPLES = Path(__file__).parents[2] / "recordings_sample"


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    items = []
    for path in sorted(SAMPLES.glob("*.truth.json")):
        truth = load_truth(path)
        analysis = analyse(
            tracks_from_turns(truth.turns),
            duration_s=truth.duration_s,
            channels=Channels.STEREO,
            agent_channel=0,
        )
        items.append((truth.id, analysis, truth))
    return evaluate(items)


def test_every_sample_is_scored(evaluation: Evaluation) -> None:
    assert len(evaluation.calls) == 8


def test_flags_stay_well_above_chance(evaluation: Evaluation) -> None:
    total = evaluation.total()
    assert total.f1 is not None
    assert evaluation.chance_f1 is not None
    assert total.f1 >= 0.6
    assert total.f1 >= 2 * evaluation.chance_f1


def test_flags_are_more_often_right_than_wrong_for_both_valences(evaluation: Evaluation) -> None:
    for part in ("negative", "positive"):
        precision = evaluation.total(part).precision
        assert precision is not None
        assert precision >= 0.6


def test_a_call_in_which_nothing_turns_gets_at_most_one_flag(evaluation: Evaluation) -> None:
    clean = [call for call in evaluation.calls if call.is_clean]
    assert clean
    assert all(call.score.flagged <= 1 for call in clean)
