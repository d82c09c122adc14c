"""What is suggested for a debrief, with why; taken over and put aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.debriefs import events, suggestions
from callcoach.debriefs.models import AgendaItem, Debrief, Dismissal
from callcoach.extensions import db, utc_now
from callcoach.field_reports.models import DebriefedPair, Use
from callcoach.field_reports.queries import this_week
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request
from tests.factories.debriefs import create_debrief, create_item
from tests.factories.drills import create_drill, give
from tests.factories.field_reports import create_kept
from tests.factories.progress import (
    add_listen,
    create_consent,
    create_objective,
    create_pair,
    create_recheck,
)
from tests.factories.scripts import create_script, create_version
from tests.factories.verdicts import create_verdicts

from .conftest import Floor


def _call(floor: Floor, who: str = "agent", days_ago: float = 2, **values: Any) -> Call:
    return create_call(
        team=floor.team,
        agent=floor.user(who),
        campaign=floor.call.campaign,
        started_at=utc_now() - timedelta(days=days_ago),
        **values,
    )


def _found(viewer: Viewer, debrief: Debrief) -> list[tuple[str, str]]:
    return [(fact.source, fact.reason) for fact in suggestions.suggested(viewer, debrief)]


def _happened(floor: Floor) -> dict[str, Any]:
    """One of everything that can be suggested to a team."""
    claire = floor.user("claire")
    keep = create_note(_call(floor), claire, aim="keep", cause="open_question")
    good = create_verdicts(_call(floor, "colleague"), 1, author=claire, cause="reformulation")[0]
    held = create_recheck(_call(floor), claire, state="held", closed_at=utc_now())
    add_listen(held, _call(floor), heard="held", heard_at=utc_now())
    back = create_recheck(_call(floor), claire, state="came_back", closed_at=utc_now())
    add_listen(back, _call(floor), heard="came_back", heard_at=utc_now())
    pair = create_pair(held, _call(floor, "agent", 1), confirmed_at=utc_now(), offered_at=utc_now())
    script = create_script(floor.call.campaign)
    version = create_version(script, in_force_for=[floor.team], since=utc_now() - timedelta(days=3))
    finding = create_kept(floor.call.campaign, used_for=Use.DEBRIEF, week=this_week(utc_now()))
    drill = create_drill(floor.call)
    for who in ("agent", "colleague"):
        give(floor.user(who), drill, done_at=utc_now())
    return {
        f"pair:{pair.id}": "offered",
        f"note:{keep.id}": "keep",
        f"flag:{good.id}": "good_flag",
        f"recheck:{held.id}": "held",
        f"recheck:{back.id}": "came_back",
        f"version:{version.id}": "version",
        f"finding:{finding.id}": "finding",
        f"drill:{drill.id}": "drilled",
    }


def test_a_team_is_suggested_what_happened_good_first_in_a_bounded_number_of_queries(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        happened = _happened(floor)
        statements: list[str] = []

        def count(*facts: Any) -> None:
            if facts[2].startswith("SELECT"):
                statements.append(facts[2])

        with app.test_request_context():
            db.session.expire_all()
            event.listen(db.engine, "before_cursor_execute", count)
            found = _found(floor.claire, floor.debrief)
            first = len(statements)
            for _ in range(3):
                create_verdicts(_call(floor, "colleague"), 2, cause="reformulation")
                create_note(_call(floor), floor.user("claire"), aim="keep")
            db.session.expire_all()
            statements.clear()
            suggestions.suggested(floor.claire, floor.debrief)
            assert len(statements) <= first <= 40
            page = suggestions.panel(floor.claire, floor.debrief)
        assert dict(found) == happened
        reasons = [reason for _source, reason in found]
        assert reasons[:4] == ["offered", "keep", "good_flag", "held"]
        assert "1 / 2" not in page and "%(" not in page


def test_a_lead_is_told_nothing_that_is_the_supervisors_alone(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        happened = _happened(floor)
        claire = floor.user("claire")
        create_note(_call(floor), claire, aim="keep", visibility="private")
        create_note(_call(floor, "colleague"), claire, aim="keep", visibility="named")
        seen = {reason for _source, reason in _found(floor.lead, floor.debrief)}
        assert seen == {"keep", "good_flag", "version"}
        assert len(_found(floor.lead, floor.debrief)) == 3
        # A private note is not suggested to its author either: others would be shown it
        assert len(_found(floor.claire, floor.debrief)) == len(happened) + 1


def test_no_flag_that_nobody_confirmed_and_no_difficult_moment_without_its_agents_yes(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        claire = floor.user("claire")
        call = _call(floor, duration_ms=200_000)  # with an unconfirmed flag
        hard = create_verdicts(call, 1, author=claire)[0]
        create_verdicts(_call(floor), 0, 1, cause="reformulation")
        assert _found(floor.claire, floor.debrief) == []
        consent = create_consent(call, claire, start_ms=80_000, end_ms=150_000)
        assert _found(floor.claire, floor.debrief) == []
        consent.given_at = utc_now()
        assert _found(floor.claire, floor.debrief) == [(f"flag:{hard.id}", "shared")]
        consent.withdrawn_at = utc_now()
        assert _found(floor.claire, floor.debrief) == []


def test_a_cause_that_rises_is_told_with_its_numbers_and_nobodys_name(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        for _ in range(5):
            create_verdicts(_call(floor), 1)
        for _ in range(12):
            create_verdicts(_call(floor, days_ago=40), 1, cause="monologue")
        assert _found(floor.claire, floor.debrief) == []  # one agent's calls are not the team
        create_verdicts(_call(floor, "colleague"), 1)
        (fact,) = suggestions.suggested(floor.claire, floor.debrief)
        assert (fact.source, fact.reason, fact.agent_id, fact.who) == (
            "cause:ignored_objection",
            "rises",
            None,
            "",
        )
        assert fact.values["now"] == fact.values["calls"] == 6
        assert (fact.values["before"], fact.values["earlier"]) == (0, 12)
        said = suggestions.say(fact.reason, fact.values)
        assert "6" in said and "12" in said
        alone = create_debrief([floor.team], floor.user("claire"), agent_id=floor.ids["agent"])
        assert "rises" not in dict(_found(floor.claire, alone)).values()


def test_a_one_to_one_is_about_its_agent(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        claire, agent = floor.user("claire"), floor.user("agent")
        unheard = create_note(_call(floor), claire)
        create_note(_call(floor), claire, heard_at=utc_now())
        create_note(_call(floor, "colleague"), claire)
        asked = create_request(_call(floor), agent)
        aim = create_objective(agent, floor.campaign_id, claire)
        alone = create_debrief([floor.team], claire, agent_id=agent.id)
        assert dict(_found(floor.claire, alone)) == {
            f"note:{unheard.id}": "unheard",
            f"request:{asked.id}": "asked",
            f"objective:{aim.id}": "unagreed",
        }
        reasons = {reason for _source, reason in _found(floor.claire, floor.debrief)}
        assert reasons == set()


def test_what_was_before_the_last_debrief_or_dealt_with_there_is_not_suggested_again(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        claire = floor.user("claire")
        before = utc_now() - timedelta(days=9)
        old = create_note(_call(floor, "colleague"), claire, aim="keep", sent_at=before)
        new = create_note(_call(floor), claire, aim="keep")
        later = create_note(_call(floor), claire, aim="keep")
        assert f"note:{old.id}" in dict(_found(floor.claire, floor.debrief))
        done = create_debrief([floor.team], claire, "done", ended_at=utc_now() - timedelta(days=1))
        create_item(done, source=f"note:{new.id}", opened_at=utc_now())
        create_item(done, source=f"note:{later.id}")  # nobody got to it
        assert _found(floor.claire, floor.debrief) == [(f"note:{later.id}", "keep")]


def test_what_a_debrief_dealt_with_waits_for_no_further_one(app: Flask, floor: Floor) -> None:
    with app.app_context():
        finding, other = (
            create_kept(
                floor.call.campaign,
                used_for=Use.DEBRIEF,
                week=this_week(utc_now()) - timedelta(weeks=number),
            )
            for number in range(2)
        )
        pair = create_pair(
            create_recheck(floor.call, floor.user("claire")),
            floor.call,
            confirmed_at=utc_now(),
            offered_at=utc_now(),
        )
        done = create_debrief([floor.team], floor.user("claire"), "done")
        create_item(done, finding_id=finding.id, pair_id=pair.id, opened_at=utc_now())
        create_item(done, finding_id=other.id)
        for _ in range(2):
            events.ended(done)
        assert finding.done_at is not None and other.done_at is None
        assert db.session.get(DebriefedPair, pair.id) is not None


def test_one_click_puts_it_on_the_agenda_with_its_reason_and_another_says_not_this_time(
    app: Flask, floor: Floor, sign_in: Any
) -> None:
    with app.app_context():
        keep = create_note(_call(floor), floor.user("claire"), aim="keep", cause="open_question")
        other = create_note(_call(floor, "colleague"), floor.user("claire"), aim="keep")
        keep_id, other_id = keep.id, other.id
    browser = sign_in(floor.ids["claire"])
    page = f"/debriefs/{floor.debrief_id}/suggestions"
    assert browser.post(f"{page}/add", data={"source": f"note:{keep_id}"}).status_code == 302
    assert browser.post(f"{page}/add", data={"source": f"note:{keep_id}"}).status_code == 302
    assert browser.post(f"{page}/dismiss", data={"source": f"note:{other_id}"}).status_code == 302
    assert browser.post(f"{page}/add", data={"source": "note:987654"}).status_code == 404
    with app.test_request_context():
        item = db.session.scalars(
            select(AgendaItem).where(AgendaItem.debrief_id.is_not(None))
        ).one()
        assert (item.kind, item.reason, item.is_good, item.minutes) == ("moment", "keep", True, 6)
        assert (item.start_ms, item.ask_ms, item.end_ms) == (4200, 12_200, 28_000)
        assert suggestions.say(item.reason, item.reason_values)
        assert db.session.scalars(select(Dismissal.source)).all() == [f"note:{other_id}"]
        assert _found(floor.claire, floor.debrief) == []
    browser.post(f"{page}/dismiss?undo=1&source=note:{other_id}")
    browser.post(f"/debriefs/added/{item.id}/undo")
    with app.test_request_context():
        assert len(_found(floor.claire, floor.debrief)) == 2


def test_every_reason_is_said_with_its_numbers(app: Flask) -> None:
    with app.test_request_context():
        counts = ("now", "calls", "of", "before", "of_before", "earlier", "count", "total")
        shares = {"low": 0.1, "high": 0.5}
        full = {**dict.fromkeys(counts, 3), "waiting": 1, "agents": 4, "day": "2026-09-14"}
        for reason in suggestions.REASONS:
            said = suggestions.say(reason, full | shares)
            assert said and "%(" not in said
        assert suggestions.say("nothing", full) == ""
        assert suggestions.say("rises", full) == ""  # kept with other values, by an earlier version
