"""Which suggestions are made for a debrief, and in which order. Pure: plain facts in, facts out.

Good comes first: a team that only meets over its faults stops coming. Then what rises and what came
back, then the words to say, then the rest. Nothing is suggested twice, nor what is on the agenda or
was put aside; and before a team one agent's moments never fill the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

#: Reasons in the order in which they are put before the host. Good ones stand first also where a
#: reason can be either (`Fact.is_good`).
ORDER = (
    "offered",
    "keep",
    "good_flag",
    "success",
    "held",
    "rises",
    "came_back",
    "shared",
    "unheard",
    "asked",
    "coming",
    "version",
    "unread",
    "trial",
    "finding",
    "unagreed",
    "objective",
    "drilled",
)
#: Of one reason, at most: a debrief of half an hour takes five or six items in all.
MOST_OF_A_REASON = 3
#: In all: what can be looked over at once.
MOST = 12
#: Moments of one agent before a team: more would make the debrief theirs, and everybody sees it.
MOST_OF_AN_AGENT = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a call, milliseconds, half-open."""

    call_id: int
    start_ms: int
    end_ms: int

    def overlaps(self, other: Place) -> bool:
        """Whether both are of one call and share time."""
        return (
            self.call_id == other.call_id
            and self.start_ms < other.end_ms
            and other.start_ms < self.end_ms
        )


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened and could be talked about.

    Args:
        source: what it is, ``note:12``; as `models.AgendaItem.source`.
        reason: one of `ORDER`.
        at: when it happened, aware.
        title: how it is shown in the list.
        values: what fills the sentence of the reason; of JSON.
        strength: what puts it before others of the same reason; greater first.
        place: of a moment, the stretch; two facts about one stretch are one suggestion.
        agent_id: whose moment it is.
        who: their name, for the host; "" for what is nobody's.
    """

    source: str
    reason: str
    at: datetime
    title: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_good: bool = False
    strength: float = 0.0
    place: Place | None = None
    agent_id: int | None = None
    who: str = ""


def rank(
    facts: Iterable[Fact],
    *,
    taken: Collection[str] = (),
    places: Collection[Place] = (),
    is_one_to_one: bool = False,
    most: int = MOST,
) -> list[Fact]:
    """The suggestions, the first to be made first; the order of `facts` does not matter.

    Args:
        taken: sources on the agenda, waiting, or put aside.
        places: stretches that are on the agenda whatever they were made from.
        is_one_to_one: all is about one agent, whose moments are not rationed.
    """
    chosen: list[Fact] = []
    seen = set(taken)
    held = list(places)
    reasons: Counter[tuple[str, bool]] = Counter()
    agents: Counter[int] = Counter()
    for fact in sorted(facts, key=_key):
        if len(chosen) == most:
            break
        if fact.source in seen or reasons[fact.reason, fact.is_good] == MOST_OF_A_REASON:
            continue
        if fact.place is not None and any(fact.place.overlaps(other) for other in held):
            continue
        if fact.agent_id is not None and not is_one_to_one:
            if agents[fact.agent_id] == MOST_OF_AN_AGENT:
                continue
            agents[fact.agent_id] += 1
        seen.add(fact.source)
        reasons[fact.reason, fact.is_good] += 1
        if fact.place is not None:
            held.append(fact.place)
        chosen.append(fact)
    return chosen


def in_time(facts: Sequence[Fact], minutes: Mapping[str, int], left: int) -> list[Fact]:
    """The first of `facts` that fit together in the minutes left; one too long is passed over.

    Args:
        minutes: time budget by source.
        left: of the debrief, after what is on its agenda; may be negative.
    """
    fitting: list[Fact] = []
    for fact in facts:
        budget = minutes[fact.source]
        if budget <= left:
            fitting.append(fact)
            left -= budget
    return fitting


def _key(fact: Fact) -> tuple[bool, int, float, float, str]:
    return (
        not fact.is_good,
        ORDER.index(fact.reason),
        -fact.strength,
        -fact.at.timestamp(),
        fact.source,
    )
