"""Which version a team says at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from callcoach.extensions import db
from callcoach.script_library.in_force import release_in_force, version_in_force
from callcoach.script_library.models import EndReason, VersionState
from tests.factories.accounts import create_team
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_the_latest_that_has_started_is_in_force(app: Flask) -> None:
    with app.app_context():
        team, other = create_team(), create_team()
        campaign = create_campaign([team, other])
        script = create_script(campaign)
        first = create_version(script, in_force_for=[team, other], since=MAY)
        second = create_version(script, in_force_for=[team], since=JUNE)
        at = (campaign.id, team.id)
        assert version_in_force(*at, MAY - timedelta(seconds=1)) is None
        assert version_in_force(*at, MAY) is first
        assert version_in_force(*at, JUNE - timedelta(seconds=1)) is first
        assert version_in_force(*at, JUNE) is second
        assert version_in_force(campaign.id, other.id, JUNE) is first


def test_ending_the_newest_brings_the_one_before_back(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        campaign = create_campaign([team])
        script = create_script(campaign)
        first = create_version(script, in_force_for=[team], since=MAY)
        second = create_version(script, in_force_for=[team], since=JUNE)
        ended = JUNE + timedelta(days=2)
        release = release_in_force(campaign.id, team.id, ended)
        assert release is not None
        release.ended_at, release.end_reason = ended, EndReason.SUSPENDED
        db.session.commit()
        assert version_in_force(campaign.id, team.id, ended - timedelta(seconds=1)) is second
        assert version_in_force(campaign.id, team.id, ended) is first


def test_another_campaign_s_and_unpublished_versions_are_not(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        mine, theirs = create_campaign([team]), create_campaign([team])
        create_version(create_script(theirs), in_force_for=[team], since=MAY)
        create_version(
            create_script(mine), state=VersionState.DRAFT, in_force_for=[team], since=MAY
        )
        assert version_in_force(mine.id, team.id, JUNE) is None
