"""What is beeped out of a moment, and that nothing of it is left in the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callcoach.analysis.model import Segment, Track, Word
from callcoach.speech.audio import RATE_HZ, open_recording
from callcoach.speech.beeps import PADDING_S, spans_to_beep
from callcoach.speech.playback import read_playback, write_excerpt, write_playback
from tests.factories.sounds import Samples, speech_like, write_pcm_wav

#: Chance: noise of this length is that alike at the best of all lags.
ALIKE = 0.15
LAGS = range(-320, 321, 4)  # ±20 ms


def _track(text: str, *, at_s: float = 0.0, channel: int = 0, unsure: str = "") -> Track:
    """Words of half a second, one after the other."""
    words = tuple(
        Word(f" {word}", at_s + 0.5 * n, at_s + 0.5 * (n + 1), 0.2 if word == unsure else 0.9)
        for n, word in enumerate(text.split())
    )
    return Track(channel, (Segment(at_s, words[-1].end_s),), words)


def _beeped(track: Track, end_s: float = 20.0, **known: tuple[str, ...]) -> list[str]:
    """The words of which something is covered."""
    spans = spans_to_beep([track], 0, end_s, **known)
    middles = [(word.word.strip(), (word.start_s + word.end_s) / 2) for word in track.words]
    return [word for word, at_s in middles if any(s.start_s < at_s < s.end_s for s in spans)]


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("oui merci Delattre et voilà", ["Delattre"]),
        ("oui bonjour de l'âtre et voilà", ["de", "l'âtre"]),
        ("bonjour madame karlin, vous avez trois minutes", ["karlin,"]),
        ("mon numéro zéro six douze trente quatre cinquante six soixante dix-huit voilà", None),
        ("la société Comptaclair vous appelle pour la clôture", []),
    ],
)
def test_names_and_numbers_are_covered_and_what_may_be_said_is_not(
    text: str, struck: list[str] | None
) -> None:
    found = _beeped(_track(text), names=("Mme Delattre",), spared=("Comptaclair",))
    assert found == (text.split()[2:-1] if struck is None else struck)


def test_what_was_not_recognised_is_covered() -> None:
    assert _beeped(_track("alors demain matin peut-être", unsure="matin")) == ["matin"]
    words = _track("bonjour madame, je vous écoute").words
    track = Track(0, (Segment(0, 2.5), Segment(4, 5)), words)
    assert spans_to_beep([track], 0, 9) == (Segment(4 - PADDING_S, 5 + PADDING_S),)
    silent = Track(0, (), ())
    assert spans_to_beep([silent], 0, 9) == ()


def test_nothing_of_what_was_struck_is_left_and_all_else_is(tmp_path: Path) -> None:
    sides = [speech_like(8, seed) + 0.02 * _hiss(8, seed) for seed in (1, 2)]
    recording = open_recording(write_pcm_wav(tmp_path / "call.wav", np.stack(sides)))
    whole = write_playback(recording, tmp_path / "whole.m4a")
    start_s, end_s = 1.0, 7.0
    tracks = [
        _track("alors bonjour merci Delattre et voilà", at_s=2.0),
        _track("oui bonjour oui", at_s=2.0, channel=1),
    ]
    (span,) = spans_to_beep(tracks, start_s, end_s, names=("Delattre",))
    assert span.start_s <= 3.5 - PADDING_S
    assert span.end_s >= 4.0 + PADDING_S
    cut = write_excerpt(whole, start_s, end_s, tmp_path / "cut.m4a", beeped=[span])
    heard = read_playback(cut)[0]
    first, after = (round((at - start_s) * RATE_HZ) for at in (span.start_s, span.end_s))
    for side in (*recording.samples, recording.samples.sum(axis=0)):
        source = side[round(start_s * RATE_HZ) :]
        assert _likeness(heard, source, first, after) < ALIKE
    mixed = recording.samples.sum(axis=0)[round(start_s * RATE_HZ) :]
    assert _likeness(heard, mixed, 1000, first - 400) > 0.8
    assert _likeness(heard, mixed, after + 400, len(heard) - 1000) > 0.8
    speech, tone = (float(np.std(part)) for part in (heard[:first], heard[first:after]))
    assert 0.2 * speech < tone < speech


def _hiss(duration_s: float, seed: int) -> Samples:
    rng = np.random.default_rng(seed + 10)
    return np.asarray(rng.standard_normal(round(duration_s * RATE_HZ)), dtype=np.float32)


def _likeness(heard: Samples, source: Samples, first: int, after: int) -> float:
    """Of a stretch and the same stretch of the source, at the lag where they are most alike: 0 for
    nothing in common, 1 for the same sound.
    """
    here = heard[first:after]
    best = 0.0
    for lag in LAGS:
        there = source[first + lag : after + lag]
        scale = float(np.linalg.norm(here) * np.linalg.norm(there)) or 1.0
        best = max(best, abs(float(here @ there)) / scale)
    return best
