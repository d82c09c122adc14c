"""How far a kind of flag can be trusted, from people's verdicts. Pure: no database, no request.

Per kind of flag and campaign the precision π (the chance that such a flag is right) follows a Beta
distribution (TIPPING.md §4.5). What is known before the first verdict is worth `PRIOR_LABELS`
verdicts at the precision that the kind has in other campaigns. Newer verdicts count for more, and a
verdict on a flag that is only shown now and then stands for those that nobody was shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

#: Precision supposed of a kind of flag that nobody has judged anywhere (TIPPING.md §4.5).
FIRST_GUESS = 0.6
#: Verdicts that what is known beforehand is worth (TIPPING.md §4.5, n0).
PRIOR_LABELS = 10.0
#: After so many newer verdicts, or so many days, whichever is more of a half-life, a verdict counts
#: half (TIPPING.md §4.5): scripts, teams and the engine change.
HALF_LIFE_LABELS = 200.0
HALF_LIFE_DAYS = 90.0
#: Least display probability believed, so greatest weight 10: one card in ten is kept for flags
#: that are otherwise held back (TIPPING.md §4.5); a rarer one would let a single verdict speak for
#: the whole kind.
LEAST_PROBABILITY = 0.1
#: Largest part of the whole that one verdict may stand for, or the same part for each where they
#: are fewer: inverse probabilities are cut off, as importance sampling does to keep its variance
#: (Ionides 2008, truncated importance sampling). Without it a single verdict on a flag that is
#: held back outweighed the dozen that had hidden its kind, and showed the kind again at once.
LARGEST_PART = 1 / 8
#: Mass of the interval shown (TIPPING.md §4.5).
INTERVAL = 0.9
#: A kind of flag is held back when it is this sure that it is wrong more often than right
#: (TIPPING.md §4.5) …
HIDE_ABOVE = 0.9
#: … and comes back when it is rather right than wrong: so far below that no single verdict,
#: however seldom its flag is shown, makes it flap (searched over all counts up to 300).
SHOW_BELOW = 0.45
#: Dismissals that say nothing against the detector: words recognised wrongly lower how far the
#: recognition is believed, a true one without importance lowers the severity (TIPPING.md §4.5).
SET_ASIDE = frozenset({"misheard", "unimportant"})


@dataclass(frozen=True, slots=True)
class Label:
    """One verdict in force.

    Args:
        is_confirmed: or dismissed.
        at: when it was given, aware.
        reason: why it was dismissed, a `calls.models.DismissalReason`; "" when nobody said.
        display_probability: how likely the flag was to be shown, above 0 to 1.
        teaches: whether its author's word counts for this cause (see `REGISTER_CAUSES`).
    """

    is_confirmed: bool
    at: datetime
    reason: str = ""
    display_probability: float = 1.0
    teaches: bool = True

    @property
    def counts(self) -> bool:
        """Whether it moves the precision, either way."""
        return self.teaches and (self.is_confirmed or self.reason not in SET_ASIDE)


#: Causes that only somebody of the language and manners called can judge (DESIGN.md §7).
REGISTER_CAUSES = frozenset({"wrong_register", "bookish", "self_belittling"})


def teaches(cause: str, native_market: str | None, market: str) -> bool:
    """Whether a person's verdict on `cause` counts in a campaign that calls `market` (ISO 3166).

    >>> teaches("bookish", "FR", "FR"), teaches("bookish", "", "FR"), teaches("rushed", "", "FR")
    (True, False, True)
    """
    return cause not in REGISTER_CAUSES or (bool(native_market) and native_market == market)


@dataclass(frozen=True, slots=True)
class Tally:
    """Verdicts after forgetting and weighting; both 0 or more, not whole."""

    confirmed: float = 0.0
    dismissed: float = 0.0


@dataclass(frozen=True, slots=True)
class Reliability:
    """What the verdicts say of one kind of flag in one campaign.

    Args:
        n: verdicts that count, as people gave them.
        confirmed: those of `n` that confirm.
        precision: expected share of right flags, 0 to 1.
        low, high: bounds of the 90 % interval of the precision, 0 to 1.
        chance_below_half: how sure it is that such flags are wrong more often than right, 0 to 1.
        prior: precision supposed before this campaign's verdicts, 0 to 1.
        reasons: dismissals by reason ("" for none given), those set aside included.
        foreign: verdicts that do not count, because the cause is one of register and their authors
            are not native to the market called.
    """

    n: int
    confirmed: int
    precision: float
    low: float
    high: float
    chance_below_half: float
    prior: float = FIRST_GUESS
    reasons: Mapping[str, int] = field(default_factory=dict)
    foreign: int = 0

    @property
    def set_aside(self) -> int:
        """Dismissals that say nothing against the detector."""
        return sum(self.reasons.get(reason, 0) for reason in SET_ASIDE)

    @property
    def total(self) -> int:
        """All verdicts, those that do not count included."""
        return self.n + self.set_aside + self.foreign

    @property
    def should_hide(self) -> bool:
        return self.chance_below_half > HIDE_ABOVE

    @property
    def may_return(self) -> bool:
        return self.chance_below_half < SHOW_BELOW


def weights(at: Sequence[datetime], now: datetime) -> NDArray[np.float64]:
    """How much each verdict still counts.

    Args:
        at: moments of the verdicts of one kind in one campaign, in any order.
        now: not before the newest; later moments count as now.

    Returns:
        shape (len(at),), above 0 to 1. Verdicts of the same moment weigh the same.
    """
    seconds = np.array([moment.timestamp() for moment in at], dtype=np.float64)
    newer = len(seconds) - np.searchsorted(np.sort(seconds), seconds, side="right")
    days = np.clip(now.timestamp() - seconds, 0.0, None) / 86_400
    forgotten: NDArray[np.float64] = 0.5 ** np.maximum(
        newer / HALF_LIFE_LABELS, days / HALF_LIFE_DAYS
    )
    return forgotten


def tally(labels: Iterable[Label], now: datetime) -> Tally:
    """Add the verdicts up that count, of one kind in one campaign, in any order.

    The share of confirmations weighs each verdict by the inverse of its flag's display
    probability, as far as `LARGEST_PART` lets it. How much evidence that is takes the uneven
    weights into account (Kish's effective number): ten verdicts on rarely shown flags are ten
    verdicts, not a hundred, and one of these among many ordinary ones makes the share less sure,
    not more.
    """
    counted = [label for label in labels if label.counts]
    if not counted:
        return Tally()
    kept = weights([label.at for label in counted], now)
    shown = np.array([label.display_probability for label in counted], dtype=np.float64)
    stands_for = _limited(1.0 / np.clip(shown, LEAST_PROBABILITY, 1.0), kept)
    confirmed = np.array([label.is_confirmed for label in counted], dtype=np.float64)
    weight = stands_for * kept
    share = float(np.sum(weight * confirmed) / np.sum(weight))
    evidence = float(np.sum(weight) ** 2 / np.sum(weight * stands_for))
    return Tally(evidence * share, evidence * (1.0 - share))


def _limited(stands_for: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """For how many flags each verdict stands, lowered so that none is more than `LARGEST_PART` of
    all that they stand for together; none is lowered below 1.
    """
    weight = stands_for * kept
    part = max(LARGEST_PART, 1 / len(weight))
    descending = np.sort(weight)[::-1]
    for above in range(len(weight)):
        # The highest limit that holds when the `above` heaviest ones are cut down to it
        limit = part * float(np.sum(descending[above:])) / (1 - above * part)
        if descending[above] <= limit * (1 + 1e-9):
            break
    limited: NDArray[np.float64] = np.clip(limit / kept, 1.0, stands_for)
    return limited


def pooled(tallies: Iterable[Tally]) -> float:
    """Precision of a kind over campaigns, drawn to `FIRST_GUESS` while they are few; inside (0, 1).

    For a campaign's own precision leave its own verdicts out: they would count twice.
    """
    confirmed, dismissed = FIRST_GUESS * PRIOR_LABELS, (1 - FIRST_GUESS) * PRIOR_LABELS
    for one in tallies:
        confirmed += one.confirmed
        dismissed += one.dismissed
    return confirmed / (confirmed + dismissed)


def reliability(labels: Iterable[Label], now: datetime, prior: float = FIRST_GUESS) -> Reliability:
    """What the verdicts on one kind of flag in one campaign say; without any, what `prior` does.

    Args:
        labels: verdicts in force, in any order.
        now: moment from which their age counts.
        prior: precision of the kind elsewhere (`pooled`), inside (0, 1).

    Raises:
        ValueError: `prior` is outside (0, 1).
    """
    if not 0.0 < prior < 1.0:
        raise ValueError(f"prior {prior} is not between 0 and 1")
    given = list(labels)
    counted = [label for label in given if label.counts]
    sums = tally(counted, now)
    a = prior * PRIOR_LABELS + sums.confirmed
    b = (1.0 - prior) * PRIOR_LABELS + sums.dismissed
    tail = (1.0 - INTERVAL) / 2
    native = [label for label in given if label.teaches]
    return Reliability(
        n=len(counted),
        confirmed=sum(label.is_confirmed for label in counted),
        precision=a / (a + b),
        low=float(betaincinv(a, b, tail)),
        high=float(betaincinv(a, b, 1.0 - tail)),
        chance_below_half=float(betainc(a, b, 0.5)),
        prior=prior,
        reasons=dict(Counter(label.reason for label in native if not label.is_confirmed)),
        foreign=len(given) - len(native),
    )
