"""Loaded by a worker process under test: a stand-in recogniser, and a pause at a step.

Each call stops at the step named by its turn in `STEPS`, the first time it gets there: a file in
``paused/`` tells the test, which then kills the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import current_app

from callcoach import pipeline
from callcoach.calls import recogniser, tasks
from callcoach.jobs.context import JobContext
from callcoach.storage.local import LocalStore
from tests.calls.steps import STEPS
from tests.factories.recognition import FakeTranscriber

_current = threading.local()


def _pause(step: str) -> None:
    """Wait to be killed, once, if the call at work is the one for `step`."""
    if STEPS[(_current.call_id - 1) % len(STEPS)] != step:
        return
    folder = current_app.extensions["callcoach"].data_dir / "paused"
    folder.mkdir(exist_ok=True)
    mark = folder / str(_current.call_id)
    if not mark.exists():
        mark.touch()
        time.sleep(600)


def _after(function: Callable[..., Any], step: str) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        _pause(step)
        return result

    return wrapped


def _before(function: Callable[..., Any], step: str) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        _pause(step)
        return function(*args, **options)

    return wrapped


class SlowTranscriber(FakeTranscriber):
    def transcribe(self, *args: Any, **options: Any) -> Any:
        words = super().transcribe(*args, **options)
        _pause("transcribing")
        return words


def _knowing_the_call(function: Callable[[JobContext], None]) -> Callable[[JobContext], None]:
    def wrapped(context: JobContext) -> None:
        _current.call_id = int(context.subject.removeprefix("call:"))
        function(context)

    return wrapped


recogniser.use_transcriber(lambda settings: SlowTranscriber())
tasks._process = _knowing_the_call(tasks._process)
pipeline.decode = _after(pipeline.decode, STEPS[0])
LocalStore.put = _after(LocalStore.put, STEPS[1])  # type: ignore[method-assign]
tasks._derive_files = _after(tasks._derive_files, STEPS[2])
pipeline.transcribe = _after(pipeline.transcribe, STEPS[4])
pipeline.analyse_transcript = _before(pipeline.analyse_transcript, STEPS[5])
tasks.analysis_rows = _after(tasks.analysis_rows, STEPS[6])
tasks._publish = _after(tasks._publish, STEPS[7])
