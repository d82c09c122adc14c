"""Who takes part: by joining, until the host says otherwise."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.debriefs.models import Attendance, Presence
from callcoach.debriefs.operations import attendance, live
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db, utc_now
from tests.debriefs.conftest import Floor
from tests.factories.debriefs import create_item


def test_joining_counts_until_the_host_says_otherwise(app: Flask, floor: Floor) -> None:
    with app.app_context():
        create_item(floor.debrief)
        assert attendance.join(floor.agent, floor.debrief) is None, "it has not begun"
        with pytest.raises(Conflict):
            attendance.mark(floor.claire, floor.debrief, floor.ids["agent"], Presence.ABSENT)
        live.start(floor.claire, floor.debrief)
        revision = live.live_of(floor.debrief).revision
        for _again in range(2):
            attendance.join(floor.agent, floor.debrief, Presence.REMOTE)
        assert live.live_of(floor.debrief).revision == revision + 1
        attendance.mark(floor.claire, floor.debrief, floor.ids["agent"], Presence.ABSENT)
        row = attendance.join(floor.agent, floor.debrief, Presence.PRESENT)
        assert row is not None
        assert row.presence == Presence.ABSENT
        assert db.session.query(Attendance).count() == 1


def test_only_those_of_the_debrief_are_marked_and_only_by_who_leads(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        create_item(floor.debrief)
        live.start(floor.claire, floor.debrief)
        with pytest.raises(NotFound):
            attendance.mark(floor.claire, floor.debrief, floor.ids["stranger"], Presence.PRESENT)
        for viewer in (floor.agent, floor.stranger, floor.sponsor):
            with pytest.raises(NotFound):
                attendance.mark(viewer, floor.debrief, floor.ids["colleague"], Presence.PRESENT)
        with pytest.raises(NotFound):
            attendance.join(floor.stranger, floor.debrief)
        live.end(floor.claire, floor.debrief)
        attendance.mark(floor.lead, floor.debrief, floor.ids["colleague"], Presence.REMOTE)
        floor.debrief.attendance_purged_at = utc_now()
        with pytest.raises(Conflict):
            attendance.mark(floor.claire, floor.debrief, floor.ids["agent"], Presence.PRESENT)
