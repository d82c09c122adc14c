"""What an agent is told: the words of their day, and what was learnt once a trial is over. Never
how a running one stands: who knows speaks otherwise.
"""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.coaching.home_parts import add_part
from callcoach.errors import NotFound
from callcoach.script_library.document import split_fields
from callcoach.trials import queries
from callcoach.trials.access import says_trial_words
from callcoach.trials.blueprint import bp


@bp.get("/my/trials")
def my_trials() -> ResponseReturnValue:
    """Today's words, and what earlier trials have shown."""
    viewer = current_viewer()
    if not says_trial_words(viewer):
        raise NotFound("This page is the agents’.")
    return render_template(
        "trials/my.html",
        today=queries.words_of_today(viewer),
        concluded=queries.concluded_for(viewer),
        split=split_fields,
    )


@add_part(Role.AGENT)
def home_of_agent(viewer: Viewer) -> str:
    """Today's words on the home page."""
    today = queries.words_of_today(viewer)
    return render_template("trials/_home.html", today=today, split=split_fields) if today else ""
