"""`callcoach analyze`, `evaluate` and `models`, called as the console script calls them."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from callcoach import cli
from callcoach.commands import analysis, scoring
from callcoach.speech.fake import FakeTranscriber

SAMPLES = Path(__file__).parents[2] / "recordings_sample"
SOUND = SAMPLES / "voltaneo-03-standard-logistique.flac"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the console script; gives exit code, stdout and stderr."""
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))

    def _run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["callcoach", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return _run


@pytest.fixture
def fake_recogniser(monkeypatch: pytest.MonkeyPatch) -> list[FakeTranscriber]:
    made: list[FakeTranscriber] = []

    def _load(*_args: object) -> FakeTranscriber:
        made.append(FakeTranscriber())
        return made[-1]

    monkeypatch.setattr(analysis, "load_transcriber", _load)
    monkeypatch.setattr(scoring, "load_transcriber", _load)
    return made


def _write_wav(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.ndim)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_analyze_prints_one_json_object(run: Run, fake_recogniser: list[FakeTranscriber]) -> None:
    code, out, err = run("analyze", SOUND, "--json")
    assert code == 0
    assert err == ""
    assert out.count("\n") == 1
    data = json.loads(out)
    assert data["schema"] == 1
    assert data["channels"] == "stereo"
    assert data["agent_channel"] == 0
    assert {"engine", "turns", "figures", "engagement", "tipping_points"} <= data.keys()
    for index, turn in enumerate(data["turns"]):
        assert turn["index"] == index
        assert turn["text"] == "".join(w["word"] for w in turn["words"]).strip()
        assert turn["start_s"] <= turn["end_s"] <= data["duration_s"]


def test_analyze_takes_side_language_and_context(
    run: Run, fake_recogniser: list[FakeTranscriber], tmp_path: Path
) -> None:
    context = tmp_path / "context.json"
    context.write_text(json.dumps({"campaign": "Ombrières", "vocabulary": ["Voltaneo"]}))
    code, out, _ = run(
        "analyze", SOUND, "--json", "--agent-channel", "right", "--language", "en",
        "--context", context,
    )  # fmt: skip
    assert code == 0
    assert json.loads(out)["agent_channel"] == 1
    (heard,) = fake_recogniser
    assert {call["language"] for call in heard.calls} == {"en"}
    assert {call["vocabulary"] for call in heard.calls} == {("Voltaneo",)}


def test_analyze_without_json_reads_well(run: Run, fake_recogniser: list[FakeTranscriber]) -> None:
    code, out, _ = run("analyze", SOUND)
    assert code == 0
    assert "two channels, one for each side" in out
    assert "Figures" in out
    assert "talk share" in out


def test_a_recording_without_speech_is_no_error(
    run: Run, fake_recogniser: list[FakeTranscriber], tmp_path: Path
) -> None:
    noise = 0.001 * np.random.default_rng(0).standard_normal(16_000 * 5)
    path = _write_wav(tmp_path / "line.wav", noise)
    code, out, _ = run("analyze", path, "--json")
    assert code == 0
    assert json.loads(out)["turns"] == []
    code, out, _ = run("analyze", path)
    assert code == 0
    assert "Nobody speaks" in out


def _bad_inputs(folder: Path) -> dict[str, tuple[list[str | Path], str]]:
    text = folder / "text.wav"
    text.write_text("this is no sound")
    empty = folder / "empty.wav"
    empty.touch()
    broken = folder / "broken.json"
    broken.write_text("{")
    unknown = folder / "unknown.json"
    unknown.write_text('{"colour": "red"}')
    lines = folder / "list.json"
    lines.write_text("[1, 2]")
    wrong = folder / "wrong.json"
    wrong.write_text('{"vocabulary": "Sage"}')
    silent = _write_wav(folder / "silent.wav", np.zeros(16_000 * 3))
    return {
        "missing": (["nowhere.wav"], "no file nowhere.wav"),
        "folder": ([folder], "is a folder"),
        "text": ([text], "not sound"),
        "empty": ([empty], "empty"),
        "silent": ([silent], "silence"),
        "nul": (["a\0b.wav"], "cannot be read"),
        "side": ([SOUND, "--agent-channel", "top"], "Unknown agent channel top"),
        "language": ([SOUND, "--language", "xx"], "Unknown language xx"),
        "no context": ([SOUND, "--context", "no.json"], "no context file no.json"),
        "broken context": ([SOUND, "--context", broken], "not valid JSON"),
        "unknown key": ([SOUND, "--context", unknown], "unknown context key 'colour'"),
        "list": ([SOUND, "--context", lines], "one JSON object"),
        "wrong type": ([SOUND, "--context", wrong], "'vocabulary' must be a list"),
        "context folder": ([SOUND, "--context", folder], "cannot be read"),
    }


@pytest.mark.parametrize(
    "case",
    ["missing", "folder", "text", "empty", "silent", "nul", "side", "language", "no context",
     "broken context", "unknown key", "list", "wrong type", "context folder"],
)  # fmt: skip
def test_bad_input_is_one_clear_line_and_exit_2(
    run: Run, fake_recogniser: list[FakeTranscriber], tmp_path: Path, case: str
) -> None:
    arguments, says = _bad_inputs(tmp_path)[case]
    code, out, err = run("analyze", *arguments, "--json")
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("callcoach: ")
    assert says in err


def test_an_unknown_model_is_one_clear_line(run: Run) -> None:
    code, out, err = run("analyze", SOUND, "--json", "--model", "huge")
    assert (code, out) == (2, "")
    assert err.startswith("callcoach: Unknown speech model huge.")
    assert err.count("\n") == 1


def test_analyze_loads_no_web_and_no_database() -> None:
    script = (
        "import sys; import callcoach.commands.analysis;"
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A folder with one sample call and its truth, paired by calls.csv."""
    folder = tmp_path / "marked"
    folder.mkdir()
    shutil.copy(SOUND, folder / "call.flac")
    shutil.copy(SAMPLES / "voltaneo-03-standard-logistique.truth.json", folder / "t.truth.json")
    with (folder / "calls.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "truth", "agent_channel"])
        writer.writerow(["call.flac", "t.truth.json", "right"])
    return folder


def test_evaluate_pairs_by_table(marked: Path) -> None:
    (pair,) = scoring.find_pairs(marked)
    assert (pair.audio.name, pair.truth.name) == ("call.flac", "t.truth.json")
    assert pair.agent_channel.value == "right"


def test_evaluate_pairs_by_stem_without_a_table(marked: Path) -> None:
    (marked / "calls.csv").unlink()
    (marked / "t.truth.json").rename(marked / "call.truth.json")
    (pair,) = scoring.find_pairs(marked)
    assert (pair.audio.name, pair.agent_channel.value) == ("call.flac", "auto")


def test_evaluate_finds_every_sample() -> None:
    pairs = scoring.find_pairs(SAMPLES)
    assert len(pairs) == 8
    assert sum(pair.agent_channel.value == "mixed" for pair in pairs) == 1


def test_evaluate_prints_scores_and_hears_each_call_once(
    run: Run, fake_recogniser: list[FakeTranscriber], marked: Path, tmp_path: Path
) -> None:
    arguments = ("evaluate", marked, "--cache", tmp_path / "kept")
    code, out, err = run(*arguments)
    assert code == 0
    assert out.count("TOTAL") == 2, "recognised words, then the true text"
    assert "chance" in out
    assert "ON THE TRUE TEXT" in out
    assert "1/1 call.flac" in err
    assert len(fake_recogniser) == 1
    code, out, _ = run(*arguments, "--json")
    assert code == 0
    scores = json.loads(out)
    assert scores["total"]["truth"] == scores["true_text"]["total"]["truth"] == 2
    for each in (scores, scores["true_text"]):
        assert set(each["total"]["at"]) == {"2", "5", "10"}
        assert "every_agent_turn" in each["baselines"]
    assert len(fake_recogniser) == 1, "the kept transcript was not used"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: shutil.rmtree(folder), "no folder"),
        (lambda folder: (folder / "t.truth.json").unlink(), "t.truth.json, which is missing"),
        (lambda folder: (folder / "t.truth.json").write_text("{}"), "not a truth file"),
        (lambda folder: (folder / "call.flac").write_text("text"), "call.flac: This file"),
        (lambda folder: (folder / "calls.csv").unlink(), "has a truth file"),
    ],
)
def test_evaluate_says_what_is_wrong(
    run: Run,
    fake_recogniser: list[FakeTranscriber],
    marked: Path,
    spoil: Callable[[Path], object],
    says: str,
) -> None:
    spoil(marked)
    code, out, err = run("evaluate", marked)
    assert (code, out) == (2, "")
    assert says in err.splitlines()[-1]
    assert "Traceback" not in err


def test_models_lists_fetches_and_shows_where(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("models", "list")
    assert code == 0
    assert "* base" in out
    assert "large-v3-turbo" in out
    code, out, _ = run("models", "fetch", "base")
    assert code == 0
    assert str(tmp_path / "data" / "models" / "base") in out
    assert (tmp_path / "data" / "models" / "base" / "model.bin").is_file()
    assert run("models", "path")[1].strip() == str(tmp_path / "data" / "models" / "base")


@pytest.mark.asr
def test_analyze_with_real_whisper_names_who_said_what(run: Run) -> None:
    code, out, _ = run("analyze", SOUND, "--json")
    assert code == 0
    data = json.loads(out)
    agent = " ".join(t["text"] for t in data["turns"] if t["speaker"] == "agent").lower()
    prospect = " ".join(t["text"] for t in data["turns"] if t["speaker"] == "prospect").lower()
    assert "parking" in agent
    assert "logistique" in prospect
    assert data["engine"]["model"] == "base"
