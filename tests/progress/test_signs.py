"""Looking for a sign, whatever a call holds; and drawing what is heard, whatever comes first."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from callcoach.calls.mapping import ShownTurn
from callcoach.progress.models import SignKind
from callcoach.progress.queries import rechecks
from callcoach.progress.signs import Looked, Sign, like_place, look, said_before, suggest

WORDS = ("oui", "bonjour", "on", "a", "déjà", "un", "outil", "merci", "rappelez-moi", "prix")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


@st.composite
def turns_of_a_call(draw):
    """Turns of both sides, one after the other, some too short to be an answer."""
    at, found = 0, []
    for index in range(draw(st.integers(0, 8))):
        length = draw(st.integers(200, 9000))
        text = draw(TEXTS)
        speaker = draw(st.sampled_from(("agent", "prospect", "unknown")))
        parts = text.split()
        step = length / max(1, len(parts))
        words = tuple(
            (f" {part}", round(at + i * step), round(at + (i + 1) * step), 0.9)
            for i, part in enumerate(parts)
        )
        channel = 0 if speaker == "agent" else 1
        turn = ShownTurn(index, index, speaker, channel, at, at + length, text, text, words, 0)
        found.append(turn)
        at += length + draw(st.integers(0, 2000))
    return found


@given(turns_of_a_call(), TEXTS)
def test_one_listens_to_an_answer_of_the_agents_or_to_the_whole_call(turns, before):
    place = like_place(turns, before)
    answers = {
        (turn.channel, turn.start_ms, turn.end_ms)
        for turn in turns
        if turn.speaker == "agent" and turn.end_ms - turn.start_ms >= 1000
    }
    assert (place is None) == (not answers)
    assert place is None or (place.channel, place.start_ms, place.end_ms) in answers


@given(turns_of_a_call(), st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_an_expression_is_found_just_where_the_agent_says_it(turns, one, two):
    phrase = f"{one} {two}"
    found = look(Sign(SignKind.EXPRESSION, phrase), Looked((), {}, turns), "")
    mine = [turn for turn in turns if turn.speaker == "agent" and turn.text]
    if not mine:
        assert found.is_detected is None
        return
    says = any(f" {phrase} " in f" {turn.text} ".replace("-", " ") for turn in mine)
    says = says or any(f" {phrase} " in f" {turn.text} " for turn in mine)
    assert found.is_detected or not says, "what is said word for word is found"
    if found.is_detected:
        assert any(t.start_ms <= found.place.start_ms < t.end_ms for t in mine)


@given(turns_of_a_call(), st.sampled_from([*SignKind]))
def test_looking_twice_finds_the_same(turns, kind):
    sign = Sign(kind, {"figure": "agent_rate", "cause": "monologue"}.get(kind, "un outil"), 4.0)
    call = Looked((), {"agent_rate": {"value": 5.0, "unit": "syll/s"}}, turns)
    assert look(sign, call, "on a déjà") == look(sign, call, "on a déjà")


@given(turns_of_a_call(), st.integers(0, 60_000))
def test_what_led_to_a_moment_was_said_before_it(turns, at):
    before = said_before(turns, at)
    assert before == "" or any(
        turn.text == before and turn.start_ms < at and turn.speaker == "prospect" for turn in turns
    )


@given(TEXTS, TEXTS)
def test_a_sign_of_a_note_without_a_cause_is_in_the_agents_words(quote, phrase):
    sign = suggest("", quote, (f"Il entend « {phrase} ».",))
    assert sign.kind in (SignKind.EXPRESSION, SignKind.EARS)
    if sign.kind == SignKind.EXPRESSION:
        assert sign.subject in quote


@given(st.lists(st.tuples(st.integers(0, 27), st.booleans()), max_size=25), st.randoms())
def test_two_a_week_whatever_the_order(days, shuffler):
    monday = datetime(2026, 9, 7, 9, tzinfo=UTC)
    rows = [
        SimpleNamespace(
            call_id=number,
            is_detected=False,
            is_drawn=True,
            heard="held" if is_heard else None,
            call=SimpleNamespace(started_at=monday + timedelta(days=day)),
        )
        for number, (day, is_heard) in enumerate(days)
    ]
    quiet = [row for row in rows if row.heard is None]
    heard = [row for row in rows if row.heard is not None]
    recheck = SimpleNamespace(id=7)
    drawn = rechecks._drawn(recheck, quiet, heard)
    shuffled = shuffler.sample(quiet, len(quiet))
    again = rechecks._drawn(recheck, shuffled, heard)
    assert {row.call_id for row in drawn} == {row.call_id for row in again}
    done = Counter(row.call.started_at.isocalendar().week for row in heard)
    offered = Counter(row.call.started_at.isocalendar().week for row in drawn)
    there = Counter(row.call.started_at.isocalendar().week for row in quiet)
    for week in there:
        left = max(0, rechecks.EARS_A_WEEK - done[week])
        assert offered[week] == min(left, there[week])
