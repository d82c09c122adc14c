"""The messenger carries ids, in a form that cannot carry code."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.jobs.queue import JobQueue


def test_a_message_is_an_id_and_a_priority(settings: Settings) -> None:
    settings.ensure_data_dir()
    queue = JobQueue(settings)
    queue.send(12, priority=3)
    queue.send(7)
    (data, _) = queue.huey.storage.enqueued_items()
    assert json.loads(bytes(data)) == [12, 3]
    assert queue.pending_ids() == {7, 12}
    task = queue.huey.dequeue()
    assert task.args == (12,)
    assert task.retries == 0
    assert (settings.data_dir / "queue.db").is_file()


def test_a_pickle_on_the_queue_is_not_opened(settings: Settings) -> None:
    settings.ensure_data_dir()
    queue = JobQueue(settings)
    queue.huey.storage.enqueue(pickle.dumps(os.getcwd))
    with pytest.raises(ValueError, match=r"decode|Expecting"):
        queue.huey.dequeue()


def test_a_received_id_is_given_to_the_handler(settings: Settings) -> None:
    settings.ensure_data_dir()
    queue = JobQueue(settings)
    queue.send(12)
    received: list[int] = []
    queue.handler = received.append
    queue.huey.execute(queue.huey.dequeue())
    assert received == [12]


def test_a_closed_queue_opens_again_when_used(settings: Settings) -> None:
    settings.ensure_data_dir()
    queue = JobQueue(settings)
    queue.send(1)
    queue.close()
    assert queue.pending_ids() == {1}


def test_an_unknown_kind_of_queue_is_refused(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="begins with 'amqp'"):
        JobQueue(replace(settings, queue_url="amqp://localhost")).send(1)


def test_the_application_starts_without_loading_the_queue() -> None:
    code = "import sys, callcoach.app; print('huey' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"
