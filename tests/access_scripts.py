"""Who may do what with scripts and their versions; rows of `tests.access_table`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.access_row import SUPERVISORS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

#: Who writes the script of the site.
_WRITES = frozenset({"supervisor", "admin"})
#: They read the campaign; its script is written by others.
_READ_ONLY = frozenset({"agent", "colleague", "team_lead", "sponsor"})
_OVERSEES = {
    "may": _WRITES | {"team_lead"},
    "values": {"campaign_id": "script_campaign"},
}
#: What is in force for the team of the site: all of its people and its sponsor.
_READS = {"may": _WRITES | _READ_ONLY, "values": {"version_id": "script_version"}}
_DRAFT = {"may": _WRITES, "values": {"version_id": "script_draft"}}
_LINE = {"may": _WRITES, "values": {"version_id": "script_draft", "key": "script_line"}}
_SECTION = {"may": _WRITES, "values": {"version_id": "script_draft", "key": "script_section"}}
_OF_CAMPAIGN = {
    "may": _WRITES,
    "refused": _READ_ONLY,
    "values": {"campaign_id": "script_campaign"},
}


def _text(_site: Site) -> Mapping[str, object]:
    return {"text": "- Bonjour, un instant ?"}


def _kept(_site: Site) -> Mapping[str, object]:
    line = {"key": "neuve", "text": "Bonjour, un instant ?"}
    section = {"key": "rubrique", "kind": "opening", "lines": [line]}
    return {"content": json.dumps({"sections": [section]})}


SCRIPTS = (
    Row("script_library.show_script", **_OVERSEES),
    Row("script_library.show_history", **_OVERSEES),
    Row(
        "script_library.export_history",
        may=_OVERSEES["may"],
        values={**_OVERSEES["values"], "file_format": "md"},
    ),
    Row("script_library.import_form", **_OF_CAMPAIGN),
    Row("script_library.read_import", "POST", **_OF_CAMPAIGN, data=_text, writes=False),
    _post("script_library.keep_import", **_OF_CAMPAIGN, data=_kept),
    _post("script_library.start_draft", **_OF_CAMPAIGN),
    _post(
        "script_library.fork_into",
        **{**_OF_CAMPAIGN, "values": {"campaign_id": "campaign"}},
        data=lambda site: {"version_id": site.script_version},
    ),
    Row("script_library.show_version", **_READS),
    Row("script_library.show_diff", **_READS),
    Row(
        "script_library.export_version",
        may=_READS["may"],
        values={**_READS["values"], "file_format": "json"},
    ),
    _post("script_library.restore_version", **{**_READS, "may": _WRITES}, refused=_READ_ONLY),
    _post(
        "script_library.fork_version",
        **{**_READS, "may": _WRITES},
        refused=_READ_ONLY,
        data=lambda site: {"campaign_id": site.campaign},
    ),
    Row("script_library.edit_version", **_DRAFT),
    Row("script_library.show_line", **_LINE, status=302),
    Row("script_library.edit_line", **_LINE, status=302),
    _post("script_library.save_line", **_LINE, data=lambda _: {"text": "Autrement dit."}),
    _post(
        "script_library.add_line",
        **_DRAFT,
        data=lambda site: {"text": "Encore.", "section": site.script_section},
    ),
    _post("script_library.remove_line", **_LINE),
    _post("script_library.move_line", **_LINE, data=lambda _: {"by": 1}),
    _post("script_library.add_section", **_DRAFT, data=lambda _: {"kind": "closing"}),
    _post("script_library.change_section", **_SECTION, data=lambda _: {"kind": "closing"}),
    _post("script_library.remove_section", **_SECTION),
    _post("script_library.move_section", **_SECTION, data=lambda _: {"by": 1}),
    # only the supervisor has something to take back
    _post(
        "script_library.undo_edit",
        **{**_DRAFT, "may": SUPERVISORS - {"other_supervisor"}},
        but={"admin": 400},
    ),
    _post("script_library.describe_version", **_DRAFT, data=lambda _: {"reason": "Parce que."}),
    _post("script_library.discard_version", **_DRAFT),
)
