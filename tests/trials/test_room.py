"""Leading a trial: what may be tried, who says what, what is counted, what is told to whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call, Outcome
from callcoach.calls.operations.editing import set_outcome
from callcoach.campaigns.models import Promise, PromiseKind
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.operations import enqueue
from callcoach.jobs.runner import Runner
from callcoach.script_library import events
from callcoach.script_library.models import DecisionKind, Script, ScriptDecision
from callcoach.trials import looking, queries, tasks
from callcoach.trials.models import Assigning, Trial, TrialCall, TrialDay, TrialLook, TrialState
from callcoach.trials.operations import counting, leading
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, document, line
from tests.factories.trials import (
    CONTROL,
    SYSTEM,
    VARIANT,
    create_script_in_force,
    create_trial,
    create_trial_call,
    line_of,
    proposal,
    run_trial,
)

SAID = {0: "Bonjour madame Delattre, est-ce que je vous dérange", 1: VARIANT}
SignIn = Callable[[User | int], FlaskClient]


@dataclass(frozen=True)
class Floor:
    """A team with two agents and a supervisor; a script in force of one line."""

    team: Team
    agents: tuple[User, User]
    supervisor: User
    script: Script


def create_floor() -> Floor:
    team = create_team()
    agents = (create_user(Role.AGENT, [team]), create_user(Role.AGENT, [team]))
    supervisor = create_user(Role.SUPERVISOR, [team])
    return Floor(team, agents, supervisor, create_script_in_force(team))


@pytest.fixture
def floor(app: Flask) -> Iterator[Floor]:
    with app.app_context():
        yield create_floor()


def _figures(trial: Trial) -> list[tuple[int, int, int]]:
    results = queries.results_of(trial, queries.today_of(trial) - timedelta(days=1))
    assert results is not None
    return [(arm.days, arm.calls, arm.successes) for arm in results.arms]


def _tomorrow(trial: Trial) -> date:
    return queries.today_of(trial) + timedelta(days=1)


def _say(floor: Floor, trial: Trial, agent: User, days_ago: int, **values: object) -> Call:
    """A call in which the agent says the wording of the day."""
    day = queries.today_of(trial) - timedelta(days=days_ago)
    said = SAID[queries.place_on(trial, agent.id, day)]
    return create_trial_call(floor.script, agent, floor.team, day, said, **values)  # type: ignore[arg-type]


def test_calls_are_counted_for_the_wording_of_their_agent_day(floor: Floor) -> None:
    trial = run_trial(create_trial(floor.script, assigning=Assigning.DRAWN), days_ago=14)
    one, other = floor.agents
    for days_ago in range(14, 0, -1):
        _say(floor, trial, one, days_ago, outcome=Outcome.MEETING)
        _say(floor, trial, other, days_ago)
    call = _say(floor, trial, one, 13, outcome=Outcome.REFUSAL)
    figures = _figures(trial)
    assert sum(n for n, _calls, _ok in figures) == 28
    assert sum(calls for _n, calls, _ok in figures) == 29
    assert sum(ok for _n, _calls, ok in figures) == 14
    days = db.session.query(TrialDay).count()

    # everything twice: nothing is counted twice
    counting.recount(trial, counting.calls_of(trial))
    counting.count_call(call)
    counting.assign_day(trial, queries.today_of(trial) - timedelta(days=3))
    assert _figures(trial) == figures
    assert db.session.query(TrialDay).count() == days

    set_outcome(SYSTEM, call, "callback")
    assert sum(ok for _n, _calls, ok in _figures(trial)) == 15
    call.deleted_at = call.started_at
    assert sum(calls for _n, calls, _ok in _figures(trial)) == 28
    call.deleted_at = None
    call.kind = "gatekeeper"  # type: ignore[assignment]
    db.session.flush()
    counting.count_call(call)
    assert db.session.query(TrialCall).filter_by(call_id=call.id).count() == 0


def test_what_was_said_stands_beside_what_was_drawn(floor: Floor) -> None:
    trial = run_trial(create_trial(floor.script), days_ago=10)
    agent, today = floor.agents[0], queries.today_of(trial)
    for days_ago in range(10, 0, -1):
        create_trial_call(
            floor.script, agent, floor.team, today - timedelta(days=days_ago), VARIANT
        )
    create_trial_call(
        floor.script, agent, floor.team, today - timedelta(days=9), "Allô, c’est pour la réunion."
    )
    results = queries.results_of(trial)
    assert results is not None
    drawn = [arm.calls for arm in results.arms]
    assert min(drawn) >= 2, "both wordings were drawn"
    assert [arm.calls for arm in results.as_said] == [0, sum(drawn) - 1]
    assert results.as_drawn[1] == sum(drawn)


def test_only_wordings_that_may_be_said_are_tried(floor: Floor) -> None:
    campaign, ids = floor.script.campaign, [floor.team.id]
    line_id = line_of(floor.script).id
    campaign.promises.append(
        Promise(kind=PromiseKind.FORBIDDEN, text="sans engagement", note="", campaign=campaign)
    )
    db.session.commit()
    for wordings in (
        ("Bonjour, c’est gratuit et sans aucun engagement, je vous explique ?",),
        (CONTROL + " ",),
        ("Bonjour {prénom}, est-ce que je vous dérange là ?",),
        (VARIANT, VARIANT),
        (),
    ):
        with pytest.raises(InvalidInput):
            leading.plan_trial(SYSTEM, campaign, proposal(line_id, ids, wordings=wordings))
    # once approved, though not in force, it may
    touching = "Bonjour, c’est gratuit et sans aucun engagement, je vous explique ?"
    row = line_of(floor.script)
    create_version(floor.script, document(line(touching, key=row.key)), needed_approval=True)
    assert create_trial(floor.script, wordings=(touching,)).state == TrialState.PLANNED
    # not any more once the sponsor has approved other words, nor what it has suspended
    create_version(
        floor.script, document(line(VARIANT + " Merci.", key=row.key)), needed_approval=True
    )
    suspended = "Bonjour, ici la comptabilité, auriez-vous une petite minute ?"
    content = document(line(suspended, key=row.key))
    unasked = create_version(floor.script, content, needed_approval=False)
    create_trial(floor.script, wordings=(suspended,))
    unasked.decisions.append(ScriptDecision(kind=DecisionKind.SUSPENDED))
    db.session.commit()
    for text in (touching, suspended):
        with pytest.raises(InvalidInput, match="sponsor has to approve"):
            leading.plan_trial(SYSTEM, campaign, proposal(line_id, ids, wordings=(text,)))
    with pytest.raises(NotFound):
        stranger = viewer_of(create_user(Role.SUPERVISOR, [create_team()]))
        leading.plan_trial(stranger, campaign, proposal(line_id, ids))


def test_one_trial_runs_on_a_line_and_only_on_the_words_in_force(floor: Floor) -> None:
    first, second = create_trial(floor.script), create_trial(floor.script)
    run_trial(first)
    with pytest.raises(Conflict):
        leading.start(SYSTEM, second, _tomorrow(second))
    leading.stop(SYSTEM, first)
    key = line_of(floor.script).key
    create_version(
        floor.script,
        document(line("Bonjour, je suis bien chez vous ?", key=key)),
        in_force_for=[floor.team],
        since=floor.team.created_at,
    )
    with pytest.raises(StaleVersion):
        leading.start(SYSTEM, second, _tomorrow(second))
    leading.discard(SYSTEM, second)
    with pytest.raises(Conflict):
        leading.discard(SYSTEM, first)


def test_a_trial_ends_when_its_control_is_not_said_any_more(floor: Floor) -> None:
    trial = run_trial(create_trial(floor.script), days_ago=5)
    key = line_of(floor.script).key
    same = create_version(floor.script, document(line(CONTROL, key=key)), in_force_for=[floor.team])
    events.put_in_force(same.releases[0])
    assert trial.state == TrialState.RUNNING
    new = create_version(
        floor.script,
        document(line("Bonjour, je suis bien chez vous ?", key=key)),
        in_force_for=[floor.team],
        since=floor.team.created_at,
    )
    events.put_in_force(new.releases[0])
    assert trial.state == TrialState.STOPPED
    assert trial.ended_on == queries.today_of(trial) - timedelta(days=1)
    with pytest.raises(Conflict):
        leading.step_back(SYSTEM, trial, "stopped")


def test_a_look_is_written_down_each_day_and_the_conclusion_kept(floor: Floor) -> None:
    trial = run_trial(create_trial(floor.script), days_ago=6)
    for days_ago in range(6, 0, -1):
        for agent in floor.agents:
            _say(floor, trial, agent, days_ago, outcome=Outcome.EMAIL)
    day = queries.today_of(trial) - timedelta(days=1)
    look = looking.take_look(trial, day)
    assert look is not None
    assert look.figures["advice"] == "go_on"
    assert sum(arm["calls"] for arm in look.figures["arms"]) >= 8
    again = looking.take_look(trial, day)
    assert again is look
    assert db.session.query(TrialLook).count() == 1
    with pytest.raises(Conflict):
        leading.conclude(SYSTEM, trial, "Trop tôt")
    leading.stop(SYSTEM, trial)
    leading.conclude(SYSTEM, trial, "On garde la question.")
    assert trial.version is not None
    kept = trial.result["figures"]
    _say(floor, trial, floor.agents[0], 2, outcome=Outcome.MEETING)
    assert trial.result["figures"] == kept
    leading.step_back(SYSTEM, trial, "concluded")
    with pytest.raises(Conflict):  # asked twice
        leading.step_back(SYSTEM, trial, "concluded")
    assert trial.state == TrialState.STOPPED
    assert leading.step_back(SYSTEM, trial, "stopped").state == TrialState.RUNNING
    assert trial.ended_on is None
    # ended meanwhile by somebody else: this session still holds it as running
    yesterday = queries.today_of(trial) - timedelta(days=1)
    ended = update(Trial).values(state=TrialState.STOPPED, ended_on=yesterday)
    db.session.execute(ended, execution_options={"synchronize_session": False})
    with pytest.raises(Conflict):
        leading.stop(SYSTEM, trial)
    # the days in between were nobody's
    with pytest.raises(Conflict):
        leading.step_back(SYSTEM, trial, "stopped")
    assert trial.state == TrialState.STOPPED


def test_only_days_on_which_words_were_given_are_counted(floor: Floor) -> None:
    trial = create_trial(floor.script)
    today = queries.today_of(trial)
    with pytest.raises(InvalidInput):  # this morning's calls were begun without it
        leading.start(SYSTEM, trial, today)
    leading.start(SYSTEM, trial, _tomorrow(trial))
    leading.stop(SYSTEM, trial)
    create_trial_call(floor.script, floor.agents[0], floor.team, _tomorrow(trial), VARIANT)
    assert db.session.query(TrialCall).count() == 0
    assert queries.results_of(trial) is not None, "its page is still to be read"


def test_a_trial_of_other_teams_is_read_and_nothing_is_done_with_it(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        mine, theirs = create_team(), create_team()
        reader = create_user(Role.SUPERVISOR, [mine]).id
        script = create_script(create_campaign(teams=[mine, theirs]))
        create_version(script, document(CONTROL), in_force_for=[theirs])
        row = queries.triable_lines(script.campaign, [theirs.id])[0].row
        trial = leading.plan_trial(SYSTEM, script.campaign, proposal(row.id, [theirs.id]))
        day, trial_id = _tomorrow(trial), trial.id
        db.session.commit()
    browser = sign_in(reader)
    page = browser.get(f"/trials/{trial_id}")
    assert page.status_code == 200
    assert f"/trials/{trial_id}/" not in page.text, "no button"
    form = {"starts_on": day, "was": "planned", "conclusion": "On garde la question."}
    for what in ("start", "stop", "conclude", "step-back", "discard"):
        assert browser.post(f"/trials/{trial_id}/{what}", data=form).status_code == 403
    assert browser.get(f"/trials/{trial_id}/agent-days.csv").status_code == 403


def test_a_look_that_fails_keeps_its_slices_and_the_next_look(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        floor = create_floor()
        trial = run_trial(create_trial(floor.script), days_ago=4)
        for days_ago in range(4, 0, -1):
            _say(floor, trial, floor.agents[0], days_ago)
        db.session.query(TrialCall).delete()
        db.session.query(Job).delete()
        yesterday = queries.today_of(trial) - timedelta(days=1)
        look = enqueue(looking.LOOK, looking.subject_of(trial.id, yesterday), viewer=SYSTEM).id
        looking.ask_for_recount(trial)
        again = db.session.query(Job).filter_by(kind=looking.RECOUNT).one().id
        next_look = looking.subject_of(trial.id, queries.today_of(trial))
        db.session.commit()
    slices: list[int] = []
    count = counting.recount

    def fail_at_the_second(trial: Trial, call_ids: Collection[int]) -> None:
        slices.append(len(call_ids))
        if len(slices) == 2:
            raise RuntimeError("the power fails")
        count(trial, call_ids)

    monkeypatch.setattr(tasks, "SLICE", 3)
    monkeypatch.setattr(counting, "recount", fail_at_the_second)
    Runner(app, "test worker").run(look)
    with app.app_context():
        assert slices == [3, 1]
        assert db.session.query(TrialCall).count() == 3
        assert db.session.query(TrialLook).count() == 0
        assert db.session.query(Job).filter_by(subject=next_look).one().state == JobState.QUEUED
    Runner(app, "test worker").run(again)
    with app.app_context():
        assert db.session.query(TrialCall).count() == 4
        assert db.session.get_one(Job, again).state == JobState.DONE


def test_the_nightly_look_counts_writes_down_and_asks_for_the_next(app: Flask) -> None:
    with app.app_context():
        floor = create_floor()
        trial = run_trial(create_trial(floor.script, assigning=Assigning.DRAWN), days_ago=4)
        agent, today = floor.agents[0], queries.today_of(trial)
        for days_ago in range(4, 0, -1):
            _say(floor, trial, agent, days_ago)
        db.session.query(TrialCall).delete()
        db.session.query(TrialDay).delete()
        planned = db.session.query(Job).filter_by(kind=looking.LOOK).one()
        assert looking.trial_and_day(planned.subject) == (trial.id, today)
        assert planned.not_before is not None
        yesterday = looking.subject_of(trial.id, today - timedelta(days=1))
        job_id = enqueue(looking.LOOK, yesterday, viewer=SYSTEM).id
        db.session.commit()
    for _ in range(2):  # a look may be taken again
        Runner(app, "test worker").run(job_id)
    with app.app_context():
        look = db.session.query(TrialLook).one()
        assert look.day == today - timedelta(days=1)
        assert sum(arm["calls"] for arm in look.figures["arms"]) == 4
        assert db.session.query(TrialDay).filter_by(day=today).count() == 2
        assert db.session.get_one(Job, job_id).state == JobState.DONE


def test_agents_read_the_words_of_their_day_and_nothing_of_how_it_stands(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        floor = create_floor()
        trial = run_trial(create_trial(floor.script), days_ago=8)
        for days_ago in range(8, 0, -1):
            _say(floor, trial, floor.agents[0], days_ago, outcome=Outcome.MEETING)
        agent_id, supervisor_id, trial_id = floor.agents[0].id, floor.supervisor.id, trial.id
        version_id, script_url = trial.version_id, f"/campaigns/{floor.script.campaign_id}/script"
        names = [agent.name for agent in floor.agents]
        today = queries.place_on(trial, agent_id, queries.today_of(trial))
    shown, hidden = ("dérange", "froid") if today == 0 else ("froid", "dérange")
    browser = sign_in(agent_id)
    for address in ("/my/trials", "/home", "/my/script"):
        main = browser.get(address).text.split("<main", 1)[1].split("</main", 1)[0]
        assert shown in main
        assert address == "/my/script" or hidden not in main
        assert "%" not in main
    assert browser.get(f"/trials/{trial_id}").status_code == 404

    browser = sign_in(supervisor_id)
    answer = browser.get(f"/trials/{trial_id}")
    assert answer.status_code == 200
    assert "<svg" in answer.text
    assert "style=" not in answer.text
    # the script's own pages say so too: the trial to those who lead it, then what was learnt
    assert f"/trials/{trial_id}" in browser.get(f"/campaigns/scripts/{version_id}").text
    browser.post(f"/trials/{trial_id}/stop")
    browser.post(f"/trials/{trial_id}/conclude", data={"conclusion": "On garde la question."})
    for ending in ("history", "history.md", "history.json"):
        assert "On garde la question." in browser.get(f"{script_url}/{ending}").text
    table = browser.get(f"/trials/{trial_id}/agent-days.csv").text
    assert not any(name in answer.text or name in table for name in names)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 8
    assert {row["agent"] for row in rows} == {"1"}
    assert all(row["calls"] == row["heard_as_drawn"] == row["successes"] == "1" for row in rows)


def test_the_size_is_said_before_anything_starts(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        floor = create_floor()
        campaign_id, line_id = floor.script.campaign_id, line_of(floor.script).id
        team_id, supervisor_id = floor.team.id, floor.supervisor.id
        needed = create_trial(floor.script, numbers={"icc": 0.05}).needed_days
    browser = sign_in(supervisor_id)
    address = f"/campaigns/{campaign_id}/trials"
    form = {
        "line": line_id,
        "wordings": [VARIANT, "", ""],
        "teams": team_id,
        "measure": "next_step",
        "assigning": "rotation",
        "baseline": "20",
        "least_difference": "10,0",
        "calls_per_day": "8",
        "icc": "0,05",
        "alpha": "5",
        "power": "80",
    }
    assert f">{needed}<" in browser.post(f"{address}/size", data=form).text
    three = {**form, "wordings": [VARIANT, "Je peux vous parler une minute de vos relances ?"]}
    assert f">{needed}<" not in browser.post(f"{address}/size", data=three).text
    assert browser.get(f"{address}/new").status_code == 200
    refused = browser.post(address, data={**form, "least_difference": "abc"})
    assert refused.status_code == 422
    assert VARIANT in refused.text
    assert browser.post(address, data=form).status_code == 302
