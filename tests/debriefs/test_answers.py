"""Answers from telephones whose network comes and goes: nothing lost, nothing twice."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.debriefs.live_json import screen_facts
from callcoach.debriefs.models import AgendaItem, Debrief, Phase, Presence
from callcoach.debriefs.operations import answers, attendance, live
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from tests.debriefs.conftest import Floor
from tests.factories.debriefs import create_item, create_moment

#: (sender, id made by their page, edition, text)
SENDS = (
    ("agent", "aaaaaaaa-1", 1, "Depuis quand ?"),
    ("agent", "aaaaaaaa-1", 2, "Depuis quand, à peu près ?"),
    ("agent", "aaaaaaaa-1", 3, "Vous êtes équipé depuis quand ?"),
    ("colleague", "bbbbbbbb-1", 1, "Avec quoi ?"),
    ("colleague", "cccccccc-1", 1, "Qui s’en sert ?"),  # the same person on a second device
)


@pytest.fixture
def item(app: Flask, floor: Floor) -> Iterator[AgendaItem]:
    """The moment, asked before everybody."""
    with app.app_context():
        moment = create_moment(floor.debrief, floor.call)
        live.start(floor.claire, floor.debrief)
        live.show_item(floor.claire, floor.debrief, moment, Phase.ASKING)
        yield moment


def _viewer(floor: Floor, name: str) -> Viewer:
    return floor.agent if name == "agent" else floor.colleague


def _kept(item: AgendaItem) -> list[tuple[int, str, str, int]]:
    db.session.expire_all()
    return sorted((row.user_id, row.client_id, row.text, row.edition) for row in item.answers)


def test_any_order_and_repetition_of_sends_keeps_the_same_answers(
    floor: Floor, item: AgendaItem
) -> None:
    chance = random.Random(8)
    wanted = sorted(
        (
            (floor.ids["agent"], *("aaaaaaaa-1", "Vous êtes équipé depuis quand ?", 3)),
            (floor.ids["colleague"], *("cccccccc-1", "Qui s’en sert ?", 1)),
        )
    )
    for _attempt in range(25):
        for row in list(item.answers):
            db.session.delete(row)
        db.session.flush()
        sends = [*SENDS, *chance.choices(SENDS, k=4)]
        chance.shuffle(sends)
        for name, client_id, edition, text in sends:
            if chance.random() < 0.2:  # the reveal may come between any two of them
                live.show_item(floor.claire, floor.debrief, item, Phase.REVEALED)
            answers.put(
                _viewer(floor, name), item, client_id, text, is_named=False, edition=edition
            )
        assert _kept(item) == wanted, sends


def test_what_is_no_answer_is_refused(floor: Floor, item: AgendaItem) -> None:
    answers.put(floor.agent, item, "aaaaaaaa-1", "Depuis quand ?", is_named=True)
    with pytest.raises(Conflict):
        answers.put(floor.colleague, item, "aaaaaaaa-1", "Avec quoi ?", is_named=True)
    for text in ("", "  ", "x" * 501):
        with pytest.raises(InvalidInput):
            answers.put(floor.colleague, item, "bbbbbbbb-1", text, is_named=False)
    for viewer in (floor.claire, floor.stranger, floor.sponsor):
        with pytest.raises(NotFound):
            answers.put(viewer, item, "bbbbbbbb-1", "Avec quoi ?", is_named=False)
    debrief: Debrief = floor.debrief
    coming = create_moment(debrief, floor.call)
    with pytest.raises(NotFound):
        answers.put(floor.agent, coming, "dddddddd-1", "Avec quoi ?", is_named=False)
    theme = create_item(debrief)
    live.show_item(floor.claire, floor.debrief, theme)
    with pytest.raises(InvalidInput):
        answers.put(floor.agent, theme, "dddddddd-1", "Avec quoi ?", is_named=False)


def test_a_hidden_answer_is_on_no_screen_but_its_authors(
    app: Flask, floor: Floor, item: AgendaItem
) -> None:
    kept = answers.put(floor.agent, item, "aaaaaaaa-1", "À cacher", is_named=True)
    live.show_item(floor.claire, floor.debrief, item, Phase.REVEALED)

    def _texts(viewer: Viewer) -> list[str]:
        with app.test_request_context():
            return [row.get("text", "") for row in screen_facts(viewer, floor.debrief)["answers"]]

    before = live.live_of(floor.debrief).revision
    with pytest.raises(NotFound):
        answers.hide(floor.colleague, kept)
    answers.hide(floor.claire, kept)
    assert live.live_of(floor.debrief).revision > before
    assert _texts(floor.claire) == [""]
    assert _texts(floor.colleague) == []
    assert _texts(floor.agent) == ["À cacher"]
    answers.hide(floor.claire, kept, undo=True)
    assert _texts(floor.colleague) == ["À cacher"]


def test_once_the_debrief_is_over_an_answer_that_all_have_seen_stays(
    floor: Floor, item: AgendaItem
) -> None:
    answers.put(floor.agent, item, "aaaaaaaa-1", "Depuis quand ?", is_named=False, edition=1)
    attendance.join(floor.agent, floor.debrief, Presence.PRESENT)
    attendance.join(floor.colleague, floor.debrief, Presence.REMOTE)
    live.show_item(floor.claire, floor.debrief, item, Phase.REVEALED)
    live.end(floor.claire, floor.debrief)
    with pytest.raises(Conflict, match="stays as it was"):
        answers.put(floor.agent, item, "aaaaaaaa-1", "Mieux, après coup", is_named=True, edition=2)
    late = answers.put(floor.colleague, item, "bbbbbbbb-1", "Avec quoi ?", is_named=False)
    assert late.text == "Avec quoi ?", "what a cut line held back is still taken"
    item.debrief.minutes_sent_at = utc_now()
    with pytest.raises(Conflict):
        answers.put(floor.colleague, item, "cccccccc-1", "Non", is_named=False, edition=2)
