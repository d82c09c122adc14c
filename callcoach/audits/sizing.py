"""How many calls a sample needs for a wanted margin, and what margin a size gives. Pure.

The usual formulas for a proportion in a simple random sample without replacement (Cochran 1977,
Sampling Techniques, §3.3 and §4.4), with the finite population correction: of few calls a smaller
sample says as much. They plan; what was found is said with Wilson intervals.
"""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

from callcoach.audits.results import CONFIDENCE

#: Half widths that can be asked for: below one point nobody has calls enough, above thirty nothing
#: is said any more.
LEAST_MARGIN, MOST_MARGIN = 0.01, 0.30
#: A share of nothing or of all needs no sample.
LEAST_EXPECTED, MOST_EXPECTED = 0.01, 0.99

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def size_for(margin: float, expected: float, population: int) -> int:
    """Calls that bring the half width of the 95 % interval down to `margin`.

    Args:
        margin: `LEAST_MARGIN` to `MOST_MARGIN`, 0.1 for ten points.
        expected: share that is expected, `LEAST_EXPECTED` to `MOST_EXPECTED`; 0.5 asks for most.
        population: calls to draw from, at least 0.

    Returns:
        0 to `population`.

    Raises:
        ValueError: an argument is out of its range.

    >>> size_for(0.1, 0.84, 310)
    45
    >>> size_for(0.1, 0.5, 10_000_000)
    97
    """
    if not LEAST_MARGIN <= margin <= MOST_MARGIN:
        raise ValueError(f"margin {margin} is not between {LEAST_MARGIN} and {MOST_MARGIN}")
    if not LEAST_EXPECTED <= expected <= MOST_EXPECTED:
        raise ValueError(f"share {expected} is not between {LEAST_EXPECTED} and {MOST_EXPECTED}")
    if population < 0:
        raise ValueError(f"population {population} is below 0")
    if population == 0:
        return 0
    without_end = _Z**2 * expected * (1 - expected) / margin**2
    return min(population, max(1, ceil(without_end / (1 + (without_end - 1) / population))))


def margin_of(size: int, expected: float, population: int) -> float:
    """Half width of the 95 % interval that `size` calls of `population` give, 0 to 1.

    Raises:
        ValueError: `size` is not between 1 and `population`.

    >>> round(margin_of(44, 0.84, 310), 2)
    0.1
    >>> margin_of(310, 0.84, 310)
    0.0
    """
    if not 1 <= size <= population:
        raise ValueError(f"size {size} is not between 1 and {population}")
    if size == population:
        return 0.0
    left = (population - size) / (population - 1)
    return min(1.0, _Z * sqrt(expected * (1 - expected) / size * left))
