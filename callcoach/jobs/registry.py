"""Which function does which kind of job.

Task modules are imported by the application factory, so that web processes know the hooks too
(cancelling runs one); they must be light, and import what is heavy inside their functions.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callcoach.errors import InvalidInput
from callcoach.jobs.models import DEFAULT_MAX_ATTEMPTS, Job

if TYPE_CHECKING:
    from callcoach.jobs.context import JobContext

TaskFunction = Callable[["JobContext"], None]
Hook = Callable[[Job], None]


@dataclass(slots=True)
class Task:
    """A kind of job.

    A hook mirrors a job's fate on its subject. It is called inside the transaction that changes
    the job, works through ``db.session``, must not commit, and may run in a web process.

    Args:
        kind: its name, ``calls.process``.
        function: does the work; must be safe to run again after a crash at any point.
        max_attempts: bound of automatic tries.
        on_failed: the job was given up; `Job.reason` says why.
        on_cancelled: a person cancelled it.
        on_requeued: it waits again: after a retryable failure, handed back by a worker that stops,
            or by a person's retry.
    """

    kind: str
    function: TaskFunction
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    on_failed: Hook | None = field(default=None)
    on_cancelled: Hook | None = field(default=None)
    on_requeued: Hook | None = field(default=None)


_tasks: dict[str, Task] = {}


def task(
    kind: str,
    *,
    max_attempts: int = DEFAULT_MAX_ATTEMPTS,
    on_failed: Hook | None = None,
    on_cancelled: Hook | None = None,
    on_requeued: Hook | None = None,
) -> Callable[[TaskFunction], TaskFunction]:
    """Register the decorated function as the task `kind`; see `Task`.

    Raises:
        ValueError: another function has this kind already.
    """

    def register(function: TaskFunction) -> TaskFunction:
        known = _tasks.get(kind)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"task {kind!r} is registered by {known.function.__module__} already")
        _tasks[kind] = Task(kind, function, max_attempts, on_failed, on_cancelled, on_requeued)
        return function

    return register


def find_task(kind: str) -> Task | None:
    """The task of this kind; none when no module registered it."""
    return _tasks.get(kind)


def load_task_modules(names: Iterable[str]) -> None:
    """Import the modules that register tasks.

    Raises:
        InvalidInput: a module does not exist.
    """
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            raise InvalidInput(
                "The task module %(name)s does not exist; check CALLCOACH_TASK_MODULES.", name=name
            ) from error
