"""Several closed audits put together before the client."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import Audit, AuditState
from callcoach.audits.queries import judged_rows
from callcoach.audits.results import results
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.promises.models import PromiseVersion
from tests.factories.audits import create_audit, create_judgement
from tests.factories.portal import judge_all

from .conftest import Client


def test_a_call_that_two_audits_sampled_counts_once_as_it_was_judged_last(
    app: Flask, client_site: Client, sign_in: Callable[[User], FlaskClient]
) -> None:
    with app.app_context():
        supervisor = db.session.get_one(User, client_site.supervisor)
        campaign = db.session.get_one(Campaign, client_site.campaign)
        call = db.session.get_one(Call, client_site.call)
        again = create_audit(campaign, supervisor, [call], AuditState.CLOSED)
        judge_all(again)
        promise = db.session.get_one(PromiseVersion, client_site.promise)
        newer = create_judgement(again.calls[0], promise, supervisor)
        both = results(judged_rows([client_site.audit, again.id]))
        total = both.promises[0].total
        assert (total.judged, total.aligned.n) == (1, 1)
        assert total.judgement_ids == (newer.id,)
        assert total.counts[Standing.FAITHFUL] == 1
        # each audit by itself says what it said
        assert results(judged_rows([client_site.audit])).promises[0].counts[Standing.DISTORTED] == 1
        finding = db.session.get_one(Audit, client_site.audit).calls[0].judgements[0].id
        user = db.session.get_one(User, client_site.user)
        user.locale = "en"
        db.session.commit()
        client = sign_in(user)
        newer_id = newer.id
    base = f"/portal/campaigns/{client_site.campaign}/alignment"
    matrix = client.get(base).get_data(as_text=True)
    assert "2 closed audits are put together" in matrix
    moments = client.get(f"{base}/{client_site.promise}/weeks/all").get_data(as_text=True)
    shown = set(re.findall(r"/portal/findings/(\d+)", moments))
    assert str(newer_id) in shown
    assert str(finding) not in shown


def test_the_interval_of_a_census_speaks_of_calls_like_these(
    app: Flask, client_site: Client, sign_in: Callable[[User], FlaskClient]
) -> None:
    with app.app_context():
        user = db.session.get_one(User, client_site.user)
        user.locale = "en"
        db.session.commit()
        client = sign_in(user)
    url = f"/portal/campaigns/{client_site.campaign}"
    page = client.get(url).get_data(as_text=True)
    assert "All calls of the frame were judged" in page
    assert "were all calls judged" not in page
    with app.app_context():
        db.session.get_one(Audit, client_site.audit).population = 300
        db.session.commit()
    page = client.get(url).get_data(as_text=True)
    assert "All calls of the frame were judged" not in page
    assert "were all calls judged" in page
