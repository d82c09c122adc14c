"""Rights to the approval of scripts, to what is in force, and to the agent's page of the script;
rows of `tests.access_table`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import AGENTS, CHANGES_CAMPAIGN, LEADS, SPONSORS, Row, post
from tests.factories.two_sites import Site

#: Who reads what is submitted, and what is in force, without writing the script.
_READ_SUBMITTED = frozenset({"sponsor"})
_READ_ALL = AGENTS | {"team_lead", "sponsor"}
_OWN = frozenset({"sponsor"})

_SUBMITTED = {"version_id": "approval_submitted"}
_UNASKED = {"version_id": "approval_unasked"}
_WRITE = {"may": CHANGES_CAMPAIGN}
_SETTINGS = {
    **_WRITE,
    "refused": _READ_ALL,
    "values": {"campaign_id": "approval_campaign"},
}


def _team(site: Site) -> Mapping[str, object]:
    return {"team_ids": [site.team], "when": "now"}


def _comment(_site: Site) -> Mapping[str, object]:
    return {"comment": "Dites « environ »."}


APPROVALS = (
    Row("script_library.list_approvals", may=SPONSORS),
    Row("script_library.show_approval", may=_OWN, values=_SUBMITTED),
    Row("script_library.show_approval_text", may=_OWN, values=_SUBMITTED),
    post("script_library.approve_version", may=_OWN, values=_SUBMITTED),
    post("script_library.send_version_back", may=_OWN, values=_SUBMITTED, data=_comment),
    post("script_library.suspend_version", may=_OWN, values=_UNASKED),
    Row("script_library.my_script", may=AGENTS | LEADS),
    Row("script_library.show_publishing", **_WRITE, refused=_READ_ALL, values=_UNASKED),
    post("script_library.submit_version", **_WRITE, values={"version_id": "approval_draft"}),
    post("script_library.recall_version", **_WRITE, refused=_READ_SUBMITTED, values=_SUBMITTED),
    post("script_library.publish_version", **_WRITE, values={"version_id": "approval_harmless"}),
    post(
        "script_library.put_version_in_force",
        **_WRITE,
        refused=_READ_SUBMITTED | {"team_lead"},
        values={"version_id": "approval_idle"},
        data=_team,
    ),
    post(
        "script_library.withdraw_version",
        **_WRITE,
        refused=_READ_ALL,
        values=_UNASKED,
        data=_team,
    ),
    post(
        "script_library.retire_version",
        **_WRITE,
        refused=_READ_SUBMITTED | {"team_lead"},
        values={"version_id": "approval_idle"},
    ),
    Row("script_library.approval_settings", **_SETTINGS),
    post(
        "script_library.approval_settings",
        **_SETTINGS,
        data=lambda site: {"approver_id": site.sponsor_user, "approval_hours": 24},
    ),
)
