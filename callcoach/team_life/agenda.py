"""A team's objective on the agenda of its debrief: its words and its count, as they are today."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.candidates import Candidate, number_of, source_of, titled, worded
from callcoach.debriefs.choices import MOST, Choice, objectives_of_teams
from callcoach.debriefs.models import Debrief, ItemKind
from callcoach.debriefs.operations.agenda import MAX_TITLE
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.progress.own_presenters import measure_words, progress_words
from callcoach.team_life.models import TeamObjective
from callcoach.team_life.queries import pages
from callcoach.web.filters import local_date


@source_of("aim")
def from_aim(viewer: Viewer, name: str) -> Candidate:
    """What a team aims at, for that team."""
    aim = pages.get_objective(viewer, number_of(name))
    if aim.closed_at is not None:
        raise Conflict("This objective is closed.")
    return Candidate(
        source=f"aim:{aim.id}",
        kind=ItemKind.OBJECTIVE,
        title=titled(aim.text),
        team_ids=(aim.team_id,),
        facts={"words": worded(_words(aim))},
    )


@objectives_of_teams.add
def open_aims(debrief: Debrief) -> list[Choice]:
    """What the teams of a debrief aim at, those that end first at the top."""
    rows = db.session.scalars(
        select(TeamObjective)
        .where(
            TeamObjective.team_id.in_(sorted(debrief.team_ids)),
            TeamObjective.closed_at.is_(None),
        )
        .order_by(TeamObjective.ends_on, TeamObjective.id)
        .limit(MOST)
    )
    return [Choice(f"aim:{row.id}", row.text, local_date(row.ends_on)) for row in rows]


def _words(aim: TeamObjective) -> str:
    """What is counted and how far it is, with the day: the count goes on, these words stay."""
    parts = [aim.text] if len(aim.text) > MAX_TITLE else []
    if aim.measure:
        parts.append(measure_words(aim))
        measure = pages.measured(aim)
        if not measure.is_too_few:
            parts.append(f"{progress_words(aim, measure.found)} ({local_date(utc_now())})")
    return " · ".join(parts)
