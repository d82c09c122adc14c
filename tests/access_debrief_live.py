"""Who runs and attends debriefs; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_debrief_presenting import DEBRIEF_PRESENTING
from tests.access_row import AGENTS, Row, post

DEBRIEF_LIVE: tuple[Row, ...] = (
    *DEBRIEF_PRESENTING,
    # Agents, on their phones
    Row("debriefs.my_debriefs", may=AGENTS),
    Row("debriefs.my_debrief", may=AGENTS, values={"debrief_id": "running_debrief"}),
    Row("debriefs.my_debrief_now", may=AGENTS, values={"debrief_id": "running_debrief"}),
    post(
        "debriefs.join_debrief",
        may=AGENTS,
        values={"debrief_id": "running_debrief"},
        data=lambda _site: {"presence": "remote"},
    ),
    post(
        "debriefs.answer_item",
        may=AGENTS,
        values={"debrief_id": "running_debrief", "item_id": "live_item"},
        data=lambda _site: {"client_id": "0123456789", "text": "Depuis quand ?", "edition": "2"},
    ),
    post(
        "debriefs.open_item",
        may=AGENTS,
        values={"debrief_id": "done_debrief", "item_id": "done_item"},
    ),
)
