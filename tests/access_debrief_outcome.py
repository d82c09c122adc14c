"""Who reads minutes and decides; rows of `tests.access_table`."""

from __future__ import annotations

import json
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_row import ADMIN, AGENTS, CHANGES_CAMPAIGN, EDITS, HEARS, LEADS, Row, post
from tests.factories.two_sites import Site

#: Who leads the site's debriefs: they answer for its team.
_LEADS = {"may": EDITS}
_CLIENT_ID = "0b7c7f0e-6a3b-4f0e-9a51-3f2504e04f89"


def _json(**body: object) -> dict[str, str]:
    return {"data": json.dumps(body)}


def _aim(site: Site) -> dict[str, object]:
    today = utc_now().date()
    return {
        "agent_id": site.agent,
        "campaign_id": site.campaign,
        "text": "Deux questions ouvertes",
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
    }


_BACK = {"data": lambda _site: {"next": "/"}}
_DECISION = {**_LEADS, "values": {"decision_id": "decision"}}
_MAKES = {"may": CHANGES_CAMPAIGN, "values": {"decision_id": "bare_decision"}}
_DONE = {**_LEADS, "values": {"debrief_id": "done_debrief"}}
_READS = {"may": HEARS | AGENTS, "values": {"debrief_id": "done_debrief"}}
_REMARK = {**_LEADS, "values": {"remark_id": "debrief_remark"}}

_EFFECT = {**_LEADS, "values": {"effect_id": "effect"}}
#: Drawn calls are listened to by those who judge calls; the floor's leads see the counts.
_DRAWN = {
    "may": CHANGES_CAMPAIGN,
    "refused": frozenset({"team_lead"}),
    "values": {"listen_id": "effect_listen"},
}

DEBRIEF_OUTCOME: tuple[Row, ...] = (
    Row(
        "debriefs.put_decision",
        "PUT",
        **_LEADS,
        values={"debrief_id": "running_debrief", "client_id": _CLIENT_ID},
        data=lambda site: _json(text="On reformule", owner_id=site.agent),
        writes=True,
    ),
    Row(
        "debriefs.put_remark",
        "PUT",
        **_LEADS,
        values={"debrief_id": "running_debrief", "client_id": _CLIENT_ID},
        data=lambda site: _json(text="Vu", item_id=site.live_item),
        writes=True,
    ),
    post("debriefs.remove_decision", **_DECISION, **_BACK),
    post("debriefs.restore_decision", **_DECISION, **_BACK),
    post("debriefs.remove_remark", **_REMARK, **_BACK),
    post("debriefs.restore_remark", **_REMARK, **_BACK),
    Row("debriefs.list_effects", may=EDITS | {"other_supervisor"}),
    Row("debriefs.show_effect", **_EFFECT),
    post("debriefs.close_effect", **_EFFECT),
    post("debriefs.reopen_effect", **_EFFECT, writes=False),
    Row("debriefs.hear_effect", **_DRAWN),
    post("debriefs.mark_effect", **_DRAWN, data=lambda _site: {"heard": "held"}),
    post("debriefs.unmark_effect", **_DRAWN, writes=False),
    Row("debriefs.list_decisions", may=ADMIN | LEADS),
    Row("debriefs.show_decision", **_DECISION),
    post(
        "debriefs.add_decision",
        **_LEADS,
        values={"debrief_id": "done_debrief"},
        data=lambda _site: {"text": "On reformule", "client_id": _CLIENT_ID},
    ),
    post(
        "debriefs.save_decision",
        **_DECISION,
        data=lambda site: {"text": "On laisse deux secondes", "based_on": 1},
    ),
    # its owner says that it is done
    post(
        "debriefs.close_decision",
        may=HEARS,
        values={"decision_id": "decision"},
        data=lambda _site: {"state": "done"},
    ),
    # and who closed it, or leads, opens it again
    post(
        "debriefs.reopen_decision",
        **_LEADS,
        values={"decision_id": "closed_decision"},
    ),
    # the floor's leads see no evaluation and write no script
    post(
        "debriefs.ask_from_decision",
        **_MAKES,
        data=lambda site: {
            "campaign_id": site.fit_campaign,
            "title": "Moins long",
            "section_kind": "opening",
            "proposed_text": "Bonjour",
        },
    ),
    post("debriefs.propose_from_decision", **_MAKES, data=_aim),
    post(
        "debriefs.give_from_decision",
        **_MAKES,
        data=lambda site: {"drill_id": site.drill, "agents": site.agent},
    ),
    post(
        "debriefs.watch_decision",
        **_MAKES,
        refused=frozenset({"team_lead"}),
        data=lambda _site: {"kind": "ears"},
    ),
    # agents read what was sent, and have then seen the notice
    Row("debriefs.show_minutes", **_READS),
    Row("debriefs.print_minutes", **_READS),
    post("debriefs.save_minutes", **_DONE, data=lambda _site: {"text": "Vu", "based_on": 1}),
    post("debriefs.write_minutes_anew", **_DONE, data=lambda _site: {"based_on": 1}),
    post("debriefs.send_minutes", **_DONE),
    post("debriefs.unsend_minutes", **_DONE),
)
