"""What a client reaches, walked over every address there is: nothing of another client's, nobody's
name, and not a byte of a call on which no lot fell or that nobody released.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from callcoach.analysis.model import Kind
from callcoach.audits.models import (
    Audit,
    AuditCall,
    AuditState,
    LeftOut,
    SampleState,
    WordingDraw,
)
from callcoach.calls.models import Call, TurnCorrection
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.incidents.models import Incident, IncidentState
from callcoach.privacy.models import Redaction
from tests.access_portal import PORTAL
from tests.access_row import Row
from tests.access_table import TABLE
from tests.factories.two_sites import Site, TwoSites, create_two_sites

pytestmark = pytest.mark.any_database

#: Pages of other rooms that are made for clients.
MADE_FOR_CLIENTS = (
    "campaigns.",
    "field_reports.",
    "script_library.",
    "promises.",
    "expressions.",
    "jobs.",
)
#: Answers that tell of nothing where there is nothing.
EMPTY = ("calls.progress",)
#: Words of the released call, and what it sounds like: whole, in part, whole without its agent.
WORDS = "propose une démonstration"
REDACTED = (b"beeped" * 50, b"excerpt" * 30, b"agent is silent" * 20)


@pytest.fixture
def sites(app: Flask) -> TwoSites:
    with app.app_context():
        return create_two_sites()


@pytest.fixture
def walk(app: Flask, sites: TwoSites, sign_in: Any) -> Callable[..., Iterator[tuple[Row, Any]]]:
    """Answers to every reading address that names things of a site, for its client or the other."""

    def _walk(rows: tuple[Row, ...], site: Site, user_id: int) -> Iterator[tuple[Row, Any]]:
        browser: FlaskClient = sign_in(user_id)
        for row in rows:
            if row.method != "GET" or not row.values or row.public:
                continue
            values = {
                name: getattr(site, value, value) if isinstance(value, str) else value
                for name, value in row.values.items()
            }
            with app.test_request_context():
                address = url_for(row.endpoint, **values)
            yield row, browser.get(address)

    return _walk


def test_a_client_finds_nothing_of_another_client_at_any_address(
    sites: TwoSites, walk: Callable[..., Iterator[tuple[Row, Any]]]
) -> None:
    walked = 0
    for row, answer in walk(TABLE, sites.there, sites.here.sponsor_user):
        walked += 1
        assert answer.status_code == (200 if row.endpoint in EMPTY else 404), row.endpoint
        assert sites.there.mark not in answer.data.decode(errors="replace"), row.endpoint
    assert walked > 100, "media, exports, search and all rooms of the floor are walked too"


def test_a_client_opens_no_room_of_the_floor_and_reads_no_name(
    app: Flask, sites: TwoSites, walk: Callable[..., Iterator[tuple[Row, Any]]], sign_in: Any
) -> None:
    here = sites.here
    with app.app_context():
        file_name = db.session.get_one(Call, here.portal_call).file_name
    telling = [
        here.name_of(who)
        for who in (
            *("Agente", "Collegue", "Plateauchef", "Responsable", "Prospect", "Aveclemot"),
            *("Question", "Etiquette", "Mandate", "Brouillon", "Plateau"),
        )
    ]
    telling += [
        f"agente.{here.mark}",
        f"tel.agente.{here.mark}",
        *([file_name] if file_name else []),
    ]
    opened = set()
    for row, answer in walk(TABLE, here, here.sponsor_user):
        text = answer.data.decode(errors="replace")
        is_portal = row.endpoint.startswith("sponsors.")
        if is_portal:
            assert answer.status_code == 200, row.endpoint
            opened.add(row.endpoint)
            assert not [name for name in telling if name in text], row.endpoint
            if answer.mimetype.startswith("audio"):
                assert answer.data in REDACTED, row.endpoint
        elif not row.endpoint.startswith(MADE_FOR_CLIENTS) and row.endpoint not in EMPTY:
            # what hangs on a campaign that they may read is refused; all else is not there
            refused = 403 if "sponsor" in row.refused else 404
            assert answer.status_code == refused, row.endpoint
            assert not [name for name in telling if name in text], row.endpoint
    readable = {row.endpoint for row in PORTAL if row.method == "GET" and row.values}
    assert opened == readable
    with app.app_context():
        db.session.get_one(Campaign, here.campaign).portal_agent_voice = False
        db.session.commit()
    browser = sign_in(here.sponsor_user)
    whole = browser.get(f"/portal/calls/{here.portal_audit_call}/audio")
    assert whole.data == REDACTED[2], "by setting, the agent is not heard"
    for address in ("/calls", "/search?q=agente", "/audits", "/portal-log"):
        text = browser.get(address).get_data(as_text=True)
        assert not [name for name in telling if name in text], address


def test_a_call_that_is_not_shown_gives_no_byte(app: Flask, sites: TwoSites, sign_in: Any) -> None:
    here = sites.here
    pages = {
        f"/portal/calls/{here.portal_audit_call}": f"/portal/calls/{here.portal_audit_call}/audio",
        f"/portal/findings/{here.portal_finding}": f"/portal/findings/{here.portal_finding}/audio",
        f"/portal/wordings/{here.portal_draw}": (
            f"/portal/wordings/calls/{here.portal_wording_call}/moment"
        ),
        f"/portal/wordings/calls/{here.portal_wording_call}": (
            f"/portal/wordings/calls/{here.portal_wording_call}/audio"
        ),
        f"/portal/incidents/{here.portal_incident}": (
            f"/portal/incidents/{here.portal_incident}/audio"
        ),
    }
    browser = sign_in(here.sponsor_user)

    def _heard() -> set[str]:
        """Addresses of pages that show words or let a sound out."""
        found = set()
        for page, sound in pages.items():
            if WORDS in browser.get(page).get_data(as_text=True):
                found.add(page)
            for address in (sound, f"{sound}/state"):
                answer = browser.get(address)
                assert (answer.status_code == 200) == (page in found), address
        return found

    assert _heard() == set(pages)

    def _with(change: Callable[[], Any]) -> set[str]:
        """What is heard while something is changed; it is put back."""
        with app.app_context():
            row, values = change()
            kept = {name: getattr(row, name) for name in values}
            for name, value in values.items():
                setattr(row, name, value)
            key = (type(row), row.id)
            db.session.commit()
        found = _heard()
        with app.app_context():
            again = db.session.get_one(*key)
            for name, value in kept.items():
                setattr(again, name, value)
            db.session.commit()
        return found

    def _redaction() -> Redaction:
        return db.session.query(Redaction).filter_by(call_id=here.portal_call).one()

    by_call = {page for page in pages if "/calls/" in page and "wordings" not in page}
    in_audit = by_call | {page for page in pages if "findings" in page}
    in_wording = {page for page in pages if "wordings" in page}
    get = db.session.get_one
    audit, sampled = here.portal_audit, here.portal_audit_call
    nothing: set[str] = set()
    assert _with(lambda: (_redaction(), {"released_at": None})) == nothing
    assert _with(lambda: (_redaction(), {"withdrawn_at": utc_now()})) == nothing
    assert _with(lambda: (_redaction(), {"fingerprint": "f" * 64})) == nothing
    assert _with(lambda: (get(Call, here.portal_call), {"deleted_at": utc_now()})) == nothing
    moved = {"campaign_id": sites.there.campaign}
    assert _with(lambda: (get(Call, here.portal_call), moved)) == nothing
    objected = {"left_out": LeftOut.OBJECTION}
    assert _with(lambda: (get(AuditCall, sampled), objected)) == nothing
    gatekeeper = {"kind": Kind.GATEKEEPER}
    only_told = {page for page in pages if "incidents" in page}
    assert _with(lambda: (get(Call, here.portal_call), gatekeeper)) == only_told
    rest = set(pages) - in_audit
    for state in (SampleState.RESERVE, SampleState.REPLACED):
        assert _with(lambda state=state: (get(AuditCall, sampled), {"state": state})) == rest
    assert _with(lambda: (get(AuditCall, sampled), {"judged_at": None})) == rest
    assert _with(lambda: (get(Audit, audit), {"state": AuditState.DRAFT})) == rest
    assert _with(lambda: (get(Audit, audit), {"state": AuditState.ABANDONED})) == rest
    undrawn = _with(lambda: (get(WordingDraw, here.portal_draw), {"drawn_at": None}))
    assert undrawn == set(pages) - in_wording
    told = {page for page in pages if "incidents" in page}
    for change in ({"told_at": None}, {"state": IncidentState.SUSPECTED}):
        assert (
            _with(lambda change=change: (get(Incident, here.portal_incident), change))
            == set(pages) - told
        )
    with app.app_context():  # somebody corrects a word after the release
        db.session.add(
            TurnCorrection(
                call_id=here.portal_call,
                channel=0,
                start_ms=12_200,
                end_ms=24_000,
                replaced_text="",
                text="M. Durand",
                author_id=here.supervisor,
            )
        )
        db.session.commit()
    assert _heard() == nothing
