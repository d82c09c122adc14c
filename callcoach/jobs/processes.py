"""Processes as this room needs them: which one am I, is that one gone, and die with the parent.

Standard library only; works from ``/proc`` where there is one (Linux) and says less elsewhere.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

#: ``prctl`` option of Linux: the signal a process gets when its parent dies.
_PR_SET_PDEATHSIG = 1
#: How often a process looks whether its parent still lives, in seconds.
PARENT_POLL_S = 1.0


def current_identity() -> str:
    """Name of this process that no other one ever has: ``host/boot/pid/start``."""
    pid = os.getpid()
    return f"{socket.gethostname()[:60]}/{_machine()}/{pid}/{_start_ticks(pid)}"


def is_gone(identity: str) -> bool:
    """Whether the process of this identity has certainly ended.

    False whenever it cannot be known: another machine, another container, an unknown form.
    """
    try:
        host, machine, pid, start = identity.rsplit("/", 3)
        number = int(pid)
    except ValueError:
        return False
    if host != socket.gethostname()[:60] or machine != _machine():
        return False
    if (
        not machine
    ):  # no /proc: a process with this number may be another one, so only absence counts
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False
    return _start_ticks(number) != start


def die_with_parent(parent_pid: int, on_orphaned: Callable[[], None]) -> None:
    """Have this process told to stop when its parent dies, even by SIGKILL.

    On Linux the kernel sends SIGTERM; elsewhere a thread looks every second. Call it from the
    main thread, early.

    Args:
        parent_pid: who started us; found gone already, `on_orphaned` is called at once.
        on_orphaned: asks this process to stop, where the kernel does not.
    """
    if _ask_kernel():
        if os.getppid() != parent_pid:  # it died before we asked
            on_orphaned()
        return
    threading.Thread(
        target=_watch_parent, args=(parent_pid, on_orphaned), name="parent-watch", daemon=True
    ).start()


def _ask_kernel() -> bool:
    """Ask for SIGTERM at the parent's death; whether this kernel knows how."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) == 0)


def _watch_parent(parent_pid: int, on_orphaned: Callable[[], None]) -> None:
    while os.getppid() == parent_pid:
        time.sleep(PARENT_POLL_S)
    on_orphaned()


def _machine() -> str:
    """Distinguishes boots and process-number spaces (containers) of one host; "" if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:12]


def _start_ticks(pid: int) -> str:
    """When a process started, in clock ticks since boot; "" when it is not there or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name, in parentheses, may hold spaces: fields are counted after its end.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
