"""The desk's call and people, and a browser that may use a microphone."""

from __future__ import annotations

from tests.calls.conftest import run_jobs
from tests.coaching.conftest import Desk, desk, transcriber, windows
from tests.drills.microphone import practice_in, speaking_chromium

__all__ = ["Desk", "desk", "practice_in", "run_jobs", "speaking_chromium", "transcriber", "windows"]
