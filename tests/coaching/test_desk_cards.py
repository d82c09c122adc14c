"""What a card says: words, effect, reliability, an approved wording, what voids it; and what is
held back, unexplained or skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from callcoach.analysis import wording
from callcoach.analysis.model import Cause
from callcoach.calls.models import AnalysisRun, TippingPoint
from callcoach.campaigns.models import Promise, PromiseKind
from callcoach.extensions import db
from callcoach.tuning.models import DetectorStanding, Standing
from tests.axe import violations

from .browsing import Windows
from .conftest import Desk

SignIn = Callable[[int], FlaskClient]
JSON = {"Accept": "application/json"}


@contextmanager
def _changing(app: Flask, desk: Desk) -> Iterator[tuple[AnalysisRun, TippingPoint]]:
    """The analysis and its flag; what the block changes is kept."""
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        yield analysis, analysis.tipping_points[0]
        db.session.commit()


def _hold_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        db.session.add(
            DetectorStanding(
                campaign_id=desk.call.campaign_id,
                detector="D09",
                cause="ignored_objection",
                standing=Standing.RETIRED,
            )
        )
        db.session.commit()


def _card(page: str, desk: Desk) -> str:
    card = page[page.index(f'data-card="p{desk.point_id}"') :]
    return card[: card.index("</article>")]


def _data(page: str) -> dict[str, object]:
    found = re.search(r'id="call-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def _curve(*values: float) -> list[dict[str, float]]:
    return [
        {"start_s": 4.0 * i, "end_s": 4.0 * i + 1, "value": v, "low": v - 0.1, "high": v + 0.1}
        for i, v in enumerate(values)
    ]


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_says_what_would_void_it(cause: Cause) -> None:
    texts = wording.catalogue()[f"void.{cause.value}"]
    assert texts["fr"].startswith("À écarter si" if "s’il" not in texts["fr"][:14] else "À écarter")
    assert texts["en"].startswith("Void if")
    assert all(text.count(".") == 1 and text.endswith(".") for text in texts.values())


def test_a_card_quotes_the_prospect_then_the_agent(desk: Desk, claire: FlaskClient) -> None:
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    prospect = card.index("On a déjà un outil")
    agent = card.index("Je vous propose une démonstration")
    assert prospect < agent
    assert card.index("quote-who is-prospect") < prospect < card.index("quote-who is-agent") < agent


def test_a_card_draws_what_followed_or_says_why_not(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with _changing(app, desk) as (analysis, _point):
        analysis.engagement = _curve(0.5, 0.5, 0.5, -0.3, -0.4, -0.4)
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    label = re.search(r'<svg class="effect-curve[^>]*aria-label="([^"]+)"', card)
    assert label is not None
    assert "0,5" in label[1], "before"
    assert "−0,4" in label[1] or "-0,4" in label[1], "after"
    with _changing(app, desk) as (analysis, _point):
        analysis.engagement = []
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    assert "<svg" not in card
    assert "courbe" in card or "no curve" in card


@pytest.mark.parametrize("values", [(), (0.5, 0.4, 0.3, 0.2, 0.1, 0.0)])
def test_a_card_says_that_a_fall_had_begun_before_and_why_there_is_no_curve(
    app: Flask, desk: Desk, claire: FlaskClient, values: tuple[float, ...]
) -> None:
    with _changing(app, desk) as (analysis, point):
        analysis.engagement = _curve(*values)
        point.evidence = [
            {
                "kind": kind,
                "quote": "",
                "value": None,
                "start_s": 25.0,
                "message": {"key": key, "values": {"value": 2.0}},
            }
            for kind, key in (
                ("effect", "evidence.later"),
                ("context", "evidence.already_falling"),
            )
        ]
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    effect = card[card.index("moment-effect") : card.index("moment-more")]
    assert "la baisse avait commencé avant ce moment" in effect
    assert ("<svg" in effect) is bool(values)
    assert ("no curve" in effect or "pas de courbe" in effect) is (not values)


def test_at_most_three_plain_facts(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with _changing(app, desk) as (_analysis, point):
        point.evidence = [
            {
                "kind": "effect",
                "quote": "",
                "value": None,
                "start_s": 25.0,
                "message": {"key": "evidence.later", "values": {"value": number + 0.5}},
            }
            for number in range(5)
        ]
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    assert [f"{number},5" in card for number in range(5)] == [True, True, True, False, False]


def test_what_was_promised_is_said_as_the_sponsor_approved(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with _changing(app, desk) as (_analysis, point):
        point.cause = "overpromise"
        campaign = desk.call.campaign
        campaign.promises.append(
            Promise(kind=PromiseKind.APPROVED, text="Une démonstration dure vingt minutes.")
        )
        campaign.promises.append(Promise(kind=PromiseKind.APPROVED, text="Le prix est fixe."))
        campaign.promises.append(
            Promise(kind=PromiseKind.FORBIDDEN, text="démonstration", note="Dire : un échange.")
        )
        point.suggestion = {"key": "suggestion.overpromise", "values": {}}
    card = _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    assert "Une démonstration dure vingt minutes." in card
    assert "Le prix est fixe." not in card
    with _changing(app, desk) as (_analysis, _point):
        campaign = desk.call.campaign
        campaign.promises.remove(next(item for item in campaign.promises if "vingt" in item.text))
    assert "Dire : un échange." in _card(claire.get(f"/calls/{desk.call_id}").text, desk)
    with _changing(app, desk) as (_analysis, point):
        point.cause = "ignored_objection"
    assert "un échange" not in _card(claire.get(f"/calls/{desk.call_id}").text, desk)


def test_held_back_flags_are_shown_on_demand_to_those_who_judge(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    _hold_back(app, desk)
    page = claire.get(f"/calls/{desk.call_id}").text
    folded = page[page.index("data-held-back") :]
    assert f'data-card="p{desk.point_id}"' in folded[: folded.index("data-missed")]
    assert _data(page)["moments"] == []
    assert "▼" not in page[: page.index("data-held-back")], "neither counted nor marked"
    assert (
        f'data-card="p{desk.point_id}"'
        not in sign_in(desk.ids["lead"]).get(f"/calls/{desk.call_id}").text
    )
    url = f"/calls/{desk.call_id}/moments/{desk.point_id}/verdict"
    answer = claire.post(url, data={"decision": "confirmed", "seen": "0"}, headers=JSON).json
    assert [moment["number"] for moment in answer["moments"]] == [1], "judged, it is shown"
    assert answer["chosen"] == 1
    back = claire.post(answer["undo"], headers=JSON).json
    assert (back["moments"], len(back["held_back"])) == ([], 1)


def test_an_unexplained_break_is_no_moment(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with _changing(app, desk) as (analysis, _point):
        analysis.breaks = [{"start_s": 9.6, "end_s": 12.0, "turn": 2, "drop": 0.5}]
    page = claire.get(f"/calls/{desk.call_id}").text
    assert 'data-play-break="1600"' in page
    assert 'data-missed-at="8999"' in page, "what the agent said before it"
    data = _data(page)
    assert data["breaks"] == [{"start": 9600, "end": 12_000}]
    assert len(data["moments"]) == 1  # type: ignore[arg-type]
    assert "data-play-break" not in sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}").text
    claire.post(f"/calls/{desk.call_id}/missed", data={"cause": "monologue", "at": "0:08"})
    assert "data-play-break" not in claire.get(f"/calls/{desk.call_id}").text, "explained now"


def test_what_led_to_a_moment_begins_after_a_hold(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with _changing(app, desk) as (analysis, _point):
        analysis.holds = [{"start_s": 5.0, "end_s": 9.0}]
    data = _data(claire.get(f"/calls/{desk.call_id}").text)
    assert [moment["from"] for moment in data["moments"]] == [9000]  # type: ignore[attr-defined]
    assert data["holds"] == [{"start": 5000, "end": 9000}]


@pytest.mark.browser
def test_waiting_is_skipped_and_can_be_heard(app: Flask, audible: Desk, windows: Windows) -> None:
    with _changing(app, audible) as (analysis, _point):
        analysis.holds = [{"start_s": 5.0, "end_s": 20.0}]
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=4.5")
    hint = page.locator("[data-hold-hint]")
    expect(hint).to_be_hidden()
    page.keyboard.press("k")
    expect(hint).to_be_visible()
    expect(page.locator("[data-position]")).to_have_text(re.compile("0:2[0-9]"))
    page.keyboard.press("h")
    expect(page.locator("[data-position]")).to_have_text(re.compile("0:0[5-9]"))
    expect(hint).to_be_hidden()


@pytest.mark.browser
def test_who_goes_into_a_hold_hears_it(app: Flask, audible: Desk, windows: Windows) -> None:
    with _changing(app, audible) as (analysis, _point):
        analysis.holds = [{"start_s": 5.0, "end_s": 25.0}]
    page = windows.open_desk(audible.ids["claire"], audible.call_id, "?t=10")
    page.keyboard.press("k")
    expect(page.locator("[data-position]")).to_have_text(re.compile("0:1[1-9]"))
    expect(page.locator("[data-hold-hint]")).to_be_hidden()


@pytest.mark.browser
def test_a_held_back_flag_is_judged_with_the_keyboard(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    _hold_back(app, audible)
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    page.keyboard.press("n")
    expect(page.locator(".moment.is-on")).to_have_count(0)
    page.locator("[data-held-back] > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    card = page.locator(f'[data-card="p{audible.point_id}"]')
    expect(card).to_have_class(re.compile("is-on"))
    page.keyboard.press("c")
    expect(page.locator("[data-held-back]")).to_have_count(0)  # loaded anew
    expect(page.locator(".moment.is-confirmed.is-on")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator("[data-held-back]")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_full_cards(
    app: Flask, audible: Desk, windows: Windows, scheme: str
) -> None:
    with _changing(app, audible) as (analysis, point):
        analysis.engagement = _curve(0.5, 0.5, 0.5, -0.3, -0.4, -0.4)
        analysis.breaks = [{"start_s": 2.7, "end_s": 5.0, "turn": 1, "drop": 0.5}]
        analysis.holds = [{"start_s": 27.0, "end_s": 29.0}]
        point.suggestion = {"key": "suggestion.ignored_objection", "values": {}}
    page = windows.open_desk(audible.ids["claire"], audible.call_id, scheme=scheme)
    page.locator(".moment-more summary").click()
    windows.excused = "inline style"
    found = violations(page, "unfolded")
    for pressed in "nkx":
        page.keyboard.press(pressed)
    expect(page.locator("[data-withdraw]")).to_be_visible()
    found += violations(page, "asked why")
    page.keyboard.press("b")
    expect(page.locator("#missed-cause")).to_be_focused()
    found += violations(page, "missed here")
    page.keyboard.press("Escape")
    _hold_back(app, audible)
    page.keyboard.press("z")
    page = windows.open_desk(audible.ids["claire"], audible.call_id, scheme=scheme)
    page.locator("[data-held-back] > summary").click()
    found += violations(page, "held back")
    assert not found, "\n".join(found)
