"""Words learnt from a call are read by those who see the call, though they count for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach import pipeline
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call
from callcoach.calls.operations.lifecycle import delete_call, purge_call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.learning import phrase_previews as previews
from callcoach.learning.phrase_changes import Proposal
from callcoach.tuning.models import CampaignPhrase
from callcoach.tuning.operations import add_phrase, rewrite_phrase, set_bound
from callcoach.tuning.queries import tuning_of
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

WORDS = "on a déjà un outil qui marche"
UNREAD = "words of a call that you do not see"


@dataclass(frozen=True)
class Shared:
    """A campaign of two teams; the phrase was learnt from a call of the first."""

    campaign_id: int
    call_id: int
    phrase_id: int
    own: int
    other: int
    admin: int


@pytest.fixture
def shared(app: Flask) -> Shared:
    with app.app_context():
        team, second = create_team(), create_team()
        campaign = create_campaign(teams=[team, second])
        call = create_call(team=team, campaign=campaign)
        own = create_user(Role.SUPERVISOR, [team], locale="en")
        add_phrase(
            viewer_of(own),
            campaign,
            role="prototype",
            list_name="objection",
            text=WORDS,
            source_call_id=call.id,
        )
        db.session.commit()
        return Shared(
            campaign.id,
            call.id,
            db.session.scalars(select(CampaignPhrase.id)).one(),
            own.id,
            create_user(Role.SUPERVISOR, [second], locale="en").id,
            create_user(Role.ADMIN, locale="en").id,
        )


def test_words_of_a_call_are_read_by_those_who_see_it(
    app: Flask, shared: Shared, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    base = f"/campaigns/{shared.campaign_id}"
    pages = (f"{base}/phrases", f"{base}/phrases?q=outil", f"{base}/reliability")
    for address in pages:
        assert WORDS in unescape(sign_in(shared.own).get(address).text), address
        assert WORDS in unescape(sign_in(shared.admin).get(address).text), address
        assert WORDS not in unescape(sign_in(shared.other).get(address).text), address
    stranger = sign_in(shared.other)
    assert UNREAD in unescape(stranger.get(pages[0]).text)
    assert f"phrase-{shared.phrase_id}" not in stranger.get(pages[1]).text, "nor found by them"
    rewritten = {"phrase": shared.phrase_id, "text": "autre chose"}
    assert stranger.get(f"{base}/phrases/try", query_string=rewritten).status_code == 404
    assert stranger.post(f"{base}/phrases", data=rewritten).status_code == 404
    with app.app_context():
        assert tuning_of(shared.campaign_id).prototypes == {"objection": (WORDS,)}
    # A phrase counts in their calls too: they may take it away, unread
    assert stranger.post(f"{base}/phrases/{shared.phrase_id}/remove").status_code == 302
    with app.app_context():
        assert tuning_of(shared.campaign_id).is_empty
    assert WORDS not in unescape(stranger.get(pages[0]).text)


def test_the_log_keeps_unread_words_unread_after_they_were_rewritten(
    app: Flask, shared: Shared, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        campaign = db.session.get_one(Campaign, shared.campaign_id)
        viewer = viewer_of(db.session.get_one(User, shared.own))
        rewrite_phrase(viewer, campaign, shared.phrase_id, "nous sommes équipés")
        db.session.commit()
    page = unescape(sign_in(shared.other).get(f"/campaigns/{shared.campaign_id}/phrases").text)
    assert WORDS not in page
    assert "nous sommes équipés" in page, "a person's own words are everybody's"


def test_words_leave_with_their_call(
    app: Flask, shared: Shared, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    address = f"/campaigns/{shared.campaign_id}/phrases"
    with app.app_context():
        call = db.session.get_one(Call, shared.call_id)
        delete_call(viewer_of(db.session.get_one(User, shared.own)), call)
        db.session.commit()
    assert WORDS not in unescape(sign_in(shared.admin).get(address).text), "put aside"
    with app.app_context():
        purge_call(db.session.get_one(Call, shared.call_id))
        db.session.commit()
        assert db.session.scalars(select(CampaignPhrase)).all() == []
        assert tuning_of(shared.campaign_id).is_empty
    page = unescape(sign_in(shared.admin).get(address).text)
    assert WORDS not in page
    assert "a phrase that has left with its call" in page


def test_a_count_that_fails_keeps_no_words(
    app: Flask, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _break(*_arguments: object, **_options: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(pipeline, "analyse_transcript", _break)
    with app.app_context():
        campaign = db.session.get_one(Campaign, shared.campaign_id)
        viewer = viewer_of(db.session.get_one(User, shared.own))
        proposal = Proposal(role="prototype", list_name="refusal", text=WORDS)
        job_id = previews.ask_for_count(viewer, campaign, proposal).id
        db.session.commit()
    for _attempt in range(5):
        with app.app_context():
            job = db.session.get_one(Job, job_id)
            if job.state == JobState.FAILED:
                break
            job.not_before = utc_now()
            db.session.commit()
        Runner(app, "test worker").run(job_id)
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert job.state == JobState.FAILED
        assert WORDS not in str(job.payload)


def test_a_threshold_that_somebody_set_in_between_is_not_overwritten(
    app: Flask, shared: Shared, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    client = sign_in(shared.own)
    base = f"/campaigns/{shared.campaign_id}/phrases"
    page = client.get(f"{base}/try?bound=monologue.floor_s&value=20").text
    assert 'name="seen" value=""' in page
    with app.app_context():
        campaign = db.session.get_one(Campaign, shared.campaign_id)
        viewer = viewer_of(db.session.get_one(User, shared.admin))
        set_bound(viewer, campaign, "monologue.floor_s", 12.5)
        db.session.commit()
    fields = {"bound": "monologue.floor_s", "value": "20", "seen": ""}
    client.post(base, data=fields)
    assert "Somebody set this threshold since" in client.get(base).text
    with app.app_context():
        assert tuning_of(shared.campaign_id).bounds == {"monologue.floor_s": 12.5}
    page = client.get(f"{base}/try?bound=monologue.floor_s&value=20").text
    assert 'name="seen" value="12.5"' in page
    client.post(base, data={**fields, "seen": "12.5"})
    with app.app_context():
        assert tuning_of(shared.campaign_id).bounds == {"monologue.floor_s": 20}
