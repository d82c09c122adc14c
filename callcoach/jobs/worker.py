"""The worker process: threads that run jobs, a heartbeat for each, and a sweeper.

Told to stop (SIGTERM, or its parent's death), it lets running jobs finish for a while and then
hands them back, so that another worker begins them at once. Models are loaded by the tasks, once
per process; nothing forks here, since CTranslate2 hangs in the child.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Any

from flask import Flask

from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.jobs.processes import current_identity, die_with_parent
from callcoach.jobs.queue import get_queue
from callcoach.jobs.runner import Runner
from callcoach.jobs.sweeper import Sweeper

log = logging.getLogger(__name__)

#: Longest pause between two looks at an idle embedded queue, in seconds.
_IDLE_POLL_S = 1.0


def run_worker(app: Flask, *, threads: int, parent_pid: int | None = None) -> None:
    """Work until told to stop. Must be called from the main thread of a process of its own.

    Args:
        threads: jobs side by side.
        parent_pid: stop when this process, our parent, dies.

    Raises:
        InvalidInput: intervals that would let living workers lose their jobs.
    """
    settings: Settings = app.extensions["callcoach"]
    _check_intervals(settings)
    runner = Runner(app, current_identity())
    queue = get_queue(app)
    consumer: Any = queue.huey.create_consumer(
        workers=threads,
        periodic=False,
        worker_type="thread",
        graceful_signal="TERM",
        backoff=1.3,
        max_delay=_IDLE_POLL_S,
        shutdown_timeout=settings.job_drain_s,
    )
    # Huey would re-execute the process on SIGHUP; a closed terminal means stop.
    consumer._signal_actions[signal.SIGHUP] = (False, True)

    def handle(job_id: int) -> None:
        if not consumer.stop_flag.is_set():  # a message lost by stopping is swept up elsewhere
            runner.run(job_id)

    def stop_as_orphan() -> None:
        log.warning("the parent process has died: stopping")
        os.kill(os.getpid(), signal.SIGTERM)

    queue.handler = handle
    if parent_pid is not None:
        die_with_parent(parent_pid, stop_as_orphan)
    sweeper = Sweeper(app)
    sweeper.start()
    log.info("worker %s is ready, %s thread(s)", runner.worker, threads)
    consumer.run()
    runner.hand_back_all()
    sweeper.stop()
    log.info("worker stopped")
    if any(thread.is_alive() for _, thread in consumer.worker_threads):
        # A job deep in native code cannot be interrupted, and its lease is handed back: leave it.
        logging.shutdown()
        sys.stderr.flush()
        os._exit(0)


def _check_intervals(settings: Settings) -> None:
    """A lease must outlast a heartbeat that fails once; sweeping must pause."""
    if settings.job_lease_s < 2 * settings.job_heartbeat_s or settings.job_heartbeat_s <= 0:
        raise InvalidInput(
            "CALLCOACH_JOB_LEASE is %(lease)s s; it must be at least twice CALLCOACH_JOB_HEARTBEAT, "
            "%(heartbeat)s s, which must be above 0.",
            lease=settings.job_lease_s,
            heartbeat=settings.job_heartbeat_s,
        )
    if settings.job_sweep_s <= 0:
        raise InvalidInput("CALLCOACH_JOB_SWEEP must be above 0 seconds.")
