"""What can be chosen for a new item of a debrief, kind by kind, in the viewer's scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.analysis.model import Valence
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, CallState, Decision
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.calls.presenters import heading, spoken_duration
from callcoach.calls.queries.moments import visible_moments
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.debriefs import candidates
from callcoach.debriefs.models import Debrief, ItemKind
from callcoach.debriefs.operations import adding
from callcoach.debriefs.queries.drills import can_offer
from callcoach.drills.labels import kind_label
from callcoach.drills.models import Drill
from callcoach.errors import Conflict, NotAllowed, NotFound
from callcoach.extensions import Registry, db
from callcoach.progress.models import BeforeAfter, Objective, Recheck
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion
from callcoach.web.filters import local_date, short_datetime

#: What a list offers at most: the newest; the rest is added from where it is shown.
MOST = 30
#: A moment without a flag begins with the call, and is trimmed by whoever adds it.
FIRST_MS = 20_000
#: Around a flag: what led to it, and what came of it, milliseconds.
BEFORE_MS, AFTER_MS = 8000, 4000


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing of a list.

    Args:
        source: as `candidates.find` takes it; "" for a call, of which a stretch is taken.
    """

    source: str
    title: str
    detail: str = ""
    call_id: int = 0


#: Objectives of a debrief's teams, which a room above keeps.
objectives_of_teams: Registry[Callable[[Debrief], list[Choice]]] = Registry()


def choices_for(viewer: Viewer, debrief: Debrief, kind: ItemKind, find: str = "") -> list[Choice]:
    """What can be chosen for an item of a kind, newest first."""
    if kind == ItemKind.MOMENT:
        return _calls(viewer, debrief, find.strip())
    found: list[Choice] = []
    if kind == ItemKind.SCRIPT:
        found = _versions(debrief)
    elif kind == ItemKind.DRILL:
        found = _drills(viewer, debrief)
    elif kind == ItemKind.PROGRESS:
        found = _pairs(debrief)
    elif kind == ItemKind.OBJECTIVE and debrief.is_one_to_one:
        found = _objectives(debrief)
    elif kind == ItemKind.OBJECTIVE:
        found = [choice for of_teams in objectives_of_teams for choice in of_teams(debrief)]
    elif kind == ItemKind.THEME:
        found = _lines(debrief)
    return [choice for choice in found if _is_offered(viewer, debrief, choice.source)]


def _is_offered(viewer: Viewer, debrief: Debrief, source: str) -> bool:
    """Whether the viewer may put a thing before this debrief's audience."""
    try:
        candidate = candidates.find(viewer, source)
    except (NotFound, NotAllowed, Conflict):
        return False
    if candidate.only_with is not None:
        return candidate.only_with == debrief.agent_id
    return adding.is_for(candidate, debrief)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A first proposal for a moment, to be trimmed: milliseconds, half-open."""

    call: Call
    start_ms: int
    end_ms: int
    ask_ms: int | None = None
    cause: str = ""
    is_good: bool = False


def stretch_of(viewer: Viewer, debrief: Debrief, call_id: int) -> Stretch:
    """A first stretch of a call: around a flag that was confirmed, or else the gravest one, stopping
    where it begins; without one, its first words.

    Raises:
        NotFound: the call is not the viewer's to read, or another team's.
    """
    call = calls.get_call(viewer, call_id)
    if call.team_id not in debrief.team_ids or call.deleted_at is not None:
        raise NotFound("There is no such call.")
    found = [
        moment.point
        for moment in visible_moments(viewer, call)
        if moment.point is not None and moment.decision != Decision.REJECTED
    ]
    if not found:
        turns = calls.turns_of(call)
        start_ms = turns[0].start_ms if turns else 0
        return Stretch(call, start_ms, min(start_ms + FIRST_MS, call.duration_ms))
    best = max(found, key=lambda point: (point.verdict_id is not None, point.severity))
    start_ms = max(0, best.start_ms - BEFORE_MS)
    end_ms = min(best.end_ms + AFTER_MS, call.duration_ms, start_ms + MAX_EXCERPT_MS)
    is_good = best.valence == Valence.POSITIVE
    asks = not is_good and best.start_ms - start_ms >= BEFORE_MS / 4
    return Stretch(call, start_ms, end_ms, best.start_ms if asks else None, best.cause, is_good)


def _calls(viewer: Viewer, debrief: Debrief, find: str) -> list[Choice]:
    """Calls of its teams; in a one-to-one the agent's own."""
    wanted = (
        select(Call)
        .outerjoin(Call.agent)
        .where(
            calls.in_scope(viewer),
            Call.team_id.in_(sorted(debrief.team_ids)),
            Call.deleted_at.is_(None),
            Call.state == CallState.READY,
            Call.duration_ms > 0,
        )
        .options(joinedload(Call.agent))
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(MOST)
    )
    if debrief.agent_id is not None:
        wanted = wanted.where(Call.agent_id == debrief.agent_id)
    if find:
        like = [
            column.icontains(find, autoescape=True)
            for column in (Call.company, Call.prospect_name, Call.file_name, User.name)
        ]
        wanted = wanted.where(or_(*like))
    return [
        Choice(
            source="",
            title=heading(call),
            detail=" · ".join(
                part
                for part in (
                    call.agent.name if call.agent else "",
                    short_datetime(call.started_at),
                    spoken_duration(call.duration_ms),
                )
                if part
            ),
            call_id=call.id,
        )
        for call in db.session.scalars(wanted)
    ]


def _campaigns(debrief: Debrief) -> list[int]:
    return list(
        db.session.scalars(
            select(CampaignTeam.campaign_id).where(
                CampaignTeam.team_id.in_(sorted(debrief.team_ids))
            )
        )
    )


def _versions(debrief: Debrief) -> list[Choice]:
    rows = db.session.execute(
        select(ScriptVersion, Campaign.name)
        .join(Script, Script.id == ScriptVersion.script_id)
        .join(Campaign, Campaign.id == Script.campaign_id)
        .where(Campaign.id.in_(_campaigns(debrief)), ScriptVersion.published_at.is_not(None))
        .order_by(ScriptVersion.published_at.desc(), ScriptVersion.id.desc())
        .limit(MOST)
    )
    return [
        Choice(
            f"version:{version.id}",
            _("Version %(number)s", number=version.number),
            " · ".join(part for part in (name, local_date(version.published_at)) if part),
        )
        for version, name in rows
    ]


def _lines(debrief: Debrief) -> list[Choice]:
    """Lines of the scripts that were published last."""
    published = (
        select(ScriptVersion.script_id, func.max(ScriptVersion.published_at).label("at"))
        .where(ScriptVersion.published_at.is_not(None))
        .group_by(ScriptVersion.script_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ScriptLine, Campaign.name)
        .join(Script, Script.id == ScriptLine.script_id)
        .join(Campaign, Campaign.id == Script.campaign_id)
        .join(published, published.c.script_id == Script.id)
        .where(Campaign.id.in_(_campaigns(debrief)), ScriptLine.text != "")
        .order_by(published.c.at.desc(), ScriptLine.id)
        .limit(MOST)
    )
    return [Choice(f"line:{line.id}", line.text, name) for line, name in rows]


def _drills(viewer: Viewer, debrief: Debrief) -> list[Choice]:
    rows = db.session.scalars(
        select(Drill)
        .where(
            Drill.campaign_id.in_(_campaigns(debrief)),
            Drill.archived_at.is_(None),
            can_offer(viewer),
        )
        .options(joinedload(Drill.campaign))
        .order_by(Drill.created_at.desc(), Drill.id.desc())
        .limit(MOST)
    )
    return [
        Choice(
            f"drill:{drill.id}", drill.title, f"{kind_label(drill.kind)} · {drill.campaign.name}"
        )
        for drill in rows
    ]


def _pairs(debrief: Debrief) -> list[Choice]:
    """Before and after that its agent offers to the debrief: nobody's progress is told without."""
    wanted = (
        select(BeforeAfter)
        .join(BeforeAfter.after_call)
        .join(BeforeAfter.recheck)
        .where(
            Call.team_id.in_(sorted(debrief.team_ids)),
            Call.deleted_at.is_(None),
            BeforeAfter.offered_at.is_not(None),
        )
        .options(joinedload(BeforeAfter.recheck).joinedload(Recheck.agent))
        .order_by(BeforeAfter.offered_at.desc())
        .limit(MOST)
    )
    if debrief.agent_id is not None:
        wanted = wanted.where(Recheck.agent_id == debrief.agent_id)
    return [
        Choice(
            f"pair:{pair.id}",
            _("Before and after"),
            " · ".join(
                part
                for part in (
                    pair.recheck.agent.name if pair.recheck.agent else "",
                    pair.after_quote,
                )
                if part
            ),
        )
        for pair in db.session.scalars(wanted)
    ]


def _objectives(debrief: Debrief) -> list[Choice]:
    rows = db.session.scalars(
        select(Objective)
        .where(Objective.agent_id == debrief.agent_id, Objective.closed_at.is_(None))
        .order_by(Objective.ends_on)
        .limit(MOST)
    )
    return [Choice(f"objective:{row.id}", row.text, local_date(row.ends_on)) for row in rows]
