"""Who may look at the ledger of a campaign and decide there: for all others there is no such page."""

from __future__ import annotations

from tests.access_row import CHANGES_CAMPAIGN, Row, post

_LEDGER = {"may": CHANGES_CAMPAIGN, "values": {"campaign_id": "campaign"}}
_KIND = {
    "may": CHANGES_CAMPAIGN,
    "values": {"campaign_id": "campaign", "detector": "D09", "cause": "ignored_objection"},
}
LEDGER = (
    Row("learning.ledger", **_LEDGER),
    Row("learning.ledger_kind", **_KIND),
    post(
        "learning.decide_standing", **_KIND, data=lambda _: {"choice": "retired", "seen": "active"}
    ),
    post("learning.decide_floor", **_KIND, data=lambda _: {"floor": "0,4", "seen": "0.0"}),
    post(
        "learning.undo_tuning",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "change_id": "tuning_change"},
    ),
)
