"""What the portal prints of one call: released words, where its sound is, findings. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import AuditCall, FindingRemark, Judgement, RemarkKind
from callcoach.privacy import presenters as privacy
from callcoach.privacy.presenters import Bit
from callcoach.sponsors import queries, sounds
from callcoach.sponsors.presenters import (
    Mark,
    PromiseView,
    aliases_of,
    promise_view,
    script_numbers,
    standing_mark,
)
from callcoach.sponsors.queries import Content
from callcoach.sponsors.striking import without_names


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn as it was released; `is_said` marks the words that a finding is about.

    Args:
        bits: its text; what was struck out has a kind.
    """

    number: int
    is_agent: bool
    speaker: str
    start_ms: int
    end_ms: int
    bits: Sequence[Bit]
    is_said: bool


@dataclass(frozen=True, slots=True)
class FactsView:
    """What is known of a sampled call; nothing that names anybody."""

    called_on: date | None
    agent: str
    script: str
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class RemarkView:
    """What somebody said of a finding; people of the floor are not named."""

    remark_id: int
    mark: Mark
    text: str
    who: str
    at: datetime
    is_mine: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, and of its words as much as was released.

    Args:
        agent, script: "Agent 7", "version 3"; "" when not known.
        comment: why it is judged so; "" while nothing is released.
        turns: the words around it.
        is_released: words and sound may be opened.
        is_erased: the call is gone; its judgement stays.
        has_place: it says where; an omission has no place.
    """

    finding_id: int
    url: str
    call_url: str
    number: int
    audit: str
    called_on: date | None
    agent: str
    script: str
    promise: PromiseView
    mark: Mark
    settled: bool
    comment: str
    turns: Sequence[TurnView]
    start_ms: int | None
    is_released: bool
    is_erased: bool
    has_place: bool
    remarks: int


def turn_views(
    content: Content, start_ms: int | None = None, end_ms: int | None = None
) -> list[TurnView]:
    """The released turns, or those within a stretch."""
    campaign = content.call.campaign
    whom = agent_name(campaign.sponsor_id, content.call.agent_id)
    found = []
    for turn in privacy.turns_of(content.redaction, start_ms, end_ms):
        is_agent = turn.speaker == "agent"
        found.append(
            TurnView(
                number=turn.turn,
                is_agent=is_agent,
                speaker=whom if is_agent else _("Prospect"),
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
                bits=turn.bits,
                is_said=False,
            )
        )
    return found


def agent_name(sponsor_id: int, agent_id: int | None) -> str:
    """How the client knows an agent."""
    return aliases_of(sponsor_id).get(agent_id or 0, _("Agent"))


def moment_turns(content: Content, start_ms: int, end_ms: int) -> list[TurnView]:
    """The words around a moment; those that the moment is about are marked."""
    bounds = sounds.around(start_ms, end_ms, content.call.duration_ms)
    return [
        replace(turn, is_said=turn.start_ms < end_ms and turn.end_ms > start_ms)
        for turn in turn_views(content, *bounds)
    ]


def finding_view(finding: Judgement, content: Content | None, remarks: int = 0) -> FindingView:
    """One finding; without content not a word of the call, nor of what was written about it."""
    sampled = finding.sampled
    audit = sampled.audit
    kind = finding.version.kind
    start_ms, end_ms = finding.start_ms, finding.end_ms
    has_place = start_ms is not None and end_ms is not None
    turns: list[TurnView] = []
    if content is not None and start_ms is not None and end_ms is not None:
        turns = moment_turns(content, start_ms, end_ms)
    call = sampled.call
    return FindingView(
        finding_id=finding.id,
        url=url_for("sponsors.show_finding", finding_id=finding.id),
        call_url=url_for("sponsors.show_call", audit_call_id=sampled.id),
        number=sampled.position + 1,
        audit=audit.title,
        called_on=sampled.called_on,
        agent=agent_name(audit.campaign.sponsor_id, call.agent_id) if call is not None else "",
        script=_script_name(sampled.script_version_id),
        promise=promise_view(finding.version),
        mark=standing_mark(kind, finding.final),
        settled=finding.settled is not None,
        comment=without_names(finding.comment, content.call) if content is not None else "",
        turns=turns,
        start_ms=start_ms if content is not None else None,
        is_released=content is not None,
        is_erased=call is None or call.deleted_at is not None,
        has_place=has_place and Standing(finding.final) is not Standing.OMITTED,
        remarks=remarks,
    )


def facts_of(sampled: AuditCall, content: Content | None) -> FactsView:
    """One sampled call; how long it lasted only once its words are released."""
    audit, call = sampled.audit, sampled.call
    return FactsView(
        called_on=sampled.called_on,
        agent=agent_name(audit.campaign.sponsor_id, call.agent_id) if call is not None else "",
        script=_script_name(sampled.script_version_id),
        duration_ms=content.call.duration_ms if content is not None else None,
    )


def _script_name(version_id: int | None) -> str:
    numbers = script_numbers([version_id]) if version_id is not None else {}
    return _("version %(number)s", number=numbers[version_id]) if version_id in numbers else ""


def remark_views(viewer: Viewer, remarks: Sequence[FindingRemark]) -> list[RemarkView]:
    """What was said of a finding, oldest first; taken back remarks only their author still sees."""
    marks = {
        RemarkKind.COMMENT: Mark("…", _("comment"), ""),
        RemarkKind.AGREES: Mark("✓", _("agrees"), "good"),
        RemarkKind.CONTESTS: Mark("≠", _("contests"), "break"),
    }
    found = []
    for each in remarks:
        is_mine = each.author_id == viewer.user_id and viewer.role is Role.SPONSOR
        if each.withdrawn_at is not None and not is_mine:
            continue
        found.append(
            RemarkView(
                remark_id=each.id,
                mark=marks[RemarkKind(each.kind)],
                text=_text(each),
                who=_who(each.author),
                at=each.at,
                is_mine=is_mine,
                is_withdrawn=each.withdrawn_at is not None,
            )
        )
    return found


def _text(said: FindingRemark) -> str:
    """Their own words as they are; the floor's without names."""
    if said.author is not None and said.author.role == Role.SPONSOR:
        return said.text
    return without_names(said.text, said.judgement.sampled.call)


def _who(author: User | None) -> str:
    """People of the client by name; the floor's as what they are."""
    if author is not None and author.role == Role.SPONSOR:
        return author.name
    return _("The supervisor")


def contents_of(viewer: Viewer, findings: Sequence[Judgement]) -> dict[int, Content | None]:
    """What may be shown of the calls of some findings, by number of the drawn call."""
    found: dict[int, Content | None] = {}
    for finding in findings:
        sampled = finding.sampled
        if sampled.id not in found:
            found[sampled.id] = queries.content_of(
                viewer, sampled.call, queries.place_of(sampled), sampled.audit.campaign_id
            )
    return found
