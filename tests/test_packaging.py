"""The built wheel runs on its own, away from the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make build` builds it."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, installed by pip into a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, wheel],
        check=True,
        capture_output=True,
    )
    return target


def _run(installed: Path, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed copy from an empty folder, with the checkout out of sight."""
    env = {**os.environ, "PYTHONPATH": str(installed), "CALLCOACH_DATA": str(data)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=data, env=env, capture_output=True, text=True, check=False
    )


def test_the_wheel_carries_templates_migrations_assets_and_catalogues(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "callcoach/templates/base.html",
        "callcoach/migrations/env.py",
        "callcoach/static/dist/manifest.json",
        "callcoach/translations/fr/LC_MESSAGES/messages.mo",
        "callcoach/translations/en/LC_MESSAGES/messages.mo",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "recordings_sample/"))]


def test_the_installed_wheel_migrates_and_serves_a_page(installed: Path, tmp_path: Path) -> None:
    migrated = _run(installed, tmp_path, "-m", "callcoach.cli", "migrate")
    assert migrated.returncode == 0, migrated.stderr
    code = (
        "import callcoach; from callcoach.app import create_app; "
        "print(callcoach.__file__); "
        "page = create_app().test_client().get('/', follow_redirects=True); "
        "print(page.status_code, 'name=\"csrf_token\"' in page.text)"
    )
    served = _run(installed, tmp_path, "-c", code)
    assert served.returncode == 0, served.stderr
    path, _, answer = served.stdout.strip().partition("\n")
    assert Path(path).is_relative_to(installed)
    assert answer == "200 True"


def test_the_command_alone_prints_help(installed: Path, tmp_path: Path) -> None:
    shown = _run(installed, tmp_path, "-m", "callcoach.cli")
    assert "analyze" in shown.stdout + shown.stderr
    assert "Traceback" not in shown.stderr
