"""Who hears of incidents and deals with them; rows of `tests.access_table`."""

from __future__ import annotations

from typing import Any

from tests.access_campaigns import CHANGES, IN_CAMPAIGN
from tests.access_row import CHANGES_CAMPAIGN, Row
from tests.access_row import post as _post

#: Neither the agent, nor the floor's lead, nor the sponsor learns that it is there.
_SUSPECTED: Any = {"may": CHANGES_CAMPAIGN, "values": {"incident_id": "suspected_incident"}}
_OPEN: Any = {"may": CHANGES_CAMPAIGN, "values": {"incident_id": "incident"}}

INCIDENTS: tuple[Row, ...] = (
    Row("incidents.list_incidents", **CHANGES, values=IN_CAMPAIGN),
    Row("incidents.show_incident", **_SUSPECTED),
    _post("incidents.confirm_incident", **_SUSPECTED),
    _post("incidents.dismiss_incident", **_SUSPECTED, data=lambda _: {"reason": "Mal entendu."}),
    _post("incidents.take_up_again", **_OPEN),
    _post("incidents.save_account", **_OPEN, data=lambda _: {"account": "Récit.", "based_on": "1"}),
    _post(
        "incidents.plan_recontact",
        **_OPEN,
        data=lambda site: {"by": site.supervisor, "due_on": "2099-01-12"},
    ),
    _post("incidents.was_recontacted", **_OPEN),
    _post("incidents.rectify", **_OPEN, data=lambda _: {"words": "Rectifié."}),
    _post("incidents.brief", **_OPEN, data=lambda _: {"words": "Dit à tous."}),
    _post(
        "incidents.mark_not_needed",
        may=CHANGES_CAMPAIGN,
        values={"incident_id": "incident", "step": "briefing"},
        data=lambda _: {"reason": "Déjà fait."},
    ),
    _post("incidents.remark", **_OPEN, data=lambda _: {"text": "À suivre."}),
    # It is open, and the sponsor was not told
    _post("incidents.close_incident", **_OPEN, status=409, writes=False),
    _post(
        "incidents.report",
        may=CHANGES_CAMPAIGN,
        refused=frozenset(),
        but={"agent": 404, "team_lead": 404},
        values={"call_id": "call"},
        data=lambda _: {"kind": "false_identity", "from": "0:27", "to": "0:28"},
    ),
)
