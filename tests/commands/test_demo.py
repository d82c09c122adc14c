"""`make demo`, as a new user meets it: real import, real worker, real Whisper."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from callcoach.commands import demo_data

pytestmark = [pytest.mark.asr, pytest.mark.slow, pytest.mark.timeout(1200)]


def _demo(data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "callcoach.cli", "demo", "--port", "8700", "--exit-when-ready"],
        env={**os.environ, "CALLCOACH_DATA": str(data), "CALLCOACH_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def _rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "callcoach.db") as connection:
        return connection.execute(query).fetchall()


COUNTS = " UNION ALL ".join(
    f"SELECT '{table}', COUNT(*) FROM {table}"
    for table in ("users", "teams", "campaigns", "promises", "calls", "transcripts", "stored_files")
)


def test_the_demo_makes_every_sample_ready_and_a_second_one_adds_nothing(tmp_path: Path) -> None:
    first = _demo(tmp_path)

    assert first.returncode == 0, first.stdout[-3000:] + first.stderr[-3000:]
    assert demo_data.PASSWORD in first.stdout
    assert "http://127.0.0.1:" in first.stdout
    assert _rows(tmp_path, "SELECT state, COUNT(*) FROM calls GROUP BY state") == [("ready", 8)]
    ((turns, points),) = _rows(
        tmp_path, "SELECT (SELECT COUNT(*) FROM turns), (SELECT COUNT(*) FROM tipping_points)"
    )
    assert int(str(turns)) > 80
    assert int(str(points)) > 8
    # the one mono sample and the swapped one are labelled as the metadata says
    assert _rows(
        tmp_path,
        "SELECT c.external_id, a.agent_channel FROM calls c"
        " JOIN analysis_runs a ON a.id = c.current_analysis_id"
        " WHERE c.external_id IN ('DEMO-0002', 'DEMO-0008') ORDER BY 1",
    ) == [("DEMO-0002", None), ("DEMO-0008", 1)]
    roles = dict(_rows(tmp_path, "SELECT role, COUNT(*) FROM users GROUP BY role"))
    assert roles == {"admin": 1, "supervisor": 2, "team_lead": 1, "agent": 4, "sponsor": 2}

    before = _rows(tmp_path, COUNTS)
    second = _demo(tmp_path)

    assert second.returncode == 0, second.stdout[-3000:] + second.stderr[-3000:]
    assert _rows(tmp_path, COUNTS) == before
