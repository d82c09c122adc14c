"""One moment of the feed, ready to print and to play. Rows in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from callcoach.calls.call_presenters import Fact, moments, speaker_names
from callcoach.calls.heard_presenters import (
    HeardTurn,
    heard_turns,
    ordered_facts,
    stretch_of,
)
from callcoach.calls.judging import Moment
from callcoach.calls.mapping import ShownTurn, talk_start_ms
from callcoach.calls.models import Call
from callcoach.coaching.feed_order import shift_of
from callcoach.coaching.models import FeedClaim
from callcoach.web.filters import local_date, local_time


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One thing to listen to: a flag, or an agent's request (`is_request`).

    Args:
        shift: whose call and from which half of which day.
        valence, mark, word: of a flag; "" for a request.
        title: what it is, in a few words.
        question: what the agent asks; "" when they only point.
        facts: what was measured and what it coincides with, each a quiet line.
        is_whole_call: a request that names no moment.
        play_from_ms, play_to_ms: what is played.
    """

    claim_id: int
    call_id: int
    point_id: int
    request_id: int
    language: str
    shift: str
    valence: str
    mark: str
    word: str
    title: str
    question: str
    agent: str
    persona: str
    company: str
    started_at: datetime
    turns: tuple[HeardTurn, ...]
    facts: tuple[Fact, ...]
    suggestion: str
    is_request: bool
    is_whole_call: bool
    start_ms: int
    end_ms: int
    play_from_ms: int
    play_to_ms: int
    announcement: str

    @property
    def who(self) -> str:
        """Agent, persona and time, as the card's corner says them."""
        return " · ".join(part for part in (self.agent, self.persona, self.at) if part)

    @property
    def at(self) -> str:
        return local_time(self.started_at)


def feed_item(claim: FeedClaim, call: Call, turns: Sequence[ShownTurn]) -> FeedItem:
    """Prepare what a claim serves; `turns` are those of the call's current analysis."""
    talk_ms = talk_start_ms(turns, language=call.language)
    is_whole_call = claim.start_ms is None
    start_ms = talk_ms if claim.start_ms is None else claim.start_ms
    end_ms = call.duration_ms if claim.end_ms is None else claim.end_ms
    play_from_ms, play_to_ms = stretch_of(claim.start_ms, talk_ms, call.duration_ms)
    request, point = claim.request, claim.point
    shown = moments([Moment(point, point.verdict)], turns) if point is not None else ()
    moment = shown[0] if shown else None
    names = speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    title = _capital(moment.label) if moment else _request_title(claim)
    word = _capital(moment.word) if moment else _("Asks you to listen")
    item = FeedItem(
        claim_id=claim.id,
        call_id=call.id,
        point_id=point.id if point else 0,
        request_id=request.id if request else 0,
        language=call.language,
        shift=shift_label(call),
        valence=moment.valence if moment else "",
        mark=moment.mark if moment else "?",
        word=word,
        title=title,
        question=request.text if request else "",
        agent=call.agent.name if call.agent else "",
        persona=call.persona,
        company=call.company,
        started_at=call.started_at,
        turns=tuple(
            heard_turns(turns, play_from_ms, play_to_ms, names, pins=shown, all_words=is_whole_call)
        ),
        facts=ordered_facts(moment) if moment else (),
        suggestion=moment.suggestion if moment else "",
        is_request=request is not None,
        is_whole_call=is_whole_call,
        start_ms=start_ms,
        end_ms=end_ms,
        play_from_ms=play_from_ms,
        play_to_ms=play_to_ms,
        announcement="",
    )
    spoken = (word, title, item.question, item.who, item.shift)
    return replace(item, announcement=". ".join(part for part in spoken if part))


def shift_label(call: Call) -> str:
    """Whose call and when, as "Antananarivo · morning of 14 September", by the team's clock."""
    shift = shift_of(call.started_at, call.team.timezone)
    day = local_date(shift.day)
    half = (
        _("afternoon of %(day)s", day=day)
        if shift.is_afternoon
        else _("morning of %(day)s", day=day)
    )
    return f"{call.team.name} · {half}"


def item_data(item: FeedItem, call: Call, turns: Iterable[ShownTurn]) -> dict[str, Any]:
    """What the page's script plays and draws. Times in milliseconds."""
    analysis = call.current_analysis
    separate = analysis is not None and analysis.channels == "stereo"
    return {
        "claim": item.claim_id,
        "request": item.request_id,
        "wholeCall": item.is_whole_call,
        "announcement": item.announcement,
        "shift": item.shift,
        "valence": item.valence,
        "start": item.start_ms,
        "end": item.end_ms,
        "from": item.play_from_ms,
        "to": item.play_to_ms,
        "durationMs": call.duration_ms,
        "separate": separate,
        "agentChannel": analysis.agent_channel if analysis is not None and separate else None,
        "turns": [
            {"start": turn.start_ms, "end": turn.end_ms, "speaker": turn.speaker}
            for turn in turns
            if turn.start_ms < item.play_to_ms and turn.end_ms > item.play_from_ms
        ],
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _request_title(claim: FeedClaim) -> str:
    agent = claim.request.agent if claim.request is not None else None
    name = agent.name if agent is not None else _("The agent")
    if claim.start_ms is None:
        return str(_("%(agent)s asks you to listen to this call", agent=name))
    return str(_("%(agent)s: “it turned here”", agent=name))
