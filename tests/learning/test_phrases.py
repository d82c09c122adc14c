"""Trying a change on past calls, and the page of a campaign's phrases and thresholds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach import pipeline
from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.analysis.model import Cause, Message, Valence
from callcoach.analysis.model import TippingPoint as Found
from callcoach.analysis.tuning import Tuning
from callcoach.calls.models import Call
from callcoach.calls.subjects import FEED_REFRESH
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.learning import phrase_previews as previews
from callcoach.learning.phrase_changes import Proposal, applied, checked
from callcoach.tuning.models import CampaignPhrase
from callcoach.tuning.queries import tuning_of
from callcoach.tuning.vocabulary import packaged_phrases
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

SignIn = Callable[[User | int], FlaskClient]


@dataclass(frozen=True)
class Place:
    """A campaign of one team, with two calls of that team and one of another one."""

    campaign_id: int
    team_id: int
    call_id: int
    supervisor_id: int
    supervisor: Viewer
    admin: Viewer


@pytest.fixture
def place(app: Flask) -> Place:
    with app.app_context():
        team, other = create_team(), create_team()
        campaign = create_campaign(teams=[team, other])
        call = create_call(team=team, campaign=campaign)
        create_call(team=team, campaign=campaign)
        create_call(team=other, campaign=campaign)
        create_call(team=team)  # another campaign's
        supervisor = create_user(Role.SUPERVISOR, teams=[team])
        return Place(
            campaign.id,
            team.id,
            call.id,
            supervisor.id,
            viewer_of(supervisor),
            viewer_of(create_user(Role.ADMIN)),
        )


def _campaign(place: Place) -> Campaign:
    return db.session.get_one(Campaign, place.campaign_id)


def test_words_are_counted_where_they_were_said(app: Flask, place: Place) -> None:
    with app.app_context():
        found = previews.preview_words(place.supervisor, _campaign(place), "démonstration mardi")
        assert (found.calls, found.count, found.in_calls, found.before) == (2, 2, 2, None)
        first = found.places[0]
        # The words of the turn are spread evenly over 12.2 s to 24 s: the 5th and 6th of eight
        assert (first.speaker, first.quote) == ("agent", "démonstration mardi")
        assert 12_200 < first.start_ms < first.end_ms < 24_000
        assert previews.preview_words(place.admin, _campaign(place), "démonstration").count == 3
        assert previews.preview_words(place.admin, _campaign(place), "jamais dit ici").count == 0


def test_a_rewritten_phrase_is_compared_with_the_one_before(app: Flask, place: Place) -> None:
    with app.app_context():
        found = previews.preview_words(
            place.supervisor, _campaign(place), "non merci", before="l'an dernier"
        )
        assert (found.count, found.before) == (2, 2)


def test_only_the_last_calls_are_looked_at(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "WORD_CALLS", 1)
    with app.app_context():
        found = previews.preview_words(place.supervisor, _campaign(place), "non merci")
        assert (found.calls, found.count) == (1, 1)
        assert found.places[0].call_id != place.call_id, "the newest one"


def test_a_proposal_is_read_and_written_as_fields() -> None:
    proposal = Proposal(bound="monologue.floor_s", value=12.5)
    assert Proposal.from_values(proposal.fields()) == proposal
    assert Proposal.from_values({"bound": "x", "value": "12,5"}).value == 12.5
    assert Proposal.from_values({"bound": "x", "value": " "}).value is None
    for wrong in ({"value": "many"}, {"phrase": "x"}, {"call": "1.5"}):
        with pytest.raises(InvalidInput):
            Proposal.from_values(wrong)


def test_a_proposal_changes_nothing_until_it_is_saved(app: Flask, place: Place) -> None:
    with app.app_context():
        campaign = _campaign(place)
        for proposal, expected in (
            (
                Proposal(role="added", list_name="objection", text=" on  verra "),
                Tuning(added={"objection": ("on verra",)}),
            ),
            (
                Proposal(role="prototype", list_name="objection", text="on a ce qu'il faut"),
                Tuning(prototypes={"objection": ("on a ce qu'il faut",)}),
            ),
            (Proposal(role="background", text="il pleut"), Tuning(background=("il pleut",))),
            (
                Proposal(bound="monologue.floor_s", value=20),
                Tuning(bounds={"monologue.floor_s": 20}),
            ),
            (Proposal(bound="monologue.floor_s"), Tuning()),
        ):
            assert applied(campaign, checked(campaign, proposal)) == expected
        assert tuning_of(campaign.id).is_empty
        for wrong in (
            Proposal(),
            Proposal(role="added", list_name="nothing", text="on verra"),
            Proposal(bound="monologue.floor_s", value=500),
            Proposal(bound="nothing"),
            Proposal(phrase_id=7, text="on verra"),
        ):
            with pytest.raises(InvalidInput):
                checked(campaign, wrong)


def _run(app: Flask) -> None:
    with app.app_context():
        job_id = db.session.scalars(select(Job.id).where(Job.kind == previews.COUNT_FLAGS)).one()
    Runner(app, "test worker").run(job_id)


def test_flags_that_come_and_go_are_counted_by_analysing_again(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The detectors are others' to test: here the analysis flags by the tuning alone."""
    analyse = pipeline.analyse_transcript

    def _by_tuning(*arguments: object, context: object, **options: object) -> object:
        bounds = context.tuning.bounds  # type: ignore[attr-defined]
        found = analyse(*arguments, context=context, **options)  # type: ignore[arg-type]
        turn = next(turn for turn in found.turns if turn.words)
        point = Found(
            turn=turn.index,
            start_s=turn.start_s,
            end_s=turn.end_s,
            valence=Valence.NEGATIVE,
            cause=Cause.MONOLOGUE if bounds else Cause.RUSHED,
            severity=2,
            confidence=0.8,
            detector="D02",
            evidence=(),
            explanation=Message("explanation.missed_negative"),
            suggestion=Message("suggestion.monologue"),
        )
        return replace(found, tipping_points=(point,))

    monkeypatch.setattr(pipeline, "analyse_transcript", _by_tuning)
    proposal = Proposal(bound="monologue.floor_s", value=20.0)
    with app.app_context():
        previews.ask_for_count(place.supervisor, _campaign(place), proposal)
        db.session.commit()
    _run(app)
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == previews.COUNT_FLAGS)).one()
        assert job.state == JobState.DONE
        assert "proposal" not in job.payload
        result = previews.result_of(place.supervisor, job)
        assert result is not None
        assert result.calls == 2
        assert {item.cause for item in result.come} == {"monologue"}
        assert {item.cause for item in result.go} == {"rushed"}
        assert len(result.come) == len(result.go) == 2
        stranger = viewer_of(create_user(Role.SUPERVISOR, teams=[create_team()]))
        hidden = previews.result_of(stranger, job)
        assert hidden is not None
        assert (hidden.come, hidden.go) == ([], [])
        assert tuning_of(place.campaign_id).is_empty, "nothing was saved"


def test_a_phrase_is_tried_saved_and_undone(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.supervisor_id)
    base = f"/campaigns/{place.campaign_id}/phrases"
    fields = {"role": "added", "list": "objection", "text": "l'an dernier"}
    tried = unescape(client.get(f"{base}/try", query_string=fields).text)
    assert f"/calls/{place.call_id}" in tried
    assert "l'an dernier." in tried
    answer = client.post(base, data=fields)
    assert answer.status_code == 302
    assert answer.location.endswith("#objection")
    page = unescape(client.get(base).text)
    assert "l'an dernier" in page
    with app.app_context():
        assert tuning_of(place.campaign_id).added == {"objection": ("l'an dernier",)}
        phrase = db.session.scalars(select(CampaignPhrase)).one()
        assert db.session.scalar(select(Job.state).where(Job.kind == FEED_REFRESH)) == "queued"
        phrase_id = phrase.id
    rewritten = {"phrase": str(phrase_id), "text": "depuis l'an dernier"}
    assert "depuis l'an dernier" in unescape(client.get(f"{base}/try", query_string=rewritten).text)
    client.post(base, data=rewritten)
    with app.app_context():
        assert tuning_of(place.campaign_id).added == {"objection": ("depuis l'an dernier",)}
    for change_id in (2, 1):
        assert client.post(f"{base}/changes/{change_id}/undo").status_code == 302
    with app.app_context():
        assert tuning_of(place.campaign_id).is_empty
    # Undone already: said, not an error page
    assert client.post(f"{base}/changes/1/undo").status_code == 302


def test_a_phrase_of_the_engine_is_taken_out_and_put_back(
    app: Flask, place: Place, sign_in: SignIn
) -> None:
    client = sign_in(place.supervisor_id)
    base = f"/campaigns/{place.campaign_id}/phrases"
    text = packaged_phrases("refusal", "fr")[0]
    client.post(base, data={"role": "removed", "list": "refusal", "text": text})
    with app.app_context():
        assert tuning_of(place.campaign_id).removed == {"refusal": (text,)}
        phrase_id = db.session.scalars(select(CampaignPhrase.id)).one()
    client.post(f"{base}/{phrase_id}/remove")
    with app.app_context():
        assert tuning_of(place.campaign_id).is_empty


def test_a_turn_is_offered_as_a_sentence_and_keeps_its_call(
    app: Flask, place: Place, sign_in: SignIn
) -> None:
    client = sign_in(place.supervisor_id)
    base = f"/campaigns/{place.campaign_id}/phrases"
    page = unescape(client.get(f"{base}?from=turn&call={place.call_id}&turn=2").text)
    assert "On a déjà un outil, depuis l'an dernier.</textarea>" in page
    fields = {
        "role": "prototype",
        "list": "objection",
        "text": "On a déjà un outil",
        "call": str(place.call_id),
    }
    counted = client.post(f"{base}/try", data=fields)
    assert "job=" in counted.location
    assert client.get(counted.location).status_code == 200
    client.post(base, data=fields)
    with app.app_context():
        phrase = db.session.scalars(select(CampaignPhrase)).one()
        assert (phrase.source_call_id, phrase.list_name) == (place.call_id, "objection")
        elsewhere = create_call(team=db.session.get_one(Team, place.team_id)).id
        unseen = db.session.scalars(
            select(Call.id).where(Call.campaign_id == place.campaign_id).order_by(Call.id)
        ).all()[2]
    assert f"/calls/{place.call_id}" in client.get(base).text
    for call_id in (elsewhere, unseen):
        assert client.get(f"{base}?from=turn&call={call_id}&turn=2").status_code == 404
        assert (
            client.post(base, data={**fields, "text": "Autre", "call": call_id}).status_code == 404
        )
    assert client.get(f"{base}?from=turn&call={place.call_id}&turn=99").status_code == 404


def test_the_search_narrows_lists_and_thresholds(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.supervisor_id)
    base = f"/campaigns/{place.campaign_id}/phrases"
    everything = client.get(base).text
    assert 'id="objection"' in everything
    assert 'id="monologue.floor_s"' in everything
    narrowed = client.get(f"{base}?q=monologue.floor_s").text
    assert 'id="monologue.floor_s"' in narrowed
    assert 'id="objection"' not in narrowed
    assert 'id="refusal"' not in client.get(f"{base}?q=qqqzzz").text


def test_what_cannot_be_saved_is_said(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.supervisor_id)
    base = f"/campaigns/{place.campaign_id}/phrases"
    answer = client.post(base, data={"bound": "monologue.floor_s", "value": "500"})
    assert answer.status_code == 302
    assert "8" in unescape(client.get(base).text)
    assert client.get(f"{base}/try?bound=monologue.floor_s&value=500").status_code == 400
    with app.app_context():
        assert tuning_of(place.campaign_id).is_empty
