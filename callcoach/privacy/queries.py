"""Reads: what of a call may leave the floor, and what waits to be released."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, User
from callcoach.analysis.model import Segment
from callcoach.calls import queries as calls
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.calls.models import Call
from callcoach.calls.queries.scope import in_scope
from callcoach.campaigns.access import can_edit_campaign
from callcoach.campaigns.models import SponsorSeat
from callcoach.debriefs.said import secrets_of
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.pipeline import TranscriptData
from callcoach.privacy.fitting import fingerprint_of, fingerprints_of
from callcoach.privacy.models import Redaction
from callcoach.privacy.spans import Strike, proposed
from callcoach.speech.beeps import unrecognised

#: Shorter voice without words is a breath or the edge of a word, seconds: over the sample calls,
#: half of what is left between words and voice activity is shorter.
LEAST_UNHEARD_S = 0.5


def released_for(call: Call) -> Redaction | None:
    """What of a call may be shown to its sponsor: the newest redaction, once a person has released
    it, while it fits the words as they are now. None for a call that was put aside.
    """
    redaction = newest_of(call.id) if call.deleted_at is None else None
    if redaction is None or not is_released(redaction):
        return None
    return redaction if redaction.fingerprint == fingerprint_of(call) else None


def released_ids(call_ids: Collection[int]) -> set[int]:
    """Those of some calls for which `released_for` gives one."""
    newest = newest_by_call(call_ids)
    released = [call_id for call_id, found in newest.items() if is_released(found)]
    if not released:
        return set()
    living = db.session.scalars(
        select(Call).where(Call.id.in_(released), Call.deleted_at.is_(None))
    ).all()
    return {
        call_id
        for call_id, fingerprint in fingerprints_of(living).items()
        if newest[call_id].fingerprint == fingerprint
    }


def newest_by_call(call_ids: Collection[int]) -> dict[int, Redaction]:
    """`newest_of` for many calls, by their ids; those without a redaction are not in it."""
    newest = (
        select(Redaction.call_id, func.max(Redaction.number).label("number"))
        .where(Redaction.call_id.in_(call_ids))
        .group_by(Redaction.call_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(Redaction).join(
            newest,
            (newest.c.call_id == Redaction.call_id) & (newest.c.number == Redaction.number),
        )
    )
    return {row.call_id: row for row in rows}


def lately_released(viewer: Viewer, limit: int = 20) -> list[tuple[Redaction, Call]]:
    """What was released last of the viewer's campaigns and still counts, newest first."""
    rows = db.session.scalars(
        select(Redaction)
        .join(Call, Call.id == Redaction.call_id)
        .where(
            in_scope(viewer),
            Call.deleted_at.is_(None),
            Redaction.released_at.is_not(None),
            Redaction.withdrawn_at.is_(None),
        )
        .order_by(Redaction.released_at.desc())
        .limit(limit)
    ).all()
    fitting = released_ids({row.call_id for row in rows})
    return [(row, row.call) for row in rows if row.call_id in fitting]


def sponsor_people(sponsor_id: int) -> list[str]:
    """Who of the sponsor's signs in, by name."""
    return list(
        db.session.scalars(
            select(User.name)
            .join(SponsorSeat, SponsorSeat.user_id == User.id)
            .where(SponsorSeat.sponsor_id == sponsor_id)
            .order_by(User.name)
        )
    )


def newest_of(call_id: int) -> Redaction | None:
    """The newest redaction of a call, whatever became of it."""
    found: Redaction | None = db.session.scalar(
        select(Redaction)
        .where(Redaction.call_id == call_id)
        .order_by(Redaction.number.desc())
        .limit(1)
    )
    return found


def is_released(redaction: Redaction) -> bool:
    """A person released it and nobody took that back; whether it fits is asked apart."""
    return redaction.released_at is not None and redaction.withdrawn_at is None


def get_call_to_redact(viewer: Viewer, call_id: int) -> Call:
    """A call whose redaction the viewer makes and releases.

    Raises:
        NotFound: there is none in their scope, or they do not supervise its campaign.
    """
    call = calls.get_call(viewer, call_id)
    if not can_edit_campaign(viewer, [link.team_id for link in call.campaign.teams]):
        raise NotFound("There is no such call.")
    return call


def strikes_of(redaction: Redaction) -> list[Strike]:
    """What it strikes out, and what was put back."""
    return [Strike.from_dict(span) for span in redaction.spans]


def is_of_these_turns(redaction: Redaction, turns: Iterable[ShownTurn]) -> bool:
    """Whether the places of a draft are places of these turns: a newer analysis may cut the same
    words otherwise.
    """
    known = {(turn["turn"], turn["channel"], turn["start_ms"]) for turn in redaction.turns}
    return known == {(turn.index, turn.channel, turn.start_ms) for turn in turns if turn.text}


def proposal_for(call: Call, turns: Sequence[ShownTurn]) -> list[Strike]:
    """What rules would strike out of a call as its words are now."""
    agent = call.agent.name if call.agent is not None else ""
    names = tuple(name for name in (agent, call.prospect_name) if name)
    return proposed(
        turns,
        replace(secrets_of(call), names=names),
        company=call.company,
        colleagues=_colleagues(call),
        unheard=_unheard(call, turns),
        language=call.language,
    )


def _colleagues(call: Call) -> list[str]:
    """Everybody of the teams that call for the campaign: they name one another."""
    teams = {call.team_id, *(link.team_id for link in call.campaign.teams)}
    return list(
        db.session.scalars(
            select(User.name).join(User.memberships).where(Membership.team_id.in_(teams)).distinct()
        )
    )


def _unheard(call: Call, turns: Iterable[ShownTurn]) -> list[tuple[int, int, int]]:
    """Voice in which nothing was recognised; a corrected turn was heard by a person."""
    if call.current_transcript is None:
        return []
    tracks = TranscriptData.from_dict(call.current_transcript.data).tracks
    heard = [turn for turn in turns if turn.is_corrected]
    found: list[tuple[int, int, int]] = []
    for channel in sorted({track.channel for track in tracks}):
        left: list[Segment] = unrecognised([t for t in tracks if t.channel == channel])
        for span in left:
            is_heard = any(
                turn.channel == channel
                and to_s(turn.start_ms) <= span.start_s
                and span.end_s <= to_s(turn.end_ms)
                for turn in heard
            )
            if span.duration_s >= LEAST_UNHEARD_S and not is_heard:
                found.append((channel, to_ms(span.start_s), to_ms(span.end_s)))
    return found
