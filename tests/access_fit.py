"""Who may see what calls make of a script; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import CHANGES_CAMPAIGN, Row

FIT: tuple[Row, ...] = (
    Row("script_fit.heat", may=CHANGES_CAMPAIGN, values={"campaign_id": "fit_campaign"}),
    Row("script_fit.line_said", may=CHANGES_CAMPAIGN, values={"line_id": "fit_line"}),
)
