"""What this room adds to pages of those below: notes, scripts and the home page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import Campaign
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.models import Note
from callcoach.coaching.note_panels import Action, add_note_action, add_panel
from callcoach.extensions import db
from callcoach.script_fit import briefing_queries as briefings
from callcoach.script_fit import request_history as history
from callcoach.script_fit import request_queries as requests
from callcoach.script_fit.example_queries import examples_by_key
from callcoach.script_fit.line_access import sees_readings, works_on
from callcoach.script_fit.line_queries import tallies_of
from callcoach.script_fit.models import ChangeRequest, RequestEvidence
from callcoach.script_fit.operations.requests import in_force_words
from callcoach.script_library import panels
from callcoach.script_library.models import ScriptLine, ScriptVersion


@add_panel
def changed_by_note(viewer: Viewer, note: Note) -> str:
    """Under an agent's own note: the line changed thanks to their call."""
    if viewer.role is not Role.AGENT or note.agent_id != viewer.user_id:
        return ""
    found = db.session.scalar(
        select(ChangeRequest)
        .join(RequestEvidence, RequestEvidence.request_id == ChangeRequest.id)
        .where(RequestEvidence.note_id == note.id, ChangeRequest.told_at.is_not(None))
        .order_by(ChangeRequest.told_at.desc())
        .limit(1)
    )
    if found is None:
        return ""
    words = in_force_words(found, note.call.team_id)
    return render_template("script_fit/_my_changed.html", words=words, language=note.call.language)


@add_note_action
def line_of_note(viewer: Viewer, note_id: int) -> Action | None:
    """The way from a note to its line: pin its moment, ask for a change."""
    note = db.session.get(Note, note_id)
    line = note.script_line if note is not None else None
    if line is None or not works_on(viewer, line.script.campaign):
        return None
    url = url_for("script_fit.show_line", line_id=line.id, _anchor=f"note-{note_id}")
    return Action(url, _("The line of the script"), is_link=True)


def evidence_panel(
    viewer: Viewer, base: ScriptVersion | None, version: ScriptVersion, keys: Sequence[str]
) -> Mapping[str, str]:
    """Under the changed lines of a difference: the requests behind them and what speaks for them.
    The sponsor and the floor's leads are told how much it is, and nothing of what was said.
    """
    works = works_on(viewer, version.script.campaign)
    if not works and not viewer.has_role(Role.SPONSOR, Role.TEAM_LEAD):
        return {}
    behind: dict[str, list[ChangeRequest]] = {}
    for request in history.merged_between(base, version):
        if request.line is not None and request.line.key in keys:
            behind.setdefault(request.line.key, []).append(request)
    if not works:
        counts = {key: history.count_evidence(found).words() for key, found in behind.items()}
        return {
            key: render_template("script_fit/_evidence_count.html", words=words)
            for key, words in counts.items()
            if words
        }
    return {
        key: "".join(
            render_template(
                "script_fit/_evidence_panel.html",
                item=requests.request_row(request),
                evidence=requests.evidence_of(viewer, request),
                is_elsewhere=request.merged_version_id != version.id,
            )
            for request in found
        )
        for key, found in behind.items()
    }


def line_panel(viewer: Viewer, version: ScriptVersion, keys: Sequence[str]) -> Mapping[str, str]:
    """Under lines on the reading page: pinned examples and, for editors, what is known of the line
    and the way to it.
    """
    examples = examples_by_key(viewer, version.script_id, keys)
    ids: dict[str, int] = {}
    if works_on(viewer, version.script.campaign):
        rows = db.session.execute(
            select(ScriptLine.key, ScriptLine.id).where(
                ScriptLine.script_id == version.script_id, ScriptLine.key.in_(keys)
            )
        )
        ids = dict(rows.all())
    tallies = tallies_of(viewer, ids.values()) if ids else {}
    return {
        key: render_template(
            "script_fit/_line_panel.html",
            examples=examples.get(key, ()),
            line_id=ids.get(key, 0),
            tally=tallies.get(ids.get(key, 0)),
        )
        for key in keys
        if key in examples or key in ids
    }


def script_panel(viewer: Viewer, campaign: Campaign) -> str:
    """On the page of a campaign's script: requests to decide, lines that fail, who has read."""
    if not sees_readings(viewer, campaign):
        return ""
    waiting = [
        item
        for item in briefings.waiting_readers(viewer)
        if item.release.version.script.campaign_id == campaign.id
    ]
    return render_template(
        "script_fit/_script_panel.html",
        campaign=campaign,
        works=works_on(viewer, campaign),
        waiting=waiting,
        to_decide=requests.count_open(campaign),
    )


def version_panel(viewer: Viewer, version: ScriptVersion) -> str:
    """Above a version that is or was in force: who has read what it changes."""
    if not version.releases or not sees_readings(viewer, version.script.campaign):
        return ""
    _version, teams = briefings.get_readings(viewer, version.id)
    if not teams:
        return ""
    return render_template(
        "script_fit/_version_panel.html",
        version=version,
        total=sum(len(team.readers) for team in teams),
        waiting=sum(len(team.waiting) for team in teams),
    )


@add_part(Role.AGENT)
def home_of_agent(viewer: Viewer) -> str:
    """What changes in the script, to be read."""
    waiting = briefings.waiting_briefings(viewer)
    return render_template("script_fit/_home_agent.html", waiting=waiting) if waiting else ""


@add_part(Role.TEAM_LEAD, Role.SUPERVISOR)
def home_of_lead(viewer: Viewer) -> str:
    """Who has not read what is in force."""
    waiting = briefings.waiting_readers(viewer)
    return render_template("script_fit/_home_lead.html", waiting=waiting) if waiting else ""


panels.add_line_panel(line_panel)
panels.add_diff_panel(evidence_panel)
panels.add_history(history.asked_for)
panels.add_script_panel(script_panel)
panels.add_version_panel(version_panel)
