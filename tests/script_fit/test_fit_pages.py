"""A call beside its script, the script over many calls, and how a line is really said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.analysis.adherence import ENGINE
from callcoach.analysis.model import Valence
from callcoach.calls.models import Call, Verdict
from callcoach.calls.queries import CallFilters
from callcoach.extensions import db
from callcoach.script_fit.fit_queries import heat, uses_of
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_fit.observed import group_wordings
from callcoach.script_library.document import Document, Section, SectionKind
from callcoach.script_library.models import ScriptLine, ScriptVersion
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, line, line_row

SignIn = Callable[[User | int], FlaskClient]


@dataclass
class Floor:
    """One campaign called by two teams; `version` has the lines ``reason`` and ``ask``."""

    supervisor: User
    agent: User
    team_id: int
    version: ScriptVersion
    calls: list[Call]

    @property
    def campaign_id(self) -> int:
        return self.version.script.campaign_id

    def line(self, key: str) -> ScriptLine:
        return line_row(self.version.script, key)


@pytest.fixture
def floor(app: Flask) -> Iterator[Floor]:
    with app.app_context():
        mine, other = create_team(), create_team()
        agent = create_user(Role.AGENT, teams=[mine], locale="en")
        supervisor = create_user(Role.SUPERVISOR, teams=[mine], locale="en")
        campaign = create_campaign(teams=[mine, other])
        content = Document(
            (
                Section(
                    "s1",
                    SectionKind.REASON,
                    "",
                    (line("Je vous appelle pour la clôture.", key="reason"),),
                ),
                Section("s2", SectionKind.CLOSING, "", (line("Mardi ou jeudi ?", key="ask"),)),
            )
        )
        version = create_version(create_script(campaign), content, in_force_for=[mine, other])
        found = [
            create_call(
                team=team,
                agent=agent if team is mine else None,
                campaign=campaign,
                persona=persona,
                started_at=datetime(2026, 9, day, 9, tzinfo=UTC),
                script_version_id=version.id,
            )
            for team, persona, day in (
                (mine, "DAF", 1),
                (mine, "DAF", 2),
                (mine, "DSI", 3),
                (other, "DAF", 4),
            )
        ]
        yield Floor(supervisor, agent, mine.id, version, found)


def _fit(call: Call, **said: Said | tuple[Said, dict[str, object]]) -> None:
    """Keep what became of each line, by its key."""
    version = call.script_version
    assert version is not None
    db.session.add(
        CallFit(
            call_id=call.id,
            version_id=version.id,
            analysis_id=call.current_analysis_id,
            engine=ENGINE,
        )
    )
    for key, found in said.items():
        outcome, values = found if isinstance(found, tuple) else (found, {})
        is_said = outcome in (Said.SAID, Said.OTHERWISE)
        db.session.add(
            LineUse(
                **{
                    "call_id": call.id,
                    "line_id": line_row(version.script, key).id,
                    "said": outcome,
                    "start_ms": 12_200 if is_said else None,
                    "end_ms": 24_000 if is_said else None,
                    "words": "Je vous appelle pour la clôture" if is_said else "",
                    **values,
                }
            )
        )
    db.session.commit()


def confirm(call: Call, valence: Valence, start_ms: int) -> None:
    """A confirmed moment of two seconds."""
    db.session.add(
        Verdict(
            call_id=call.id,
            decision="confirmed",
            channel=0,
            start_ms=start_ms,
            end_ms=start_ms + 2000,
            quote="",
            cause="bookish" if valence is Valence.NEGATIVE else "open_question",
            valence=valence.value,
            severity=2,
            confidence=0.7,
            detector="D04",
            evidence=[],
            explanation={},
            suggestion={},
        )
    )
    db.session.commit()


def _page(browser: FlaskClient, path: str) -> str:
    for name in ("_login_user", "viewer"):  # requests share the context of the fixture
        g.pop(name, None)
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_the_call_page_shows_weaknesses_to_those_who_judge_alone(
    sign_in: SignIn, floor: Floor
) -> None:
    call = floor.calls[0]
    _fit(
        call,
        reason=(Said.SAID, {"is_recited": True}),
        ask=(Said.OTHERWISE, {"is_apt": True, "words": "Plutôt mardi, alors ?"}),
    )
    browser = sign_in(floor.supervisor)
    seen = _page(browser, f"/calls/{call.id}")
    assert "Read out past what the prospect had just said" in seen
    assert "Takes up what the prospect had just said" in seen
    assert 'data-play-at="12200"' in seen
    assert "Plutôt mardi, alors ?\u00a0»" in seen
    assert f"/scripts/lines/{floor.line('ask').id}" in seen
    browser = sign_in(floor.agent)
    own = _page(browser, f"/calls/{call.id}")
    assert "Takes up what the prospect had just said" in own
    assert "Read out past" not in own
    assert "/scripts/lines/" not in own


def test_a_call_that_cannot_be_compared_says_why(sign_in: SignIn, floor: Floor) -> None:
    browser = sign_in(floor.supervisor)
    call = floor.calls[0]
    assert "being compared with its script" in _page(browser, f"/calls/{call.id}")
    _fit(call)
    db.session.get_one(CallFit, call.id).reason = "speakers_unknown"
    db.session.commit()
    assert "could not be told apart" in _page(browser, f"/calls/{call.id}")


def test_calls_with_the_old_words_are_a_plain_list_for_those_who_judge(
    sign_in: SignIn, floor: Floor
) -> None:
    first, second, _third, foreign = floor.calls
    for call in (first, second, foreign):
        _fit(call)
        db.session.get_one(CallFit, call.id).is_outdated = call is not second
    db.session.commit()
    path = f"/campaigns/scripts/{floor.version.id}/readings"
    seen = _page(sign_in(floor.supervisor), path)
    assert "1 call with the old words since" in seen, "of the viewer's teams"
    linked = [call.id for call in floor.calls if f'href="/calls/{call.id}"' in seen]
    assert linked == [first.id]
    own = seen.split('id="old-words"')[1]
    assert floor.agent.name not in own, "calls, not people"
    lead = create_user(Role.TEAM_LEAD, teams=[db.session.get_one(Team, floor.team_id)])
    assert "old-words" not in _page(sign_in(lead), path)


def test_heat_counts_calls_of_the_viewer_within_the_filters(floor: Floor) -> None:
    first, second, third, foreign = floor.calls
    _fit(first, reason=Said.SAID, ask=Said.SKIPPED)
    _fit(second, reason=Said.OTHERWISE, ask=Said.NOT_DUE)
    _fit(third, reason=Said.SKIPPED, ask=Said.SAID)
    _fit(foreign, reason=Said.SAID, ask=Said.SAID)
    confirm(first, Valence.NEGATIVE, 13_000)
    confirm(first, Valence.NEGATIVE, 15_000)  # one call with two counts once
    confirm(second, Valence.POSITIVE, 24_000)  # begins when the line has ended
    viewer = viewer_of(floor.supervisor)
    filters = CallFilters(campaign_id=floor.campaign_id)
    found = heat(viewer, floor.version, filters)
    reason, ask = found.lines["reason"], found.lines["ask"]
    assert (found.calls, found.waiting) == (3, 0)
    assert (reason.said.count, reason.otherwise.count, reason.skipped.count) == (1, 1, 1)
    assert (reason.negative.count, reason.negative.total, reason.positive.count) == (1, 2, 0)
    assert (ask.due, ask.said.count, ask.skipped.count) == (2, 1, 1)
    persona = heat(viewer, floor.version, CallFilters(persona="DSI"))
    assert (persona.calls, persona.lines["reason"].skipped.count) == (1, 1)
    admin = heat(viewer_of(create_user(Role.ADMIN)), floor.version, filters)
    assert admin.calls == 4


def test_the_heat_page_prints_counts_and_filters_from_its_address(
    sign_in: SignIn, floor: Floor
) -> None:
    browser = sign_in(floor.supervisor)
    path = f"/campaigns/{floor.campaign_id}/script/heat"
    assert "No call compared yet" in _page(browser, path)
    for call in floor.calls[:3]:
        _fit(call, reason=Said.SAID, ask=Said.SKIPPED)
    everything = _page(browser, path)
    assert "3 calls compared with version 1." in everything
    assert "3 of 3" in everything
    assert "1 call compared" in _page(browser, f"{path}?persona=DSI&agent={floor.agent.id}")
    assert "1 call compared" in _page(browser, f"{path}?since=2026-09-02&until=2026-09-02")
    assert "No call matches" in _page(browser, f"{path}?since=2027-01-01")


def test_how_a_line_is_said_groups_wordings_and_leads_to_moments(
    sign_in: SignIn, floor: Floor
) -> None:
    words = (
        "Je vous appelle pour la clôture mensuelle",
        "Je vous appelle pour la cloture mensuel",
        "C'est au sujet de votre comptabilité",
        "Un autre plateau le dit comme ceci",
    )
    for call, said in zip(floor.calls, words, strict=True):
        outcome = Said.OTHERWISE if said.startswith("C'est") else Said.SAID
        _fit(call, reason=(outcome, {"words": said}))
    confirm(floor.calls[2], Valence.NEGATIVE, 13_000)
    line_ = floor.line("reason")
    assert len(uses_of(viewer_of(floor.supervisor), line_)) == 3
    browser = sign_in(floor.supervisor)
    seen = _page(browser, f"/scripts/lines/{line_.id}/said")
    assert seen.index("2 calls") < seen.index("C&#39;est au sujet")
    assert "1 break" in seen
    assert f"/calls/{floor.calls[0].id}?t=12.2" in seen
    assert "Un autre plateau" not in seen


def test_wordings_that_recognition_bent_stay_together() -> None:
    texts = [
        "Vous avez une minute, ou je tombe mal ?",
        "Quel jour vous arrange la semaine prochaine ?",
        "Vous avez une minutes ou je tombe mâle",
        "Vous avez une minute où je tombe mal.",
    ]
    found = group_wordings(texts)
    assert [sorted(wording.members) for wording in found] == [[0, 2, 3], [1]]
    assert found[0].medoid in (0, 3)
    assert group_wordings([]) == []
