"""The messenger between the table and the workers: Huey, carrying the id of a job and no more.

Embedded by default (SQLite, in a file of its own: its writes never wait for the database's);
Redis or PostgreSQL where workers run on several machines. Messages are JSON, not pickles: what a
stranger writes into the queue can name a job, not run code. Retries are the table's business.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask

from callcoach.config import Settings
from callcoach.errors import InvalidInput

if TYPE_CHECKING:
    from huey.api import Huey

#: Name of the queue; part of Redis keys.
_NAME = "callcoach"
_EXTENSION = "callcoach.jobs.queue"
_make_lock = threading.Lock()


class JobQueue:
    """Sends ids of jobs, and hands those received to `handler` in a worker.

    Huey is imported and the queue opened at first use, in the process that uses it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._huey: Huey | None = None
        self._task: Any = None
        #: Runs a job by its id; set by the worker.
        self.handler: Callable[[int], None] = _refuse

    def send(self, job_id: int, priority: int = 0) -> None:
        """Put a job's id on the queue; one that is there already does no harm."""
        self.huey.enqueue(self._task.s(job_id, priority=priority))

    def pending_ids(self) -> set[int]:
        """Ids waiting on the queue."""
        return {
            int(self.huey.deserialize_task(data).args[0])
            for data in self.huey.storage.enqueued_items()
        }

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            if self._huey is not None:
                self._huey.storage.close()

    @property
    def huey(self) -> Huey:
        """The queue itself."""
        with self._lock:
            if self._huey is None:
                self._huey = _open(self._settings)
                self._task = self._huey.task(retries=0, name="run_job")(self._run)
            return self._huey

    def _run(self, job_id: int) -> None:
        self.handler(job_id)


def get_queue(app: Flask) -> JobQueue:
    """The queue of this application."""
    with _make_lock:
        queue: JobQueue | None = app.extensions.get(_EXTENSION)
        if queue is None:
            queue = app.extensions[_EXTENSION] = JobQueue(app.extensions["callcoach"])
        return queue


class _IdSerializer:
    """A message is ``[job id, priority]`` in JSON."""

    def serialize(self, message: Any) -> bytes:
        return json.dumps([*message.args, message.priority or 0]).encode()

    def deserialize(self, data: bytes) -> Any:
        from huey.registry import Message

        job_id, priority = json.loads(bytes(data))
        return Message(
            id=str(uuid.uuid4()),
            name=f"{__name__}.run_job",
            retries=0,
            retry_delay=0,
            priority=priority,
            args=(int(job_id),),
            kwargs={},
        )


def _open(settings: Settings) -> Huey:
    """Open the queue of ``queue_url``; see `Settings`.

    Raises:
        InvalidInput: the address is of no known kind, or its client is not installed.
    """
    options: dict[str, Any] = {"results": False, "utc": True, "serializer": _IdSerializer()}
    url = settings.queue_url
    scheme = url.partition(":")[0]
    if not url:
        from huey import SqliteHuey

        return SqliteHuey(
            _NAME, filename=str(settings.data_dir / "queue.db"), timeout=15, **options
        )
    if scheme in ("redis", "rediss", "unix"):
        try:
            import redis  # noqa: F401
        except ImportError as error:
            raise InvalidInput(
                'CALLCOACH_QUEUE_URL names a Redis server; install "callcoach[scale-out]" to use it.'
            ) from error
        from huey import PriorityRedisHuey

        return PriorityRedisHuey(_NAME, url=url, **options)
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        from huey import PostgresHuey

        return PostgresHuey(_NAME, dsn=url.replace("+psycopg", "", 1), **options)
    raise InvalidInput(
        "CALLCOACH_QUEUE_URL begins with %(scheme)r; give redis://… or postgresql://…, or nothing.",
        scheme=scheme,
    )


def _refuse(job_id: int) -> None:
    raise RuntimeError(f"job {job_id} was received by a process that is no worker")
