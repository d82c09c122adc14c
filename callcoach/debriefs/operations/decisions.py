"""Decisions of a debrief: taken, given to somebody, changed, closed and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Role, User
from callcoach.coaching.queries.notes import get_note
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.models import Debrief, Decision, DecisionState
from callcoach.debriefs.operations import effects
from callcoach.debriefs.operations.once import find_sent
from callcoach.debriefs.operations.remarks import require_held, require_item
from callcoach.debriefs.operations.screens import follow
from callcoach.debriefs.queries.decisions import owners
from callcoach.drills.queries.library import get_drill
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.queries.people import get_objective
from callcoach.script_fit.request_queries import get_request
from callcoach.web.filters import local_date

#: Longest decision, and longest word on its end, characters: what is said in a breath.
MAX_TEXT, MAX_CLOSING = 500, 1000


@dataclass(frozen=True, slots=True)
class Links:
    """What a decision changes; None for nothing of the kind."""

    request_id: int | None = None
    objective_id: int | None = None
    drill_id: int | None = None
    note_id: int | None = None


def decide(
    viewer: Viewer,
    debrief: Debrief,
    *,
    client_id: str,
    text: str,
    item_id: int | None = None,
    owner_id: int | None = None,
    due_on: date | None = None,
    links: Links | None = None,
) -> Decision:
    """Take a decision. Sent a second time under its id it is the one that is there already.

    Args:
        client_id: made by the page that sends it.
        item_id: the item it was taken on.
        owner_id: who sees to it; one of `queries.decisions.owners`.

    Raises:
        NotFound: the debrief is not the viewer's to lead; it has no such item; or a linked thing is
            not the viewer's.
        InvalidInput: no words, too many, somebody who was not concerned, or no usable id.
        Conflict: the debrief has not begun, or the id is another debrief's decision.
    """
    client_id, known = find_sent(viewer, debrief, Decision, client_id)
    if known is not None:
        return known
    require_held(debrief)
    decision = Decision(
        client_id=client_id,
        debrief_id=debrief.id,
        item_id=require_item(debrief, item_id),
        text=_checked(text),
        due_on=due_on,
        author_id=viewer.user_id,
        state=DecisionState.OPEN,
        row_version=1,
    )
    decision.owner_id = _owner(viewer, debrief, owner_id)
    _link(viewer, decision, links or Links())
    db.session.add(decision)
    db.session.flush()
    db.session.expire(debrief, ["decisions"])
    record(viewer.user_id, "decision.taken", subject_kind="decision", subject_id=decision.id)
    _tell(viewer, decision)
    follow(debrief.id)
    return decision


def edit(
    viewer: Viewer,
    decision: Decision,
    *,
    text: str,
    owner_id: int | None,
    due_on: date | None,
    links: Links | None = None,
    based_on: int,
) -> Decision:
    """Change a decision.

    Args:
        links: None leaves what it changes as it is.
        based_on: the `row_version` that was read.

    Raises:
        NotFound, InvalidInput: as `decide`.
        StaleVersion: it was changed meanwhile; ``values["theirs"]`` is its text now.
        Conflict: it is closed.
    """
    lock_open(viewer, decision)
    _require_current(decision, based_on)
    before = decision.owner_id, decision.due_on
    decision.text = _checked(text)
    if owner_id != decision.owner_id:
        decision.owner_id = _owner(viewer, decision.debrief, owner_id)
    decision.due_on = due_on
    if links is not None:
        _link(viewer, decision, links)
    decision.row_version += 1
    db.session.flush()
    db.session.expire(decision, ["owner"])
    if before != (decision.owner_id, decision.due_on):
        _untell(decision)
        _tell(viewer, decision)
    follow(decision.debrief_id)
    return decision


def close(
    viewer: Viewer, decision: Decision, state: str, text: str = "", *, based_on: int | None = None
) -> Decision:
    """End a decision: done, or dropped with a reason. Whoever owns it says that it is done.

    Args:
        based_on: the `row_version` that was read; None for whatever it is now.

    Raises:
        NotFound: the viewer neither leads its debrief nor owns it.
        InvalidInput: not a way to end it, dropped without a reason, or too many words.
        StaleVersion: it was changed meanwhile.
        Conflict: it is closed.
    """
    is_leader = _lock(viewer, decision, owner_may=True)
    _require_open(decision)
    if based_on is not None:
        _require_current(decision, based_on)
    allowed = (DecisionState.DONE, DecisionState.DROPPED) if is_leader else (DecisionState.DONE,)
    if state not in allowed:
        raise InvalidInput("Done or dropped: choose one.", field="state")
    text = text.strip()
    if state == DecisionState.DROPPED and not text:
        raise InvalidInput("Say why it is dropped: it is read later.", field="closing_text")
    if len(text) > MAX_CLOSING:
        raise InvalidInput(
            "Write %(limit)s characters at most.", field="closing_text", limit=MAX_CLOSING
        )
    decision.state, decision.closing_text = DecisionState(state), text
    decision.closed_at, decision.closed_by_id = utc_now(), viewer.user_id
    decision.row_version += 1
    _untell(decision)
    record(
        viewer.user_id,
        f"decision.{decision.state.value}",
        subject_kind="decision",
        subject_id=decision.id,
    )
    db.session.flush()
    follow(decision.debrief_id)
    return decision


def reopen(viewer: Viewer, decision: Decision) -> Decision:
    """Take the end back. Its owner takes back what they said themselves.

    Raises:
        NotFound: the viewer neither leads its debrief nor owns it.
        Conflict: it is open, or somebody else closed it.
    """
    is_leader = _lock(viewer, decision, owner_may=True)
    if decision.state == DecisionState.OPEN:
        raise Conflict("This decision is open.")
    if not is_leader and decision.closed_by_id != viewer.user_id:
        raise Conflict("Somebody else closed it. Ask whoever led the debrief.")
    decision.state, decision.closing_text = DecisionState.OPEN, ""
    decision.closed_at = decision.closed_by_id = None
    decision.row_version += 1
    record(viewer.user_id, "decision.reopened", subject_kind="decision", subject_id=decision.id)
    db.session.flush()
    _tell(viewer, decision)
    follow(decision.debrief_id)
    return decision


def remove(viewer: Viewer, decision: Decision, *, undo: bool = False) -> Decision:
    """Take away what was written by mistake, or put it back; doing either twice changes nothing.

    Raises:
        NotFound: its debrief is not the viewer's to lead.
    """
    _lock(viewer, decision)
    if undo and decision.deleted_at is not None:
        decision.deleted_at = None
        if decision.effect is not None:
            effects.reopen(viewer, decision.effect)
        if decision.state == DecisionState.OPEN:
            _tell(viewer, decision)
    elif not undo and decision.deleted_at is None:
        decision.deleted_at = utc_now()
        if decision.effect is not None:
            effects.close(viewer, decision.effect)
        _untell(decision)
        record(viewer.user_id, "decision.removed", subject_kind="decision", subject_id=decision.id)
    db.session.flush()
    follow(decision.debrief_id)
    return decision


def lock_open(viewer: Viewer, decision: Decision) -> None:
    """Let pass who may change an open decision, and wait for whoever is changing it.

    Raises:
        NotFound: its debrief is not the viewer's to lead.
        Conflict: it is closed, or was removed.
    """
    _lock(viewer, decision)
    _require_open(decision)


def subject_of(decision: Decision) -> str:
    """What notices about a decision are about."""
    return f"decision:{decision.id}"


def _checked(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise InvalidInput("Say what is decided.", field="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput("Write %(limit)s characters at most.", field="text", limit=MAX_TEXT)
    return text


def _owner(viewer: Viewer, debrief: Debrief, owner_id: int | None) -> int | None:
    if owner_id is None:
        return None
    if owner_id == viewer.user_id or owner_id in {user.id for user in owners(debrief)}:
        return owner_id
    raise InvalidInput("Choose somebody of the teams of this debrief.", field="owner_id")


def _link(viewer: Viewer, decision: Decision, links: Links) -> None:
    """What stays as it is needs no look: somebody else may have linked what the viewer cannot see."""
    if links.request_id is not None and links.request_id != decision.request_id:
        get_request(viewer, links.request_id)
    if links.objective_id is not None and links.objective_id != decision.objective_id:
        get_objective(viewer, links.objective_id)
    if links.drill_id is not None and links.drill_id != decision.drill_id:
        get_drill(viewer, links.drill_id)
    if links.note_id is not None and links.note_id != decision.note_id:
        get_note(viewer, links.note_id)
    decision.request_id, decision.objective_id = links.request_id, links.objective_id
    decision.drill_id, decision.note_id = links.drill_id, links.note_id


def _lock(viewer: Viewer, decision: Decision, *, owner_may: bool = False) -> bool:
    """Whether the viewer leads the debrief it was taken in."""
    db.session.refresh(decision, with_for_update={"of": Decision})
    if can_lead(viewer, decision.debrief):
        return True
    is_own = viewer.user_id is not None and decision.owner_id == viewer.user_id
    if owner_may and is_own and decision.deleted_at is None:
        return False
    raise NotFound("There is no such decision.")


def _require_open(decision: Decision) -> None:
    if decision.deleted_at is not None:
        raise Conflict("This decision was removed.")
    if decision.state != DecisionState.OPEN:
        raise Conflict("This decision is closed.")


def _require_current(decision: Decision, based_on: int) -> None:
    if decision.row_version != based_on:
        raise StaleVersion(
            "Somebody changed this decision meanwhile; compare before you save.",
            theirs=decision.text,
            row_version=decision.row_version,
        )


def _tell(viewer: Viewer, decision: Decision) -> None:
    if decision.owner_id is None or decision.owner_id == viewer.user_id:
        return
    owner = db.session.get(User, decision.owner_id)
    is_agent = owner is not None and owner.role == Role.AGENT
    path = "/my/debriefs#decisions" if is_agent else "/debriefs/decisions?owner=me"
    if decision.due_on is None:
        notices.notify(decision.owner_id, "debrief.decision_open", subject_of(decision), path)
        return
    notices.notify(
        decision.owner_id,
        "debrief.decision",
        subject_of(decision),
        path,
        day=local_date(decision.due_on),
    )


def _untell(decision: Decision) -> None:
    for kind in ("debrief.decision", "debrief.decision_open"):
        notices.take_back(kind, subject_of(decision))
