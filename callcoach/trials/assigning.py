"""Which way an agent says the line on one day. Pure: the same answer whoever asks, and when.

Nothing is drawn at run time: the draw follows from the trial's logged seed, the agent and the day.
Two processes that ask at once agree, and a reader can check every day of a trial.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from callcoach.trials.models import Assigning

_SATURDAY = 5


def slot_of(day: date, started_on: date, assigning: Assigning) -> int:
    """Number of the stretch of days that share one wording for an agent, from 0.

    Drawn: each calendar day. In turn: each working day, so that turns come round; Saturday and
    Sunday keep Friday's wording.

    Raises:
        ValueError: the day is before the trial.

    >>> friday = date(2026, 9, 18)
    >>> [slot_of(friday + timedelta(days=n), date(2026, 9, 14), Assigning.ROTATION) for n in range(4)]
    [4, 4, 4, 5]
    """
    if day < started_on:
        raise ValueError(f"{day} is before the trial, which starts on {started_on}")
    if assigning == Assigning.DRAWN:
        return (day - started_on).days
    passed = _working_days(started_on, day)
    return max(0, passed - 1)


def block_size(arms: int, assigning: Assigning) -> int:
    """Slots within which each arm comes once, in an order drawn for each agent; 1 when every slot
    is drawn on its own.
    """
    return arms if assigning == Assigning.ROTATION else 1


def arm_place(
    seed: int, agent_id: int, day: date, *, started_on: date, arms: int, assigning: Assigning
) -> int:
    """Place of the arm that the agent says on a day, 0 to `arms` - 1.

    Raises:
        ValueError: the day is before the trial, or there are fewer than two arms.
    """
    if arms < 2:
        raise ValueError(f"{arms} arms cannot be compared")
    slot = slot_of(day, started_on, assigning)
    if assigning == Assigning.DRAWN:
        return int(_source(seed, agent_id, slot).integers(arms))
    block, turn = divmod(slot, arms)
    return int(_source(seed, agent_id, block).permutation(arms)[turn])


def days_between(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included; none when they are the wrong way round."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _source(seed: int, agent_id: int, number: int) -> np.random.Generator:
    # Philox is counter-based: neighbouring seeds give unrelated draws, today and in ten years
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, agent_id, number])))


def _working_days(first: date, last: date) -> int:
    """Mondays to Fridays from the first to the last day, both included."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first.weekday() + n) % 7 < _SATURDAY for n in range(rest))
