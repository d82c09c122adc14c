"""A model is whole or not there, and where none can be had the error says what to do."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import huggingface_hub
import pytest

from callcoach.errors import ModelUnavailable
from callcoach.speech import models

RESOLVE = (
    "import sys; from pathlib import Path; from callcoach.speech.models import resolve_model;"
    "print(resolve_model('base', Path(sys.argv[1])))"
)


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "BASE_PACKAGES", ("no_such_package_1", "no_such_package_2"))


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two small packages in the shape of the real ones, whose join has the expected hash."""
    folders = (tmp_path / "one", tmp_path / "two")
    for number, folder in enumerate(folders, start=1):
        folder.mkdir()
        (folder / f"model.bin.part{number}").write_bytes(f"half {number} ".encode())
    for name in models.BASE_JSON:
        (folders[1] / name).write_text("{}")
    whole = b"half 1 half 2 "
    monkeypatch.setattr(models, "BASE_BYTES", len(whole))
    monkeypatch.setattr(models, "BASE_SHA256", hashlib.sha256(whole).hexdigest())
    monkeypatch.setattr(models, "_package_folders", lambda: folders)
    return folders


def _make_model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in models.REQUIRED_FILES:
        (folder / name).write_text("{}")
    return folder


def test_the_packaged_model_is_joined_and_is_the_published_one(base_model: Path) -> None:
    digest = hashlib.sha256((base_model / "model.bin").read_bytes()).hexdigest()
    assert digest == models.BASE_SHA256
    assert (base_model / "vocabulary.json").is_file()
    assert [p.name for p in base_model.parent.iterdir() if p.name.startswith(".part")] == []


@pytest.mark.slow
def test_two_processes_at_once_make_one_whole_model(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", RESOLVE, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [run.communicate()[0].decode().strip() for run in runs]
    assert answers == [str(tmp_path / "models" / "base")] * 2
    size = (tmp_path / "models" / "base" / "model.bin").stat().st_size
    assert size == models.BASE_BYTES


def test_a_model_in_place_is_not_built_again(packages: tuple[Path, Path], tmp_path: Path) -> None:
    first = models.resolve_model("base", tmp_path)
    before = (first / "model.bin").stat().st_mtime_ns
    assert models.resolve_model("base", tmp_path) == first
    assert (first / "model.bin").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("damage", "says"),
    [(b"short", "12 bytes, 14 expected"), (b"half X ", "altered")],
)
def test_a_damaged_package_leaves_no_model_behind(
    packages: tuple[Path, Path], tmp_path: Path, damage: bytes, says: str
) -> None:
    (packages[1] / "model.bin.part2").write_bytes(damage)
    with pytest.raises(ModelUnavailable, match=says):
        models.resolve_model("base", tmp_path)
    assert not (tmp_path / "models" / "base").exists()
    assert [p.name for p in (tmp_path / "models").iterdir()] == [".base.lock"]


def test_what_a_killed_build_left_is_cleared(packages: tuple[Path, Path], tmp_path: Path) -> None:
    stale = tmp_path / "models" / ".part-base-killed"
    stale.mkdir(parents=True)
    half = tmp_path / "models" / "base"
    half.mkdir()
    (half / "config.json").write_text("{}")
    assert models.resolve_model("base", tmp_path) == half
    assert (half / "model.bin").read_bytes() == b"half 1 half 2 "
    assert not stale.exists()


def test_without_packages_the_error_says_what_to_install(no_packages: None, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        models.resolve_model("base", tmp_path)
    message = str(caught.value)
    assert "pip install 'callcoach[base-model]'" in message
    assert "callcoach models fetch base" in message
    assert "path" in message


def test_a_larger_model_that_is_not_here_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="callcoach models fetch small"):
        models.resolve_model("small", tmp_path)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"Unknown speech model huge.*large-v3-turbo"):
        models.resolve_model("huge", tmp_path)
    with pytest.raises(ModelUnavailable, match="Unknown speech model huge"):
        models.fetch("huge", tmp_path)


def test_a_folder_with_a_model_is_accepted(tmp_path: Path) -> None:
    folder = _make_model(tmp_path / "mine")
    assert models.resolve_model(str(folder), tmp_path / "data") == folder


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"model\.bin is missing"):
        models.resolve_model(str(tmp_path), tmp_path / "data")
    with pytest.raises(ModelUnavailable, match="does not exist"):
        models.resolve_model(str(tmp_path / "nowhere"), tmp_path / "data")


def test_a_hub_out_of_reach_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _unreachable(*_args: object, **_kwargs: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", _unreachable)
    with pytest.raises(ModelUnavailable, match=r"could not be fetched .*not known.*pass its path"):
        models.fetch("small", tmp_path)
    assert not (tmp_path / "models" / "small").exists()


def test_a_fetched_model_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def _download(repo: str, *, allow_patterns: list[str], local_dir: Path) -> None:
        assert repo == "Systran/faster-whisper-small"
        assert not (tmp_path / "models" / "small").exists()
        for name in models.REQUIRED_FILES:
            (local_dir / name).write_text("{}")
        (local_dir / ".cache").mkdir()

    monkeypatch.setattr(huggingface_hub, "snapshot_download", _download)
    folder = models.fetch("small", tmp_path)
    assert folder == tmp_path / "models" / "small"
    assert sorted(p.name for p in folder.iterdir()) == sorted(models.REQUIRED_FILES)


def test_an_incomplete_download_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_a, **_k: None)
    with pytest.raises(ModelUnavailable, match=r"arrived without model\.bin"):
        models.fetch("small", tmp_path)


def test_the_list_shows_what_is_here(no_packages: None, tmp_path: Path) -> None:
    _make_model(tmp_path / "models" / "small")
    _make_model(tmp_path / "models" / "house-blend")
    here = {info.name for info in models.list_models(tmp_path) if info.path}
    assert here == {"small", "house-blend"}
    assert {"base", "large-v3-turbo"} <= {info.name for info in models.list_models(tmp_path)}
