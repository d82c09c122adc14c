"""Trials of a line, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team, User
from callcoach.calls.events import words_changed
from callcoach.calls.models import AnalysisRun, Call, Outcome, Turn
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.script_library.models import Script, ScriptLine
from callcoach.trials.models import Assigning, Measure, Trial
from callcoach.trials.operations import leading
from callcoach.trials.planning import Plan
from callcoach.trials.queries import today_of, triable_lines

from .calls import create_call, spread_words
from .campaigns import create_campaign
from .scripts import create_script, create_version, document

#: The words in force and a variant, told apart easily.
CONTROL = "Bonjour {prénom}, est-ce que je vous dérange ?"
VARIANT = "Bonjour {prénom}, je vous appelle à froid : vous m’accordez trente secondes ?"
SYSTEM = Viewer.system()


def create_script_in_force(team: Team, *texts: str, **values: Any) -> Script:
    """A campaign of the team with a script in force that has these lines."""
    campaign = create_campaign(teams=[team], **values)
    script = create_script(campaign)
    create_version(script, document(*(texts or (CONTROL,))), in_force_for=[team])
    return script


def line_of(script: Script, index: int = 0) -> ScriptLine:
    """A line of the version in force."""
    team_ids = [link.team_id for link in script.campaign.teams]
    return triable_lines(script.campaign, team_ids)[index].row


def proposal(line_id: int, team_ids: list[int], **values: Any) -> leading.Proposal:
    """One variant against the control."""
    wordings = values.pop("wordings", (VARIANT,))
    numbers = {"baseline": 0.2, "least_difference": 0.1, "calls_per_day": 8.0}
    plan = Plan(**{**numbers, **values.pop("numbers", {}), "arms": len(wordings) + 1})
    defaults = {
        "name": "Accroche",
        "measure": Measure.NEXT_STEP,
        "assigning": Assigning.ROTATION,
    }
    return leading.Proposal(
        **{
            **defaults,
            "line_id": line_id,
            "wordings": wordings,
            "team_ids": team_ids,
            "plan": plan,
            **values,
        }
    )


def create_trial(script: Script, index: int = 0, viewer: Viewer = SYSTEM, **values: Any) -> Trial:
    """A planned trial."""
    line = line_of(script, index)
    team_ids = [link.team_id for link in script.campaign.teams]
    trial = leading.plan_trial(viewer, script.campaign, proposal(line.id, team_ids, **values))
    db.session.commit()
    return trial


def run_trial(trial: Trial, days_ago: int = 0) -> Trial:
    """Start a planned one, as if some days ago."""
    leading.start(SYSTEM, trial, today_of(trial) + timedelta(days=1))
    trial.started_on = today_of(trial) - timedelta(days=days_ago)
    db.session.commit()
    return trial


def create_trial_call(
    script: Script,
    agent: User,
    team: Team,
    day: date,
    said: str,
    outcome: Outcome = Outcome.NONE,
    **values: Any,
) -> Call:
    """A target conversation on a day in which the agent said something; announced as read."""
    call = create_call(
        team=team,
        agent=agent,
        campaign=script.campaign,
        started_at=datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC),
        outcome=outcome,
        **values,
    )
    run = db.session.get_one(AnalysisRun, call.current_analysis_id)
    run.turns.clear()
    db.session.flush()
    run.turns = [
        Turn(
            index=index,
            speaker=speaker,
            channel=channel,
            start_ms=start_ms,
            end_ms=start_ms + 3000,
            text=text,
            words=spread_words(text, start_ms, start_ms + 3000),
        )
        for index, (speaker, channel, start_ms, text) in enumerate(
            (("prospect", 1, 1000, "Allô ?"), ("agent", 0, 4500, said))
        )
    ]
    db.session.flush()
    words_changed(call)
    db.session.commit()
    return call


def trial_things(team: Team, campaign: Campaign, mark: str) -> dict[str, int]:
    """A campaign of the site's own with a trial in every state, for tests of rights."""
    texts = (CONTROL, "On peut en parler mardi ?", "Qui s’en occupe chez vous ?")
    script = create_script_in_force(team, *texts, name=f"Essais-{mark}", sponsor=campaign.sponsor)
    planned = create_trial(script, name=f"Prevu-{mark}")
    others = ("Je vous propose quinze minutes jeudi matin, cela vous convient ?",)
    running = run_trial(create_trial(script, 1, wordings=others, name=f"Encours-{mark}"))
    last = ("Je cherche la personne qui suit la comptabilité, c’est bien vous ?",)
    stopped = run_trial(create_trial(script, 2, wordings=last, name=f"Fini-{mark}"))
    leading.stop(SYSTEM, stopped)
    db.session.commit()
    return {
        "trial_campaign": script.campaign_id,
        "trial_line": planned.line_id,
        "planned_trial": planned.id,
        "running_trial": running.id,
        "stopped_trial": stopped.id,
    }
