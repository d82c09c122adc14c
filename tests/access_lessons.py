"""Who reads and shares lessons; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import CHANGES_CAMPAIGN, EDITS, SUPERVISORS, Row, post

#: Whoever answers for a team of the campaign reads; its supervisors decide.
_READS = {"may": EDITS, "values": {"lesson_id": "lesson"}}
_DECIDES = {"may": CHANGES_CAMPAIGN, "refused": frozenset({"team_lead"})}
_SHARES = {**_DECIDES, "values": {"lesson_id": "lesson"}}
_OFFERED = {**_DECIDES, "values": {"lesson_id": "offered_lesson", "team_id": "team"}}
_TAKEN = {**_DECIDES, "values": {"lesson_id": "lesson", "team_id": "team"}}


def _lesson(campaign: int, team: int) -> dict[str, object]:
    return {
        "campaign_id": campaign,
        "team_id": team,
        "title": "Reformuler",
        "text": "La question ensuite.",
        "kind": "expression",
        "expression": "si je comprends bien",
    }


LESSONS: tuple[Row, ...] = (
    Row("lessons.list_lessons", may=EDITS | SUPERVISORS),
    Row(
        "lessons.new_lesson",
        may=CHANGES_CAMPAIGN | SUPERVISORS,
        refused=frozenset({"team_lead"}),
    ),
    post(
        "lessons.create_lesson",
        may=CHANGES_CAMPAIGN,
        refused=frozenset({"team_lead"}),
        data=lambda site: _lesson(site.campaign, site.team),
    ),
    Row("lessons.show_lesson", **_READS),
    Row("lessons.edit_lesson", **_SHARES),
    post(
        "lessons.save_lesson",
        **_SHARES,
        data=lambda site: {**_lesson(site.campaign, site.team), "row_version": 1},
    ),
    post("lessons.archive_lesson", **_SHARES),
    post("lessons.restore_lesson", **_SHARES, writes=False),
    post("lessons.propose_lesson", **_SHARES, data=lambda site: {"team_ids": [site.team]}),
    post("lessons.withdraw_proposal", **_SHARES, writes=False),
    post("lessons.take_lesson", **_OFFERED),
    post("lessons.decline_lesson", **_OFFERED),
    post("lessons.undecide_lesson", **_OFFERED, writes=False),
    post("lessons.brief_lesson", **_TAKEN),
    post("lessons.unbrief_lesson", **_TAKEN, writes=False),
)
