"""Who redacts calls and releases them; rows of `tests.access_table`."""

from __future__ import annotations

import json

from tests.access_row import ADMIN, CHANGES_CAMPAIGN, SUPERVISORS, Row, post

#: Who supervises the campaign of a call; nobody else learns that there is such a page.
_MAY = {"may": CHANGES_CAMPAIGN, "values": {"call_id": "call"}}
_PROPOSED = {"may": CHANGES_CAMPAIGN, "values": {"call_id": "colleagues_call"}}
_STRIKE = {"add": [{"turn": 0, "start": 0, "end": 4, "kind": "name"}], "based_on": [1, 1, "0"]}
#: Who may is answered that these are not the words that were shown: the digest is another one.
_STALE = {**_PROPOSED, "status": 409, "writes": False}
_SHOWN = {"number": "1", "version": "1", "digest": "0"}

PRIVACY: tuple[Row, ...] = (
    Row("privacy.list_redactions", may=SUPERVISORS | ADMIN),
    Row("privacy.show_redaction", **_MAY, writes=True),
    Row(
        "privacy.change_redaction",
        "PUT",
        **_STALE,
        data=lambda _: {"data": json.dumps(_STRIKE)},
    ),
    post("privacy.release", **_STALE, data=lambda _: dict(_SHOWN)),
    post("privacy.withdraw", **_MAY),
    Row("privacy.sound_state", **_MAY),
    Row(
        "privacy.redacted_sound",
        may=CHANGES_CAMPAIGN,
        values={"call_id": "call", "variant": "voice"},
        writes=True,
    ),
)
