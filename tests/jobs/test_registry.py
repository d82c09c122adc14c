"""Tasks are known by their kind, and their modules are loaded by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.app import create_app
from callcoach.calls.subjects import PROCESSING
from callcoach.config import Settings
from callcoach.errors import InvalidInput, NotFound
from callcoach.jobs import queries
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import find_task, load_task_modules, task


def test_two_modules_cannot_share_a_kind() -> None:
    def first(job: JobContext) -> None: ...

    def second(job: JobContext) -> None: ...

    task("t.same")(first)
    task("t.same")(first)  # a module imported twice registers the same function
    second.__module__ = "elsewhere"
    with pytest.raises(ValueError, match=r"registered by tests\.jobs\.test_registry already"):
        task("t.same")(second)


def test_a_module_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidInput, match="no_such_tasks does not exist"):
        load_task_modules(["no_such_tasks"])


def test_a_module_with_a_broken_import_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_tasks.py").write_text("import no_such_dependency\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        load_task_modules(["broken_tasks"])


def test_extra_modules_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    (tmp_path / "extra_tasks.py").write_text(
        "from callcoach.jobs.registry import task\n"
        "@task('extra.work', max_attempts=7)\n"
        "def work(job): ...\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    env = Settings.from_env({"CALLCOACH_TASK_MODULES": " extra_tasks, "}, data_dir=tmp_path)
    assert env.task_modules == ("extra_tasks",)
    create_app(replace(settings, task_modules=env.task_modules), TESTING=True)
    found = find_task("extra.work")
    assert found is not None
    assert found.max_attempts == 7


def test_the_tasks_on_calls_are_known_to_every_process(app: Flask) -> None:
    for kind in PROCESSING:
        found = find_task(kind)
        assert found is not None
        assert found.on_failed is not None
        assert found.on_cancelled is not None


def test_only_those_who_see_everything_see_the_whole_queue(app: Flask) -> None:
    with app.app_context():
        assert sum(queries.count_by_state(Viewer(1, Role.ADMIN)).values()) == 0
        for role in set(Role) - {Role.ADMIN}:
            viewer = Viewer(2, role, frozenset({1}))
            with pytest.raises(NotFound):
                queries.count_by_state(viewer)
            with pytest.raises(NotFound):
                queries.get_job(viewer, 1)
