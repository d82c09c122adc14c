"""What happened since a team's last debrief, as facts for `ranking`: who leads it reads them.

A fixed number of statements, however much happened. Only what the viewer may read: private notes,
flags that nobody confirmed and, for the floor's leads, what is the supervisors' alone stay out.
Causes are counted for the team, never for an agent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Kind, Valence
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.calls.queries import in_scope
from callcoach.coaching.access import judges
from callcoach.coaching.models import ListeningRequest, Note, NoteAim, NoteScope, Visibility
from callcoach.coaching.note_presenters import cause_label
from callcoach.coaching.operations.notes import LEAD_IN_MS, LEAD_OUT_MS
from callcoach.coaching.readable import readable
from callcoach.debriefs.candidates import moment_title, titled
from callcoach.debriefs.models import (
    AgendaItem,
    Debrief,
    DebriefState,
    DebriefTeam,
    Dismissal,
)
from callcoach.debriefs.queries import team_facts
from callcoach.debriefs.ranking import Fact, Place
from callcoach.extensions import db, utc_now
from callcoach.field_reports.rising import Count, rising
from callcoach.progress.models import Objective, SharingConsent

#: How far back, where no debrief was held yet.
FIRST_LOOK = timedelta(weeks=4)
#: How far back at most: what is older is no news, whenever they last met.
FURTHEST = timedelta(weeks=12)
#: What a cause is compared with: the weeks before.
BEFORE = timedelta(weeks=4)
#: Agents in whose calls a cause is confirmed, from which it is the team's.
LEAST_AGENTS = 2
#: Ahead of the end of an objective from which it is talked over.
ENDING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Scope:
    """Of whom, and since when, things are looked for."""

    viewer: Viewer
    debrief: Debrief
    since: datetime

    @property
    def team_ids(self) -> list[int]:
        return sorted(self.debrief.team_ids)

    @property
    def agent_id(self) -> int | None:
        return self.debrief.agent_id

    def calls(self) -> ColumnElement[bool]:
        """Calls of the teams, or of the agent of a one-to-one, that the viewer may open."""
        conditions = [
            in_scope(self.viewer),
            Call.deleted_at.is_(None),
            Call.team_id.in_(self.team_ids),
        ]
        if self.agent_id is not None:
            conditions.append(Call.agent_id == self.agent_id)
        return and_(*conditions)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is not suggested: on the agenda, waiting, dealt with before, or put aside."""

    sources: frozenset[str]
    places: tuple[Place, ...]
    minutes: int


def scope_of(viewer: Viewer, debrief: Debrief) -> Scope:
    """Since the last debrief that each of the teams held before this one; of a one-to-one, since the
    two last met.
    """
    now = utc_now()
    ended = func.max(func.coalesce(Debrief.ended_at, Debrief.starts_at))
    rows = db.session.execute(
        select(DebriefTeam.team_id, ended)
        .join(Debrief, Debrief.id == DebriefTeam.debrief_id)
        .where(
            DebriefTeam.team_id.in_(sorted(debrief.team_ids)),
            Debrief.state == DebriefState.DONE,
            Debrief.id != debrief.id,
            Debrief.starts_at < debrief.starts_at,
            Debrief.agent_id == debrief.agent_id
            if debrief.agent_id is not None
            else Debrief.agent_id.is_(None),
        )
        .group_by(DebriefTeam.team_id)
    )
    held = {team_id: _aware(at) for team_id, at in rows}
    first = now - FIRST_LOOK
    since = min((held.get(team_id, first) for team_id in debrief.team_ids), default=first)
    return Scope(viewer, debrief, max(since, now - FURTHEST))


def taken_by(scope: Scope) -> Taken:
    """What was taken up already."""
    debrief = scope.debrief
    dealt_with = (
        select(DebriefTeam.debrief_id)
        .join(Debrief, Debrief.id == DebriefTeam.debrief_id)
        .where(
            DebriefTeam.team_id.in_(scope.team_ids),
            Debrief.state == DebriefState.DONE,
            Debrief.agent_id == debrief.agent_id
            if debrief.agent_id is not None
            else Debrief.agent_id.is_(None),
        )
    )
    rows = db.session.execute(
        select(
            AgendaItem.debrief_id,
            AgendaItem.source,
            AgendaItem.call_id,
            AgendaItem.start_ms,
            AgendaItem.end_ms,
            AgendaItem.minutes,
        ).where(
            or_(
                AgendaItem.debrief_id == debrief.id,
                and_(AgendaItem.debrief_id.in_(dealt_with), AgendaItem.opened_at.is_not(None)),
                and_(AgendaItem.debrief_id.is_(None), AgendaItem.team_id.in_(scope.team_ids)),
            )
        )
    ).all()
    dismissed = db.session.scalars(
        select(Dismissal.source).where(Dismissal.debrief_id == debrief.id)
    )
    return Taken(
        # A cause may rise again: only this agenda holds it back
        frozenset(
            row.source
            for row in rows
            if row.source
            and (row.debrief_id in (debrief.id, None) or not row.source.startswith("cause:"))
        )
        | frozenset(dismissed),
        tuple(
            Place(row.call_id, row.start_ms, row.end_ms)
            for row in rows
            if row.call_id is not None and row.start_ms is not None and row.end_ms is not None
        ),
        sum(row.minutes for row in rows if row.debrief_id == debrief.id),
    )


def facts(scope: Scope) -> list[Fact]:
    """All that could be suggested."""
    found = [*_notes(scope), *_flags(scope), *team_facts.pairs(scope), *team_facts.rechecks(scope)]
    if scope.agent_id is not None:
        return [*found, *_requests(scope), *_objectives(scope)]
    return [
        *found,
        *_causes(scope),
        *team_facts.versions(scope),
        *team_facts.trials(scope),
        *team_facts.findings(scope),
        *team_facts.drills(scope),
    ]


def _notes(scope: Scope) -> Iterable[Fact]:
    """Notes that say keep; in a one-to-one also those whose moment was not heard yet."""
    is_keep = Note.aim == NoteAim.KEEP.value
    wanted = is_keep if scope.agent_id is None else or_(is_keep, Note.heard_at.is_(None))
    found = db.session.scalars(
        select(Note)
        .join(Note.call)
        .where(
            scope.calls(),
            readable(scope.viewer),
            wanted,
            Note.scope == NoteScope.MOMENT.value,
            Note.visibility != Visibility.PRIVATE.value,
            Note.deleted_at.is_(None),
            Note.sent_at >= scope.since,
        )
        .options(contains_eager(Note.call).joinedload(Call.agent))
    )
    for note in found:
        is_good = note.aim == NoteAim.KEEP
        sent_at = note.sent_at or scope.since
        yield Fact(
            source=f"note:{note.id}",
            reason="keep" if is_good else "unheard",
            at=sent_at,
            title=moment_title(
                note.cause,
                note.call,
                _("A moment to keep") if is_good else _("A moment to talk about"),
            ),
            values={"day": sent_at.isoformat()},
            is_good=is_good,
            place=Place(note.call_id, note.start_ms, note.end_ms),
            agent_id=note.call.agent_id,
            who=note.call.agent.name if note.call.agent is not None else "",
        )


def _flags(scope: Scope) -> Iterable[Fact]:
    """Confirmed good moments; difficult ones only where their agent lets colleagues hear them."""
    found = db.session.execute(
        select(Verdict, Call)
        .join(Call, Call.id == Verdict.call_id)
        .where(
            scope.calls(),
            Verdict.decision == Decision.CONFIRMED.value,
            Verdict.withdrawn_at.is_(None),
            Verdict.created_at >= scope.since,
        )
        .options(joinedload(Call.agent))
    ).all()
    consents: dict[int, list[SharingConsent]] = defaultdict(list)
    if scope.agent_id is None:
        for consent in db.session.scalars(
            select(SharingConsent)
            .join(SharingConsent.call)
            .where(
                scope.calls(),
                SharingConsent.given_at.is_not(None),
                SharingConsent.withdrawn_at.is_(None),
                SharingConsent.agent_id == Call.agent_id,
            )
        ):
            consents[consent.call_id].append(consent)
    for verdict, call in found:
        is_good = verdict.valence == Valence.POSITIVE
        if not is_good and not _is_covered(verdict, call, consents[call.id]):
            continue
        yield Fact(
            source=f"flag:{verdict.id}",
            reason="good_flag" if is_good else "shared",
            at=verdict.created_at,
            title=moment_title(verdict.cause, call, _("A moment of a call")),
            values={"day": verdict.created_at.isoformat(), "cause": verdict.cause},
            is_good=is_good,
            strength=float(verdict.severity),
            place=Place(call.id, verdict.start_ms, verdict.end_ms),
            agent_id=call.agent_id,
            who=call.agent.name if call.agent is not None else "",
        )


def _is_covered(verdict: Verdict, call: Call, consents: Iterable[SharingConsent]) -> bool:
    start_ms = max(0, verdict.start_ms - LEAD_IN_MS)
    end_ms = min(verdict.end_ms + LEAD_OUT_MS, call.duration_ms)
    return any(each.start_ms <= start_ms and each.end_ms >= end_ms for each in consents)


def _causes(scope: Scope) -> list[Fact]:
    """Causes that people confirm in more of the conversations they listened to than in the weeks
    before. Conversations in which nobody judged anything say nothing either way; what one agent's
    calls alone make rise is between the two, not the team's.
    """
    rows = db.session.execute(
        select(
            Call.id,
            Call.agent_id,
            Call.started_at,
            Verdict.cause,
            Verdict.valence,
            Verdict.decision,
        )
        .join(Verdict, Verdict.call_id == Call.id)
        .where(
            scope.calls(),
            Call.kind == Kind.TARGET.value,
            Call.started_at >= scope.since - BEFORE,
            Verdict.withdrawn_at.is_(None),
        )
    ).all()
    listened: tuple[set[int], set[int]] = (set(), set())
    confirmed: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    agents: dict[str, set[int | None]] = defaultdict(set)
    valences: dict[str, str] = {}
    for call_id, agent_id, started_at, cause, valence, decision in rows:
        period = 0 if started_at >= scope.since else 1
        listened[period].add(call_id)
        if decision == Decision.CONFIRMED:
            confirmed[cause][period].add(call_id)
            valences[cause] = valence
            if not period:
                agents[cause].add(agent_id)
    totals = [len(calls) for calls in listened]
    causes = sorted(confirmed)
    counts = [
        (Count(len(confirmed[cause][0]), totals[0]), Count(len(confirmed[cause][1]), totals[1]))
        for cause in causes
    ]
    now = utc_now()
    found = []
    for cause, (present, before), rises in zip(causes, counts, rising(counts), strict=True):
        if not rises or len(agents[cause]) < LEAST_AGENTS:
            continue
        low, high = present.interval
        found.append(
            Fact(
                source=f"cause:{cause}",
                reason="rises",
                at=now,
                title=titled(cause_label(cause) or cause),
                values={
                    "now": present.count,
                    "calls": present.total,
                    "before": before.count,
                    "earlier": before.total,
                    "low": round(low, 3),
                    "high": round(high, 3),
                },
                is_good=valences[cause] == Valence.POSITIVE,
                strength=(present.share or 0.0) - (before.share or 0.0),
            )
        )
    return found


def _requests(scope: Scope) -> Iterable[Fact]:
    """What the agent asked to be listened to, and nobody answered."""
    if not judges(scope.viewer):
        return
    for request in db.session.scalars(
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            scope.calls(),
            ListeningRequest.agent_id == scope.agent_id,
            ListeningRequest.answered_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
        )
        .options(contains_eager(ListeningRequest.call))
    ):
        place = None
        if request.start_ms is not None and request.end_ms is not None:
            place = Place(request.call_id, request.start_ms, request.end_ms)
        yield Fact(
            source=f"request:{request.id}",
            reason="asked",
            at=request.created_at,
            title=moment_title("", request.call, _("Asked to be listened to")),
            values={"day": request.created_at.isoformat()},
            place=place,
            agent_id=request.agent_id,
        )


def _objectives(scope: Scope) -> Iterable[Fact]:
    """Objectives of the two that are not agreed on yet, or end soon."""
    if not judges(scope.viewer):
        return
    soon = (scope.debrief.starts_at + ENDING).date()
    for objective in db.session.scalars(
        select(Objective).where(
            Objective.agent_id == scope.agent_id,
            Objective.closed_at.is_(None),
            or_(Objective.agreed_at.is_(None), Objective.ends_on <= soon),
        )
    ):
        yield Fact(
            source=f"objective:{objective.id}",
            reason="objective" if objective.agreed_at is not None else "unagreed",
            at=objective.created_at,
            title=titled(objective.text),
            values={"day": objective.ends_on.isoformat()},
            agent_id=objective.agent_id,
        )


def _aware(at: datetime | str) -> datetime:
    """What an aggregate gives back: SQLite forgets the column's type on the way."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=utc_now().tzinfo)
