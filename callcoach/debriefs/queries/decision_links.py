"""What decisions change, as far as the viewer may see it, and whether it is finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Select, exists, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.coaching.models import Note
from callcoach.coaching.queries.inbox import get_my_note
from callcoach.coaching.queries.notes import get_note
from callcoach.debriefs.models import Debrief, Decision
from callcoach.drills.models import Assignment, Drill
from callcoach.drills.queries.library import get_drill
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.progress.models import Objective
from callcoach.progress.queries.people import get_objective
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import ChangeRequest, RequestState
from callcoach.script_fit.request_queries import get_request
from callcoach.script_library.models import Script, ScriptLine
from callcoach.script_library.operations.drafting import newest_published
from callcoach.script_library.queries import script_of

_Thing = TypeVar("_Thing")
#: Most things offered to be linked: the newest ones; older ones are found on their own pages.
MOST = 30


def request_of(viewer: Viewer, decision: Decision) -> ChangeRequest | None:
    """The request that a decision is about; None where there is none, or none for the viewer."""
    return _seen(get_request, viewer, decision.request_id)


def objective_of(viewer: Viewer, decision: Decision) -> Objective | None:
    """The same of an objective; agents see their own."""
    return _seen(get_objective, viewer, decision.objective_id)


def drill_of(viewer: Viewer, decision: Decision) -> Drill | None:
    """The same of a drill; agents see what they have been given."""
    if viewer.role is not Role.AGENT:
        return _seen(get_drill, viewer, decision.drill_id)
    given = exists().where(
        Assignment.drill_id == Drill.id,
        Assignment.agent_id == viewer.user_id,
        Assignment.cancelled_at.is_(None),
    )
    return db.session.scalar(select(Drill).where(Drill.id == decision.drill_id, given))


def note_of(viewer: Viewer, decision: Decision) -> Note | None:
    """The same of a note; agents see those written for them."""
    if viewer.role is Role.AGENT:
        return _seen(get_my_note, viewer, decision.note_id)
    found = _seen(get_note, viewer, decision.note_id)
    return found[1] if found is not None else None


def is_merged(request: ChangeRequest) -> bool:
    """Whether its words are in the script."""
    return request.state == RequestState.MERGED


def is_done_by_all(debrief: Debrief, drill: Drill) -> bool:
    """Whether all agents of a debrief who have the drill have done it, and some have it at all."""
    given = Assignment.agent_id.in_(_members(debrief))
    done = db.session.scalars(
        select(Assignment.done_at).where(
            Assignment.drill_id == drill.id, Assignment.cancelled_at.is_(None), given
        )
    ).all()
    return bool(done) and all(moment is not None for moment in done)


def note_words(note: Note) -> str:
    """A few words by which a note is known."""
    text = note.instead or note.hears or note.quote
    return text if len(text) <= 80 else f"{text[:79]}…"


def campaigns_of(debrief: Debrief) -> list[Campaign]:
    """The campaigns that a debrief's teams call for, which are not archived."""
    return list(
        db.session.scalars(
            select(Campaign)
            .where(
                Campaign.is_archived.is_(False),
                exists().where(
                    CampaignTeam.campaign_id == Campaign.id,
                    CampaignTeam.team_id.in_(sorted(debrief.team_ids)),
                ),
            )
            .order_by(Campaign.name, Campaign.id)
        )
    )


def scripts_for(viewer: Viewer, debrief: Debrief) -> list[tuple[Campaign, list[ScriptLine]]]:
    """The campaigns whose script the viewer works on, with the lines it has now."""
    found = []
    for campaign in campaigns_of(debrief):
        script = script_of(campaign) if works_on(viewer, campaign) else None
        if script is None:
            continue
        newest = newest_published(script)
        lines = db.session.scalars(
            select(ScriptLine).where(ScriptLine.script_id == script.id).order_by(ScriptLine.id)
        )
        there = [row for row in lines if newest is None or newest.document.line(row.key)]
        found.append((campaign, there))
    return found


def requests_for(viewer: Viewer, debrief: Debrief) -> list[ChangeRequest]:
    """Requests on the scripts of the debrief's campaigns that the viewer could link, newest first."""
    ids = [campaign.id for campaign in campaigns_of(debrief)]
    found = db.session.scalars(
        select(ChangeRequest)
        .where(ChangeRequest.script.has(Script.campaign_id.in_(ids)))
        .order_by(ChangeRequest.created_at.desc(), ChangeRequest.id.desc())
        .limit(MOST)
    )
    return [row for row in found if _seen(get_request, viewer, row.id) is not None]


def objectives_for(viewer: Viewer, debrief: Debrief) -> list[Objective]:
    """Open objectives of the debrief's agents that the viewer could link, newest first."""
    found = db.session.scalars(
        select(Objective)
        .where(Objective.agent_id.in_(_members(debrief)), Objective.closed_at.is_(None))
        .order_by(Objective.id.desc())
        .limit(MOST)
    )
    return [row for row in found if _seen(get_objective, viewer, row.id) is not None]


def drills_for(viewer: Viewer, debrief: Debrief) -> list[Drill]:
    """Drills of the debrief's campaigns that the viewer could link, newest first."""
    ids = [campaign.id for campaign in campaigns_of(debrief)]
    found = db.session.scalars(
        select(Drill)
        .where(Drill.campaign_id.in_(ids), Drill.archived_at.is_(None))
        .order_by(Drill.created_at.desc(), Drill.id.desc())
        .limit(MOST)
    )
    return [row for row in found if _seen(get_drill, viewer, row.id) is not None]


def notes_for(viewer: Viewer, debrief: Debrief) -> list[Note]:
    """Notes that the debrief's items were made from, which the viewer could link."""
    found = [item.note for item in debrief.items if item.note is not None]
    there = [note for note in found if _seen(get_note, viewer, note.id) is not None]
    return list(dict.fromkeys(there))


def agents_of(debrief: Debrief) -> list[User]:
    """The agents whom it is about, by name."""
    wanted = (
        select(User)
        .where(
            User.is_enabled.is_(True),
            User.role == Role.AGENT.value,
            User.id.in_(_members(debrief)),
        )
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(wanted))


def _members(debrief: Debrief) -> Select[int]:
    """Whom it concerns: of a one-to-one its agent, else who is in its teams."""
    if debrief.agent_id is not None:
        return select(User.id).where(User.id == debrief.agent_id)
    return select(Membership.user_id).where(Membership.team_id.in_(sorted(debrief.team_ids)))


def _seen(
    find: Callable[[Viewer, int], _Thing], viewer: Viewer, thing_id: int | None
) -> _Thing | None:
    if thing_id is None:
        return None
    try:
        return find(viewer, thing_id)
    except (NotFound, NotAllowed):
        return None
