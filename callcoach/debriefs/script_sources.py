"""What can be put on an agenda of the script, of trials, findings, drills, expressions and causes."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Cause
from callcoach.campaigns.models import Campaign
from callcoach.coaching.note_presenters import cause_label
from callcoach.debriefs.candidates import (
    Candidate,
    number_of,
    own_teams,
    source_of,
    titled,
    worded,
)
from callcoach.debriefs.models import ItemKind
from callcoach.debriefs.queries import drills
from callcoach.errors import Conflict, NotFound
from callcoach.expressions import queries as expressions
from callcoach.extensions import db
from callcoach.field_reports import queries as field_reports
from callcoach.field_reports.models import KeptFinding
from callcoach.field_reports.presenters import subject_label
from callcoach.script_fit.line_queries import get_line
from callcoach.script_library import queries as scripts
from callcoach.script_library.models import VersionState
from callcoach.trials import queries as trials
from callcoach.trials.models import TrialState


@source_of("version")
def from_version(viewer: Viewer, name: str) -> Candidate:
    """A published version, to brief."""
    version = scripts.get_version(viewer, number_of(name))
    if not VersionState(version.state).is_published:
        raise Conflict("This version is a draft; brief it once it is published.")
    campaign = version.script.campaign
    return Candidate(
        source=f"version:{version.id}",
        kind=ItemKind.SCRIPT,
        title=titled(
            _(
                "Version %(number)s of the script · %(campaign)s",
                number=version.number,
                campaign=campaign.name,
            )
        ),
        team_ids=_calling(viewer, campaign),
        facts={"version_id": version.id},
    )


@source_of("line")
def from_line(viewer: Viewer, name: str) -> Candidate:
    """A line of the script."""
    line = get_line(viewer, number_of(name))
    return Candidate(
        source=f"line:{line.id}",
        kind=ItemKind.THEME,
        title=titled(line.text) or _("Line of the script"),
        team_ids=_calling(viewer, line.script.campaign),
        facts={"script_line_id": line.id, "words": worded(line.text)},
    )


@source_of("trial")
def from_trial(viewer: Viewer, name: str) -> Candidate:
    """What a trial taught."""
    trial = trials.get_trial(viewer, number_of(name))
    if trial.state != TrialState.CONCLUDED:
        raise Conflict(
            "Conclude the trial first: a team that knows how it stands speaks otherwise."
        )
    return Candidate(
        source=f"trial:{trial.id}",
        kind=ItemKind.THEME,
        title=titled(trial.name),
        team_ids=own_teams(viewer, set(trial.team_ids)),
        facts={"script_line_id": trial.line_id, "words": worded(trial.conclusion)},
    )


@source_of("finding")
def from_finding(viewer: Viewer, name: str) -> Candidate:
    """Something that prospects said and that was kept."""
    found = db.session.get(KeptFinding, number_of(name))
    if found is None:
        raise NotFound("There is no such finding.")
    campaign = field_reports.get_reported(viewer, found.campaign_id)
    label = subject_label(found.signal, found.label)
    return Candidate(
        source=f"finding:{found.id}",
        kind=ItemKind.THEME,
        title=titled(label),
        team_ids=_calling(viewer, campaign),
        facts={"finding_id": found.id, "words": worded(label)},
    )


@source_of("drill")
def from_drill(viewer: Viewer, name: str) -> Candidate:
    """A drill, to do together; of the calls that it quotes the agents' teams alone."""
    drill = drills.get_drill(viewer, number_of(name))
    if drill.archived_at is not None:
        raise Conflict("This drill is archived; bring it back first.")
    quoted = {call.team_id for call in drill.calls}
    teams = set(_calling(viewer, drill.campaign))
    return Candidate(
        source=f"drill:{drill.id}",
        kind=ItemKind.DRILL,
        title=titled(drill.title),
        team_ids=tuple(sorted(team for team in teams if not quoted or quoted == {team})),
        facts={"drill_id": drill.id},
    )


@source_of("expression")
def from_expression(viewer: Viewer, name: str) -> Candidate:
    """A set phrase: what is heard in it, and what to say instead."""
    found = expressions.get_expression(viewer, number_of(name))
    if found.removed_at is not None:
        raise NotFound("There is no such expression.")
    return Candidate(
        source=f"expression:{found.id}",
        kind=ItemKind.THEME,
        title=titled(f"« {found.phrase} »"),
        team_ids=_calling(viewer, found.campaign),
        facts={"words": worded(found.phrase), "reformulation": found.instead},
    )


@source_of("cause")
def from_cause(viewer: Viewer, name: str) -> Candidate:
    """A cause as a theme, of whichever team."""
    if name not in {cause.value for cause in Cause}:
        raise NotFound("There is no such cause.")
    return Candidate(
        source=f"cause:{name}",
        kind=ItemKind.THEME,
        title=titled(cause_label(name)),
        team_ids=own_teams(viewer, set(viewer.team_ids)),
        facts={"cause": name},
    )


def _calling(viewer: Viewer, campaign: Campaign) -> tuple[int, ...]:
    links: Iterable[int] = (link.team_id for link in campaign.teams)
    return own_teams(viewer, set(links))
