"""Which calls a sample is drawn from, and why the others are not. Pure: no database, no request.

Only conversations with the person who was to be reached count: what was promised to a switchboard
says nothing of what prospects are told. Every call of the campaign and period is either in the frame
or excluded with one reason, so that both add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from callcoach.analysis.model import Kind

#: Days of a period are those of the market that is called.
ZONE = ZoneInfo("Europe/Paris")


class Exclusion(StrEnum):
    """Why a call of the campaign and period is not in the frame, in the order in which it is said."""

    PUT_ASIDE = "put_aside"
    #: A person left it out of an audit because its prospect objected.
    OBJECTION = "objection"
    OTHER_KIND = "other_kind"
    OTHER_TEAM = "other_team"
    OTHER_OUTCOME = "other_outcome"
    OTHER_LENGTH = "other_length"
    #: Nothing was promised yet when it took place: there is nothing to judge it by.
    NO_PROMISE = "no_promise"
    NO_TRANSCRIPT = "no_transcript"
    AUDIO_DELETED = "audio_deleted"


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked of a call beside campaign, period and kind.

    Args:
        outcomes: how it may have ended; all when empty.
        team_ids: who may have made it; all when empty.
        min_s: shortest, seconds.
        max_s: longest, seconds; None for any.
        by_agent: each agent is a stratum of its own, so that all of them are heard.
        size: calls wanted; None where a margin says how many.
    """

    outcomes: tuple[str, ...] = ()
    team_ids: tuple[int, ...] = ()
    min_s: int = 0
    max_s: int | None = None
    by_agent: bool = True
    size: int | None = None

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """As kept with an audit; what is missing is as when nothing was chosen."""
        return cls(
            outcomes=tuple(kept.get("outcomes", ())),
            team_ids=tuple(kept.get("team_ids", ())),
            min_s=int(kept.get("min_s") or 0),
            max_s=kept.get("max_s"),
            by_agent=bool(kept.get("by_agent", True)),
            size=kept.get("size"),
        )

    def as_dict(self) -> dict[str, Any]:
        """To be kept as JSON."""
        kept = asdict(self)
        return {**kept, "outcomes": list(self.outcomes), "team_ids": list(self.team_ids)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One call of the campaign and period, as far as a frame looks at it."""

    call_id: int
    agent_id: int | None
    team_id: int
    kind: str
    outcome: str
    duration_ms: int
    has_promise: bool = True
    has_transcript: bool = True
    has_audio: bool = True
    is_put_aside: bool = False
    has_objection: bool = False


@dataclass(frozen=True, slots=True)
class Population:
    """The frame, counted.

    Args:
        strata: ids of the frame's calls, ascending, by stratum: an agent's id, or "" for all
            together and for calls without an agent.
        excluded: id and reason, by id.
    """

    strata: Mapping[str, tuple[int, ...]]
    excluded: tuple[tuple[int, Exclusion], ...]

    @property
    def size(self) -> int:
        """Calls of the frame."""
        return sum(len(ids) for ids in self.strata.values())


def exclusion_of(call: Candidate, frame: Frame) -> Exclusion | None:
    """Why a call is not in the frame: the first reason that holds; None when it is in it."""
    longest_ms = None if frame.max_s is None else frame.max_s * 1000
    reasons = {
        Exclusion.PUT_ASIDE: call.is_put_aside,
        Exclusion.OBJECTION: call.has_objection,
        Exclusion.OTHER_KIND: call.kind != Kind.TARGET,
        Exclusion.OTHER_TEAM: bool(frame.team_ids) and call.team_id not in frame.team_ids,
        Exclusion.OTHER_OUTCOME: bool(frame.outcomes) and call.outcome not in frame.outcomes,
        Exclusion.OTHER_LENGTH: call.duration_ms < frame.min_s * 1000
        or (longest_ms is not None and call.duration_ms > longest_ms),
        Exclusion.NO_PROMISE: not call.has_promise,
        Exclusion.NO_TRANSCRIPT: not call.has_transcript,
        Exclusion.AUDIO_DELETED: not call.has_audio,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def population_of(calls: Iterable[Candidate], frame: Frame) -> Population:
    """The frame and what is outside it; the order of `calls` does not matter."""
    strata: dict[str, list[int]] = {}
    excluded: list[tuple[int, Exclusion]] = []
    for call in sorted(calls, key=lambda one: one.call_id):
        reason = exclusion_of(call, frame)
        if reason is not None:
            excluded.append((call.call_id, reason))
            continue
        is_apart = frame.by_agent and call.agent_id is not None
        strata.setdefault(str(call.agent_id) if is_apart else "", []).append(call.call_id)
    return Population({key: tuple(ids) for key, ids in sorted(strata.items())}, tuple(excluded))


def moments_of(starts_on: date, ends_on: date) -> tuple[datetime, datetime]:
    """A period of days in `ZONE`, both included, as moments in UTC, half-open.

    >>> start, end = moments_of(date(2026, 9, 1), date(2026, 9, 1))
    >>> start.isoformat(), end.isoformat()
    ('2026-08-31T22:00:00+00:00', '2026-09-01T22:00:00+00:00')
    """

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=ZONE).astimezone(UTC)

    return midnight(starts_on), midnight(ends_on + timedelta(days=1))


def day_of(moment: datetime) -> date:
    """The day on which a call took place, in `ZONE`."""
    return moment.astimezone(ZONE).date()
