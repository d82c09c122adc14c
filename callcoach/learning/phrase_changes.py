"""A change to a campaign's engine that somebody thinks of, before it is saved.

It can be tried: `applied` gives the tuning as it would be, without writing anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from callcoach.accounts.access import Viewer
from callcoach.analysis.thresholds import THRESHOLDS
from callcoach.analysis.tuning import Tuning
from callcoach.calls.queries import calls_by_id
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotFound
from callcoach.tuning import operations
from callcoach.tuning.models import CampaignPhrase, PhraseRole, TuningChange
from callcoach.tuning.queries import phrases_of, tuning_of
from callcoach.tuning.vocabulary import checked_list, checked_text, packaged_phrases


@dataclass(frozen=True, slots=True)
class Proposal:
    """Either a phrase or a threshold.

    Args:
        role, list_name, text: of a phrase; see `tuning.operations.add_phrase`.
        phrase_id: the campaign's phrase that `text` takes the place of; 0 for a new one.
        call_id: the call that a new phrase was learnt from; 0 for one that somebody thought of.
        bound: name of a threshold; "" for a phrase.
        value: of the threshold; None is the engine's own.
        seen: what the campaign had when it was looked at: a number, or "" for the engine's own;
            None where nobody says.
    """

    role: str = ""
    list_name: str = ""
    text: str = ""
    phrase_id: int = 0
    call_id: int = 0
    bound: str = ""
    value: float | None = None
    seen: str | None = None

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Self:
        """Read the fields of a form or an address.

        Raises:
            InvalidInput: a number is none.
        """
        raw = values.get("value", "").strip().replace(",", ".")
        try:
            return cls(
                role=values.get("role", ""),
                list_name=values.get("list", ""),
                text=values.get("text", ""),
                phrase_id=int(values.get("phrase") or 0),
                call_id=int(values.get("call") or 0),
                bound=values.get("bound", ""),
                value=float(raw) if raw else None,
                seen=values.get("seen"),
            )
        except ValueError:
            raise InvalidInput("Give a number.") from None

    @property
    def is_bound(self) -> bool:
        return bool(self.bound)

    @property
    def is_lexical(self) -> bool:
        """Decided by words alone: what it would find is known at once, without any analysis."""
        return not self.is_bound and self.role in (PhraseRole.ADDED, PhraseRole.REMOVED)

    @property
    def digest(self) -> str:
        """12 hexadecimal digits that tell two proposals apart."""
        data = json.dumps(asdict(self) | {"seen": None}, sort_keys=True)
        return hashlib.sha256(data.encode()).hexdigest()[:12]

    def fields(self) -> dict[str, str]:
        """As `from_values` reads them; what is empty is left out."""
        named = {
            "role": self.role,
            "list": self.list_name,
            "text": self.text,
            "phrase": self.phrase_id or "",
            "call": self.call_id or "",
            "bound": self.bound,
            "value": "" if self.value is None else f"{self.value:g}",
        }
        found = {name: str(value) for name, value in named.items() if value != ""}
        return found if self.seen is None else found | {"seen": self.seen}

    @property
    def seen_value(self) -> float | bool | None:
        """`seen`, as `tuning.operations.set_bound` takes it.

        Raises:
            InvalidInput: it is no number.
        """
        if self.seen is None:
            return False
        try:
            return float(self.seen) if self.seen else None
        except ValueError:
            raise InvalidInput("Give a number.") from None


def checked(campaign: Campaign, proposal: Proposal) -> Proposal:
    """The proposal in the form in which it would be saved.

    Raises:
        InvalidInput: as the operation that would save it.
    """
    if proposal.is_bound:
        threshold = THRESHOLDS.get(proposal.bound)
        if threshold is None:
            raise InvalidInput("There is no threshold of this name.", name=proposal.bound)
        if proposal.value is not None and not threshold.low <= proposal.value <= threshold.high:
            raise InvalidInput(
                "Give a value from %(low)s to %(high)s.", low=threshold.low, high=threshold.high
            )
        return proposal
    old = phrase_before(campaign, proposal)
    if old is not None:
        proposal = replace(proposal, role=PhraseRole(old.role).value, list_name=old.list_name)
    try:
        role = PhraseRole(proposal.role)
    except ValueError:
        raise InvalidInput("There is no such kind of phrase.", role=proposal.role) from None
    list_name = checked_list(role, proposal.list_name, campaign.language)
    text = proposal.text
    if role is not PhraseRole.REMOVED:
        text = checked_text(text)
    elif text not in packaged_phrases(list_name, campaign.language):
        raise InvalidInput("The engine's list does not have this phrase.")
    return replace(proposal, list_name=list_name, text=text)


def phrase_before(campaign: Campaign, proposal: Proposal) -> CampaignPhrase | None:
    """The campaign's phrase that would be rewritten; None for a new one.

    Raises:
        InvalidInput: it is not there any more.
    """
    if not proposal.phrase_id:
        return None
    for phrase in phrases_of(campaign.id):
        if phrase.id == proposal.phrase_id:
            return phrase
    raise InvalidInput("There is no such phrase any more.")


def visible_sources(viewer: Viewer, phrases: Iterable[CampaignPhrase]) -> frozenset[int]:
    """Of the calls that phrases were learnt from, those that the viewer sees. What was said in the
    others stays unread, though it counts for the whole campaign: another team's supervisor knows
    that there is a phrase, and may take it away.
    """
    numbers = {phrase.source_call_id for phrase in phrases if phrase.source_call_id}
    return frozenset(call.id for call in calls_by_id(viewer, numbers)) if numbers else frozenset()


def require_words(viewer: Viewer, phrase: CampaignPhrase | None) -> None:
    """Let pass who may read the phrase, before it is shown beside other words.

    Raises:
        NotFound: it is the words of a call that the viewer does not see.
    """
    if phrase is not None and phrase.source_call_id not in {
        None,
        *visible_sources(viewer, [phrase]),
    }:
        raise NotFound("There is no such phrase any more.")


def applied(campaign: Campaign, proposal: Proposal) -> Tuning:
    """The campaign's tuning with a checked proposal in it."""
    tuning = tuning_of(campaign.id)
    if proposal.is_bound:
        bounds = {name: v for name, v in tuning.bounds.items() if name != proposal.bound}
        if proposal.value is not None:
            bounds[proposal.bound] = proposal.value
        return replace(tuning, bounds=bounds)
    old = phrase_before(campaign, proposal)
    gone = {old.text} if old is not None else set()
    if proposal.role == PhraseRole.BACKGROUND:
        return replace(tuning, background=_with(tuning.background, proposal.text, gone))
    part = {
        PhraseRole.ADDED: "added",
        PhraseRole.REMOVED: "removed",
        PhraseRole.PROTOTYPE: "prototypes",
    }[PhraseRole(proposal.role)]
    lists = dict(getattr(tuning, part))
    lists[proposal.list_name] = _with(lists.get(proposal.list_name, ()), proposal.text, gone)
    changes: dict[str, Any] = {part: lists}
    return replace(tuning, **changes)


def save(viewer: Viewer, campaign: Campaign, proposal: Proposal) -> TuningChange:
    """Make the proposal true; raises as `tuning.operations` does."""
    if proposal.is_bound:
        return operations.set_bound(
            viewer, campaign, proposal.bound, proposal.value, seen=proposal.seen_value
        )
    if proposal.phrase_id:
        return operations.rewrite_phrase(viewer, campaign, proposal.phrase_id, proposal.text)
    return operations.add_phrase(
        viewer,
        campaign,
        role=proposal.role,
        list_name=proposal.list_name,
        text=proposal.text,
        source_call_id=proposal.call_id or None,
    )


def _with(phrases: tuple[str, ...], text: str, gone: set[str]) -> tuple[str, ...]:
    return tuple(sorted({text, *(phrase for phrase in phrases if phrase not in gone)}))
