"""Packs hold all speech once, fit Whisper's window, and give times back."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.model import Segment
from callcoach.speech.packing import MAX_PACK_S, PAD_S, SAMPLE_RATE, pack


@st.composite
def _voices(draw: st.DrawFn) -> list[Segment]:
    at = 0.0
    voice = []
    for gap, length in draw(
        st.lists(st.tuples(st.floats(0.2, 40), st.floats(0.09, 70)), min_size=0, max_size=20)
    ):
        voice.append(Segment(at + gap, at + gap + length))
        at += gap + length
    return voice


def _total(voice: list[Segment]) -> int:
    return int((voice[-1].end_s if voice else 0) * SAMPLE_RATE)


@given(_voices())
def test_all_speech_is_packed_once_and_in_order(voice: list[Segment]) -> None:
    pieces = [piece for one in pack(voice, _total(voice)) for piece in one.pieces]
    assert all(a.end <= b.start for a, b in itertools.pairwise(pieces))
    for segment in voice:
        inside = sum(
            max(
                0,
                min(p.end, int(segment.end_s * SAMPLE_RATE))
                - max(p.start, int(segment.start_s * SAMPLE_RATE)),
            )
            for p in pieces
        )
        assert abs(inside - segment.duration_s * SAMPLE_RATE) <= 2


@given(_voices())
def test_no_pack_is_longer_than_whisper_hears(voice: list[Segment]) -> None:
    for one in pack(voice, _total(voice)):
        assert 0 < one.length <= MAX_PACK_S * SAMPLE_RATE + 160
        assert one.length == sum(piece.length for piece in one.pieces)


@given(_voices())
def test_times_come_back_inside_the_voice_they_came_from(voice: list[Segment]) -> None:
    for one in pack(voice, _total(voice)):
        for piece in one.pieces:
            middle = (piece.offset + piece.length / 2) / SAMPLE_RATE
            start, end = one.piece_at(middle).original_s(middle - 0.2, middle + 0.2)
            assert piece.voice_start / SAMPLE_RATE <= start <= end
            assert end <= piece.voice_end / SAMPLE_RATE + 1e-9


def test_a_word_keeps_its_place() -> None:
    voice = [Segment(1.0, 3.0), Segment(20.0, 24.0)]
    (one,) = pack(voice, 30 * SAMPLE_RATE)
    second = one.pieces[1]
    assert second.offset == one.pieces[0].length
    word_at = second.offset / SAMPLE_RATE + PAD_S + 1.0
    start, end = one.piece_at(word_at).original_s(word_at, word_at + 0.4)
    assert abs(start - 21.0) < 1e-6
    assert abs(end - 21.4) < 1e-6


def test_the_sound_of_a_pack_is_that_of_its_pieces() -> None:
    samples = np.arange(30 * SAMPLE_RATE, dtype=np.float32)
    (one,) = pack([Segment(1.0, 3.0), Segment(20.0, 24.0)], len(samples))
    sound = one.cut(samples)
    assert len(sound) == one.length
    for piece in one.pieces:
        assert sound[piece.offset] == piece.start
        assert sound[piece.offset + piece.length - 1] == piece.end - 1


def test_silence_makes_no_pack() -> None:
    assert pack([], SAMPLE_RATE) == []


def test_packs_are_of_nearly_even_lengths() -> None:
    voice = [Segment(at, at + 1.5) for at in np.arange(0.0, 80.0, 2.0).tolist()]
    lengths = [one.length for one in pack(voice, 82 * SAMPLE_RATE)]
    assert len(lengths) == 3
    assert max(lengths) < 1.2 * min(lengths)
