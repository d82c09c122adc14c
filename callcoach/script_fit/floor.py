"""What prospects say more and more, as a reason to change the script.

It is found and kept by a room above, which registers here how to ask for it; as long as nothing is
registered, nothing comes from the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading
from callcoach.campaigns.models import Campaign
from callcoach.coaching.home_presenters import desk_url
from callcoach.errors import NotFound
from callcoach.extensions import Registry, db

#: What a request keeps of it: ``signal``, ``label`` and ``week`` name it (text, the Monday as
#: 2026-11-16), ``counts`` are calls, ``moments`` a few places: ``call`` and ``start_ms``.
Evidence = Mapping[str, Any]
#: Signal, label and week: the same thing kept again is the same thing.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept for a request, in the reader's language.

    Args:
        said: in how many calls.
        url: of a request that is filled in with it.
        week_url: of the week that it was said in.
    """

    key: Key
    label: str
    week: str
    said: str
    remark: str
    url: str
    week_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """Evidence in the reader's language."""

    label: str
    week: str
    said: str
    week_url: str


@dataclass(frozen=True, slots=True)
class Source:
    """How to ask the room above.

    Args:
        waiting: what is kept for requests in a campaign that the viewer answers for.
        evidence: what a request keeps of something kept, by its number; None when it is not there
            or not the viewer's.
        told: what was kept, in the reader's language.
    """

    waiting: Callable[[Viewer, Campaign], Sequence[Kept]]
    evidence: Callable[[Viewer, Campaign, int], Evidence | None]
    told: Callable[[Campaign, Evidence], Told]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What speaks for a request from the floor: ``moments`` that the viewer reads, each with its
    address, clock and the call's name.
    """

    told: Told
    moments: Sequence[tuple[str, str, str]]


_sources: Registry[Source] = Registry()
add_source = _sources.add


def key_of(evidence: Evidence) -> Key:
    """What it is, whoever kept it."""
    return str(evidence["signal"]), str(evidence["label"]), str(evidence["week"])


def waiting(viewer: Viewer, campaign: Campaign, asked: Collection[Key]) -> list[Kept]:
    """What was kept for a request that nobody has made; `asked` is what requests have."""
    found = [kept for source in _sources for kept in source.waiting(viewer, campaign)]
    return [kept for kept in found if kept.key not in asked]


def evidence(viewer: Viewer, campaign: Campaign, kept_id: int) -> Evidence:
    """What a request keeps of something kept.

    Raises:
        NotFound: there is no such thing in this campaign, or it is not the viewer's.
    """
    for source in _sources:
        found = source.evidence(viewer, campaign, kept_id)
        if found is not None:
            return found
    raise NotFound("There is no such finding.")


def spoken(viewer: Viewer, campaign: Campaign, found: Evidence) -> Spoken | None:
    """Evidence as pages print it; None of nothing."""
    source = next(iter(_sources), None)
    if not found or source is None:
        return None
    starts = {moment["call"]: moment["start_ms"] for moment in found.get("moments", ())}
    calls = [db.session.get(Call, call_id) for call_id in starts]
    moments = [
        (desk_url(call.id, starts[call.id]), clock(starts[call.id]), heading(call))
        for call in calls
        if call is not None
        and call.deleted_at is None
        and call.campaign_id == campaign.id
        and can_read_call(viewer, call)
    ]
    return Spoken(source.told(campaign, found), moments)
