"""Files that must not become recordings: each gets its reason, and none leaves anything behind."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest

from callcoach.errors import JobFailed, RecordingRejected
from callcoach.speech.audio import AudioLimits, Recording, clear_left_folders, open_recording
from tests.factories.sounds import (
    ENCODINGS,
    FIXTURES,
    Encoding,
    click_train,
    speech_like,
    write_pcm_wav,
    write_sound,
)

FLAC = Encoding("flac", "flac", "flac")
M4A_INDEX_FIRST = Encoding("m4a", "mp4", "aac", options={"movflags": "+faststart"})
PCM = (speech_like(10, 1, 8000) * 32767).astype("<i2").tobytes()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The folder where decoding works, to be found empty afterwards."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def _refusal(path: Path, work: Path, limits: AudioLimits | None = None) -> RecordingRejected:
    with pytest.raises(RecordingRejected) as caught:
        open_recording(path, work_folder=work, limits=limits)
    assert list(work.iterdir()) == []
    sentence = str(caught.value)
    assert sentence.endswith(".") and "%(" not in sentence and str(work) not in sentence
    assert caught.value.message % caught.value.values == sentence
    return caught.value


def _wav(data: bytes, announced: int | None = None, **header: int) -> bytes:
    size = len(data) if announced is None else announced
    tag, channels, bits = (header.get(k, d) for k, d in (("tag", 1), ("channels", 1), ("bits", 16)))
    rate_hz = header.get("rate_hz", 8000)
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * align, align, bits)
    return (
        b"RIFF"
        + min(size + 36, 0xFFFFFFFF).to_bytes(4, "little")
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + size.to_bytes(4, "little")
        + data
    )


NOT_AUDIO = {
    "text.wav": b"Bonjour, ceci est un texte.\n" * 50,
    "accents.mp3": "Été à la plage, déjà vu.\n".encode() * 900,
    "latin1.mp3": "Été à la plage, déjà vu.\n".encode("latin-1") * 50,
    "page.m4a": b"<!doctype html><title>Connexion</title>" * 20,
    "pdf.mp3": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 20,
    "picture.wav": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "zeros.wav": bytes(10_000),
    "noise.mp3": np.random.default_rng(3).bytes(20_000),
    "short.wav": b"RIFF\0\0",
    "program.gsm": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
}
PLAYLISTS = {
    "hls.mp3": b"#EXTM3U\n#EXTINF:10,\nsecret.wav\n",
    "bom.mp3": b"\xef\xbb\xbf#EXTM3U\nsecret.wav\n",
    "wide.mp3": "\ufeff#EXTM3U\nsecret.wav\n".encode("utf-16-le"),
    "blank.wav": b"\n\n  #extm3u\nsecret.wav\n",
    "concat.wav": b"ffconcat version 1.0\nfile secret.wav\n",
    "concat.ogg": b"# a comment first\nfile 'secret.wav'\n",
    "list.wav": b"[playlist]\nFile1=secret.wav\n",
    "dash.m4a": b'<?xml version="1.0"?>\n<MPD><BaseURL>secret.wav</BaseURL></MPD>',
}


@pytest.mark.parametrize("name", NOT_AUDIO)
def test_what_is_not_sound_is_refused_whatever_its_name(
    name: str, tmp_path: Path, work: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(NOT_AUDIO[name])
    assert _refusal(path, work).reason == "not_audio"


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_never_makes_its_neighbour_heard(name: str, tmp_path: Path, work: Path) -> None:
    write_pcm_wav(tmp_path / "secret.wav", click_train(16_000, 1))
    path = tmp_path / name
    path.write_bytes(PLAYLISTS[name])
    refusal = _refusal(path, work)
    assert refusal.reason == "not_audio"
    assert "playlist" in str(refusal)


def test_a_playlist_behind_a_sound_signature_is_refused(tmp_path: Path, work: Path) -> None:
    write_pcm_wav(tmp_path / "secret.wav", click_train(16_000, 1))
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE#EXTM3U\nsecret.wav\n" * 30)
    assert _refusal(path, work).reason == "unreadable"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path, work: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    assert _refusal(tmp_path / "a.wav", work).reason == "not_audio"


def test_a_zip_archive_is_refused(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "calls.wav"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.wav", _wav(PCM))
    assert _refusal(path, work).reason == "not_audio"


def test_a_film_without_sound_is_refused(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), mode="w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for shade in range(0, 250, 10):
            picture = np.full((64, 64, 3), shade, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    refusal = _refusal(path, work)
    assert refusal.reason == "not_audio"
    assert "no sound track" in str(refusal)


@pytest.mark.parametrize(
    "data", [b"", _wav(b""), _wav(b"", announced=0xFFFFFFFF)], ids=["nothing", "header", "stream"]
)
def test_a_file_without_sound_is_empty(data: bytes, tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert _refusal(path, work).reason == "empty"


@pytest.mark.parametrize(
    "data",
    [
        _wav(bytes(160_000)),
        _wav(b"\xff" * 80_000, tag=7, bits=8),
        _wav(b"\xd5" * 80_000, tag=6, bits=8),
    ],
    ids=["pcm", "mulaw", "alaw"],
)
def test_digital_silence_is_refused_as_silent(data: bytes, tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    refusal = _refusal(path, work)
    assert refusal.reason == "silent"
    assert "0:10" in str(refusal)


@pytest.mark.parametrize("codec", ["libmp3lame", "libopus", "aac", "flac"])
def test_coded_silence_is_refused_as_silent(codec: str, tmp_path: Path, work: Path) -> None:
    encoding = next(item for item in ENCODINGS if item.codec == codec)
    zero = np.zeros((encoding.channels, encoding.rate_hz * 3), np.float32)
    assert _refusal(write_sound(tmp_path / "a", zero, encoding), work).reason == "silent"


def test_the_faintest_sound_is_not_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(bytes(80_000) + b"\x02\x00" + bytes(80_000)))
    assert open_recording(path).duration_s == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.97])
def test_a_cut_wav_is_truncated(share: float, tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM[: int(len(PCM) * share) // 2 * 2], announced=len(PCM)))
    refusal = _refusal(path, work)
    assert refusal.reason == "truncated"
    assert "0:10" in str(refusal)


CUT = [
    *(item for item in ENCODINGS if item.container in ("mp3", "flac", "webm", "ogg", "mp4", "3gp")),
    M4A_INDEX_FIRST,
]


@pytest.mark.parametrize("encoding", CUT, ids=str)
def test_half_a_file_is_truncated(encoding: Encoding, tmp_path: Path, work: Path) -> None:
    sound = np.tile(click_train(encoding.rate_hz, encoding.channels), (1, 3))
    path = write_sound(tmp_path / "a", sound, encoding)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + 5])
    assert _refusal(path, work).reason == "truncated"


@pytest.mark.parametrize("announced", [0, 0xFFFFFFFF, 0x7FFFFFFF - 36], ids=hex)
def test_a_length_that_a_recorder_never_filled_in_is_not_believed(
    announced: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM, announced=announced))
    assert open_recording(path).duration_s == pytest.approx(10, abs=0.01)


def test_a_broken_last_packet_is_forgiven(tmp_path: Path) -> None:
    """WAV49 recorders pad the last block; it must cost its own 40 ms and no more."""
    path = tmp_path / "a.wav"
    data = (FIXTURES / "clicks-wav49.wav").read_bytes()
    path.write_bytes(data[:-30])
    whole = open_recording(FIXTURES / "clicks-wav49.wav").duration_s
    assert whole - 0.05 < open_recording(path).duration_s <= whole


@pytest.mark.parametrize("codec", ["aac", "libopencore_amrnb"])
def test_a_file_damaged_in_the_middle_is_refused(codec: str, tmp_path: Path, work: Path) -> None:
    encoding = next(item for item in ENCODINGS if item.codec == codec)
    sound = np.tile(click_train(encoding.rate_hz, encoding.channels), (1, 5))
    path = write_sound(tmp_path / "a", sound, encoding)
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(1)
    for at in rng.integers(len(data) // 4, len(data) * 3 // 4, len(data) // 50):
        data[at] ^= 0x55
    path.write_bytes(data)
    assert _refusal(path, work).reason == "unreadable"


def test_a_small_file_that_announces_hours_is_stopped(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM, announced=8000 * 2 * 3600 * 5))
    assert _refusal(path, work).reason == "bomb"
    path.write_bytes(_wav(PCM, announced=8000 * 2 * 3600 * 3))
    assert _refusal(path, work).reason == "truncated"


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "hidden"])
def test_a_small_file_that_unpacks_to_hours_is_stopped(
    is_announced: bool, tmp_path: Path, work: Path
) -> None:
    zero = np.zeros((1, 8000 * 900), np.float32)
    path = write_sound(tmp_path / "a.flac", zero, FLAC)
    if not is_announced:
        data = bytearray(path.read_bytes())
        data[21] &= 0xF0  # the 36 bits of STREAMINFO that count the samples; 0 is "unknown"
        data[22:26] = bytes(4)
        path.write_bytes(data)
    assert path.stat().st_size < 200_000
    assert _refusal(path, work, AudioLimits(max_duration_s=300)).reason == "bomb"


def test_an_index_that_would_fill_the_memory_is_stopped(tmp_path: Path, work: Path) -> None:
    path = write_sound(tmp_path / "a.m4a", click_train(8000, 1), M4A_INDEX_FIRST)
    data = bytearray(path.read_bytes())
    sizes, times = data.find(b"stsz"), data.find(b"stts")
    data[sizes + 8 : sizes + 16] = struct.pack(">II", 1, 0x7000_0000)
    data[times + 12 : times + 16] = struct.pack(">I", 0x7000_0000)
    path.write_bytes(data)
    assert _refusal(path, work).reason in ("bomb", "empty", "unreadable", "truncated")


@pytest.mark.parametrize("limits", [AudioLimits(max_memory_mb=60), AudioLimits(max_wall_s=0.01)])
def test_a_decoder_over_its_limits_is_stopped(
    limits: AudioLimits, tmp_path: Path, work: Path
) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(16_000, 2))
    assert _refusal(path, work, limits).reason == "bomb"


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as out:
        out.truncate(3_000_000)
    refusal = _refusal(path, work, AudioLimits(max_bytes=2_000_000))
    assert refusal.reason == "too_large"
    assert "3 MB" in str(refusal) and "2 MB" in str(refusal)


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_three_channels_are_unsupported(suffix: str, tmp_path: Path, work: Path) -> None:
    encoding = Encoding(suffix, suffix, "flac" if suffix == "flac" else "pcm_s16le")
    sound = np.tile(click_train(8000, 1), (3, 1))
    refusal = _refusal(write_sound(tmp_path / "a", sound, encoding), work)
    assert refusal.reason == "unsupported"
    assert "3 channels" in str(refusal)


@pytest.mark.parametrize("rate_hz", [4000, 96_000])
def test_a_sample_rate_outside_the_range_is_unsupported(
    rate_hz: int, tmp_path: Path, work: Path
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM, rate_hz=rate_hz))
    refusal = _refusal(path, work)
    assert refusal.reason == "unsupported"
    assert str(rate_hz) in str(refusal)


@pytest.mark.parametrize("header", [{"rate_hz": 0}, {"channels": 0}, {"channels": 255}], ids=str)
def test_a_header_that_makes_no_sense_is_refused(
    header: dict[str, int], tmp_path: Path, work: Path
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM, **header))
    assert _refusal(path, work).reason in ("unreadable", "unsupported", "empty")


def test_any_cut_or_flipped_file_is_opened_or_refused(tmp_path: Path, work: Path) -> None:
    """Seeded damage to every format: a recording or a sentence, never anything else."""
    rng = np.random.default_rng(11)
    files = [FIXTURES / "clicks.gsm", FIXTURES / "clicks-wav49.wav"]
    files += [
        write_sound(tmp_path / f"{i}", click_train(item.rate_hz, item.channels), item)
        for i, item in enumerate(ENCODINGS[9:20])
    ]
    for path in files:
        data = bytearray(path.read_bytes())
        for at in rng.integers(0, 400, 4):
            data[at] = int(rng.integers(256))
        broken = tmp_path / "broken"
        broken.write_bytes(data)
        try:
            assert isinstance(open_recording(broken, work_folder=work), Recording)
        except RecordingRejected as error:
            assert str(error).endswith(".")
        assert list(work.iterdir()) == []


def _impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a shell script where the decoding process would start; `$4` is its folder."""
    program = tmp_path / "impostor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))


@pytest.mark.parametrize(
    "script",
    [
        "kill -SEGV $$",
        "exit 3",
        "true",
        "echo nonsense > $4/answer.json",
        "echo '[]' > $4/answer.json",
        """echo '{"frames": 9, "channels": 1, "sample_rate_hz": 8, "codec": "x"}' > $4/answer.json""",
        """echo '{"reason": "x", "sentence": "Call 555.", "values": {}}' > $4/answer.json""",
    ],
)
def test_a_decoder_that_crashes_or_lies_means_refusal(
    script: str, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(16_000, 1))
    _impostor(tmp_path, monkeypatch, script)
    refusal = _refusal(path, work)
    assert refusal.reason == "unreadable"
    assert "555" not in str(refusal)


@pytest.mark.parametrize(
    "script", ["kill -KILL $$", """echo '{"broken": "disk", "errno": 28}' > $4/answer.json"""]
)
def test_a_fault_of_the_machine_is_not_blamed_on_the_file(
    script: str, tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(16_000, 1))
    _impostor(tmp_path, monkeypatch, script)
    with pytest.raises(JobFailed) as caught:
        open_recording(path, work_folder=work)
    assert caught.value.retryable
    assert list(work.iterdir()) == []


def test_no_secret_of_the_environment_reaches_the_decoder(
    tmp_path: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pcm_wav(tmp_path / "a.wav", click_train(16_000, 1))
    monkeypatch.setenv("SECRET_KEY", "not for a codec")
    _impostor(tmp_path, monkeypatch, f"env > {tmp_path}/seen; ls $4 > {tmp_path}/files")
    _refusal(path, work)
    assert "SECRET" not in (tmp_path / "seen").read_text()
    assert (tmp_path / "files").read_text().split() == ["recording"]


def test_the_decoder_dies_with_the_process_that_started_it(tmp_path: Path, work: Path) -> None:
    """A parent killed while its decoder waits on a pipe that never speaks."""
    pipe = tmp_path / "never"
    os.mkfifo(pipe)
    child = (
        "from callcoach.speech.sandbox import die_with_parent; die_with_parent(); "
        f"print('ready', flush=True); open({str(pipe)!r}).read()"
    )
    parent = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", parent], capture_output=True, text=True, check=False
    ).stdout
    status = Path(f"/proc/{int(printed)}/status")
    for _ in range(100):
        if not status.exists() or "State:\tZ" in status.read_text():
            return
        time.sleep(0.05)
    pytest.fail("the decoder outlived its parent")


def test_folders_of_killed_decodings_are_cleared_and_young_ones_left(work: Path) -> None:
    old, young, foreign = (
        work / "callcoach-audio-old",
        work / "callcoach-audio-young",
        work / "other",
    )
    for folder in (old, young, foreign):
        folder.mkdir()
    (old / "samples.0").write_bytes(b"sound")
    hours_ago = time.time() - 7200
    os.utime(old, (hours_ago, hours_ago))
    os.utime(foreign, (hours_ago, hours_ago))
    assert clear_left_folders(work) == 1
    assert sorted(work.iterdir()) == [young, foreign]
