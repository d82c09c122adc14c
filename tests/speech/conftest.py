"""Real sound for the speech tests: the sample calls, decoded once, and the base model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from callcoach.analysis.truth import Truth, load_truth
from callcoach.speech.audio import Recording, open_recording
from callcoach.speech.models import resolve_model

SAMPLES = Path(__file__).parents[2] / "recordings_sample"


@pytest.fixture(scope="session")
def open_sample() -> Callable[[str], Recording]:
    """Decode a sample call by its file name; a second time costs nothing."""

    @cache
    def _open(name: str) -> Recording:
        return open_recording(SAMPLES / name)

    return _open


@pytest.fixture(scope="session")
def truth_of() -> Callable[[str], Truth]:
    """The truth about a sample call, by its stem."""
    return lambda stem: load_truth(SAMPLES / f"{stem}.truth.json")


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real Whisper base model, joined from the installed packages."""
    return resolve_model("base", tmp_path_factory.mktemp("data"))
