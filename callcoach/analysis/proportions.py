"""Shares of what was counted, with their interval. Pure."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from statistics import NormalDist

#: How sure an interval is that is shown beside a count. 90 % because a handful of calls is all there
#: is: at 95 % nearly nothing could ever be said of them.
CONFIDENCE = 0.90


def wilson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided interval of a share (Wilson 1927), which stays honest for few cases and for
    shares near 0 and 1.

    Args:
        count, total: 0 <= `count` <= `total`.
        confidence: above 0 and below 1.

    Returns:
        Bounds in [0, 1]; (0, 1) of nothing.

    Raises:
        ValueError: `count` is not between 0 and `total`.

    >>> [round(bound, 3) for bound in wilson(3, 11)]
    [0.115, 0.52]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share")
    if total == 0:
        return 0.0, 1.0
    z = _quantile(confidence)
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


@lru_cache(maxsize=8)
def _quantile(confidence: float) -> float:
    """Of the normal distribution, for a two-sided interval."""
    return NormalDist().inv_cdf((1 + confidence) / 2)
