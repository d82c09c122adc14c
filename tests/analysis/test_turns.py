"""Turns from voice and words: what holds for every call."""

from __future__ import annotations

from hypothesis import given, settings

from callcoach.analysis.engine import analyse
from callcoach.analysis.model import CallAnalysis, Channels, Segment, Speaker, Track, Word
from callcoach.analysis.turns import build_conversation
from tests.analysis.strategies import tidy_tracks, voices, wild_words


def _words(text: str, start: float, end: float) -> tuple[Word, ...]:
    parts = text.split()
    step = (end - start) / len(parts)
    return tuple(
        Word(" " + part, start + i * step, start + (i + 1) * step, 0.9)
        for i, part in enumerate(parts)
    )


def _track(channel: int, *said: tuple[float, float, str]) -> Track:
    return Track(
        channel,
        tuple(Segment(start, end) for start, end, _ in said),
        tuple(word for start, end, text in said if text for word in _words(text, start, end)),
    )


def _analyse(tracks: tuple[Track, ...], agent_channel: int | None = 0) -> CallAnalysis:
    return analyse(tracks, duration_s=150.0, channels=Channels.STEREO, agent_channel=agent_channel)


def _shape(analysis: CallAnalysis) -> list[tuple[str, float, float, str]]:
    return [(t.speaker.value, t.start_s, t.end_s, t.text) for t in analysis.turns]


def test_an_interjection_is_a_turn_but_does_not_split_the_other_sides_turn() -> None:
    agent = _track(
        0, (1.0, 4.0, "alors nous avons une solution"), (4.3, 8.0, "qui fait gagner du temps")
    )
    prospect = _track(1, (3.8, 4.2, "hum hum"), (8.5, 11.0, "et ça coûte combien"))
    turns = _analyse((agent, prospect)).turns
    assert [(t.speaker.value, t.start_s, t.end_s) for t in turns] == [
        ("agent", 1.0, 8.0),
        ("prospect", 3.8, 4.2),
        ("prospect", 8.5, 11.0),
    ]


def test_a_yes_that_answers_a_question_takes_the_floor() -> None:
    agent = _track(0, (1.0, 4.0, "vous avez un contrat ?"), (5.2, 8.0, "et il se termine quand ?"))
    prospect = _track(1, (4.3, 4.8, "oui"))
    conversation = build_conversation(
        (agent, prospect), duration_s=9.0, agent_channel=0, separate=True
    )
    assert len(conversation.turns) == 3
    assert conversation.interjections == frozenset()


def test_speech_inside_the_others_voice_does_not_split_it() -> None:
    agent = _track(
        0,
        (1.0, 9.0, "je continue sans jamais rendre la parole à personne"),
        (9.4, 12.0, "et encore"),
    )
    prospect = _track(1, (4.0, 6.0, "attendez attendez monsieur je"))
    assert [t.speaker.value for t in _analyse((agent, prospect)).turns] == ["agent", "prospect"]


def test_who_goes_on_after_a_breath_while_the_other_comes_in_keeps_one_turn() -> None:
    prospect = _track(
        1, (1.0, 6.0, "le garçon d'astreinte ne savait pas"), (6.4, 8.0, "qui appeler")
    )
    agent = _track(0, (6.2, 11.0, "alors justement notre formule premium"))
    turns = _analyse((agent, prospect)).turns
    assert [(t.speaker.value, t.start_s, t.end_s) for t in turns] == [
        ("prospect", 1.0, 8.0),
        ("agent", 6.2, 11.0),
    ]


def test_speech_that_could_not_be_read_is_a_turn_with_empty_text() -> None:
    turns = _analyse((_track(0, (1.0, 3.0, "")),)).turns
    assert len(turns) == 1
    assert turns[0].text == ""
    assert turns[0].words == ()


def test_words_without_voice_near_them_make_their_own_turn() -> None:
    track = Track(0, (Segment(1.0, 2.0),), (Word(" là", 20.0, 20.4, 0.8),))
    turns = _analyse((track,)).turns
    assert [(t.start_s, t.text) for t in turns] == [(1.0, ""), (20.0, "là")]


def test_a_word_that_begins_just_before_the_voice_belongs_to_it() -> None:
    track = Track(0, (Segment(2.0, 3.0),), (Word(" bonjour", 1.6, 1.9, 0.8),))
    (turn,) = _analyse((track,)).turns
    assert (turn.start_s, turn.text) == (2.0, "bonjour")


def test_speakers_are_unknown_while_nobody_said_which_channel_is_the_agent() -> None:
    analysis = _analyse((_track(0, (1.0, 3.0, "bonjour")), _track(1, (4.0, 6.0, "bonjour"))), None)
    assert {turn.speaker for turn in analysis.turns} == {Speaker.UNKNOWN}
    assert analysis.tipping_points == ()


def test_an_empty_call_has_no_turns_and_reasons_for_every_figure() -> None:
    analysis = analyse((), duration_s=0.0, channels=Channels.MONO, agent_channel=None)
    assert analysis.turns == ()
    assert {figure.reason for figure in analysis.figures.values()} == {"no_speech"}


@given(tracks=tidy_tracks())
@settings(max_examples=60, deadline=None)
def test_text_is_always_the_words_joined(tracks: tuple[Track, Track]) -> None:
    for turn in _analyse(tracks).turns:
        assert turn.text == "".join(word.word for word in turn.words).strip()


@given(tracks=tidy_tracks())
@settings(max_examples=60, deadline=None)
def test_every_word_lands_in_exactly_one_turn(tracks: tuple[Track, Track]) -> None:
    given_words = sorted((w.start_s, w.word) for track in tracks for w in track.words)
    found = sorted((w.start_s, w.word) for turn in _analyse(tracks).turns for w in turn.words)
    assert found == given_words


@given(voice=voices(), words=wild_words)
@settings(max_examples=80, deadline=None)
def test_no_list_of_words_raises(voice: tuple[Segment, ...], words: tuple[Word, ...]) -> None:
    tracks = (Track(0, voice, words), Track(1, voice[::2], words[::2]))
    for channels, agent_channel in (
        (Channels.STEREO, 0),
        (Channels.STEREO, None),
        (Channels.MONO, None),
    ):
        analysis = analyse(tracks, duration_s=200.0, channels=channels, agent_channel=agent_channel)
        analysis.to_dict()
        for turn in analysis.turns:
            assert 0 <= turn.start_s <= turn.end_s
