"""Who sees what in the portal of the sponsors; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import ADMIN, SPONSORS, SUPERVISORS, Row, post
from tests.factories.two_sites import Site

#: The client's own people, and those of the floor who look at what their client sees.
_SEES = {"may": frozenset({"sponsor", "supervisor", "admin"})}
#: Only the client's own people answer; who looks in may not.
_ANSWERS = {"may": frozenset({"sponsor"}), "refused": frozenset({"supervisor", "admin"})}

_CAMPAIGN = {"campaign_id": "campaign"}
_CALL = {"audit_call_id": "portal_audit_call"}
_FINDING = {"finding_id": "portal_finding"}
_INCIDENT = {"incident_id": "portal_incident"}
_DRAWN = {"wording_call_id": "portal_wording_call"}
_FIELD = {**_CAMPAIGN, "version_id": "portal_promise", "by": "weeks", "key": "portal_week"}
_REPORT = {"report_id": "portal_report"}


def _contest(_site: Site) -> dict[str, str]:
    return {"kind": "contests", "text": "Ce n’est pas la phrase."}


def _answer(_site: Site) -> dict[str, str]:
    return {"standing": "faithful", "reason": "Elle le dit autrement."}


PORTAL: tuple[Row, ...] = (
    # whoever has campaigns of clients chooses among theirs
    Row("sponsors.portal", may=SPONSORS | SUPERVISORS | ADMIN),
    Row("sponsors.show_campaign", **_SEES, values=_CAMPAIGN),
    Row("sponsors.show_matrix", **_SEES, values=_CAMPAIGN),
    Row("sponsors.show_moments", **_SEES, values=_FIELD),
    Row("sponsors.list_audits", **_SEES, values=_CAMPAIGN),
    Row("sponsors.list_incidents", **_SEES, values=_CAMPAIGN),
    Row("sponsors.list_wordings", **_SEES, values=_CAMPAIGN),
    Row("sponsors.show_audit", **_SEES, values={"audit_id": "portal_audit"}),
    Row("sponsors.show_call", **_SEES, values=_CALL),
    Row("sponsors.call_audio", **_SEES, values=_CALL),
    Row("sponsors.call_audio_status", **_SEES, values=_CALL),
    Row("sponsors.show_finding", **_SEES, values=_FINDING),
    Row("sponsors.finding_audio", **_SEES, values=_FINDING),
    Row("sponsors.finding_audio_status", **_SEES, values=_FINDING),
    post("sponsors.add_remark", **_ANSWERS, values=_FINDING, data=_contest),
    post(
        "sponsors.withdraw_remark",
        may=frozenset({"sponsor"}),
        values={"remark_id": "portal_remark"},
    ),
    post(
        "sponsors.restore_remark",
        may=frozenset({"sponsor"}),
        values={"remark_id": "portal_withdrawn_remark"},
    ),
    post(
        "sponsors.answer_calibration",
        **_ANSWERS,
        values={"finding_id": "portal_contested"},
        data=_answer,
    ),
    Row("sponsors.show_incident", **_SEES, values=_INCIDENT),
    Row("sponsors.incident_audio", **_SEES, values=_INCIDENT),
    Row("sponsors.incident_audio_status", **_SEES, values=_INCIDENT),
    post(
        "sponsors.comment_incident",
        **_ANSWERS,
        values=_INCIDENT,
        data=lambda _site: {"text": "Merci de nous l’avoir dit."},
    ),
    Row("sponsors.show_wording", **_SEES, values={"draw_id": "portal_draw"}),
    Row("sponsors.show_wording_call", **_SEES, values=_DRAWN),
    Row("sponsors.wording_audio", **_SEES, values=_DRAWN),
    Row("sponsors.wording_audio_status", **_SEES, values=_DRAWN),
    Row("sponsors.wording_moment", **_SEES, values=_DRAWN),
    Row("sponsors.wording_moment_status", **_SEES, values=_DRAWN),
    Row("sponsors.download_report", **_SEES, values={**_REPORT, "what": "pdf"}),
    Row("sponsors.show_log", may=ADMIN),
)
