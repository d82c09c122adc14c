"""Evaluation: pairs, scores and the chance line, checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callcoach.analysis.evaluation import (
    Evaluation,
    Flag,
    evaluate,
    match,
    near_time,
    near_turn,
    trivial_flags,
)
from callcoach.analysis.model import Cause, Message, Speaker, TippingPoint, Turn, Valence, Word
from callcoach.analysis.scoreboard import render_table
from callcoach.analysis.synthetic import make_call
from callcoach.analysis.truth import Truth, TruthPoint, load_truth

NEGATIVE, POSITIVE = Valence.NEGATIVE, Valence.POSITIVE


def _point(
    start: float, turn_start: float, turn_end: float, cause: Cause = Cause.RUSHED
) -> TruthPoint:
    return TruthPoint(start, turn_start, turn_end, cause.valence, cause, 2)


def _flag(start: float, cause: Cause = Cause.RUSHED, confidence: float = 0.5) -> TippingPoint:
    words = Message(f"suggestion.{cause.value}")
    return TippingPoint(
        start, start + 1, 0, cause.valence, cause, 2, confidence, "D03", (), words, words
    )


def _truth(*points: TruthPoint, name: str = "call") -> Truth:
    return Truth(name, "writer", 100.0, points, ())


@pytest.mark.parametrize(
    ("start", "inside"), [(15.0, True), (15.01, False), (5.0, True), (4.99, False)]
)
def test_five_seconds_is_the_limit_by_time(start: float, inside: bool) -> None:
    assert near_time(Flag(start, NEGATIVE, ""), _point(10.0, 10.0, 10.5)) is inside


@pytest.mark.parametrize(
    ("start", "inside"), [(9.0, True), (8.99, False), (41.0, True), (41.01, False)]
)
def test_one_second_is_the_margin_around_the_turn(start: float, inside: bool) -> None:
    assert near_turn(Flag(start, NEGATIVE, ""), _point(20.0, 10.0, 40.0)) is inside


def test_each_flag_and_each_point_is_used_once_nearest_first() -> None:
    flags = [Flag(10.0, NEGATIVE, ""), Flag(12.0, NEGATIVE, ""), Flag(13.0, NEGATIVE, "")]
    points = [_point(12.4, 12.0, 13.0), _point(16.0, 15.0, 17.0)]
    assert sorted(match(flags, points)) == [(1, 0), (2, 1)]


def test_a_flag_of_the_other_valence_does_not_match_but_counts_against_valence_accuracy() -> None:
    result = evaluate([("call", [_flag(10.0, Cause.ADJUSTMENT)], _truth(_point(10.0, 9.0, 12.0)))])
    assert result.total().matched == 0
    assert result.valence_accuracy == 0.0


def test_scores_are_summed_over_calls_not_averaged() -> None:
    one = ("one", [_flag(10.0), _flag(50.0)], _truth(_point(10.0, 9.0, 12.0)))
    two = ("two", [], _truth(_point(30.0, 29.0, 33.0), name="two"))
    total = evaluate([one, two]).total()
    assert (total.precision, total.recall, total.f1) == (0.5, 0.5, 0.5)


def test_cause_accuracy_is_counted_among_matches() -> None:
    flags = [_flag(10.0, Cause.RUSHED), _flag(40.0, Cause.MONOLOGUE)]
    truth = _truth(_point(10.0, 9.0, 12.0), _point(40.0, 39.0, 42.0))
    assert evaluate([("call", flags, truth)]).cause_accuracy == 0.5


def test_abstaining_on_a_clean_call_is_measured_apart() -> None:
    result = evaluate([("clean", [_flag(10.0)], _truth()), ("silent", [], _truth(name="b"))])
    assert result.flags_per_clean_call == 0.5
    assert result.total().recall is None


def test_the_chance_line_is_seeded_and_grows_with_the_flags() -> None:
    truth = _truth(_point(10.0, 9.0, 12.0), _point(60.0, 59.0, 63.0))
    few = evaluate([("call", [_flag(10.0)], truth)])
    again = evaluate([("call", [_flag(10.0)], truth)])
    many = evaluate([("call", [_flag(10.0 * i) for i in range(1, 9)], truth)])
    assert few.chance_f1 == again.chance_f1
    assert 0 < few.calls[0].chance_matched < many.calls[0].chance_matched


@pytest.mark.parametrize(
    ("apart_s", "expected"), [(1.5, (1, 1, 1)), (4.0, (0, 1, 1)), (9.0, (0, 0, 1))]
)
def test_starts_are_scored_at_two_five_and_ten_seconds(
    apart_s: float, expected: tuple[int, ...]
) -> None:
    result = evaluate([("call", [_flag(10.0 + apart_s)], _truth(_point(10.0, 9.0, 10.5)))])
    assert tuple(result.at(limit).matched for limit in (2.0, 5.0, 10.0)) == expected


def test_only_the_three_surest_flags_count_in_precision_at_three() -> None:
    flags = [_flag(20.0 * i, confidence=0.9 - 0.1 * i) for i in range(1, 5)]
    truth = _truth(_point(20.0, 19.0, 22.0), _point(80.0, 79.0, 82.0))
    assert evaluate([("call", flags, truth)]).precision_at_first == pytest.approx(1 / 3)
    assert evaluate([("call", [], truth)]).precision_at_first is None


def test_ranking_is_perfect_when_the_gravest_point_is_the_surest_flag() -> None:
    grave = TruthPoint(20.0, 19.0, 22.0, NEGATIVE, Cause.RUSHED, 3)
    slight = TruthPoint(60.0, 59.0, 62.0, NEGATIVE, Cause.RUSHED, 1)
    right = [_flag(20.0, confidence=0.9), _flag(60.0, confidence=0.6)]
    wrong = [_flag(20.0, confidence=0.6), _flag(60.0, confidence=0.9)]
    truth = _truth(grave, slight)
    assert evaluate([("call", right, truth)]).ranking == pytest.approx(1.0)
    assert evaluate([("call", wrong, truth)]).ranking == pytest.approx(
        (1 + 3 / 1.5849625) / (3 + 1 / 1.5849625)
    )
    assert evaluate([("call", [], truth)]).ranking == 0.0
    assert evaluate([("call", right, _truth())]).ranking is None


def test_causes_are_counted_flag_by_flag_and_point_by_point() -> None:
    flags = [_flag(10.0, Cause.RUSHED), _flag(40.0, Cause.RUSHED), _flag(90.0, Cause.RUSHED)]
    truth = _truth(_point(10.0, 9.0, 12.0), _point(40.0, 39.0, 42.0, Cause.MONOLOGUE))
    causes = evaluate([("call", flags, truth)]).causes
    rushed, monologue = causes[Cause.RUSHED], causes[Cause.MONOLOGUE]
    assert (rushed.flagged, rushed.in_place, rushed.right) == (3, 2, 1)
    assert (rushed.truth, rushed.found) == (1, 1)
    assert (monologue.flagged, monologue.truth, monologue.found) == (0, 1, 1)
    assert set(causes) == set(Cause)


def test_the_interval_is_drawn_by_call_and_holds_the_figure() -> None:
    good = [
        (f"g{i}", [_flag(10.0)], _truth(_point(10.0, 9.0, 12.0), name=f"g{i}")) for i in range(6)
    ]
    bad = [
        (f"b{i}", [_flag(80.0)], _truth(_point(10.0, 9.0, 12.0), name=f"b{i}")) for i in range(6)
    ]
    mixed, sure = evaluate(good + bad), evaluate(good)
    found = mixed.interval()
    assert found is not None
    assert found[0] < 0.5 < found[1]
    assert found == evaluate(good + bad).interval()
    assert sure.interval() == (1.0, 1.0)
    assert Evaluation().interval() is None


def _said(index: int, speaker: Speaker, start: float, end: float, text: str) -> Turn:
    words = tuple(Word(" " + word, start, end, 0.9) for word in text.split())
    return Turn(index, speaker, 0, start, end, text, words)


def test_trivial_flags_need_no_analysis() -> None:
    turns = [
        _said(0, Speaker.AGENT, 0.0, 4.0, "Bonjour, je vous appelle."),
        _said(1, Speaker.PROSPECT, 4.5, 6.0, "C'est trop cher."),
        _said(2, Speaker.AGENT, 6.5, 30.0, "Oui mais notre offre est bien."),
        _said(3, Speaker.PROSPECT, 30.5, 31.0, "Bon."),
        _said(4, Speaker.AGENT, 31.5, 32.0, "Au revoir."),
    ]
    flags = trivial_flags(turns)
    assert [flag.start_s for flag in flags["longest_agent_turn"]] == [6.5]
    assert [flag.start_s for flag in flags["first_objection"]] == [6.5]
    assert [flag.start_s for flag in flags["last_agent_turn"]] == [6.5]
    assert len(flags["these_three"]) == 3
    assert len(flags["every_agent_turn"]) == 6
    assert trivial_flags(turns[1:2]) == {}


def test_nothing_to_score_gives_empty_ratios_and_a_table() -> None:
    empty = Evaluation()
    assert empty.total().f1 is None
    assert "TOTAL" in render_table(empty)
    assert json.dumps(empty.to_dict())


def test_the_table_has_a_line_a_call_and_the_json_the_same_total() -> None:
    result = evaluate([("first-call", [_flag(10.0)], _truth(_point(10.0, 9.0, 12.0)))])
    lines = render_table(result).splitlines()
    assert lines[1].split() == ["first-call", "1", "1", "1", "1.00", "1.00", "1.00"]
    assert result.to_dict()["total"]["f1"] == 1.0


def test_a_truth_file_is_read_and_a_wrong_one_named(tmp_path: Path) -> None:
    call = make_call(5)
    good = tmp_path / "good.truth.json"
    good.write_text(
        json.dumps(
            {
                "id": "good",
                "duration_s": call.duration_s,
                "turns": call.truth.turns,
                "tipping_points": [
                    {
                        "start_s": point.start_s,
                        "turn_start_s": point.turn_start_s,
                        "turn_end_s": point.turn_end_s,
                        "valence": point.valence.value,
                        "cause": point.cause.value,
                        "severity": 2,
                    }
                    for point in call.truth.points
                ],
            }
        ),
        encoding="utf-8",
    )
    assert load_truth(good).points == call.truth.points
    bad = tmp_path / "bad.truth.json"
    bad.write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.truth\.json is not a truth file"):
        load_truth(bad)
