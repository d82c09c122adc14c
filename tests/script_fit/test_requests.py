"""From notes about a line to new words in force, and back to the agents."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from callcoach.accounts.access import Viewer
from callcoach.coaching.models import Note
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.script_fit import request_history as history
from callcoach.script_fit import request_queries as queries
from callcoach.script_fit.line_offers import evidence_panel
from callcoach.script_fit.models import ChangeRequest, RequestState
from callcoach.script_fit.operations import requests
from callcoach.script_fit.operations.requests import Wish
from callcoach.script_library import events
from callcoach.script_library.models import ScriptRelease, ScriptVersion, VersionState
from callcoach.script_library.operations import drafting
from tests.coaching.conftest import Desk
from tests.factories.calls import create_call
from tests.factories.coaching import create_note
from tests.factories.verdicts import create_verdicts

from .lines_floor import ASKED, DEMO, Floor, lay


def _note(desk: Desk, floor: Floor, **values: Any) -> Note:
    return create_note(desk.call, desk.user("claire"), script_line_id=floor.demo, **values)


def _ask(desk: Desk, floor: Floor, viewer: Viewer | None = None, **values: Any) -> ChangeRequest:
    wish = Wish("Demander d’abord", ASKED, "Il n’est pas écouté.", line_id=floor.demo)
    request = requests.ask(viewer or desk.claire, floor.script, wish, **values)
    db.session.commit()
    return request


def _in_force(desk: Desk, version: ScriptVersion) -> ScriptRelease:
    """Publish a draft and have the team say it, as approval does."""
    version.state, version.published_at = VersionState.APPROVED, utc_now()
    release = ScriptRelease(team_id=desk.team_id, starts_at=utc_now())
    version.releases.append(release)
    db.session.flush()
    events.put_in_force(release)
    db.session.commit()
    return release


def _told(desk: Desk, who: str, kind: str = "script.changed_by_you") -> list[str]:
    found = db.session.query(Notice).filter_by(user_id=desk.ids[who], kind=kind)
    return [notice.path for notice in found]


def test_a_merged_request_tells_the_agents_whose_moments_spoke_for_it_once(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        floor = lay(desk)
        note = _note(desk, floor)
        other = create_call(
            team=desk.call.team, agent=desk.user("colleague"), campaign=desk.call.campaign
        )
        (flag,) = create_verdicts(other, confirmed=1)
        request = _ask(desk, floor, note_ids=[note.id], verdict_ids=[flag.id])
        assert (request.current_text, len(request.evidence)) == (DEMO, 2)
        draft = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, draft, ASKED, seen=DEMO)
        db.session.commit()
        line = draft.document.line(floor.line(floor.demo).key)
        assert line is not None
        assert line.text == ASKED
        assert floor.version.document.line(line.key).text == DEMO, "what is published stays"  # type: ignore[union-attr]
        assert _told(desk, "agent") == [], "nothing is in force yet"
        release = _in_force(desk, draft)
        assert _told(desk, "agent") == [f"/my/notes/{note.id}"]
        assert _told(desk, "colleague") == [f"/calls/{other.id}?t=100"]
        events.put_in_force(release)
        db.session.commit()
        assert len(_told(desk, "agent")) == 1


def test_words_that_a_later_version_took_back_are_told_to_nobody(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        request = _ask(desk, floor, note_ids=[_note(desk, floor).id])
        draft = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, draft, ASKED, seen=DEMO)
        drafting.replace_line(desk.claire, draft, floor.line(floor.demo).key, "", DEMO)
        _in_force(desk, draft)
        assert _told(desk, "agent") == []
        assert request.told_at is None


def test_words_changed_since_are_shown_before_they_are_replaced(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        request = _ask(desk, floor)
        draft = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        drafting.replace_line(desk.thomas, draft, floor.line(floor.demo).key, "", "Mardi ?")
        db.session.commit()
        with pytest.raises(StaleVersion) as caught:
            requests.merge(desk.claire, request, draft, ASKED, seen=DEMO)
        assert caught.value.values["theirs"] == "Mardi ?"
        db.session.rollback()
        (target,) = queries.targets_of(request)
        assert (target.present, target.has_changed) == ("Mardi ?", True)
        requests.merge(desk.claire, request, draft, ASKED, seen="Mardi ?")
        assert request.state == RequestState.MERGED


def test_a_request_whose_draft_is_thrown_away_is_to_be_decided_again(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        floor = lay(desk)
        request = _ask(desk, floor)
        draft = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, draft, ASKED, seen=DEMO)
        drafting.discard_draft(desk.claire, draft)
        db.session.commit()
        db.session.expire(request)
        assert requests.is_open(request)
        assert [item.id for item in queries.list_requests(floor.script, "open")] == [request.id]


def test_a_new_line_becomes_one_of_the_script(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        wish = Wish("Rassurer", "Cela prend dix minutes.", section_kind="closing")
        request = requests.ask(desk.claire, floor.script, wish)
        draft = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, draft, wish.proposed_text, seen="")
        assert request.line is not None
        assert request.line.text == "Cela prend dix minutes."
        assert [section.kind for section in draft.document.sections] == ["opening", "closing"]


def test_private_notes_and_foreign_moments_speak_for_nothing(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        private = _note(desk, floor, visibility="private")
        (foreign,) = create_verdicts(create_call(), confirmed=1)
        (rejected,) = create_verdicts(desk.call, rejected=1)
        for evidence in (
            {"note_ids": [private.id]},
            {"verdict_ids": [foreign.id]},
            {"verdict_ids": [rejected.id]},
        ):
            with pytest.raises(NotFound):
                _ask(desk, floor, **evidence)
            db.session.rollback()
        for viewer in (desk.lead, desk.agent, desk.sponsor, desk.stranger):
            with pytest.raises(NotFound):
                _ask(desk, floor, viewer)
            db.session.rollback()


def test_evidence_is_shown_to_those_who_read_it(app: Flask, desk: Desk) -> None:
    with app.test_request_context():
        floor = lay(desk)
        request = _ask(desk, floor, note_ids=[_note(desk, floor).id])
        assert len(queries.evidence_of(desk.thomas, request).moments) == 1
        for viewer in (desk.stranger, desk.sponsor, desk.colleague):
            assert queries.evidence_of(viewer, request) == queries.Evidence([], 1)


def test_two_who_change_one_request_see_both_texts(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        request = _ask(desk, floor)
        requests.edit(desk.thomas, request, Wish("Autre titre", "Deux."), based_on=1)
        with pytest.raises(StaleVersion) as caught:
            requests.edit(desk.claire, request, Wish("Le mien", "Trois."), based_on=1)
        assert caught.value.values["proposed_text"] == "Deux."
        requests.edit(desk.claire, request, Wish("Autre titre", "Deux."), based_on=1)  # the same


def test_further_notes_speak_for_an_open_request(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        first, second = _note(desk, floor), _note(desk, floor, start_ms=1000)
        request = _ask(desk, floor, note_ids=[first.id])
        requests.support(desk.thomas, request, [first.id, second.id])
        assert [row.note_id for row in request.evidence] == [first.id, second.id]
        requests.decline(desk.thomas, request, "Non.")
        with pytest.raises(Conflict):
            requests.support(desk.thomas, request, [])


def test_declining_needs_an_answer_and_can_be_taken_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        request = _ask(desk, floor)
        with pytest.raises(InvalidInput):
            requests.decline(desk.thomas, request, " ")
        requests.decline(desk.thomas, request, "Le donneur d’ordre y tient.")
        assert _told(desk, "claire", "script.request_answered") == [
            f"/campaigns/scripts/requests/{request.id}"
        ]
        with pytest.raises(Conflict):
            requests.remove(desk.claire, request)
        requests.reopen(desk.thomas, request)
        assert _told(desk, "claire", "script.request_answered") == []
        requests.remove(desk.claire, request)
        db.session.commit()
        assert db.session.query(ChangeRequest).count() == 0


def test_a_difference_tells_all_that_was_asked_for_in_between(app: Flask, desk: Desk) -> None:
    with app.test_request_context(), force_locale("en"):
        floor = lay(desk)
        first, base = _note(desk, floor), floor.version
        versions = []
        for title, words, evidence in (
            ("Demander d’abord", ASKED, {"note_ids": [first.id]}),
            ("Plus court", "Mardi ?", {}),
        ):
            request = _ask(desk, floor, **evidence)
            requests.edit(desk.claire, request, Wish(title, words), based_on=1)
            draft = drafting.begin_draft(desk.claire, floor.script, base, "")
            requests.merge(desk.claire, request, draft, words, seen=request.current_text)
            _in_force(desk, draft)
            versions.append(draft)
            base = draft
        second, third = versions
        beside = drafting.begin_draft(desk.claire, floor.script, floor.version, "")

        def _titles(older: ScriptVersion | None, newer: ScriptVersion) -> list[str]:
            return [item.title for item in history.merged_between(older, newer)]

        both = ["Demander d’abord", "Plus court"]
        assert _titles(floor.version, third) == _titles(third, floor.version) == both
        assert _titles(None, third) == _titles(beside, third) == both, "another line of descent"
        assert _titles(second, third) == ["Plus court"]
        key = floor.line(floor.demo).key
        seen = evidence_panel(desk.thomas, floor.version, third, [key])[key]
        assert first.quote in seen
        assert f"/campaigns/scripts/{second.id}" in seen
        counted = evidence_panel(desk.sponsor, floor.version, third, [key])[key]
        assert ("calls: 1 note" in counted, "Demander" in counted) == (True, False), counted
        assert evidence_panel(desk.agent, floor.version, third, [key]) == {}
        told = history.asked_for([floor.version, second, third])
        assert told == {
            second.id: ["Asked for: “Demander d’abord” (1 note)"],
            third.id: ["Asked for: “Plus court”"],
        }
        first.deleted_at = utc_now()
        db.session.flush()
        assert history.asked_for([second]) == {second.id: ["Asked for: “Demander d’abord”"]}


def test_a_new_line_is_merged_again_when_its_draft_was_deleted(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        wish = Wish("Une ligne de plus", "Je vous écoute.", "", section_kind="closing")
        request = requests.ask(desk.claire, floor.script, wish)
        first = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, first, "Je vous écoute.", seen="")
        requests.reopen(desk.claire, request)
        drafting.discard_draft(desk.claire, first)
        db.session.commit()
        second = drafting.begin_draft(desk.claire, floor.script, floor.version, "")
        requests.merge(desk.claire, request, second, "Je vous écoute.", seen="")
        assert "Je vous écoute." in [line.text for line in second.document.lines()]
