"""The desk's call and people, with windows on the served application."""

from tests.coaching.conftest import (  # noqa: F401
    claire,
    desk,
    floor,
    run_jobs,
    short_recording,
    transcriber,
    windows,
)
