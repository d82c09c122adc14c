"""The agenda: who prepares it, what is kept, in what order, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.debriefs.models import AgendaItem, ItemKind, LiveState
from callcoach.debriefs.operations import agenda
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now, write_transaction
from tests.factories.accounts import create_team
from tests.factories.coaching import create_note
from tests.factories.debriefs import create_debrief, create_item, create_moment
from tests.factories.drills import create_drill
from tests.factories.scripts import create_script, create_version

from .conftest import Floor


def _titles(floor: Floor) -> list[str]:
    return [item.title for item in floor.debrief.items]


def _add(floor: Floor, title: str, **facts: object) -> AgendaItem:
    return agenda.add_item(floor.lead, floor.debrief, kind="theme", title=title, **facts)  # type: ignore[arg-type]


def test_items_are_added_moved_removed_and_put_back(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        first, second, third = (_add(floor, title, minutes=5) for title in "abc")
        assert _titles(floor) == ["a", "b", "c"]
        order = agenda.move_item(floor.claire, third, 0, seen=[first.id, second.id, third.id])
        assert order == [third.id, first.id, second.id]
        agenda.remove_item(floor.claire, first)
        assert _titles(floor) == ["c", "b"]
        with pytest.raises(NotFound):
            agenda.restore_item(floor.stranger, first)
        agenda.restore_item(floor.claire, first)
        assert _titles(floor) == ["c", "a", "b"]


def test_an_order_that_changed_meanwhile_is_not_overwritten(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        first, second = _add(floor, "a"), _add(floor, "b")
        seen = [first.id, second.id]
        agenda.move_item(floor.lead, second, 0, seen=seen)
        with pytest.raises(StaleVersion) as caught:
            agenda.move_item(floor.claire, first, 1, seen=seen)
        assert caught.value.values["order"] == [second.id, first.id]
        assert _titles(floor) == ["b", "a"]


def test_an_item_saved_twice_at_once_shows_what_the_other_wrote(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        item = _add(floor, "a")
        agenda.change_item(floor.lead, item, based_on=1, title="b", remark="Dire pourquoi.")
        with pytest.raises(StaleVersion) as caught:
            agenda.change_item(floor.claire, item, based_on=1, title="c")
        assert caught.value.values["theirs"]["title"] == "b"
        assert item.title == "b"
        assert item.row_version == 2


def test_one_source_is_on_an_agenda_once(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        item = _add(floor, "a", source="drill:3")
        with pytest.raises(Conflict):
            _add(floor, "b", source="drill:3")
        agenda.remove_item(floor.claire, item)
        _add(floor, "b", source="drill:3")
        with pytest.raises(Conflict):
            agenda.restore_item(floor.claire, item)


def test_waiting_items_are_taken_once_and_only_by_their_team(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        waits = agenda.add_item(
            floor.lead, None, team_id=floor.team_id, kind="theme", title="a", source="drill:3"
        )
        with pytest.raises(NotFound):
            agenda.add_item(floor.lead, None, team_id=floor.other_team_id, kind="theme", title="x")
        create_item(None, team_id=create_team().id, title="elsewhere")
        assert agenda.take_waiting(floor.claire, floor.debrief) == [waits]
        assert agenda.take_waiting(floor.claire, floor.debrief) == []
        assert _titles(floor) == ["a"]


def test_a_moment_keeps_exact_bounds_words_and_what_the_note_said(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        note = create_note(floor.call, floor.user("claire"))
        item = agenda.add_moment(
            floor.claire, floor.debrief, floor.call, 9607, 23_991, ask_ms=12_101,
            is_good=False, note=note,
        )  # fmt: skip
        assert (item.start_ms, item.end_ms, item.ask_ms) == (9607, 23_991, 12_101)
        assert item.kind == ItemKind.MOMENT
        assert item.agent_id == floor.ids["agent"]
        assert item.reformulation == note.instead
        assert item.title == "Objection laissée sans réponse"
        assert [part["speaker"] for part in item.said] == ["prospect", "agent"]
        agenda.change_bounds(floor.claire, item, 12_200, 24_000, None, based_on=1)
        assert [part["speaker"] for part in item.said] == ["agent"]
        with pytest.raises(InvalidInput):
            agenda.change_bounds(floor.claire, item, 12_200, 24_000, 12_200, based_on=2)


def test_what_is_over_stays_as_it_was(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        done = create_debrief([floor.team], floor.user("claire"), "done")
        item = create_item(done)
        for change in (
            lambda: agenda.add_item(floor.claire, done, kind="theme", title="a"),
            lambda: agenda.change_item(floor.claire, item, based_on=1, title="b"),
            lambda: agenda.remove_item(floor.claire, item),
        ):
            with pytest.raises(Conflict):
                change()
        assert db.session.get_one(AgendaItem, item.id).title == "Les objections"


def test_screens_of_a_running_debrief_follow_its_agenda(app: Flask, floor: Floor) -> None:
    with app.app_context(), write_transaction():
        running = create_debrief([floor.team], floor.user("claire"), "running")
        state = db.session.get_one(LiveState, running.id)
        before = state.revision
        item = agenda.add_item(floor.claire, running, kind="theme", title="a")
        agenda.change_item(floor.claire, item, based_on=1, title="b")
        assert state.revision == before + 2
        item.opened_at = utc_now()
        with pytest.raises(Conflict):
            agenda.remove_item(floor.claire, item)


def test_a_form_saved_over_a_newer_one_shows_both(
    app: Flask, floor: Floor, sign_in: Callable[[int], FlaskClient]
) -> None:
    with app.app_context(), write_transaction():
        item_id = _add(floor, "Les objections", remark="À voir").id
        agenda.change_item(floor.lead, floor.item(item_id), based_on=1, remark="Dit par Miora")
        db.session.commit()
    browser = sign_in(floor.ids["claire"])
    answer = browser.post(
        f"/debriefs/items/{item_id}",
        data={"title": "Mes objections", "minutes": "5", "remark": "Mot", "based_on": "1"},
    )
    assert answer.status_code == 409
    for words in ("Mes objections", "Dit par Miora", "Mot", 'name="based_on" value="2"'):
        assert words in answer.text
    answer = browser.post(f"/debriefs/items/{item_id}/remove", follow_redirects=True)
    assert f"/debriefs/items/{item_id}/restore" in answer.text
    assert "Les objections" not in answer.text
    browser.post(f"/debriefs/items/{item_id}/restore")
    assert "Les objections" in browser.get(f"/debriefs/{floor.debrief_id}").text


def test_a_name_in_what_everybody_reads_is_pointed_out(
    app: Flask, floor: Floor, sign_in: Callable[[int], FlaskClient]
) -> None:
    with app.app_context():
        item = create_moment(floor.debrief, floor.call, title="Hanta répond trop vite")
        item_id = item.id
    page = sign_in(floor.ids["claire"]).get(f"/debriefs/items/{item_id}").text
    warning = page.partition("notice-warning")[2].partition("</p>")[0]
    assert "Hanta" in warning


def test_things_are_chosen_kind_by_kind_by_whoever_may_read_them(
    app: Flask, floor: Floor, sign_in: Callable[[int], FlaskClient]
) -> None:
    with app.app_context():
        drill_id = create_drill(floor.call, floor.user("claire"), title="Deux secondes").id
        script = create_script(floor.call.campaign)
        version_id = create_version(script, in_force_for=[floor.team], number=1).id
    claire, lead = sign_in(floor.ids["claire"]), sign_in(floor.ids["lead"])
    new, url = f"/debriefs/{floor.debrief_id}/items/new", f"/debriefs/{floor.debrief_id}/items"
    for kind, source in (("drill", f"drill:{drill_id}"), ("script", f"version:{version_id}")):
        assert f'value="{source}"' in claire.get(f"{new}?kind={kind}").text
        assert claire.post(url, data={"kind": kind, "source": source}).status_code == 302
        assert claire.post(url, data={"kind": kind, "source": source}).status_code == 409
    assert f'value="drill:{drill_id}"' in lead.get(f"{new}?kind=drill").text
    assert claire.get(f"{new}?kind=nothing").status_code == 404
    assert claire.post(url, data={"kind": "theme", "title": " "}).status_code == 400
    assert lead.post(url, data={"kind": "moment", "call_id": floor.call_id}).status_code == 302
    with app.app_context():
        drill, version, moment = floor.debrief.items
        assert (drill.drill_id, version.version_id) == (drill_id, version_id)
        # Around the flag, stopping where it begins
        assert (moment.start_ms, moment.ask_ms, moment.end_ms) == (4200, 12_200, 28_000)
        assert moment.cause == "ignored_objection"
