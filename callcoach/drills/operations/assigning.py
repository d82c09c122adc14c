"""Giving drills and paths to agents, taking them back, and what ends without a try: listening to a
call, a real call that was reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteAim, NoteScope
from callcoach.drills.access import (
    can_be_given,
    can_practise,
    can_read_drill,
    can_read_words,
    can_see_attempt,
)
from callcoach.drills.models import Assignment, Drill, DrillKind, DrillSet, DrillSetItem
from callcoach.drills.operations.making import drill_of_note
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices.operations import notify, take_back

#: Where an agent's day begins when their teams say nothing of it.
_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Given:
    """What became of giving drills.

    Args:
        new: new assignments.
        already: how many were there already.
        left_out: how many were not given, for they quote a call of another team than the agent's.
    """

    new: list[Assignment] = field(default_factory=list)
    already: int = 0
    left_out: int = 0


def assign_drill(
    viewer: Viewer, drill: Drill, agent_ids: Iterable[int], due_on: date | None
) -> Given:
    """Give a drill to agents; whoever has it to do already keeps what they have.

    Raises:
        NotFound: the drill or an agent is outside the viewer's scope.
        Conflict: the drill is archived.
        InvalidInput: nobody was chosen, the day is past, or the drill quotes a call of another team
            than an agent's.
    """
    _require_reader(viewer, drill.campaign.teams)
    if not can_read_words(viewer, drill.calls):
        raise NotFound("There is no such drill.")
    if drill.archived_at is not None:
        raise Conflict("This drill is archived. Bring it back first.")
    found = Given()
    for agent in _agents(viewer, agent_ids, due_on):
        if not can_be_given(agent.id, team_ids_of(agent), drill.calls):
            raise InvalidInput(
                "This drill quotes a call of another team than %(name)s’s. Its words stay there.",
                name=agent.name,
                field="agents",
            )
        found = _give(found, viewer, agent, due_on, drill_id=drill.id)
    _tell(found)
    return found


def assign_set(
    viewer: Viewer, drill_set: DrillSet, agent_ids: Iterable[int], due_on: date | None
) -> Given:
    """Give all of a set, or start a path, as `assign_drill`. Left out are archived drills, what
    quotes a call that the viewer may not open, and for each agent what quotes another team's.

    Raises:
        As `assign_drill`; also
        InvalidInput: there is nothing in the set that the viewer could give.
    """
    _require_reader(viewer, drill_set.campaign.teams)
    if drill_set.archived_at is not None:
        raise Conflict("This set is archived. Bring it back first.")
    items = [
        item
        for item in drill_set.items
        if (item.drill is None or item.drill.archived_at is None)
        and can_read_words(viewer, item.calls)
    ]
    if not items:
        raise InvalidInput("There is nothing in this set that you could give.")
    found = Given()
    for agent in _agents(viewer, agent_ids, due_on):
        teams = team_ids_of(agent)
        for item in items:
            if not can_be_given(agent.id, teams, item.calls):
                found = replace(found, left_out=found.left_out + 1)
                continue
            found = _give(found, viewer, agent, due_on, drill_id=item.drill_id, item_id=item.id)
    _tell(found)
    return found


def take_up(viewer: Viewer, note: Note) -> Assignment:
    """An agent practises a note of theirs; the drill is made when there is none yet.

    The note is one that the agent may read (`coaching.queries.inbox.get_my_note`).

    Raises:
        NotAllowed: the viewer is not the agent it is for.
        Conflict: the note is about no moment that could be practised.
    """
    if viewer.role is not Role.AGENT or note.agent_id != viewer.user_id or viewer.user_id is None:
        raise NotAllowed("Agents practise the notes that were written for them.")
    agent = _locked_agent(viewer.user_id)
    drill = db.session.scalar(
        select(Drill)
        .where(
            Drill.note_id == note.id,
            Drill.archived_at.is_(None),
            Drill.kind.in_((DrillKind.REFORMULATE, DrillKind.REAL_TIME)),
        )
        .order_by(Drill.id)
        .limit(1)
    )
    if drill is None:
        drill = drill_of_note(note.call, note, DrillKind.REFORMULATE)
        db.session.add(drill)
        db.session.flush()
    return _open(agent, drill.id, None) or _add(agent, None, None, drill_id=drill.id)


def take_up_drill(viewer: Viewer, drill: Drill) -> Assignment:
    """An agent practises a drill of a campaign of theirs, which nobody gave them.

    The drill is one that the agent was shown (such as an expression's).

    Raises:
        NotAllowed: the viewer is no agent.
        NotFound: the drill was put aside, or quotes a call of another team than theirs.
    """
    if viewer.role is not Role.AGENT or viewer.user_id is None:
        raise NotAllowed("Agents practise the drills of their campaigns.")
    agent = _locked_agent(viewer.user_id)
    calls_for = {link.team_id for link in drill.campaign.teams} & viewer.team_ids
    is_open = drill.archived_at is None and bool(calls_for)
    if not is_open or not can_be_given(agent.id, team_ids_of(agent), drill.calls):
        raise NotFound("There is no such drill.")
    return _open(agent, drill.id, None) or _add(agent, None, None, drill_id=drill.id)


def can_take_up(note: Note) -> bool:
    """Whether there is something in a note to practise."""
    return note.scope == NoteScope.MOMENT and note.aim == NoteAim.CHANGE


def cancel_assignment(viewer: Viewer, assignment: Assignment, *, undo: bool = False) -> Assignment:
    """Take a drill back from an agent, or give it again; a try that was sent stays.

    Raises:
        NotFound: the agent is outside the viewer's scope.
        Conflict: it was given anew meanwhile.
    """
    _require_teams(viewer, assignment.agent)
    agent = _locked_agent(assignment.agent_id)
    if not undo:
        assignment.cancelled_at = assignment.cancelled_at or utc_now()
        take_back("drill.assigned", subject_of(assignment))
    elif assignment.cancelled_at is not None:
        other = _open(agent, assignment.drill_id, assignment.item_id)
        if other is not None and assignment.done_at is None:
            raise Conflict("This was given again in the meantime.")
        assignment.cancelled_at = None
    db.session.flush()
    return assignment


def finish_listening(viewer: Viewer, assignment: Assignment) -> Assignment:
    """The agent listened to, or read, the call of a path to its end.

    Raises:
        NotFound: it is not theirs.
        Conflict: it is no call to listen to.
    """
    if not can_practise(viewer, assignment) or assignment.cancelled_at is not None:
        raise NotFound("There is no such drill.")
    if assignment.item is None or assignment.item.kind != "listen":
        raise Conflict("This is not a call to listen to.")
    assignment.done_at = assignment.done_at or utc_now()
    db.session.flush()
    return assignment


def mark_reviewed(viewer: Viewer, assignment: Assignment, *, undo: bool = False) -> Assignment:
    """A supervisor says that a real call of the agent was gone through together.

    Raises:
        NotFound: the agent is outside the viewer's scope.
        Conflict: it is no review.
    """
    _require_teams(viewer, assignment.agent)
    if assignment.item is None or assignment.item.kind != "review":
        raise Conflict("This is not a call to review.")
    assignment.done_at = None if undo else assignment.done_at or utc_now()
    db.session.flush()
    return assignment


def note_sent(note: Note) -> None:
    """A note was sent: it ends the review of whoever it is for, on a call made since the path was
    started.
    """
    if note.agent_id is None or note.sent_at is None:
        return
    call = db.session.get_one(Call, note.call_id)
    for assignment in db.session.scalars(
        select(Assignment)
        .join(DrillSetItem, DrillSetItem.id == Assignment.item_id)
        .where(
            Assignment.agent_id == note.agent_id,
            Assignment.done_at.is_(None),
            Assignment.cancelled_at.is_(None),
            Assignment.created_at <= call.started_at,
            DrillSetItem.kind == "review",
        )
    ):
        assignment.done_at = utc_now()
    db.session.flush()


def subject_of(assignment: Assignment) -> str:
    """What notices about it are about."""
    return f"drill:{assignment.id}"


def today_of(agent: User) -> date:
    """The present day where an agent works."""
    return utc_now().astimezone(ZoneInfo(agent.timezone or _ZONE)).date()


def _agents(viewer: Viewer, agent_ids: Iterable[int], due_on: date | None) -> Sequence[User]:
    """Those agents, locked in one order so that two who assign at once do not do it twice."""
    wanted = sorted(set(agent_ids))
    if not wanted:
        raise InvalidInput("Choose who is to do it.", field="agents")
    agents = [_locked_agent(user_id) for user_id in wanted]
    for agent in agents:
        _require_teams(viewer, agent)
        if not agent.is_enabled:
            raise NotFound("There is no such agent.")
        if due_on is not None and due_on < today_of(agent):
            raise InvalidInput("This day is past. Choose today or later.", field="due_on")
    return agents


def _locked_agent(user_id: int) -> User:
    """The agent, for one giver at a time. The weaker lock lets others write what hangs on the agent,
    such as a notice: whoever marks a try does, with the assignment that this may want next.
    """
    agent = db.session.scalar(
        select(User)
        .where(User.id == user_id, User.role == Role.AGENT)
        .with_for_update(of=User, key_share=True)
        .execution_options(populate_existing=True)
    )
    if agent is None:
        raise NotFound("There is no such agent.")
    return agent


def team_ids_of(agent: User) -> list[int]:
    """The teams an agent is in."""
    return list(
        db.session.scalars(select(Membership.team_id).where(Membership.user_id == agent.id))
    )


def _require_teams(viewer: Viewer, agent: User) -> None:
    if not can_see_attempt(viewer, team_ids_of(agent), is_sent=True):
        raise NotFound("There is no such agent.")


def _require_reader(viewer: Viewer, teams: Iterable[object]) -> None:
    if not can_read_drill(viewer, [link.team_id for link in teams]):  # type: ignore[attr-defined]
        raise NotFound("There is no such drill.")


def _open(agent: User, drill_id: int | None, item_id: int | None) -> Assignment | None:
    """What the agent has to do of this already: the same drill, wherever it comes from."""
    same = [Assignment.drill_id == drill_id] if drill_id else [Assignment.item_id == item_id]
    return db.session.scalar(
        select(Assignment)
        .where(
            Assignment.agent_id == agent.id,
            Assignment.done_at.is_(None),
            Assignment.cancelled_at.is_(None),
            or_(*same),
        )
        .limit(1)
    )


def _give(
    found: Given,
    viewer: Viewer,
    agent: User,
    due_on: date | None,
    *,
    drill_id: int | None,
    item_id: int | None = None,
) -> Given:
    known = _open(agent, drill_id, item_id)
    if known is not None:
        if item_id is not None and known.item_id is None:
            known.item_id = item_id  # it now belongs to the path too, so that its progress shows
        return replace(found, already=found.already + 1)
    new = _add(agent, viewer.user_id, due_on, drill_id=drill_id, item_id=item_id)
    return replace(found, new=[*found.new, new])


def _add(
    agent: User,
    by_id: int | None,
    due_on: date | None,
    *,
    drill_id: int | None,
    item_id: int | None = None,
) -> Assignment:
    new = Assignment(
        agent_id=agent.id,
        drill_id=drill_id,
        item_id=item_id,
        assigned_by_id=by_id,
        due_on=due_on,
    )
    db.session.add(new)
    db.session.flush()
    return new


def _tell(found: Given) -> None:
    """Without the title: it quotes a prospect, and notices are sent by e-mail too."""
    for given in found.new:
        if given.drill is not None:
            notify(
                given.agent_id,
                "drill.assigned",
                subject_of(given),
                f"/my/drills/{given.id}",
            )
