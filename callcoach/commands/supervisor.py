"""A parent that keeps child processes alive: starts, restarts with back-off, stops in order.

Children run in sessions of their own, so that a Ctrl+C in the terminal reaches them once, through
here, as SIGTERM.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)

#: Wait before the first restart of a child that died, doubling up to the longest.
FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
#: A child that lived this long was well: its next death counts as the first.
WELL_AFTER_S = 60.0
#: Deaths in a row after which a child that must not fail takes everything down.
MAX_DEATHS = 5

_POLL_S = 0.1
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(slots=True)
class Child:
    """One process to keep alive.

    Args:
        must_live: give up everything when it keeps dying.
    """

    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    must_live: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    deaths: int = field(default=0, init=False)
    started_s: float = field(default=0.0, init=False)
    start_again_s: float = field(default=0.0, init=False)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, pass_fds=self.pass_fds, start_new_session=True
        )
        self.started_s = time.monotonic()
        log.info("%s started, process %s", self.name, self.process.pid)


class Supervisor:
    """Keeps children alive until told to stop.

    Args:
        grace_s: how long children may take to stop before they are killed.
    """

    def __init__(self, children: Sequence[Child], *, grace_s: float) -> None:
        self.children = list(children)
        self._grace_s = grace_s
        self._signals = 0

    def run(self) -> int:
        """Start the children and watch over them; from the main thread.

        Returns:
            Exit status: 0 after a signal, 1 when a child that must live kept dying.
        """
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        status = 0
        try:
            for child in self.children:
                child.start()
            while not self._signals:
                if any(self._has_failed(child) for child in self.children):
                    status = 1
                    break
                time.sleep(_POLL_S)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)
        return status

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1  # plain data only: a lock taken here could be held already

    def _has_failed(self, child: Child) -> bool:
        """Look after one child; whether it is beyond hope and must live."""
        now_s = time.monotonic()
        if child.process is None:
            if now_s >= child.start_again_s:
                child.start()
            return False
        status = child.process.poll()
        if status is None:
            return False
        child.process = None
        child.deaths = 1 if now_s - child.started_s > WELL_AFTER_S else child.deaths + 1
        wait_s = min(FIRST_BACKOFF_S * 2.0 ** (child.deaths - 1), MAX_BACKOFF_S)
        child.start_again_s = now_s + wait_s
        if child.must_live and child.deaths >= MAX_DEATHS:
            log.error("%s died %s times in a row, giving up", child.name, child.deaths)
            return True
        log.warning("%s ended with %s, starts again in %.1f s", child.name, status, wait_s)
        return False

    def _stop_all(self) -> None:
        """Ask everybody to stop, wait, and kill who does not; a further signal hurries them."""
        running = [child.process for child in self.children if child.process is not None]
        signals = self._signals
        _signal_all(running, signal.SIGTERM)
        deadline_s = time.monotonic() + self._grace_s
        while any(process.poll() is None for process in running):
            if self._signals > signals:
                signals = self._signals
                _signal_all(running, signal.SIGINT)
            if time.monotonic() > deadline_s:
                log.warning("killing what has not stopped after %.0f s", self._grace_s)
                _signal_all(running, signal.SIGKILL)
                for process in running:
                    process.wait()
                break
            time.sleep(_POLL_S)


def _signal_all(processes: Sequence[subprocess.Popen[bytes]], number: int) -> None:
    for process in processes:
        if process.poll() is None:
            os.kill(process.pid, number)
