"""Who runs a debrief and follows it live; rows of `tests.access_debrief_live`."""

from __future__ import annotations

import json

from tests.access_row import AGENTS, EDITS, Row, post

_RUNNING = {"values": {"debrief_id": "running_debrief"}}
#: Who leads the site's debriefs: they answer for its team.
_LEADS = {"may": EDITS, **_RUNNING}
_LEADS_ANSWER = {"may": EDITS, "values": {"answer_id": "debrief_answer"}}


def _json(**body: object) -> dict[str, str]:
    return {"data": json.dumps(body)}


DEBRIEF_PRESENTING: tuple[Row, ...] = (
    Row("debriefs.follow_live", may=EDITS | AGENTS, **_RUNNING),
    post("debriefs.start_debrief", may=EDITS, values={"debrief_id": "debrief"}),
    post("debriefs.end_debrief", **_LEADS),
    post("debriefs.reopen_debrief", **_LEADS, writes=False),
    Row(
        "debriefs.put_live_item",
        "PUT",
        **_LEADS,
        data=lambda site: _json(item_id=site.live_item, phase="shown"),
        writes=True,
    ),
    Row(
        "debriefs.put_live_rest",
        "PUT",
        **_LEADS,
        data=lambda _site: _json(is_resting=True),
        writes=True,
    ),
    Row(
        "debriefs.put_live_sound",
        "PUT",
        may=frozenset({"agent", "supervisor", "admin"}),
        values={"debrief_id": "running_one_to_one"},
        data=lambda _site: _json(is_playing=True, position_ms=9600),
        writes=True,
    ),
    Row(
        "debriefs.put_attendance",
        "PUT",
        may=EDITS,
        values={"debrief_id": "running_debrief", "user_id": "colleague"},
        data=lambda _site: _json(presence="remote"),
        writes=True,
    ),
    post("debriefs.hide_answer", **_LEADS_ANSWER),
    post("debriefs.show_answer", **_LEADS_ANSWER, writes=False),
    Row("debriefs.present", **_LEADS),
    Row(
        "debriefs.present_item",
        may=EDITS,
        values={"debrief_id": "running_debrief", "item_id": "live_item"},
    ),
)
