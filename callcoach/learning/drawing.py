"""What the daily check is drawn from, and how much of it fits into a day. Pure: no database.

Nobody chooses what is checked. Every call, flag and verdict has a lot, a number that follows from
what it is; the smallest ones are drawn. Whoever draws again draws the same, so nothing that one
does or leaves undone changes what is measured (TIPPING.md §4.5, selection bias).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

#: Part of the calls that are marked without seeing any flag (TIPPING.md §4.5: one in twenty).
BLIND_SHARE = 1 / 20
#: Part of those that a second supervisor marks too: how far two people agree bounds what an engine
#: can reach. One in ten, as for flags.
PAIR_SHARE = 1 / 10
#: Part of the flags that are judged although nobody would be shown them, or whether they are or
#: not (TIPPING.md §4.5: about one card in ten).
EXPLORE_SHARE = 1 / 10
#: Part of the verdicts that a second supervisor gives again (TIPPING.md §4.5: one card in ten).
SECOND_SHARE = 1 / 10
#: Listening that a day asks for at most, milliseconds: five minutes.
DAY_MS = 5 * 60_000
#: How much of a call is marked blind at most: what a day holds.
BLIND_MS = DAY_MS
#: Width of the places that count as one moment for a lot, milliseconds: a new analysis moves a
#: flag by words, and must not draw it again.
_PLACE_MS = 10_000


class Sized(Protocol):
    """Something to hear: `kind` names the queue that it waits in."""

    @property
    def kind(self) -> str: ...

    @property
    def length_ms(self) -> int: ...


Item = TypeVar("Item", bound=Sized)


def lot(*parts: str | int) -> float:
    """A number in [0, 1) that follows from `parts` alone, evenly spread over different ones.

    >>> lot("call", 1) == lot("call", 1), lot("call", 1) == lot("call", 2)
    (True, False)
    """
    text = ":".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def blind_holders(campaign_id: int, call_id: int) -> int:
    """How many supervisors mark a call blind: 0, 1, or 2 to compare them."""
    if lot("blind", campaign_id, call_id) >= BLIND_SHARE:
        return 0
    return 2 if lot("pair", campaign_id, call_id) < PAIR_SHARE else 1


def explores(campaign_id: int, call_id: int, cause: str, start_ms: int) -> bool:
    """Whether a flag is drawn to be judged, shown or not."""
    place = start_ms // _PLACE_MS
    return lot("explore", campaign_id, call_id, cause, place) < EXPLORE_SHARE


def seconds(campaign_id: int, verdict_id: int) -> bool:
    """Whether a verdict is drawn to be given again by somebody else."""
    return lot("second", campaign_id, verdict_id) < SECOND_SHARE


def plan(
    waiting: Iterable[Item], kinds: Sequence[str], heard_ms: Mapping[str, int], left_ms: int
) -> list[Item]:
    """What a day holds, in the order in which it is heard.

    Each kind gets the same time in the long run: the next thing is of the kind that was heard
    least. Within a kind the order is kept, and a long thing that does not fit waits for a day that
    it fits into: if shorter ones went before it, long calls would be measured less than short ones.

    Args:
        waiting: what there is, in order.
        kinds: the first of them goes first where two were heard for as long.
        heard_ms: how long each kind was heard already, milliseconds; 0 for those not named.
        left_ms: what the day has left, milliseconds; `DAY_MS` at its beginning.

    Returns:
        Things whose lengths sum up to `left_ms` at most.
    """
    queues: dict[str, list[Item]] = {kind: [] for kind in kinds}
    for item in waiting:
        queues[item.kind].append(item)
    heard = {kind: heard_ms.get(kind, 0) for kind in kinds}
    chosen: list[Item] = []
    while True:
        fitting = [kind for kind in kinds if queues[kind] and queues[kind][0].length_ms <= left_ms]
        if not fitting:
            return chosen
        kind = min(fitting, key=lambda each: heard[each])
        item = queues[kind].pop(0)
        chosen.append(item)
        heard[kind] += item.length_ms
        left_ms -= item.length_ms
