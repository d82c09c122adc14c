"""What people change on a call: metadata, channel map, corrections of turns."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Membership, Role, User
from callcoach.analysis.model import AgentChannel
from callcoach.calls.access import can_edit_call, can_read_call
from callcoach.calls.events import details_changed, words_changed
from callcoach.calls.mapping import correction_for
from callcoach.calls.metadata import CALL_LIMITS, read_channel, read_kind, read_outcome, read_phone
from callcoach.calls.models import Call, CallKind, CallState, KindSource, Turn, TurnCorrection
from callcoach.calls.pins import pin
from callcoach.calls.subjects import ANALYSE, TRANSCRIBE_AGAIN, kind_after_change, subject_of
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.jobs import operations as jobs

#: Longest corrected turn, in characters: minutes of uninterrupted speech.
MAX_TURN_LENGTH = 10_000


class CallEdit(TypedDict, total=False):
    """What `edit_call` may change; what is left out stays. A call's team is fixed at import."""

    agent_id: int | None
    campaign_id: int
    persona: str
    direction: str
    started_at: datetime
    prospect_name: str
    prospect_phone: str
    company: str
    kind: str
    outcome: str


def log_access(viewer: Viewer, action: str, call: Call, **detail: Any) -> None:
    """Write a line of the access log: ``call.read``, ``call.heard`` …"""
    record(viewer.user_id, action, subject_kind="call", subject_id=call.id, **detail)


def require_visible(viewer: Viewer, call: Call) -> None:
    """Let pass who may see the call.

    Raises:
        NotFound: outside the viewer's scope, or put aside.
    """
    if not can_read_call(viewer, call) or call.deleted_at is not None:
        raise NotFound("There is no such call.")


def require_edit(viewer: Viewer, call: Call) -> None:
    """Let pass who may change the call.

    Raises:
        NotFound: outside the viewer's scope, or put aside.
        NotAllowed: visible, but not theirs to change.
    """
    require_visible(viewer, call)
    if not can_edit_call(viewer, call):
        raise NotAllowed("Supervisors and team leads change calls; ask yours.")


def edit_call(viewer: Viewer, call: Call, changes: CallEdit) -> Call:
    """Change a call's metadata; a new campaign or persona, or a time at which another script was in
    force, starts the analysis again.

    A kind that differs from the call's is a person's word from then on; the same one, as a form
    sends it back, says nothing (`operations.kinds.set_kind` confirms it).

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        InvalidInput: a value is out of range or does not fit the call's team.
    """
    require_edit(viewer, call)
    values: dict[str, Any] = dict(changes)
    for name in ("persona", "prospect_name", "company"):
        if name in values:
            values[name] = _bounded(name, values[name])
    if "prospect_phone" in values:
        values["prospect_phone"] = read_phone(values["prospect_phone"])
    if "kind" in values:
        values["kind"] = read_kind(values["kind"])
    if "outcome" in values:
        values["kind"], values["outcome"] = read_outcome(
            values["outcome"], values.get("kind", CallKind(call.kind))
        )
    if values.get("direction", "outbound") not in ("outbound", "inbound"):
        raise InvalidInput("The direction is either outbound or inbound.")
    if "agent_id" in values and values["agent_id"] != call.agent_id:
        _check_agent(values["agent_id"], call.team_id)
    if "campaign_id" in values and values["campaign_id"] != call.campaign_id:
        _check_campaign(values["campaign_id"], call.team_id)
    changed = {name: value for name, value in values.items() if getattr(call, name) != value}
    for name, value in changed.items():
        setattr(call, name, value)
    if "kind" in changed:
        call.kind_source = KindSource.PERSON
    if changed:
        log_access(viewer, "call.edited", call, fields=sorted(changed))
    is_other_script = bool(changed.keys() & {"campaign_id", "started_at"}) and pin(call)
    if changed.keys() & {"campaign_id", "persona"} or is_other_script:
        _analyse_again(viewer, call)
    db.session.flush()
    if changed.keys() & {"kind", "agent_id", "campaign_id", "outcome"} or is_other_script:
        details_changed(call)
    return call


def set_outcome(viewer: Viewer, call: Call, outcome: str) -> Call:
    """Say how the call ended; raises as `edit_call`."""
    return edit_call(viewer, call, {"outcome": outcome})


def set_agent_channel(viewer: Viewer, call: Call, agent_channel: str) -> Call:
    """Set the channel map and analyse again; nothing is transcribed again.

    Args:
        agent_channel: one of `AgentChannel`.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        InvalidInput: not a channel map.
    """
    require_edit(viewer, call)
    wanted = read_channel(agent_channel)
    if wanted != call.agent_channel:
        log_access(viewer, "call.channels_set", call, before=call.agent_channel, after=wanted.value)
        call.agent_channel = wanted.value
        _analyse_again(viewer, call)
    db.session.flush()
    return call


def swap_channels(viewer: Viewer, call: Call) -> Call:
    """Exchange agent and prospect, as they are shown now.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        InvalidInput: both voices are on one channel, so that there is nothing to exchange.
    """
    require_edit(viewer, call)
    applied = call.agent_channel
    if applied == AgentChannel.AUTO:
        shown = call.current_analysis
        applied = AgentChannel.MIXED if shown and shown.agent_channel is None else AgentChannel.LEFT
        if shown and shown.agent_channel == 1:
            applied = AgentChannel.RIGHT
    if applied == AgentChannel.MIXED:
        raise InvalidInput(
            "Both voices are on one channel of this recording: there is nothing to swap."
        )
    other = AgentChannel.RIGHT if applied == AgentChannel.LEFT else AgentChannel.LEFT
    return set_agent_channel(viewer, call, other)


def correct_turn(
    viewer: Viewer, call: Call, turn: Turn, text: str, *, based_on: int
) -> TurnCorrection:
    """Correct what was recognised in a turn; recognised words and their times stay.

    Args:
        based_on: `ShownTurn.correction_id` of the text that was edited.

    Raises:
        NotFound, NotAllowed: as `require_edit`, or the turn is another call's.
        InvalidInput: the text is too long.
        StaleVersion: somebody corrected the turn since; ``values["theirs"]`` is their text.
    """
    require_edit(viewer, call)
    if turn.analysis.call_id != call.id:
        raise NotFound("There is no such turn.")
    text = " ".join(text.split())
    if len(text) > MAX_TURN_LENGTH:
        raise InvalidInput(
            "A turn may have %(limit)s characters at most.", limit=str(MAX_TURN_LENGTH)
        )
    newest_first = db.session.scalars(
        select(TurnCorrection)
        .where(TurnCorrection.call_id == call.id, TurnCorrection.channel == turn.channel)
        .order_by(TurnCorrection.id.desc())
        .with_for_update()
    )
    current = correction_for(turn, newest_first)
    shown = current.text if current else turn.text
    if based_on != (current.id if current else 0):
        raise StaleVersion(
            "Somebody corrected this turn while you were writing; compare before you save.",
            theirs=shown,
            correction_id=current.id if current else 0,
        )
    if current is not None and text == shown:
        return current
    correction = TurnCorrection(
        call_id=call.id,
        channel=turn.channel,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        replaced_text=shown,
        text=text,
        author_id=viewer.user_id,
    )
    db.session.add(correction)
    db.session.flush()
    words_changed(call)
    log_access(viewer, "call.turn_corrected", call, correction=correction.id)
    return correction


def _analyse_again(viewer: Viewer, call: Call) -> None:
    """Once there is a transcript; a call still on its way reads the new values when it gets there."""
    if call.current_transcript_id is None:
        return
    call.failure = ""
    shown = call.current_analysis
    kind = kind_after_change(call, shown.channels) if shown else ANALYSE
    call.state = CallState.QUEUED if kind == TRANSCRIBE_AGAIN else CallState.ANALYSING
    jobs.enqueue(kind, subject_of(call.id), viewer=viewer, priority=10, again=True)


def _bounded(name: str, value: str) -> str:
    value = " ".join(value.split())
    if len(value) > CALL_LIMITS[name]:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=value[:40],
            limit=str(CALL_LIMITS[name]),
        )
    return value


def _check_agent(agent_id: int | None, team_id: int) -> None:
    if agent_id is None:
        return
    found = db.session.scalar(
        select(User.id)
        .join(User.memberships)
        .where(User.id == agent_id, User.role == Role.AGENT, Membership.team_id == team_id)
    )
    if found is None:
        raise InvalidInput("This person is not an agent of the call's team.")


def _check_campaign(campaign_id: int, team_id: int) -> None:
    found = db.session.scalar(
        select(Campaign.id)
        .join(Campaign.teams)
        .where(Campaign.id == campaign_id, CampaignTeam.team_id == team_id)
    )
    if found is None:
        raise InvalidInput("The call's team does not call for this campaign.")
