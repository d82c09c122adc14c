"""One recogniser a process, loaded once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from callcoach.calls import recogniser
from callcoach.config import Settings
from tests.factories.recognition import FakeTranscriber


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    recogniser.use_transcriber()


def test_threads_that_ask_together_load_it_once(settings: Settings) -> None:
    loads = []

    def _load(_settings: Settings) -> FakeTranscriber:
        time.sleep(0.05)
        loads.append(1)
        return FakeTranscriber()

    recogniser.use_transcriber(_load)
    got = []
    threads = [
        threading.Thread(target=lambda: got.append(recogniser.get_transcriber(settings)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len({id(item) for item in got}) == 1


def test_another_choice_forgets_the_loaded_one(settings: Settings) -> None:
    recogniser.use_transcriber(lambda _settings: FakeTranscriber())
    first = recogniser.get_transcriber(settings)
    recogniser.use_transcriber(lambda _settings: FakeTranscriber())
    assert recogniser.get_transcriber(settings) is not first
