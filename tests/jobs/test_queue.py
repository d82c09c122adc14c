"""The messenger carries ids, in a form that cannot carry code."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.jobs.queue import JobQueue
from tests.conftest import POSTGRES_URL
from tests.jobs.conftest import HAS_REDIS, redis_server

#: The queues of this machine: embedded, and those whose servers are there.
KINDS = [
    "embedded",
    *(["redis"] if HAS_REDIS else []),
    *(["postgresql"] if POSTGRES_URL else []),
]


@pytest.fixture(params=KINDS)
def queue(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[JobQueue]:
    """An empty queue of each kind."""
    settings.ensure_data_dir()
    with contextlib.ExitStack() as stack:
        url = ""
        if request.param == "redis":
            url = stack.enter_context(redis_server(tmp_path))
        elif request.param == "postgresql":
            url = POSTGRES_URL
        opened = JobQueue(replace(settings, queue_url=url))
        opened.huey.storage.flush_all()
        yield opened
        opened.close()


def test_a_message_is_an_id_and_a_priority(queue: JobQueue) -> None:
    queue.send(7)
    queue.send(12, priority=3)
    assert [json.loads(bytes(data)) for data in queue.huey.storage.enqueued_items()] == [
        [12, 3],
        [7, 0],
    ]
    assert queue.pending_ids() == {7, 12}
    task = queue.huey.dequeue()
    assert task.args == (12,)
    assert task.retries == 0
    assert queue.pending_ids() == {7}


def test_a_pickle_on_the_queue_is_not_opened(queue: JobQueue) -> None:
    queue.huey.storage.enqueue(pickle.dumps(os.getcwd))
    with pytest.raises(ValueError, match=r"decode|Expecting"):
        queue.huey.dequeue()


def test_a_received_id_is_given_to_the_handler(queue: JobQueue) -> None:
    queue.send(12)
    received: list[int] = []
    queue.handler = received.append
    queue.huey.execute(queue.huey.dequeue())
    assert received == [12]


def test_a_closed_queue_opens_again_when_used(queue: JobQueue) -> None:
    queue.send(1)
    queue.close()
    assert queue.pending_ids() == {1}


def test_the_embedded_queue_lies_beside_the_database(settings: Settings) -> None:
    settings.ensure_data_dir()
    JobQueue(settings).send(1)
    assert (settings.data_dir / "queue.db").is_file()


def test_an_unknown_kind_of_queue_is_refused(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="begins with 'amqp'"):
        JobQueue(replace(settings, queue_url="amqp://localhost")).send(1)


def test_the_application_starts_without_loading_the_queue() -> None:
    code = "import sys, callcoach.app; print('huey' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"
