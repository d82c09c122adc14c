"""The console script as a shell meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "callcoach.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_alone_it_prints_help() -> None:
    shown = _run()
    assert shown.returncode == 0
    for name in ("run", "worker", "import", "watch", "analyze", "evaluate", "users", "models"):
        assert name in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze",),
        ("analyze", "--no-such-option"),
        ("analyze", "no-such-file.wav"),
        ("no-such-command",),
        ("evaluate", "no-such-folder"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    refused = _run(*arguments)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert len(refused.stderr.strip().splitlines()) == 1
