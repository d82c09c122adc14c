"""A drill comes from a note, a moment or some lines of a call, in one step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.calls import operations as calls_operations
from callcoach.calls import queries as calls
from callcoach.calls.mapping import ShownTurn
from callcoach.coaching.operations import voice
from callcoach.drills.models import DrillKind
from callcoach.drills.moments import MAX_PASSAGE_MS, ear_passage, line_at, passage_of
from callcoach.drills.operations import making
from callcoach.drills.operations.making import DrillEdit
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from tests.factories.coaching import create_note
from tests.factories.notes import put_voice, spoken_note

from .conftest import Desk, Given
from .steps import stored


def _prospect_ids(desk: Desk) -> list[int]:
    return [t.turn_id for t in calls.turns_of(desk.call) if t.speaker == "prospect"]


def test_a_note_becomes_what_the_prospect_said_before_it_and_its_own_example(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        drill = making.make_from_note(desk.claire, desk.call, note)
        step = drill.steps[0]
        assert drill.kind == DrillKind.REFORMULATE
        assert step.prospect_text == "On a déjà un outil, depuis l'an dernier."
        assert (step.start_ms, step.end_ms) == (2700, 12_200), "what led to it; not the answer"
        assert step.original_text == "Je vous propose une démonstration mardi ou jeudi."
        assert (step.original_start_ms, step.original_end_ms) == (12_200, 24_000)
        assert step.example_text == note.instead
        assert (drill.situation, drill.instructions) == ("has_provider", note.hears)


def test_a_drill_of_the_ear_keeps_where_the_note_hears_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        step = making.make_from_note(desk.claire, desk.call, note, "ear").steps[0]
        assert step.mark_ms == note.start_ms
        assert step.start_ms < note.start_ms < note.end_ms < step.end_ms
        assert step.example_text == "", "an ear is not told what to say"


@pytest.mark.parametrize("values", [{"sent": False}, {"visibility": "private"}, {"scope": "call"}])
def test_notes_that_their_agent_has_not_read_or_without_a_moment_make_none(
    app: Flask, desk: Desk, values: dict[str, object]
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), **values)  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            making.make_from_note(desk.claire, desk.call, note)


def test_only_those_who_judge_a_call_make_drills_of_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        for viewer, error in (
            (desk.agent, NotAllowed),
            (desk.lead, NotAllowed),
            (desk.colleague, NotFound),
            (desk.stranger, NotFound),
            (desk.sponsor, NotFound),
        ):
            with pytest.raises(error):
                making.make_from_note(viewer, desk.call, note)
            with pytest.raises(error):
                making.make_from_moment(viewer, desk.call, 1000, 2000, "reformulate")
            with pytest.raises(error):
                making.make_chain(viewer, desk.call, _prospect_ids(desk))


def test_lines_are_answered_in_the_order_of_the_call(app: Flask, desk: Desk) -> None:
    with app.app_context():
        ids = _prospect_ids(desk)
        drill = making.make_chain(desk.claire, desk.call, list(reversed(ids)))
        assert [step.position for step in drill.steps] == [1, 2, 3]
        assert [step.prospect_text for step in drill.steps] == [
            "Delattre, oui, bonjour.",
            "On a déjà un outil, depuis l'an dernier.",
            "Non merci.",
        ]
        assert drill.steps[2].original_text == "", "nobody answered the last one"
        for wrong in (ids[:2], [], [*ids, 987_654]):
            with pytest.raises(InvalidInput):
                making.make_chain(desk.claire, desk.call, wrong)


def test_the_agents_own_lines_cannot_be_answered(app: Flask, desk: Desk) -> None:
    with app.app_context():
        ids = [turn.turn_id for turn in calls.turns_of(desk.call)]
        with pytest.raises(InvalidInput):
            making.make_chain(desk.claire, desk.call, ids[:3])


def test_a_call_in_which_the_prospect_says_nothing_makes_none(app: Flask, desk: Desk) -> None:
    with app.app_context():
        for turn in desk.call.current_analysis.turns:  # type: ignore[union-attr]
            turn.text = "" if turn.speaker == "prospect" else turn.text
        db.session.commit()
        with pytest.raises(InvalidInput):
            making.make_from_moment(desk.claire, desk.call, 12_200, 24_000, "real_time")


def test_a_change_over_a_newer_one_is_refused_and_shows_it(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        drill = given.drill
        step_id = drill.steps[0].id
        making.edit_drill(
            desk.claire,
            drill,
            DrillEdit("Outil en place", "price", "", {step_id: "Et vous ?"}),
            based_on=1,
        )
        assert (drill.title, drill.row_version) == ("Outil en place", 2)
        with pytest.raises(StaleVersion) as refused:
            making.edit_drill(desk.thomas, drill, DrillEdit("Le mien"), based_on=1)
        assert "Outil en place" in refused.value.values["theirs"]
        assert "Et vous ?" in refused.value.values["theirs"]
        assert drill.title == "Outil en place"


@pytest.mark.parametrize(
    "edit",
    [
        DrillEdit(" "),
        DrillEdit("x" * 121),
        DrillEdit("x", situation="other"),
        DrillEdit("x", instructions="x" * 1001),
        DrillEdit("x", mark_ms=12_200),
    ],
)
def test_what_cannot_be_saved_is_said(
    app: Flask, desk: Desk, given: Given, edit: DrillEdit
) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        making.edit_drill(desk.claire, given.drill, edit, based_on=1)


def test_archiving_is_undone(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        assert making.archive_drill(desk.claire, given.drill).archived_at is not None
        assert making.archive_drill(desk.claire, given.drill, undo=True).archived_at is None
        with pytest.raises(NotFound):
            making.archive_drill(desk.stranger, given.drill)


def _turn(number: int, speaker: str, start_ms: int, end_ms: int, text: str = "mot") -> ShownTurn:
    channel = int(speaker == "prospect")
    return ShownTurn(number, number, speaker, channel, start_ms, end_ms, text, text, (), 0)


TURNS = [
    _turn(1, "agent", 0, 9000),
    _turn(2, "prospect", 9500, 11_000),
    _turn(3, "agent", 10_800, 15_000),
    _turn(4, "agent", 15_500, 16_000),
    _turn(5, "prospect", 17_000, 18_000),
]


def test_what_led_to_a_line_is_played_from_where_somebody_begins_or_for_some_seconds() -> None:
    passage = passage_of(TURNS, TURNS[1], 20_000)
    assert passage.start_ms == 1500, "the agent's long turn is not played from its start"
    assert passage.end_ms == 11_200, "an answer that began over the line does not cut it"
    assert (passage.original_start_ms, passage.original_end_ms) == (10_800, 16_000)


def test_a_moment_on_the_agents_words_is_about_the_line_before_it() -> None:
    assert line_at(TURNS, 10_900, 15_000) == TURNS[1]
    assert line_at(TURNS, 17_000, 18_000) == TURNS[4]
    assert line_at(TURNS, 0, 500) == TURNS[1], "before the first line: the first"
    assert line_at(TURNS[:1], 0, 500) is None


def test_a_passage_for_the_ear_is_bounded() -> None:
    long = [replace(TURNS[1], end_ms=200_000)]
    passage = ear_passage(long, 9500, 200_000, 300_000)
    assert passage.end_ms - passage.start_ms == MAX_PASSAGE_MS


def test_a_spoken_example_outlives_the_notes_sound_and_goes_with_the_call(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"))
        drill = making.make_from_note(desk.claire, desk.call, note)
        other = making.make_from_note(desk.claire, desk.call, note, "real_time")
        db.session.commit()
        kept = drill.steps[0].example_file
        assert kept is not None
        voice.remove_voice(desk.claire, desk.call, note)
        voice.keep_voice(desk.claire, desk.call, note, stored(b"anew"), 900)
        db.session.commit()
        db.session.expire_all()
        assert drill.steps[0].example_file is not None
        assert b"".join(get_store().open_range(kept.key)), "its bytes are there too"

        making.edit_drill(desk.claire, other, DrillEdit(other.title, keeps_voice=False), based_on=1)
        db.session.commit()
        assert other.steps[0].example_file is None
        assert drill.steps[0].example_file is not None
        shared = other.steps[0].example_file = put_voice()
        db.session.commit()
        calls_operations.purge_call(desk.call)
        db.session.commit()
        left = select(StoredFile.id).where(StoredFile.kind.in_(("voice", "example")))
        assert db.session.scalars(left).all() == [shared.id], "an expression's own is not theirs"
        assert kept.key not in {key for key, _at in get_store().list_keys()}
