"""A recording that goes through recognition and analysis, and a desk with a browser."""

from __future__ import annotations

from tests.calls.conftest import (
    floor,
    import_sample,
    run_jobs,
    short_recording,
    transcriber,
)
from tests.coaching.conftest import desk, windows

__all__ = [
    "desk",
    "floor",
    "import_sample",
    "run_jobs",
    "short_recording",
    "transcriber",
    "windows",
]
