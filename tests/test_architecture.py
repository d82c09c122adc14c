"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "callcoach"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

#: Files that may read the request: views and forms of rooms, what the web layer shares, and the
#: two that read its cookies: who is signed in, and who did so before on a shared PC.
REQUEST_FILES = re.compile(r"(^|_)(views|forms)\.py$|^(session|device)\.py$")
#: Attics collect what nobody owns.
ATTICS = {"util.py", "utils.py", "helpers.py", "misc.py", "common.py"}
#: A longer file wants splitting.
MAX_LINES = 500


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_go_downwards_only() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr


def test_importing_the_package_and_the_core_loads_no_flask() -> None:
    code = (
        "import sys, callcoach, callcoach.analysis.engine, callcoach.pipeline, callcoach.cli;"
        "print([m for m in sys.modules if m.split('.')[0] in ('flask', 'sqlalchemy')])"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_views_forms_and_web_touch_the_request(path: Path) -> None:
    if path.is_relative_to(PACKAGE / "web") or REQUEST_FILES.search(path.name):
        return
    touched = [
        f"line {node.lineno}: {alias.name}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for alias in node.names
        if alias.name in {"request", "session", "flash"}
    ]
    assert not touched, f"{_name(path)} reads the request: {touched}"


OPERATIONS = [
    p for p in MODULES if p.name.endswith("operations.py") or p.parent.name == "operations"
]


@pytest.mark.parametrize("path", OPERATIONS, ids=_name)
def test_operations_flush_and_never_commit(path: Path) -> None:
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert not commits, f"{_name(path)} commits at lines {commits}; the view or the worker does"


def test_no_file_is_an_attic() -> None:
    assert [p for p in MODULES if p.name in ATTICS] == []


@pytest.mark.parametrize("path", MODULES + TESTS, ids=_name)
def test_files_stay_small(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= MAX_LINES, f"{_name(path)} has {lines} lines; split it"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_it_is(path: Path) -> None:
    source = path.read_text()
    assert not source.strip() or ast.get_docstring(ast.parse(source)), (
        f"{_name(path)}: no docstring"
    )


@pytest.mark.parametrize("path", [p for p in TESTS if p.name.startswith("test_")], ids=_name)
def test_functions_that_assert_are_collected(path: Path) -> None:
    """A test whose name lacks `test_` never runs, and nobody notices."""
    lost = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith(("test_", "_"))
        and not any("fixture" in ast.unparse(d) for d in node.decorator_list)
        and any(isinstance(child, ast.Assert) for child in ast.walk(node))
    ]
    assert not lost, f"{_name(path)}: {lost} assert something but are not tests"
