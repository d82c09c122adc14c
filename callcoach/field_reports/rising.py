"""Does something rise? Pure counting of calls in a week against the weeks before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control, fisher_exact

from callcoach.analysis.proportions import wilson

#: Of the subjects that are said to rise, the share that may do so by chance (Benjamini and Hochberg
#: 1995): two dozen are looked at each week, and one in twenty would seem to rise anyway.
FALSE_DISCOVERIES = 0.1
#: Fewest calls of the week: two people are no movement, whatever the arithmetic says.
LEAST_CALLS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Calls in which something was said.

    Args:
        count, total: 0 <= `count` <= `total`.
    """

    count: int
    total: int

    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, at `analysis.proportions.CONFIDENCE`; (0, 1) of nothing."""
        return wilson(self.count, self.total)


def rising(pairs: Sequence[tuple[Count, Count]]) -> list[bool]:
    """Which of several subjects are said in more calls than before.

    Args:
        pairs: this week and before, of each subject looked at.

    Returns:
        One for each pair: Fisher's exact test, one-sided, corrected for how many are looked at.
    """
    if not pairs:
        return []
    chances = [
        float(
            fisher_exact(
                np.array(
                    [
                        [now.count, now.total - now.count],
                        [before.count, before.total - before.count],
                    ]
                ),
                alternative="greater",
            ).pvalue
        )
        for now, before in pairs
    ]
    corrected = false_discovery_control(chances)
    return [
        bool(chance <= FALSE_DISCOVERIES) and now.count >= LEAST_CALLS and before.total > 0
        for chance, (now, before) in zip(corrected, pairs, strict=True)
    ]
