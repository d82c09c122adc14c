"""The small curve of a card."""

from __future__ import annotations

import pytest

from callcoach.calls.effect_curve import HEIGHT, REACH_S, WIDTH, effect_curve


def _points(*values: float, half_band: float = 0.1, step_s: float = 10) -> list[dict[str, float]]:
    return [
        {
            "start_s": place * step_s,
            "end_s": place * step_s + 2,
            "value": value,
            "low": value - half_band,
            "high": value + half_band,
        }
        for place, value in enumerate(values)
    ]


def _pairs(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split(" "))]


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        ((0.4, 0.4, -0.4, -0.4), "falls"),
        ((-0.4, -0.4, 0.4, 0.4), "rises"),
        ((0.1, 0.1, 0.08, 0.08), "steady"),
    ],
)
def test_the_direction_is_that_of_a_visible_change(
    values: tuple[float, ...], direction: str
) -> None:
    curve = effect_curve(_points(*values), 15, 18)
    assert curve is not None
    assert curve.direction == direction
    assert curve.before == pytest.approx(values[0], abs=0.01)
    assert curve.after == pytest.approx(values[-1], abs=0.01)


def test_a_wide_band_hides_a_change() -> None:
    curve = effect_curve(_points(0.07, 0.07, -0.07, -0.07, half_band=0.5), 15, 18)
    assert curve is not None
    assert curve.direction == "steady"


def test_the_moment_is_in_the_middle_and_the_band_around_the_line() -> None:
    curve = effect_curve(_points(0.4, 0.2, -0.2, -0.4), 15, 18)
    assert curve is not None
    assert curve.from_x == pytest.approx(WIDTH / 2)
    assert curve.to_x == pytest.approx(WIDTH / 2 + 3 / (2 * REACH_S) * WIDTH, abs=0.1)
    line, band = _pairs(curve.line), _pairs(curve.band)
    upper, lower = band[: len(line)], band[len(line) :][::-1]
    for (_, top), (_, value), (_, bottom) in zip(upper, line, lower, strict=True):
        assert 0 <= top < value < bottom <= HEIGHT
    assert [x for x, _y in line] == sorted(x for x, _y in line)


def test_a_far_answer_only_leads_into_the_drawing() -> None:
    curve = effect_curve(_points(0.9, 0, 0, 0, 0, 0, step_s=40), 100, 103)
    assert curve is not None
    assert curve.before == 0, "a minute before is not around the moment"
    assert _pairs(curve.line)[0][0] < 0, "its neighbour is drawn from outside"


@pytest.mark.parametrize(("at_s", "count"), [(0, 4), (90, 4), (5, 0), (200, 4)])
def test_without_an_answer_on_either_side_there_is_none(at_s: float, count: int) -> None:
    assert effect_curve(_points(*[0.1] * count), at_s, at_s + 2) is None


@pytest.mark.parametrize(("end_s", "direction"), [(56.0, "falls"), (58.0, "steady")])
def test_how_the_call_ended_counts_for_fifteen_seconds(end_s: float, direction: str) -> None:
    """The moment ends at 42 s, the last answer at 52 s; a point without duration is the end."""
    points = _points(0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    points.append({"start_s": end_s, "end_s": end_s, "value": -0.9, "low": -1.0, "high": -0.8})
    curve = effect_curve(points, 40, 42)
    assert curve is not None
    assert curve.direction == direction
