"""Who runs and attends debriefs; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_debrief_presenting import DEBRIEF_PRESENTING
from tests.access_row import AGENTS, Row, post
from tests.factories.two_sites import Site

_HOST = frozenset({"supervisor", "admin"})
_MET = {"debrief_id": "running_one_to_one"}


def _aim(site: Site) -> Mapping[str, object]:
    today = utc_now().date()
    return {
        "client_id": "0123456789-aim",
        "campaign_id": site.campaign,
        "text": "Deux questions ouvertes",
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
    }


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
    # A one-to-one is its host's and its agent's; other leaders of the team know nothing of it
    Row("debriefs.show_together", may=_HOST, values=_MET),
    post(
        "debriefs.practise_together",
        may=_HOST,
        values={**_MET, "item_id": "met_item"},
    ),
    post(
        "debriefs.take_drill_back",
        may=_HOST,
        values={**_MET, "item_id": "met_item"},
        writes=False,
    ),
    post("debriefs.propose_together", may=_HOST, values=_MET, data=_aim),
    post(
        "debriefs.agree_together",
        may=frozenset({"agent"}),
        values={**_MET, "objective_id": "met_objective"},
        data=lambda _site: {"based_on": 1},
    ),
)
