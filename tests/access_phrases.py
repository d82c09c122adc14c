"""Who may look at a campaign's phrases and thresholds and change them: for all others there is no
such page.
"""

from __future__ import annotations

from tests.access_row import CHANGES_CAMPAIGN, Row, post

_CAMPAIGN = {"may": CHANGES_CAMPAIGN, "values": {"campaign_id": "campaign"}}
_PHRASE = {"role": "background", "text": "on a refait les bureaux"}
PHRASES = (
    Row("learning.phrases", **_CAMPAIGN),
    Row("learning.phrases_progress", **_CAMPAIGN),
    # Without a change to try there is nothing to show
    Row("learning.try_change", status=400, **_CAMPAIGN),
    post("learning.count_change", **_CAMPAIGN, data=lambda _: _PHRASE),
    Row(
        "learning.change_count",
        may=frozenset({"supervisor"}),  # who asked for the count
        values={"campaign_id": "campaign", "job_id": "count_job"},
    ),
    post("learning.save_change", **_CAMPAIGN, data=lambda _: _PHRASE),
    post(
        "learning.drop_phrase",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "phrase_id": "phrase"},
    ),
    post(
        "learning.undo_phrase",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "change_id": "tuning_change"},
    ),
)
