"""Who may do what with trials of a line; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_row import AGENTS, CHANGES_CAMPAIGN, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

_CAMPAIGN = {"may": CHANGES_CAMPAIGN, "values": {"campaign_id": "trial_campaign"}}


def _trial(which: str) -> dict[str, object]:
    return {"may": CHANGES_CAMPAIGN, "values": {"trial_id": which}}


def _plan(site: Site) -> Mapping[str, object]:
    return {
        "line": site.trial_line,
        "wordings": "Je vous appelle à froid, madame : vous avez une minute, ou je rappelle ?",
        "teams": site.team,
        "measure": "meeting",
        "baseline": "20",
        "least_difference": "10",
        "calls_per_day": "8",
    }


TRIALS = (
    Row("trials.list_trials", **_CAMPAIGN),
    Row("trials.new_trial", **_CAMPAIGN),
    _post("trials.plan_trial", **_CAMPAIGN, data=_plan),
    _post("trials.trial_size", **_CAMPAIGN, data=_plan, status=200, writes=False),
    Row("trials.show_trial", **_trial("running_trial")),
    Row("trials.agent_days", **_trial("stopped_trial"), writes=True),
    _post(
        "trials.start_trial",
        **_trial("planned_trial"),
        data=lambda _: {"starts_on": utc_now().date() + timedelta(days=2)},
    ),
    _post("trials.discard_trial", **_trial("planned_trial")),
    _post("trials.stop_trial", **_trial("running_trial")),
    _post(
        "trials.conclude_trial",
        **_trial("stopped_trial"),
        data=lambda _: {"conclusion": "La question ouverte tient mieux la ligne."},
    ),
    _post("trials.step_back", **_trial("stopped_trial"), data=lambda _: {"was": "stopped"}),
    Row("trials.my_trials", may=AGENTS),
)
