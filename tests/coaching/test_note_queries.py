"""Which notes one reads, where a note goes, what is quoted, and how versions are compared."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from callcoach.calls.mapping import ShownTurn
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note
from callcoach.coaching.note_diff import is_rewritten, side, word_diff
from callcoach.coaching.note_moments import (
    Span,
    channel_between,
    quote_of,
    shortened,
    span_at,
    span_between,
)
from callcoach.coaching.note_text import LIMITS, MAX_MOMENT_MS
from callcoach.coaching.queries import notes
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from tests.factories.calls import DIALOGUE, create_call, spread_words
from tests.factories.coaching import create_note, create_request

from .conftest import Desk

VIEWERS = ("claire", "thomas", "admin", "lead", "agent", "colleague", "stranger", "sponsor")


def _every_kind_of_note(desk: Desk) -> list[int]:
    """Sent and drafts, private and not, by each who can write, for the agent and for a colleague
    (the call changed hands after it was sent).
    """
    made = []
    for author, sent, visibility, to in itertools.product(
        ("claire", "thomas", "admin"), (True, False), ("agent", "private"), ("agent", "colleague")
    ):
        note = create_note(desk.call, desk.user(author), sent=sent, visibility=visibility)
        note.agent_id = desk.ids[to]
        made.append(note.id)
    db.session.commit()
    return made


@pytest.mark.parametrize("name", VIEWERS)
def test_the_database_shows_whom_the_rule_allows(app: Flask, desk: Desk, name: str) -> None:
    viewer = getattr(desk, name)
    with app.app_context():
        made = _every_kind_of_note(desk)
        allowed = {
            note_id
            for note_id in made
            if can_read_note(viewer, db.session.get_one(Note, note_id), desk.call)
        }
        assert {note.id for note in notes.notes_of(viewer, desk.call)} == allowed
        for note_id in made:
            if note_id in allowed:
                assert notes.get_note(viewer, note_id)[1].id == note_id
            else:
                with pytest.raises(NotFound):
                    notes.get_note(viewer, note_id)


def test_agents_read_only_what_was_sent_to_them(app: Flask, desk: Desk) -> None:
    with app.app_context():
        mine = create_note(desk.call, desk.user("claire"))
        create_note(desk.call, desk.user("claire"), sent=False)
        create_note(desk.call, desk.user("claire"), visibility="private")
        assert [note.id for note in notes.notes_of(desk.agent, desk.call)] == [mine.id]


def test_deleted_notes_and_notes_of_deleted_calls_are_gone(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), deleted_at=utc_now())
        assert notes.notes_of(desk.claire, desk.call) == []
        with pytest.raises(NotFound):
            notes.get_note(desk.claire, note.id)
        assert notes.get_note(desk.claire, note.id, include_deleted=True)[1] is note
        note.deleted_at = None
        desk.call.deleted_at = utc_now()
        db.session.flush()
        with pytest.raises(NotFound):
            notes.get_note(desk.claire, note.id)


def test_one_finds_the_own_draft_on_a_moment_and_no_other(app: Flask, desk: Desk) -> None:
    with app.app_context():
        claire, thomas = desk.user("claire"), desk.user("thomas")
        create_note(desk.call, claire, point=desk.point)  # sent
        create_note(desk.call, thomas, sent=False, point=desk.point)
        loose = create_note(desk.call, claire, sent=False, start_ms=2700, end_ms=9000)
        place = Span(0, 12_200, 24_000)
        assert notes.own_draft(desk.claire, desk.call, place, point_id=desk.point_id) is None
        draft = create_note(desk.call, claire, sent=False, point=desk.point)
        assert notes.own_draft(desk.claire, desk.call, place, point_id=desk.point_id) is draft
        assert notes.own_draft(desk.claire, desk.call, place) is None, "that one is on a flag"
        near = Span(0, 3000, 8000)
        assert notes.own_draft(desk.claire, desk.call, near) is loose
        assert notes.own_draft(desk.claire, desk.call, Span(1, 3000, 8000)) is None


def test_news_are_notes_for_me_and_answers_to_mine(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        assert notes.unseen(desk.agent, [note]) == [note]
        assert notes.unseen(desk.claire, [note]) == []
        assert notes.unseen(desk.thomas, [note]) == []
        note.read_at = utc_now()
        assert notes.unseen(desk.agent, [note]) == []


def test_a_request_of_another_call_cannot_be_answered_by_a_note(app: Flask, desk: Desk) -> None:
    with app.app_context():
        agent = desk.user("agent")
        request = create_request(desk.call, agent)
        assert notes.request_on(desk.claire, desk.call, request.id) is request
        other = create_call(team=desk.call.team, agent=agent)
        with pytest.raises(NotFound):
            notes.request_on(desk.claire, other, request.id)
        request.withdrawn_at = utc_now()
        db.session.flush()
        with pytest.raises(NotFound):
            notes.request_on(desk.claire, desk.call, request.id)


# Where a note goes and what was said there

TURNS = [
    ShownTurn(
        turn_id=index,
        index=index,
        speaker=speaker,
        channel=channel,
        start_ms=start_ms,
        end_ms=end_ms,
        text=text,
        recognised_text=text,
        words=tuple(tuple(word) for word in spread_words(text, start_ms, end_ms)),  # type: ignore[misc]
        correction_id=0,
    )
    for index, (speaker, channel, start_ms, end_ms, text) in enumerate(DIALOGUE)
]
DURATION_MS = 30_000


def test_a_whole_turn_is_quoted_word_for_word() -> None:
    assert quote_of(TURNS, Span(0, 12_200, 24_000)) == DIALOGUE[3][4]


def test_half_a_turn_quotes_the_words_that_lie_in_it() -> None:
    assert quote_of(TURNS, Span(1, 9600, 10_600)) == "On a déjà"


def test_the_other_voice_is_not_quoted() -> None:
    assert quote_of(TURNS, Span(1, 2700, 9000)) == ""


def test_a_corrected_turn_is_quoted_as_corrected() -> None:
    corrected = [replace(TURNS[2], text="On a déjà un outil, Sage.")]
    assert quote_of(corrected, Span(1, 9600, 10_600)) == "On a déjà un outil, Sage."


def test_a_long_stretch_quotes_all_turns_of_the_voice() -> None:
    assert quote_of(TURNS, Span(1, 0, 30_000)) == " ".join(
        [DIALOGUE[0][4], DIALOGUE[2][4], DIALOGUE[4][4]]
    )


def test_at_the_playhead_it_is_what_is_being_said_or_was_said_last() -> None:
    assert span_at(TURNS, 3000, DURATION_MS) == Span(0, 2700, 6000)
    assert span_at(TURNS, 9300, DURATION_MS) == Span(0, 2700, 9000)
    assert span_at(TURNS, 24_500, DURATION_MS) == Span(0, 12_200, 24_000)
    assert span_at(TURNS, 200, DURATION_MS) == Span(0, 200, 2200)


def test_of_a_long_turn_only_what_lies_near_is_taken() -> None:
    long = [replace(TURNS[3], start_ms=0, end_ms=80_000)]
    assert span_at(long, 60_000, 90_000) == Span(0, 48_000, 63_000)


def test_the_voice_heard_most_is_whose_moment_it_is() -> None:
    assert channel_between(TURNS, 9000, 12_500) == 1
    assert channel_between(TURNS, 11_000, 24_000) == 0
    assert channel_between([], 0, 1000) == 0


turns_of_any_call = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(0, 120_000), st.integers(1, 60_000), st.text(max_size=400)
    ),
    max_size=12,
).map(
    lambda rows: [
        ShownTurn(
            turn_id=index,
            index=index,
            speaker="agent",
            channel=channel,
            start_ms=start_ms,
            end_ms=start_ms + length_ms,
            text=text.strip(),
            recognised_text=text.strip(),
            words=tuple(
                (
                    f" {word}",
                    start_ms + i * length_ms // 50,
                    start_ms + (i + 1) * length_ms // 50,
                    1,
                )
                for i, word in enumerate(text.split())
            ),
            correction_id=0,
        )
        for index, (channel, start_ms, length_ms, text) in enumerate(rows)
    ]
)


@given(
    st.integers(-10_000, 400_000),
    st.integers(-10_000, 400_000),
    st.integers(-1, 3),
    st.integers(0, 300_000),
)
def test_any_bounds_become_a_moment_that_a_note_may_have(
    one: int, other: int, channel: int, duration_ms: int
) -> None:
    span = span_between(one, other, channel, duration_ms)
    assert 0 <= span.start_ms < span.end_ms <= max(duration_ms, 1)
    assert span.end_ms - span.start_ms <= MAX_MOMENT_MS
    assert span.channel in (0, 1)


@given(turns_of_any_call, st.integers(0, 200_000), st.integers(1, 200_000))
def test_any_playhead_gives_a_moment_and_words_that_were_said(
    turns: list[ShownTurn], at_ms: int, duration_ms: int
) -> None:
    span = span_at(turns, at_ms, duration_ms)
    assert 0 <= span.start_ms < span.end_ms <= duration_ms
    assert span.end_ms - span.start_ms <= MAX_MOMENT_MS
    quote = quote_of(turns, span)
    assert len(quote) <= LIMITS["quote"]
    said = {word[0].strip() for turn in turns for word in turn.words}
    if not quote.endswith("…"):
        assert set(quote.split()) <= said


@given(st.text(max_size=60), st.integers(2, 20))
def test_shortening_never_exceeds_and_keeps_what_fits(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short == text if len(text) <= limit else text.startswith(short[:-1])


# Two versions, word by word


def test_what_differs_is_marked_word_by_word() -> None:
    parts = word_diff("Vous êtes équipé.", "Vous êtes bien équipés.")
    assert "".join(part.text for part in parts if part.is_gone) == " équipé"
    assert "".join(part.text for part in parts if part.is_new) == " bien équipés"


def test_what_stayed_is_not_said_to_have_gone_and_come() -> None:
    parts = word_diff("Vous êtes déjà équipé. Et avec cela ?", "Vous êtes équipé depuis un an ?")
    assert [part.text for part in parts if not (part.is_gone or part.is_new)] == [
        "Vous êtes",
        " équipé",
        " ?",
    ]


def test_a_text_written_anew_is_not_shown_as_a_jumble() -> None:
    assert is_rewritten(word_diff("Je vous propose mardi.", "Et chez vous, qui clôture ?"))
    assert not is_rewritten(word_diff("Je vous propose mardi.", "Je vous propose jeudi."))
    assert not is_rewritten(word_diff("", "Tout est neuf."))


@given(st.text(), st.text())
def test_both_texts_can_be_read_out_of_their_difference(one: str, other: str) -> None:
    parts = word_diff(one, other)
    assert "".join(part.text for part in side(parts, new=False)) == one
    assert "".join(part.text for part in side(parts, new=True)) == other
