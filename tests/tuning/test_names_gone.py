"""What a campaign changed under names that the engine no longer has, and campaigns without calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach import pipeline
from callcoach.accounts.models import Role, User
from callcoach.analysis.model import AgentChannel
from callcoach.calls.mapping import context_of
from callcoach.calls.models import Call, Transcript
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.pipeline import TranscriptData
from callcoach.tuning.models import (
    CampaignBound,
    CampaignPhrase,
    ChangeKind,
    DetectorStanding,
    PhraseRole,
    TuningChange,
)
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

PAGES = ("/campaigns/1/phrases", "/campaigns/1/reliability", "/campaigns/1/phrases?q=gone")


def _change_what_is_gone(campaign_id: int) -> None:
    for role in (PhraseRole.ADDED, PhraseRole.REMOVED, PhraseRole.PROTOTYPE):
        db.session.add(
            CampaignPhrase(campaign_id=campaign_id, role=role, list_name="gone", text="non merci")
        )
    for name in ("gone.length_s", "monologue.floor_s"):
        db.session.add(CampaignBound(campaign_id=campaign_id, name=name, value=-5.0))
    db.session.add(DetectorStanding(campaign_id=campaign_id, detector="X1", cause="gone"))
    for kind, subject, after in (
        (ChangeKind.BOUND, "gone.length_s", {"value": -5.0}),
        (ChangeKind.PHRASE, "gone", {"phrase": 1}),
        (ChangeKind.FLOOR, "X1/monologue", {"floor": 0.2}),
    ):
        db.session.add(
            TuningChange(campaign_id=campaign_id, kind=kind, subject=subject, after=after)
        )
    db.session.commit()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_names_that_are_gone_break_neither_the_analysis_nor_the_pages(
    app: Flask, sign_in: Callable[[User | int], FlaskClient], language: str
) -> None:
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team], language=language)
        call: Call = create_call(team=team, campaign=campaign)
        _change_what_is_gone(campaign.id)
        assert call.current_transcript_id is not None
        found = pipeline.analyse_transcript(
            TranscriptData.from_dict(
                db.session.get_one(Transcript, call.current_transcript_id).data
            ),
            agent_channel=AgentChannel(call.agent_channel),
            context=context_of(campaign),
        )
        assert found.turns
        browser = sign_in(create_user(Role.SUPERVISOR, [team]))
        call_id = call.id
    for address in (*PAGES, f"/calls/{call_id}"):
        assert browser.get(address).status_code == 200, address
    # Each can be taken back from the log
    for change_id in (1, 2):
        browser.post(f"/campaigns/1/phrases/changes/{change_id}/undo")
    with app.app_context():
        assert [row.name for row in db.session.query(CampaignBound)] == ["monologue.floor_s"]
        phrase = db.session.get_one(CampaignPhrase, 1)
        assert phrase.removed_at is not None


def test_a_campaign_without_calls_has_its_pages(
    app: Flask, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        team = create_team()
        campaign: Campaign = create_campaign(teams=[team])
        browser = sign_in(create_user(Role.SUPERVISOR, [team]))
        assert campaign.id == 1
    kind = "/campaigns/1/reliability/D09/ignored_objection"
    tries = (
        "/campaigns/1/phrases/try?role=added&list=objection&text=on+verra",
        "/campaigns/1/phrases/try?bound=monologue.floor_s&value=20",
        f"{kind}?floor=0.5",
    )
    for address in (*PAGES, kind, *tries, "/check"):
        assert browser.get(address).status_code == 200, address
