"""What gunicorn is told when `callcoach run` starts it; read by its master process.

One process with threads: SQLite has one writer anyway, and sign-in attempts are counted in memory.
The application is loaded in the serving process only (no preload), after the fork.
"""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import Any

from callcoach.jobs.processes import die_with_parent

workers = 1
worker_class = "gthread"
preload_app = False
control_socket_disable = True
#: Threads answer a heartbeat apart from requests, so that long uploads are not cut off.
timeout = 60
#: Requests under way when told to stop.
graceful_timeout = 15
#: Behind a proxy connections are kept; a little longer than browsers poll.
keepalive = 5
if Path("/dev/shm").is_dir():  # noqa: S108  the heartbeat file must not wait for a slow disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def on_starting(_server: Any) -> None:
    """In the master: stop when `callcoach run` dies."""
    parent_pid = int(os.environ.get("CALLCOACH_PARENT_PID", "0"))
    if parent_pid:
        die_with_parent(parent_pid, lambda: os.kill(os.getpid(), signal.SIGTERM))


def post_worker_init(_worker: Any) -> None:
    """In the serving process: the application's log goes where gunicorn's goes."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
