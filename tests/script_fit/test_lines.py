"""A line's page, which lines fail, and pinned examples."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.coaching.models import Dispute, DisputeState
from callcoach.coaching.queries.script_lines import line_choices
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.counting import Share
from callcoach.progress.models import SharingConsent
from callcoach.script_fit import line_queries as queries
from callcoach.script_fit.example_queries import examples_of, find_sound
from callcoach.script_fit.line_offers import line_panel
from callcoach.script_fit.models import Said
from callcoach.script_fit.operations import examples
from tests.coaching.conftest import Desk
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, give_sound
from tests.factories.script_fit import create_flag, create_use

from .lines_floor import DEMO, Floor, lay

SignIn = Callable[[User | int], FlaskClient]


def _call(desk: Desk) -> Call:
    return create_call(team=desk.call.team, agent=desk.user("agent"), campaign=desk.call.campaign)


def _uses(desk: Desk, floor: Floor, line_id: int, total: int, fails: int) -> None:
    """Calls in which a line was said, some of them with a confirmed break in its moment."""
    for number in range(total):
        call = _call(desk)
        create_use(
            call, floor.version, floor.line(line_id), Said.OTHERWISE if number else Said.SAID
        )
        if number < fails:
            create_flag(call, 13_000)


def test_lines_are_ranked_by_how_surely_they_fail(app: Flask, desk: Desk) -> None:
    with app.app_context():
        floor = lay(desk)
        _uses(desk, floor, floor.demo, 12, 4)
        _uses(desk, floor, floor.opening, 3, 3)
        skipped = _call(desk)
        create_use(skipped, floor.version, floor.line(floor.demo), Said.SKIPPED)
        create_flag(skipped, 13_000)
        elsewhere = _call(desk)
        create_use(elsewhere, floor.version, floor.line(floor.demo))
        create_flag(elsewhere, 1000)
        create_flag(elsewhere, 13_000, is_confirmed=False)
        found = queries.rank_lines(desk.claire, floor.script)
        assert [(item.line.id, item.fails) for item in found.failing] == [
            (floor.demo, Share(4, 13))
        ]
        assert [(item.line.id, item.fails) for item in found.early] == [
            (floor.opening, Share(3, 3))
        ], "three of three says less than it seems"
        assert found.uses == 16
        assert queries.counts_of(desk.claire, floor.line(floor.demo)).fails == Share(4, 13)
        assert queries.rank_lines(desk.stranger, floor.script).uses == 0, "of the viewer's calls"


def test_a_line_counts_its_notes_flags_and_disputes(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        floor = lay(desk)
        create_use(desk.call, floor.version, floor.line(floor.demo))
        flag = create_flag(desk.call, 13_000)
        note = create_note(desk.call, desk.user("claire"), script_line_id=floor.demo)
        create_note(desk.call, desk.user("thomas"), script_line_id=floor.demo, visibility="private")
        for about in ({"note_id": note.id}, {"verdict_id": flag.id}):
            db.session.add(
                Dispute(
                    call_id=desk.call_id,
                    agent_id=desk.ids["agent"],
                    text="Non.",
                    due_at=utc_now(),
                    **about,
                )
            )
        db.session.commit()
        counts = queries.counts_of(desk.claire, floor.line(floor.demo))
        assert (counts.fails, counts.notes, counts.disputes) == (Share(1, 1), 1, 2)
        assert queries.counts_of(desk.claire, floor.line(floor.opening)).disputes == 0
        assert queries.tallies_of(desk.claire, [floor.demo, floor.opening]) == {
            floor.demo: queries.Tally(Share(1, 1), 1, 2)
        }
        best, _other = line_choices(desk.call, "autre chose", 13_000, 14_000)
        assert (best.line_id, best.is_likely) == (floor.demo, True), "what was fitted there"
    page = claire.get(f"/campaigns/scripts/lines/{floor.demo}").text
    assert DEMO in page
    assert page.count("/home/disputes/") == 2, "each of them, not only how many"
    with app.test_request_context(), force_locale("en"):
        kept = db.session.query(Dispute).filter(Dispute.note_id.is_not(None)).one()
        kept.state = DisputeState.KEPT
        db.session.commit()
        first, second = queries.disputes_of(desk.claire, floor.line(floor.demo))
        assert (first.note_id, second.id) == (None, kept.id), "what waits comes first"
        key = floor.line(floor.demo).key
        beside = line_panel(desk.claire, floor.version, [key])[key]
        for words in (" 1 of 1<", "1 note · 2 seen otherwise"):
            assert words in beside
        assert line_panel(desk.lead, floor.version, [key]) == {}
    assert "Vous clôturez en combien de jours" in page
    assert claire.get(f"/campaigns/{_campaign_of(app, floor)}/script/lines").status_code == 200


def _campaign_of(app: Flask, floor: Floor) -> int:
    """The campaign of the floor's script."""
    with app.app_context():
        return floor.script.campaign_id


def test_colleagues_hear_an_example_only_with_its_agents_yes(app: Flask, desk: Desk) -> None:
    with app.test_request_context():
        floor = lay(desk)
        give_sound(desk.call)
        line = floor.line(floor.demo)
        example = examples.pin(
            desk.claire, line, desk.call, 12_200, 24_000, is_good=False, caption="Trop tôt."
        )
        db.session.commit()
        assert "démonstration" in example.quote
        assert find_sound(desk.agent, example.id)[1] == "writing", "their own moment"
        (shown,) = examples_of(desk.colleague, [line])[line.id]
        assert (shown.sound, shown.about, shown.call_url) == ("silent", "", "")
        assert "démonstration" in shown.quote
        db.session.add(
            SharingConsent(
                agent_id=desk.ids["agent"],
                call_id=desk.call_id,
                start_ms=12_000,
                end_ms=25_000,
                given_at=utc_now(),
            )
        )
        db.session.commit()
        assert find_sound(desk.colleague, example.id)[1] == "writing"
        for viewer in (desk.sponsor, desk.stranger):
            with pytest.raises(NotFound):
                find_sound(viewer, example.id)
        examples.unpin(desk.thomas, example)
        assert examples_of(desk.claire, [line]) == {}
        examples.unpin(desk.thomas, example, undo=True)
        assert len(examples_of(desk.claire, [line])[line.id]) == 1
        for bounds in ((0, 0), (0, examples.MAX_EXAMPLE_MS + 1)):
            desk.call.duration_ms = 90_000
            with pytest.raises(InvalidInput):
                examples.pin(desk.claire, line, desk.call, *bounds, is_good=True, caption="")
