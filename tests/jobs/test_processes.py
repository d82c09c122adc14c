"""Which process is which, and children that do not outlive their parent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from callcoach.jobs.processes import current_identity, is_gone

CHILD = """
import os, signal, sys, time
from callcoach.jobs import processes
if not {kernel}:
    processes._ask_kernel = lambda: False
    processes.PARENT_POLL_S = 0.1
processes.die_with_parent(int(sys.argv[1]), lambda: os.kill(os.getpid(), signal.SIGTERM))
print(processes.current_identity(), flush=True)
time.sleep(120)
"""

PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())])
time.sleep(120)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [True, False])
def test_a_child_stops_when_its_parent_is_killed(
    kernel: bool, wait_until: Callable[..., None]
) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD.format(kernel=kernel)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = parent.stdout.readline().strip()
    assert not is_gone(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: is_gone(child), 10)


@pytest.mark.parametrize("kernel", [True, False])
def test_a_child_whose_parent_died_before_it_looked_stops(kernel: bool) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD.format(kernel=kernel), "1000000000"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert child.returncode == -15


def test_a_recycled_process_number_is_another_process() -> None:
    ours = current_identity()
    assert not is_gone(ours)
    assert is_gone(ours.rpartition("/")[0] + "/1")
    host, machine, _, start = ours.rsplit("/", 3)
    assert is_gone(f"{host}/{machine}/4194304/{start}")
    for unknown in ("", "w", f"{host}/{machine}/x/1", f"{host}/othermachine/{os.getpid()}/1"):
        assert not is_gone(unknown)


def test_a_machine_without_proc_judges_by_the_number_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("callcoach.jobs.processes._machine", lambda: "")
    monkeypatch.setattr("callcoach.jobs.processes._start_ticks", lambda pid: "")
    ours = current_identity()
    assert not is_gone(ours)
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    assert is_gone(ours.replace(str(os.getpid()), str(ended.pid)))


def test_a_zombie_is_gone(wait_until: Callable[..., None]) -> None:
    code = "from callcoach.jobs.processes import current_identity as c; print(c(), flush=True)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    identity = child.stdout.readline().strip()
    child.stdout.close()
    wait_until(lambda: ") Z " in Path(f"/proc/{child.pid}/stat").read_text())
    assert is_gone(identity)
    child.wait()
    assert is_gone(identity)
