"""The decoding process: reads one hostile file under hard limits, answers with one JSON file.

``python -m callcoach.speech.sandbox FOLDER CONTAINER MAX_DURATION_S MAX_MEMORY_MB CPU_S``, where
FOLDER holds `SOURCE` and nothing else. It writes `SAMPLES` and `ANSWER` there. Nothing in the
environment or on its descriptors is worth stealing: the parent hands down neither.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from callcoach.errors import RecordingRejected

SOURCE = "recording"
SAMPLES = "samples.f32"
ANSWER = "answer.json"
#: 16 kHz float32, two channels, and as much again while the second is joined to the first.
_BYTES_PER_S = 16_000 * 4 * 2
_PR_SET_PDEATHSIG = 1


def limit_this_process(max_duration_s: float, max_memory_mb: int, cpu_s: int) -> None:
    """Set hard limits on memory, processor time, file size and descriptors."""
    file_bytes = int((max_duration_s + 60) * _BYTES_PER_S)
    for what, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, max_memory_mb << 20),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(what)
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        # Some systems refuse a limit (macOS has no address-space limit): the others still hold
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))


def die_with_parent() -> None:
    """Ask the kernel (Linux) to end this process with the one that started it."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: list[str]) -> int:
    """Decode, answer, and return 0; any other status means that the process was broken."""
    folder, container = Path(arguments[0]), arguments[1]
    max_duration_s, max_memory_mb, cpu_s = (
        float(arguments[2]),
        int(arguments[3]),
        int(arguments[4]),
    )
    from callcoach.speech.decoding import decode  # before the limits: it reads nothing hostile

    die_with_parent()
    limit_this_process(max_duration_s, max_memory_mb, cpu_s)
    answer: dict[str, Any]
    try:
        decoded = decode(folder / SOURCE, folder / SAMPLES, container, max_duration_s)
        answer = {
            "frames": decoded.frames,
            "channels": decoded.channels,
            "sample_rate_hz": decoded.sample_rate_hz,
            "codec": decoded.codec,
        }
    except RecordingRejected as error:
        answer = {"reason": error.reason, "sentence": error.message, "values": error.values}
    except (MemoryError, ImportError):  # PyAV loads parts of itself late; no room for them
        answer = {"broken": "memory"}
    except OSError as error:
        answer = {"broken": "disk", "errno": error.errno}
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
