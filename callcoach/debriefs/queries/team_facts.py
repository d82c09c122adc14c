"""Facts for suggestions of what agents work on and of the script: pairs, rechecks, versions, trials,
findings, drills. Each one statement, or a fixed few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from callcoach.accounts.models import Membership, Role, User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.coaching.models import Note, Visibility
from callcoach.coaching.note_presenters import cause_label
from callcoach.coaching.readable import readable
from callcoach.debriefs.candidates import pair_title, titled
from callcoach.debriefs.ranking import Fact, Place
from callcoach.drills.models import Assignment, Drill
from callcoach.drills.queries.library import in_library
from callcoach.extensions import db, utc_now
from callcoach.field_reports.debrief_queries import (
    OLDEST_WEEKS,
    is_offered_anew,
    pairs_of_members,
)
from callcoach.field_reports.models import KeptFinding, Use
from callcoach.field_reports.presenters import subject_label
from callcoach.field_reports.queries import this_week
from callcoach.progress.access import follows
from callcoach.progress.models import BeforeAfter, Recheck, RecheckListen, RecheckState
from callcoach.progress.queries.rechecks import tally_of
from callcoach.script_fit.models import BriefingReading
from callcoach.script_library.models import (
    PUBLISHED,
    Script,
    ScriptLine,
    ScriptRelease,
    ScriptVersion,
)
from callcoach.trials.models import Trial, TrialState

if TYPE_CHECKING:
    from callcoach.debriefs.queries.suggestions import Scope

#: Ahead of the debrief, within which a version that comes into force is told of.
COMING = timedelta(days=7)
#: Agents who did a drill from which it is worth a word together.
LEAST_AGENTS = 2
#: A trial is concluded some days after its end.
_CONCLUDING = timedelta(days=14)


def pairs(scope: Scope) -> Iterable[Fact]:
    """Before and after, as agents offer them; in a one-to-one also those they have not offered."""
    if not follows(scope.viewer):
        return
    offered = [is_offered_anew()] if scope.agent_id is None else []
    after = select(Call.id).where(scope.calls())
    for pair in db.session.scalars(
        pairs_of_members()
        .where(
            scope.calls(),
            readable(scope.viewer),
            BeforeAfter.after_call_id.in_(after),
            BeforeAfter.confirmed_at >= scope.since
            if scope.agent_id is not None
            else BeforeAfter.confirmed_at.is_not(None),
            Note.deleted_at.is_(None),
            *offered,
        )
        .options(
            contains_eager(BeforeAfter.recheck).contains_eager(Recheck.note),
            contains_eager(BeforeAfter.recheck).joinedload(Recheck.agent),
        )
    ):
        at = pair.offered_at or pair.confirmed_at or scope.since
        agent = pair.recheck.agent
        yield Fact(
            source=f"pair:{pair.id}",
            reason="offered" if pair.offered_at is not None else "success",
            at=at,
            title=pair_title(pair.recheck.note.cause),
            values={"day": at.isoformat()},
            is_good=True,
            place=Place(pair.after_call_id, pair.after_start_ms, pair.after_end_ms),
            agent_id=pair.recheck.agent_id,
            who=agent.name if agent is not None else "",
        )


def rechecks(scope: Scope) -> Iterable[Fact]:
    """Notes of which it was said since that they hold, or that it came back: nobody's by name."""
    if not follows(scope.viewer):
        return
    for recheck in db.session.scalars(
        select(Recheck)
        .join(Recheck.note)
        .join(Note.call)
        .where(
            scope.calls(),
            readable(scope.viewer),
            Note.deleted_at.is_(None),
            Note.visibility != Visibility.PRIVATE.value,
            Recheck.state.in_((RecheckState.HELD.value, RecheckState.CAME_BACK.value)),
            Recheck.closed_at >= scope.since,
        )
        .options(
            contains_eager(Recheck.note).contains_eager(Note.call),
            selectinload(Recheck.listens).joinedload(RecheckListen.call),
        )
    ):
        counts = tally_of(recheck)
        total = counts.heard.total + counts.picked.total
        if not total:  # its calls have gone since: nothing to say with numbers
            continue
        holds = recheck.state == RecheckState.HELD
        about = cause_label(recheck.note.cause) or _("What a note asked for")
        yield Fact(
            source=f"recheck:{recheck.id}",
            reason="held" if holds else "came_back",
            at=recheck.closed_at or scope.since,
            title=titled(
                _("It holds: %(what)s", what=about)
                if holds
                else _("It came back: %(what)s", what=about)
            ),
            values={"count": counts.heard.count + counts.picked.count, "total": total},
            is_good=holds,
            strength=float(total),
        )


def versions(scope: Scope) -> Iterable[Fact]:
    """Versions that come, or came, into force, and those whose briefing somebody has not read."""
    now = utc_now()
    rows = db.session.execute(
        select(ScriptRelease, Campaign)
        .join(ScriptRelease.version)
        .join(ScriptVersion.script)
        .join(Campaign, Campaign.id == Script.campaign_id)
        .where(
            ScriptRelease.team_id.in_(scope.team_ids),
            ScriptVersion.state.in_(PUBLISHED),
            ScriptRelease.starts_at <= max(now, scope.debrief.starts_at + COMING),
            or_(ScriptRelease.ended_at.is_(None), ScriptRelease.ended_at > now),
            Campaign.is_archived.is_(False),
        )
        .options(contains_eager(ScriptRelease.version))
        .order_by(ScriptRelease.starts_at, ScriptRelease.id)
    ).all()
    current: dict[tuple[int, int], tuple[ScriptRelease, Campaign]] = {}
    coming: dict[int, tuple[ScriptRelease, Campaign]] = {}
    for release, campaign in rows:
        if release.starts_at > now:
            coming.setdefault(release.version_id, (release, campaign))
        else:
            current[campaign.id, release.team_id] = (release, campaign)
    agents = _agents(scope)
    confirmed = _confirmed({release.version_id for release, _campaign in current.values()})
    briefed: dict[int, tuple[ScriptRelease, Campaign, set[int]]] = {}
    for release, campaign in current.values():
        _release, _campaign, expected = briefed.setdefault(
            release.version_id, (release, campaign, set())
        )
        expected |= agents[release.team_id]
    for version_id, (release, campaign) in coming.items():
        yield _version(release, campaign, "coming", {"day": release.starts_at.isoformat()})
        briefed.pop(version_id, None)
    for version_id, (release, campaign, expected) in briefed.items():
        waiting = len(expected - confirmed[version_id])
        is_new = release.starts_at >= scope.since
        if not is_new and not waiting:
            continue
        values = {
            "day": release.starts_at.isoformat(),
            "waiting": waiting,
            "agents": len(expected),
        }
        yield _version(release, campaign, "version" if is_new else "unread", values)


def trials(scope: Scope) -> Iterable[Fact]:
    """Trials of the teams' that were concluded."""
    if not follows(scope.viewer):
        return
    for trial, campaign_id in db.session.execute(
        select(Trial, Script.campaign_id)
        .join(Trial.line)
        .join(ScriptLine.script)
        .where(
            Script.campaign_id.in_(_campaigns(scope)),
            Trial.state == TrialState.CONCLUDED.value,
            Trial.ended_on >= (scope.since - _CONCLUDING).date(),
        )
    ):
        if campaign_id is None or scope.debrief.team_ids.isdisjoint(trial.team_ids):
            continue
        ended_on = trial.ended_on or scope.since.date()
        yield Fact(
            source=f"trial:{trial.id}",
            reason="trial",
            at=datetime.combine(ended_on, time(), UTC),
            title=titled(trial.name),
            values={"day": ended_on.isoformat()},
        )


def findings(scope: Scope) -> Iterable[Fact]:
    """What was kept of the weeks for a debrief, and no debrief is done with."""
    if not follows(scope.viewer):
        return
    oldest = this_week(utc_now()) - timedelta(weeks=OLDEST_WEEKS)
    for found in db.session.scalars(
        select(KeptFinding).where(
            KeptFinding.campaign_id.in_(_campaigns(scope)),
            KeptFinding.used_for == Use.DEBRIEF.value,
            KeptFinding.done_at.is_(None),
            KeptFinding.week >= oldest,
        )
    ):
        yield Fact(
            source=f"finding:{found.id}",
            reason="finding",
            at=found.kept_at,
            title=titled(subject_label(found.signal, found.label)),
            values={"day": found.week.isoformat(), **found.counts},
        )


def drills(scope: Scope) -> Iterable[Fact]:
    """Drills that several of the agents did."""
    members = select(Membership.user_id).where(Membership.team_id.in_(scope.team_ids))
    agents = func.count(Assignment.agent_id.distinct()).label("agents")
    done = (
        select(Assignment.drill_id, agents)
        .where(Assignment.agent_id.in_(members), Assignment.done_at >= scope.since)
        .group_by(Assignment.drill_id)
        .having(agents >= LEAST_AGENTS)
        .subquery()
    )
    rows: Any = db.session.execute(
        select(Drill, done.c.agents)
        .join(done, done.c.drill_id == Drill.id)
        .where(in_library(scope.viewer), Drill.archived_at.is_(None))
    )
    for drill, count in rows:
        yield Fact(
            source=f"drill:{drill.id}",
            reason="drilled",
            at=drill.created_at,
            title=titled(drill.title),
            values={"agents": count, "day": scope.since.isoformat()},
            strength=float(count),
        )


def _version(
    release: ScriptRelease, campaign: Campaign, reason: str, values: dict[str, Any]
) -> Fact:
    return Fact(
        source=f"version:{release.version_id}",
        reason=reason,
        at=release.starts_at,
        title=titled(
            _(
                "Version %(number)s of the script · %(campaign)s",
                number=release.version.number,
                campaign=campaign.name,
            )
        ),
        values=values,
    )


def _agents(scope: Scope) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for team_id, user_id in db.session.execute(
        select(Membership.team_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.team_id.in_(scope.team_ids),
            User.role == Role.AGENT.value,
            User.is_enabled.is_(True),
        )
    ):
        found[team_id].add(user_id)
    return found


def _confirmed(version_ids: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for version_id, user_id in db.session.execute(
        select(BriefingReading.version_id, BriefingReading.user_id).where(
            BriefingReading.version_id.in_(sorted(version_ids)),
            BriefingReading.confirmed_at.is_not(None),
        )
    ):
        found[version_id].add(user_id)
    return found


def _campaigns(scope: Scope) -> Any:
    return select(CampaignTeam.campaign_id).where(CampaignTeam.team_id.in_(scope.team_ids))
