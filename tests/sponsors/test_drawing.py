"""The first calls that say what the client approved: counted, drawn by lot, and shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, Team, User
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Kind
from callcoach.audits.models import WordingDraw
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.privacy.waiting import wanted_by
from callcoach.promises.models import PromiseVersion
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_library.models import DecisionKind, ScriptDecision, ScriptLine
from callcoach.sponsors.operations.drawing import look, lot
from callcoach.sponsors.wordings import Use
from tests.factories.audits import create_check, create_promise_version
from tests.factories.calls import create_call
from tests.factories.portal import release_call
from tests.factories.scripts import create_script, create_version, document, line

from .conftest import Client


def _said(site: Client, version: PromiseVersion, count: int) -> list[int]:
    """Calls of now that say a promise as it was approved, and one that says it otherwise."""
    campaign = db.session.get_one(Campaign, site.campaign)
    agent = db.session.get_one(User, site.agent)
    calls = []
    for number in range(count + 1):
        call = create_call(
            campaign=campaign,
            agent=agent,
            started_at=utc_now(),
            team=db.session.get_one(Team, site.team),
        )
        standing = Standing.FAITHFUL if number < count else Standing.DISTORTED
        create_check(call, version, standing=standing)
        calls.append(call.id)
    return calls[:count]


def test_a_lot_is_the_same_again_from_its_seed_and_favours_nobody() -> None:
    uses = [Use(number, 0, 1000) for number in range(20)]
    drawn = Counter(use.call_id for seed in range(4000) for use in lot(seed, uses, 5))
    assert lot(3, uses, 5) == lot(3, list(reversed(uses)), 5)
    # 1000 expected each; 4 standard deviations (sqrt(4000 × 1/4 × 3/4) = 27)
    assert all(abs(count - 1000) < 110 for count in drawn.values())


def test_calls_are_drawn_once_there_are_enough_and_wait_for_their_release(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    with app.app_context():
        campaign = db.session.get_one(Campaign, client_site.campaign)
        version = create_promise_version(
            campaign,
            text="Une étude gratuite.",
            decided_by_id=client_site.user,
            in_force_from=utc_now() - timedelta(hours=1),
        )
        saying = _said(client_site, version, 4)
        assert look() == 1
        db.session.commit()
        draw = db.session.query(WordingDraw).filter_by(promise_version_id=version.id).one()
        seed = draw.seed
        assert (draw.population, draw.drawn_at, draw.calls) == (4, None, [])
    page = f"/portal/campaigns/{client_site.campaign}/wordings"
    assert "Une étude gratuite." in sign_in(client_site.user).get(page).text
    with app.app_context():
        version = db.session.get_one(PromiseVersion, version.id)
        saying += _said(client_site, version, 3)
        assert look() == 0
        db.session.commit()
        draw = db.session.query(WordingDraw).filter_by(promise_version_id=version.id).one()
        drawn = [one.call_id for one in draw.calls]
        assert (draw.population, draw.seed, len(set(drawn))) == (7, seed, 5)
        assert set(drawn) <= set(saying), "not the one that says it otherwise"
        line = db.session.query(AccessEvent).filter_by(action="wording.drawn").one()
        assert (line.detail["seed"], line.detail["of"]) == (seed, sorted(saying))
        look()
        assert [one.call_id for one in draw.calls] == drawn, "what is drawn stays drawn"
        waiting = wanted_by(Viewer(client_site.supervisor, Role.SUPERVISOR))
        assert set(drawn) <= {item.call_id for item in waiting}
        release_call(draw.calls[0].call, db.session.get_one(User, client_site.supervisor))
        where = f"/portal/wordings/{draw.id}"
    text = sign_in(client_site.user).get(where).text
    assert text.count("propose une démonstration") == 1, "one of five is released"


def test_after_two_weeks_fewer_calls_will_do(app: Flask, client_site: Client) -> None:
    with app.app_context():
        campaign = db.session.get_one(Campaign, client_site.campaign)
        approved = {"decided_by_id": client_site.user}
        late = utc_now() - timedelta(days=15)
        version = create_promise_version(campaign, in_force_from=late, **approved)
        unsaid = create_promise_version(campaign, in_force_from=late, **approved)
        said = _said(client_site, version, 3)
        db.session.get_one(Call, said[0]).kind = Kind.GATEKEEPER
        assert look() == 1, "what nobody says is still looked for"
        draws = {draw.promise_version_id: draw for draw in db.session.query(WordingDraw)}
        assert len(draws[version.id].calls) == 2
        assert draws[unsaid.id].drawn_at is None


def test_a_script_is_heard_where_a_changed_line_is_really_said(
    app: Flask, client_site: Client
) -> None:
    with app.app_context():
        campaign = db.session.get_one(Campaign, client_site.campaign)
        team = db.session.get_one(Team, client_site.team)
        script = create_script(campaign)
        hello, offer = line("Bonjour."), line("Cinq jours.")
        create_version(script, document(hello, offer), needed_approval=True, in_force_for=[team])
        new = replace(offer, text="Deux jours.")
        version = create_version(
            script, document(hello, new), needed_approval=True, in_force_for=[team], since=utc_now()
        )
        version.decisions = [ScriptDecision(kind=DecisionKind.APPROVED, user_id=client_site.user)]
        keys = {row.key: row.id for row in db.session.query(ScriptLine)}
        for said, key in (
            *[(Said.SAID, new.key)] * 5,
            (Said.SAID, hello.key),
            (Said.OTHERWISE, new.key),
        ):
            call = create_call(campaign=campaign, team=team, script_version_id=version.id)
            db.session.add(CallFit(call_id=call.id, version_id=version.id, engine=1))
            db.session.flush()
            where = {"start_ms": 1000, "end_ms": 4000}
            db.session.add(LineUse(call_id=call.id, line_id=keys[key], said=said, **where))
        db.session.commit()
        look()
        draw = db.session.query(WordingDraw).filter_by(script_version_id=version.id).one()
        assert (draw.population, len(draw.calls)) == (5, 5)
