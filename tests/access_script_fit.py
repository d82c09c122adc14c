"""Who may do what with lines of the script, requests, examples and briefings; rows of
`tests.access_table`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import AGENTS, HEARS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

#: Who works on the script of the site.
_WORKS = {"may": frozenset({"supervisor", "admin"})}
#: Who sees who has read a briefing.
_OVERSEES = {"may": frozenset({"supervisor", "team_lead", "admin"})}
_CAMPAIGN = {**_WORKS, "values": {"campaign_id": "fit_campaign"}}
_LINE = {**_WORKS, "values": {"line_id": "fit_line"}}
_REQUEST = {**_WORKS, "values": {"request_id": "fit_request"}}
_EXAMPLE = {"example_id": "fit_example"}
_VERSION = {"version_id": "fit_version"}


def _asked(site: Site) -> Mapping[str, object]:
    return {
        "line": site.fit_line,
        "title": "Autrement",
        "proposed_text": "Et chez vous ?",
        "note": site.fit_note,
    }


def _merged(site: Site) -> Mapping[str, object]:
    seen = f"Comment faites-vous {site.mark} ?"
    return {"into": "new", "text": "Et chez vous ?", "seen-new": seen}


def _pinned(site: Site) -> Mapping[str, object]:
    return {"call": site.fit_call, "start": "12,5", "end": "0:20", "kind": "good"}


SCRIPT_FIT: tuple[Row, ...] = (
    Row("script_fit.list_lines", **_CAMPAIGN),
    Row("script_fit.show_line", **_LINE),
    Row("script_fit.list_requests", **_CAMPAIGN),
    Row("script_fit.new_request", **_CAMPAIGN),
    _post("script_fit.create_request", **_CAMPAIGN, data=_asked),
    Row("script_fit.show_request", **_REQUEST),
    _post("script_fit.save_request", **_REQUEST, data=lambda s: {**_asked(s), "based_on": 1}),
    _post("script_fit.add_evidence", **_REQUEST, data=lambda site: {"note": site.fit_further_note}),
    _post("script_fit.decline_request", **_REQUEST, data=lambda _: {"answer": "Pas encore."}),
    _post("script_fit.reopen_request", **_WORKS, values={"request_id": "fit_declined"}),
    _post("script_fit.merge_request", **_REQUEST, data=_merged),
    # a request is its author's to take back; to everybody else it is not theirs
    _post(
        "script_fit.remove_request",
        may=frozenset({"supervisor"}),
        values={"request_id": "fit_request"},
    ),
    _post("script_fit.pin_example", **_LINE, data=_pinned),
    _post("script_fit.unpin_example", **_WORKS, values=_EXAMPLE),
    _post("script_fit.restore_example", **_WORKS, values={"example_id": "fit_removed_example"}),
    _post("script_fit.ask_for_example", **_WORKS, values=_EXAMPLE),
    Row("script_fit.example_sound", may=HEARS, values=_EXAMPLE, status=202),
    Row("script_fit.example_sound_status", may=HEARS | AGENTS, values=_EXAMPLE),
    Row("script_fit.my_briefing", may=AGENTS, values=_VERSION),
    # nobody confirms what they have not opened
    _post(
        "script_fit.confirm_briefing",
        may=frozenset({"agent"}),
        values=_VERSION,
        but={"colleague": 409},
    ),
    Row("script_fit.show_readings", **_OVERSEES, values=_VERSION),
    _post("script_fit.remind_team", **_OVERSEES, values={**_VERSION, "team_id": "team"}),
)
