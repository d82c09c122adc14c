"""Did it come back? Pure counting: calls before and after a note, and what may be said of them.

A call counts once, whether the sign shows in it or not. "Came back" and "held" rest on calls that a
person heard; a detector that stays silent proves nothing. Calls that somebody picked by hand are
counted apart: who looks for a fault finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import numpy as np
from scipy.stats import beta

from callcoach.analysis.proportions import CONFIDENCE, wilson
from callcoach.progress.models import Heard

#: Jeffreys prior: as little as can be assumed of a share (0.5 of a call each way).
PRIOR = 0.5
#: Heard calls without a return below which nothing is said, however rare it was before: one good
#: call is luck, and an agent who hears "acquis" should be able to believe it.
LEAST_HEARD = 4
#: Longest wait that is named; beyond it a recheck is not honest advice.
MAX_CALLS = 60


class Saying(StrEnum):
    """What the counts allow one to say."""

    HELD = "held"
    CAME_BACK = "came_back"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Listen:
    """One call of a recheck.

    Args:
        is_before: it took place before the note.
        is_drawn: by lot; otherwise picked by hand.
        is_detected: whether the sign was detected; None when it cannot be counted.
        heard: what a person heard; None while nobody listened.
    """

    is_before: bool
    is_drawn: bool
    is_detected: bool | None
    heard: Heard | None

    @property
    def shows(self) -> bool | None:
        """Whether the sign is in the call: a person's word first, then the detector's; None when
        neither tells, or when the situation did not arise.
        """
        if self.heard == Heard.NOT_APPLICABLE:
            return None
        if self.heard is not None:
            return self.heard == Heard.CAME_BACK
        return self.is_detected


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` calls, with its interval (Wilson, 1927) at `CONFIDENCE`.

    `low` and `high` are 0 and 1 without any call.
    """

    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one recheck.

    Args:
        before: drawn calls before the note in which the sign shows. The note's own call is none of
            them: it was chosen because the sign is there.
        after: drawn later calls in which it shows, by a person's word or else the detector's.
        heard: drawn later calls that a person heard (and in which the situation arose), and in how
            many of them it came back.
        picked: later calls picked by hand.
        to_hear: later calls in which the sign was detected and that nobody has heard yet.
    """

    before: Share
    after: Share
    heard: Share
    picked: Share
    to_hear: int

    @property
    def saying(self) -> Saying:
        """What may be said; see the module."""
        if self.heard.count or self.picked.count:
            return Saying.CAME_BACK
        if self.to_hear or self.heard.total < LEAST_HEARD:
            return Saying.TOO_EARLY
        surely = chance_rarer(self.before, self.heard)
        return Saying.HELD if surely >= CONFIDENCE else Saying.TOO_EARLY

    @property
    def calls_needed(self) -> int | None:
        """Further drawn and heard calls without a return until "held" may be said; 0 when it may
        be now, None when more than `MAX_CALLS` would be needed or it came back.
        """
        if self.heard.count or self.picked.count:
            return None
        for more in range(MAX_CALLS + 1):
            total = self.heard.total + more
            if total >= LEAST_HEARD and (chance_rarer(self.before, Share(0, total)) >= CONFIDENCE):
                return more
        return None


def tally(listens: Iterable[Listen]) -> Tally:
    """Count a recheck's calls."""
    items = list(listens)
    later = [item for item in items if not item.is_before]
    drawn = [item for item in later if item.is_drawn]
    heard = [item for item in drawn if item.heard is not None]
    return Tally(
        before=_share(item for item in items if item.is_before and item.is_drawn),
        after=_share(drawn),
        heard=_share(heard),
        picked=_share(item for item in later if not item.is_drawn and item.heard is not None),
        to_hear=sum(bool(item.is_detected) and item.heard is None for item in later),
    )


def chance_rarer(before: Share, after: Share) -> float:
    """Probability that the sign is rarer in calls after than before, both shares unknown.

    Beta posteriors under `PRIOR`, independent; 0.5 when nothing was counted.
    """
    then = beta(before.count + PRIOR, before.total - before.count + PRIOR)
    now = beta(after.count + PRIOR, after.total - after.count + PRIOR)

    # ∫ P(now < p) dP(then ≤ p), over quantiles: the densities are infinite at 0 and 1, this is not
    nodes, weights = np.polynomial.legendre.leggauss(64)
    below = now.cdf(then.ppf((nodes + 1) / 2))
    return float(np.clip(np.sum(weights * below) / 2, 0.0, 1.0))


def weeks_needed(calls: int | None, weekly: int) -> int | None:
    """Weeks until so many calls are there at `weekly` recorded calls a week; None when never.

    >>> weeks_needed(10, 2), weeks_needed(0, 2), weeks_needed(3, 0)
    (5, 0, None)
    """
    if calls is None or (weekly <= 0 and calls > 0):
        return None
    return ceil(calls / weekly) if calls else 0


def _share(items: Iterable[Listen]) -> Share:
    known = [item.shows for item in items if item.shows is not None]
    return Share(sum(known), len(known))
