"""Figures of the daily check: shares with their interval, agreement of two people. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from callcoach.analysis.proportions import wilson

#: Quantile of the normal distribution for a two-sided 90 % interval.
_Z = 1.6448536269514722
#: Fewer cases than this are shown as what they are, "3 of 4", and never as a share: at 10 the 90 %
#: interval of a share still spans some 45 points.
TELLING = 10


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, 0 <= hits <= n, with a Wilson 90 % interval."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """In [0, 1]; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds in [0, 1]; (0, 1) of nothing.

        >>> [round(bound, 2) for bound in Share(8, 10).interval]
        [0.54, 0.93]
        """
        return wilson(self.hits, self.n)

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def high(self) -> float:
        return self.interval[1]

    @property
    def is_telling(self) -> bool:
        """Enough cases to be read as a share."""
        return self.n >= TELLING

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.n + other.n)


def f1(found: Share, right: Share) -> float | None:
    """Harmonic mean of recall (`found`) and precision (`right`); None where nothing was marked
    and nothing flagged.

    >>> f1(Share(3, 4), Share(3, 6)), f1(Share(0, 0), Share(0, 0))
    (0.6, None)
    """
    total = found.n + right.n
    return 2 * found.hits / total if total else None


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa: agreement beyond chance, -1 to 1, with a 90 % interval."""

    value: float
    low: float
    high: float


def kappa(pairs: Iterable[tuple[bool, bool]]) -> Kappa | None:
    """Agreement of two people's yes and no on the same things.

    The interval is that of the large-sample standard error (Cohen 1960).

    Returns:
        None without pairs, and where both always said the same one word: nothing tells their
        agreement from chance then.

    >>> kappa([(True, True), (False, False)] * 10).value
    1.0
    >>> kappa([(True, True)] * 5) is None
    True
    """
    both = list(pairs)
    n = len(both)
    if not n:
        return None
    observed = sum(one == other for one, other in both) / n
    first, second = (sum(pair[who] for pair in both) / n for who in (0, 1))
    chance = first * second + (1 - first) * (1 - second)
    if chance >= 1:
        return None
    value = (observed - chance) / (1 - chance)
    error = math.sqrt(observed * (1 - observed) / n) / (1 - chance)
    return Kappa(value, max(-1.0, value - _Z * error), min(1.0, value + _Z * error))
