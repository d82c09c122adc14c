"""Every accepted format opens, and time in what people hear is time in the file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from callcoach.errors import RecordingRejected
from callcoach.speech.audio import RATE_HZ, AudioLimits, file_hash, open_recording, safe_name
from callcoach.speech.playback import read_playback, write_playback
from tests.factories.sounds import (
    CLICKS_S,
    ENCODINGS,
    FIXTURES,
    TRAIN_S,
    Encoding,
    Samples,
    click_times,
    click_train,
    write_pcm_wav,
    write_sound,
)

#: What a listener may be misled by, seconds.
MAX_CLOCK_ERROR_S = 0.005
SAMPLE_CALLS = {
    "20260914-114127_YASSINE_33465710187-all.mp3": (1, 82.35),
    "comptaclair-01-daf-emballage.wav": (2, 132.36),
    "comptaclair-03-dsi-laboratoire.mp3": (2, 129.88),
    "comptaclair-04-daf-transport.opus": (2, 95.66),
    "voltaneo-01-dirigeant-jardinerie.wav": (2, 139.06),
    "voltaneo-02-immobilier-enseigne.m4a": (2, 101.3),
    "voltaneo-03-standard-logistique.flac": (2, 79.31),
    "voltaneo-04-dirigeant-supermarche.wav": (2, 110.5),
}


def _clock_errors(samples: Samples) -> list[float]:
    errors = []
    for channel, expected in zip(samples, CLICKS_S, strict=False):
        found = click_times(np.asarray(channel), RATE_HZ, expected)
        errors += [abs(a - b) for a, b in zip(found, expected, strict=True)]
    return errors


def _assert_on_time(path: Path, tmp_path: Path, channels: int) -> None:
    recording = open_recording(path)
    played = read_playback(write_playback(recording, tmp_path / "playback.m4a"))
    assert recording.samples.shape[0] == played.shape[0] == channels
    assert recording.duration_s == pytest.approx(TRAIN_S, abs=0.15)
    assert max(_clock_errors(recording.samples)) < MAX_CLOCK_ERROR_S
    assert max(_clock_errors(played)) < MAX_CLOCK_ERROR_S


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_sound_is_on_time_in_the_recording_and_in_its_playback_file(
    encoding: Encoding, tmp_path: Path
) -> None:
    sound = click_train(encoding.rate_hz, encoding.channels)
    path = write_sound(tmp_path / f"clicks.{encoding.suffix}", sound, encoding)
    _assert_on_time(path, tmp_path, encoding.channels)


@pytest.mark.parametrize("name", ["clicks.gsm", "clicks-wav49.wav", "clicks-vorbis-8000.ogg"])
def test_sound_of_telephone_codecs_is_on_time(name: str, tmp_path: Path) -> None:
    _assert_on_time(FIXTURES / name, tmp_path, 1)


def test_sound_of_a_browser_recorder_is_on_time(tmp_path: Path) -> None:
    live = Encoding("webm", "webm", "libopus", 48000, 1, {"live": "1"})
    path = write_sound(tmp_path / "mic.webm", click_train(48000, 1), live)
    _assert_on_time(path, tmp_path, 1)


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_a_format_is_known_by_its_bytes_whatever_the_name_says(
    encoding: Encoding, tmp_path: Path
) -> None:
    sound = click_train(encoding.rate_hz, encoding.channels)
    path = write_sound(tmp_path / "misleading.txt", sound, encoding)
    recording = open_recording(path)
    assert recording.sample_rate_hz == (48000 if encoding.codec == "libopus" else encoding.rate_hz)
    assert recording.native_channels == encoding.channels
    assert recording.container in {"wav", "mp3", "ogg", "mp4", "flac", "webm", "amr"}
    assert recording.codec.startswith(encoding.codec.removeprefix("lib")[:3]) or (
        encoding.codec in ("libmp3lame", "libopencore_amrnb")
    )


@pytest.mark.parametrize(("name", "expected"), SAMPLE_CALLS.items(), ids=str)
def test_every_sample_call_opens(name: str, expected: tuple[int, float], samples: Path) -> None:
    recording = open_recording(samples / name)
    channels, duration_s = expected
    assert recording.samples.shape[0] == channels
    assert recording.duration_s == pytest.approx(duration_s, abs=0.1)
    assert recording.at_16khz.dtype == np.float32
    assert 0.1 < np.abs(recording.samples).max() <= 1.0


@pytest.mark.parametrize("duration_s", [0.15, 0.7, 2.03])
@pytest.mark.parametrize("encoding", ENCODINGS[9:], ids=str)
def test_a_short_sound_is_not_taken_for_a_cut_one(
    encoding: Encoding, duration_s: float, tmp_path: Path
) -> None:
    noise = np.random.default_rng(2).standard_normal(round(duration_s * encoding.rate_hz)) * 0.1
    sound = np.tile(noise.astype(np.float32), (encoding.channels, 1))
    recording = open_recording(write_sound(tmp_path / "a", sound, encoding))
    assert recording.duration_s == pytest.approx(duration_s, abs=0.3)


def test_tags_in_another_alphabet_and_a_picture_do_not_hide_the_sound(tmp_path: Path) -> None:
    mp3 = next(item for item in ENCODINGS if item.container == "mp3")
    path = write_sound(tmp_path / "a.mp3", click_train(mp3.rate_hz, mp3.channels), mp3)
    sound = path.read_bytes()
    title = b"TIT2" + (6).to_bytes(4, "big") + b"\0\0" + b"\0" + "Été".encode("latin-1")[:5] + b"!!"
    picture = b"APIC" + (40_000).to_bytes(4, "big") + b"\0\0" + bytes(40_000)
    body = title + picture
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\0\0" + size + body + sound[_tag_size(sound) :])
    assert max(_clock_errors(open_recording(path).samples)) < MAX_CLOCK_ERROR_S


def _tag_size(data: bytes) -> int:
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte
    return 10 + size if data[:3] == b"ID3" else 0


def test_values_survive_decoding(tmp_path: Path) -> None:
    sound = click_train(RATE_HZ, 2)
    recording = open_recording(write_pcm_wav(tmp_path / "a.wav", sound))
    assert recording.samples.shape == sound.shape
    assert np.abs(recording.samples - sound).max() < 2 / 32768


def test_opening_leaves_nothing_behind_and_the_sound_stays_readable(tmp_path: Path) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(RATE_HZ, 1))
    before = file_hash(path)
    work = tmp_path / "work"
    work.mkdir()
    recording = open_recording(path, work_folder=work)
    assert list(work.iterdir()) == []
    assert max(_clock_errors(recording.samples)) < MAX_CLOCK_ERROR_S
    assert file_hash(path) == before


def test_sound_cannot_be_changed_through_a_recording(tmp_path: Path) -> None:
    recording = open_recording(write_pcm_wav(tmp_path / "a.wav", click_train(RATE_HZ, 1)))
    with pytest.raises(ValueError, match="read-only"):
        recording.samples[0, 0] = 1.0


def test_an_hour_takes_no_memory_in_the_process_that_asks(tmp_path: Path) -> None:
    """65 minutes of µ-law: 250 MB of samples on disk, in a parent that must not grow by 60."""
    path = tmp_path / "long.wav"
    rng = np.random.default_rng(1)
    second = rng.integers(0, 256, 8000, dtype=np.uint8).tobytes()
    seconds = 65 * 60
    size = seconds * 8000
    with path.open("wb") as out:
        out.write(b"RIFF" + (size + 50).to_bytes(4, "little") + b"WAVEfmt ")
        out.write(
            (18).to_bytes(4, "little") + bytes.fromhex("07000100401f0000401f0000010008000000")
        )
        out.write(b"fact" + (4).to_bytes(4, "little") + size.to_bytes(4, "little"))
        out.write(b"data" + size.to_bytes(4, "little"))
        for _ in range(seconds):
            out.write(second)
    script = (
        "import json, resource, sys\n"
        "from callcoach.speech.audio import open_recording\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "recording = open_recording(sys.argv[1])\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps([recording.duration_s, after - before, child]))\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True
    ).stdout
    duration_s, grown_kb, child_kb = json.loads(printed)
    assert duration_s == pytest.approx(seconds, abs=0.01)
    assert grown_kb < 60_000
    assert child_kb < 250_000


def test_a_recording_over_the_length_limit_is_refused(tmp_path: Path) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(RATE_HZ, 1))
    with pytest.raises(RecordingRejected) as caught:
        open_recording(path, limits=AudioLimits(max_duration_s=5))
    assert caught.value.reason == "too_long"
    assert "0:05" in str(caught.value)


def test_a_file_is_hashed_by_its_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"abc")
    shutil.copy(one, other)
    assert file_hash(one) == file_hash(other)
    assert file_hash(one) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("20260914-114127_YASSINE.mp3", "20260914-114127_YASSINE.mp3"),
        ("  appel du 14 été.wav ", "appel du 14 été.wav"),
        ("e\u0301te\u0301.wav", "été.wav"),
        ("11:41:27.wav", "11:41:27.wav"),
        ("sans extension", "sans extension"),
    ],
)
def test_an_honest_name_is_kept(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_a_long_name_is_shortened_and_keeps_its_extension() -> None:
    name = safe_name("é" * 400 + ".wav")
    assert name.endswith(".wav")
    assert 190 < len(name.encode()) <= 200


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        ".",
        "..",
        "../../etc/passwd.wav",
        "/etc/passwd",
        "..\\..\\boot.ini",
        "C:evil.wav",
        "a\0.wav",
        "a\n.wav",
        "gpj.\u202evaw.exe",
        "\ud800.wav",
    ],
    ids=ascii,
)
def test_a_name_with_a_trick_in_it_is_refused(name: str) -> None:
    with pytest.raises(RecordingRejected) as caught:
        safe_name(name)
    assert caught.value.reason == "unsafe_name"
