"""Who reads minutes and decides; rows of `tests.access_table`."""

from __future__ import annotations

import json

from tests.access_row import EDITS, Row, post

#: Who leads the site's debriefs: they answer for its team.
_LEADS = {"may": EDITS}
_CLIENT_ID = "0b7c7f0e-6a3b-4f0e-9a51-3f2504e04f89"


def _json(**body: object) -> dict[str, str]:
    return {"data": json.dumps(body)}


_BACK = {"data": lambda _site: {"next": "/"}}
_DECISION = {**_LEADS, "values": {"decision_id": "decision"}}
_REMARK = {**_LEADS, "values": {"remark_id": "debrief_remark"}}

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
)
