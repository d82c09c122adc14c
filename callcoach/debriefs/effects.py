"""Does it show in a team's calls since? Pure: which calls the lot falls on, and what may be said.

An effect is about a team: a bounded number of its calls is drawn each week, whoever made them, and
no count is kept for anybody. What is counted is a person's word first, then the detector's.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from callcoach.analysis.proportions import CONFIDENCE
from callcoach.progress.counting import LEAST_HEARD, Listen, Share, chance_rarer

#: What went before: longer ago the team was another one.
WEEKS_BEFORE = 4
#: How long calls are drawn afterwards: a quarter; what shows then is a habit, or never will be.
WEEKS_AFTER = 12
#: Calls drawn a week: an ear costs a minute, and five are a coffee break for the whole team.
DRAWN_A_WEEK = 5
_WEEK = timedelta(weeks=1)


class Change(StrEnum):
    """How often the sign shows since, against before."""

    MORE = "more"
    LESS = "less"
    TOO_EARLY = "too_early"


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of an effect.

    Args:
        before, after: drawn calls in which the sign shows.
        heard_before, heard_after: of these, the ones that a person listened to.
        unheard: drawn calls that nobody has listened to.
    """

    before: Share
    after: Share
    heard_before: Share
    heard_after: Share
    unheard: int

    @property
    def change(self) -> Change:
        """What the counts allow one to say; fewer than `LEAST_HEARD` calls on a side say nothing."""
        return _change(self.before, self.after)

    @property
    def heard_change(self) -> Change:
        """The same of what people heard alone."""
        return _change(self.heard_before, self.heard_after)


def count(listens: Iterable[Listen]) -> Counted:
    """Count an effect's drawn calls."""
    items = list(listens)
    before = [item for item in items if item.is_before]
    after = [item for item in items if not item.is_before]
    return Counted(
        before=_share(before),
        after=_share(after),
        heard_before=_share(item for item in before if item.heard is not None),
        heard_after=_share(item for item in after if item.heard is not None),
        unheard=sum(item.heard is None for item in items),
    )


def window(started_at: datetime) -> tuple[datetime, datetime]:
    """Between which moments calls are drawn, half-open."""
    return started_at - WEEKS_BEFORE * _WEEK, started_at + WEEKS_AFTER * _WEEK


def draw(effect_id: int, started_at: datetime, calls: Iterable[tuple[int, datetime]]) -> list[int]:
    """Of each week's calls the first by lot.

    The lot falls once for each call, so that it does not matter when, or how often, it is asked for,
    nor what was heard meanwhile. Weeks are counted from the start, so that none lies on both sides.

    Args:
        calls: id and moment of each.

    Returns:
        Ids in the order of the lot, which tells neither time nor person.
    """
    first, last = window(started_at)
    left: dict[int, int] = defaultdict(lambda: DRAWN_A_WEEK)
    chosen = []
    inside = [item for item in calls if first <= item[1] < last]
    for call_id, at in sorted(inside, key=lambda item: lot(effect_id, item[0])):
        week = (at - started_at) // _WEEK
        if left[week] > 0:
            left[week] -= 1
            chosen.append(call_id)
    return chosen


def lot(effect_id: int, call_id: int) -> str:
    """The call's lot in an effect: smaller is sooner. Anybody can compute it again."""
    return hashlib.sha256(f"effect:{effect_id}:{call_id}".encode()).hexdigest()


def _change(before: Share, after: Share) -> Change:
    if min(before.total, after.total) < LEAST_HEARD:
        return Change.TOO_EARLY
    if chance_rarer(before, after) >= CONFIDENCE:
        return Change.LESS
    if chance_rarer(after, before) >= CONFIDENCE:
        return Change.MORE
    return Change.TOO_EARLY


def _share(items: Iterable[Listen]) -> Share:
    known = [item.shows for item in items if item.shows is not None]
    return Share(sum(known), len(known))
