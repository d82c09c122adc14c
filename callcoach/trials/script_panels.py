"""What this room shows on the pages of a script: the words of the day to agents, trials of a line
to those who lead them, and what was learnt in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.extensions import utc_now
from callcoach.script_library.document import split_fields
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.panels import add_history, add_line_panel
from callcoach.trials import presenters, queries
from callcoach.trials.access import can_lead_trials, says_trial_words
from callcoach.trials.models import TrialState


def under_lines(viewer: Viewer, version: ScriptVersion, keys: Sequence[str]) -> Mapping[str, str]:
    """Under a line: today's words, or its trials."""
    if says_trial_words(viewer):
        today = {
            item.key: item
            for item in queries.words_of_today(viewer)
            if item.trial.line.script_id == version.script_id
        }
        return {
            key: render_template("trials/_line_today.html", item=today[key], split=split_fields)
            for key in keys
            if key in today
        }
    campaign = version.script.campaign
    if not can_lead_trials(viewer, [link.team_id for link in campaign.teams]):
        return {}
    found = queries.trials_of_lines(version.script_id, keys)
    now = utc_now()
    is_in_force = any(
        release.starts_at <= now and (release.ended_at is None or release.ended_at > now)
        for release in version.releases
    )
    rows = queries.rows_of_lines(version.script_id, keys) if is_in_force else {}
    shown = {}
    for key in keys:
        trials = found.get(key, [])
        is_open = any(trial.state in (TrialState.PLANNED, TrialState.RUNNING) for trial in trials)
        line_id = None if is_open else rows.get(key)
        if trials or line_id:
            shown[key] = render_template(
                "trials/_line_trials.html",
                campaign_id=campaign.id,
                line_id=line_id,
                trials=[(each, presenters.state_label(TrialState(each.state))) for each in trials],
            )
    return shown


def learnt_in(versions: Sequence[ScriptVersion]) -> Mapping[int, Sequence[str]]:
    """What trials have shown while a version was in force."""
    found: dict[int, list[str]] = {}
    for trial in queries.concluded_in([version.id for version in versions]):
        if trial.version_id is not None:
            found.setdefault(trial.version_id, []).append(
                _(
                    "Trial “%(name)s”: %(conclusion)s (%(figures)s)",
                    name=trial.name,
                    conclusion=trial.conclusion,
                    figures=presenters.kept_figures(trial),
                )
            )
    return found


add_line_panel(under_lines)
add_history(learnt_in)
