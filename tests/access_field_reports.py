"""Who reads and writes what rises from the floor; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import CHANGES_CAMPAIGN, SPONSORS, Row, post

_CAMPAIGN = {"may": CHANGES_CAMPAIGN, "values": {"campaign_id": "campaign"}}
_READS_LETTER = CHANGES_CAMPAIGN | {"sponsor"}

FIELD_REPORTS = (
    Row("field_reports.show_week", **_CAMPAIGN),
    Row("field_reports.week_in_short", **_CAMPAIGN),
    Row("field_reports.for_debrief", **_CAMPAIGN),
    post(
        "field_reports.finish_finding",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "kept_id": "debrief_finding"},
    ),
    post(
        "field_reports.finish_pair",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "pair_id": "kept_pair"},
    ),
    # Nobody said it in the current week, so that even those who may find nothing to keep
    post(
        "field_reports.keep_finding",
        **_CAMPAIGN,
        status=404,
        writes=False,
        data=lambda _: {"signal": "objection", "key": "too_dear", "used_for": "debrief"},
    ),
    post(
        "field_reports.drop_finding",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "kept_id": "kept_finding"},
    ),
    post(
        "field_reports.watch_term",
        **_CAMPAIGN,
        data=lambda _: {"signal": "competitor", "label": "Comptafacile"},
    ),
    post(
        "field_reports.unwatch_term",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "watched_id": "watched_term"},
    ),
    post(
        "field_reports.rewatch_term",
        may=CHANGES_CAMPAIGN,
        values={"campaign_id": "campaign", "watched_id": "removed_term"},
    ),
    Row("field_reports.write_letter", **_CAMPAIGN),
    post("field_reports.save_letter", **_CAMPAIGN, data=lambda _: {"intro": "Bonjour."}),
    Row("field_reports.list_letters", may=SPONSORS),
    Row("field_reports.show_letter", may=_READS_LETTER, values={"letter_id": "sent_letter"}),
    Row("field_reports.letter_pdf", may=_READS_LETTER, values={"letter_id": "sent_letter"}),
)
