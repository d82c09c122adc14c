"""A file becomes a recording, or is refused with a sentence; nothing is left behind either way.

The file is hostile until read: it is judged by its bytes, put alone into a fresh folder under a
name of ours, and decoded in full by another process (`sandbox`) that has limits on memory, time
and length. The result is mapped from disk, and its file is unlinked at once, so that neither a
crash nor a forgotten `close` leaves sound lying about.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from callcoach.errors import N_, JobFailed, RecordingRejected
from callcoach.speech import sandbox
from callcoach.speech.formats import FORMATS, Format, sniff
from callcoach.speech.rejections import REJECTIONS, rejected

#: Rate of `Recording.samples`, hertz.
RATE_HZ = 16_000
#: Longest file name kept, in UTF-8 bytes: below the 255 of common file systems.
MAX_NAME_BYTES = 200
_FOLDER_PREFIX = "callcoach-audio-"
_MAX_ANSWER_BYTES = 64 * 1024

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """What a file may cost.

    Args:
        max_duration_s: longest recording, seconds of sound.
        max_bytes: largest file.
        max_memory_mb: address space of the decoding process; its libraries alone take
            about 210, a recording of any length little more.
        max_wall_s: the decoding process is killed after this long; decoding runs at hundreds of
            times real time, so that an hour of sound needs seconds.
    """

    max_duration_s: float = 4 * 3600.0
    max_bytes: int = 1 << 30
    max_memory_mb: int = 512
    max_wall_s: float = 900.0

    @property
    def cpu_s(self) -> int:
        """Processor time granted: a twentieth of real time, and time to start."""
        return int(30 + self.max_duration_s / 20)


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A decoded recording.

    Args:
        samples: shape (channels, n), float32 in [-1, 1], 16 kHz, channels 1 or 2, mapped
            read-only from disk: index it, and only what is touched takes memory.
        sample_rate_hz: rate in the file, 8000 to 48000.
        duration_s: ``n / 16000``.
        container: `formats.Format.name`.
        codec: name of the codec, such as ``pcm_alaw``.
        native_channels: channels in the file, 1 or 2.
    """

    samples: Samples
    sample_rate_hz: int
    duration_s: float
    container: str
    codec: str
    native_channels: int

    @property
    def at_16khz(self) -> Samples:
        """`samples`, for callers that say which rate they need."""
        return self.samples


def open_recording(
    path: Path | str,
    *,
    limits: AudioLimits | None = None,
    work_folder: Path | None = None,
) -> Recording:
    """Decode `path` fully, in a process of its own.

    Args:
        limits: what it may cost; `AudioLimits()` when None.
        work_folder: where the temporary folder is made (8 MB per minute of stereo, 12 while
            decoding; all gone when the `Recording` is); the system's temporary folder when None.

    Raises:
        RecordingRejected: the file cannot become a recording; says why.
        JobFailed: the machine failed, not the file (disk full, process killed from outside).
        OSError: `path` cannot be read.
    """
    limits = limits or AudioLimits()
    path = Path(path).resolve(strict=True)
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe or a device would keep us waiting
        raise rejected("not_audio")
    size_bytes = status.st_size
    if size_bytes > limits.max_bytes:
        raise rejected(
            "too_large",
            size_mb=f"{size_bytes / 1e6:.0f}",
            limit_mb=f"{limits.max_bytes / 1e6:.0f}",
        )
    kind = sniff(path)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX, dir=work_folder))
    try:
        _place(path, folder / sandbox.SOURCE)
        answer = _decode_apart(folder, kind, limits)
        return _recording(folder / sandbox.SAMPLES, kind, answer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_folders(work_folder: Path | None = None, older_than_s: float = 3600.0) -> int:
    """Remove folders of decodings whose parent was killed; return how many.

    Safe beside running ones: those are younger than `older_than_s`, above `AudioLimits.max_wall_s`.
    """
    root = Path(work_folder or tempfile.gettempdir())
    removed = 0
    for folder in root.glob(_FOLDER_PREFIX + "*"):
        try:
            is_old = time.time() - folder.stat().st_mtime > older_than_s
        except OSError:  # another process was faster
            continue
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _place(path: Path, target: Path) -> None:
    """Put the file alone under our name: a link costs nothing, a copy works everywhere."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _decode_apart(folder: Path, kind: Format, limits: AudioLimits) -> dict[str, Any]:
    command = [
        sys.executable,
        "-P",  # the folder with the hostile file is never searched for modules
        "-m",
        sandbox.__name__,
        str(folder),
        kind.name,
        str(limits.max_duration_s),
        str(limits.max_memory_mb),
        str(limits.cpu_s),
    ]
    try:
        status = subprocess.run(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.max_wall_s,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise rejected("over_budget") from None
    if status == -signal.SIGXCPU:
        raise rejected("over_budget")
    if status in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
        raise JobFailed(N_("Reading the recording was interrupted. Try again."), retryable=True)
    answer = _read_answer(folder / sandbox.ANSWER)
    if status != 0 or answer is None:
        raise rejected("unreadable", container=kind.label)
    if answer.get("broken") == "memory":
        raise rejected("over_budget")
    if "broken" in answer:
        raise JobFailed(
            N_("There was no room on the disk to read the recording. Free some and try again."),
            retryable=True,
            errno=answer.get("errno"),
        )
    if "sentence" in answer:
        raise _checked_rejection(answer, kind)
    return answer


def _environment() -> dict[str, str]:
    """Only what Python needs to find this package: no secret goes to the decoding process."""
    package_root = str(Path(__file__).resolve().parents[2])
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    # One thread each: every extra one reserves address space, which is limited
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONPATH": package_root, "PYTHONDONTWRITEBYTECODE": "1"}


def _read_answer(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            answer = json.loads(file.read(_MAX_ANSWER_BYTES))
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _checked_rejection(answer: dict[str, Any], kind: Format) -> RecordingRejected:
    """A process that read hostile bytes may say anything: only known sentences are repeated."""
    for rejection in REJECTIONS.values():
        if rejection.sentence == answer["sentence"] and isinstance(answer.get("values"), dict):
            values = {str(name): str(value)[:100] for name, value in answer["values"].items()}
            return RecordingRejected(rejection.reason, rejection.sentence, **values)
    return rejected("unreadable", container=kind.label)


def _recording(path: Path, kind: Format, answer: dict[str, Any]) -> Recording:
    try:
        frames, channels = int(answer["frames"]), int(answer["channels"])
        rate_hz, codec = int(answer["sample_rate_hz"]), str(answer["codec"])[:40]
        if frames < 1 or channels not in (1, 2) or path.stat().st_size != frames * channels * 4:
            raise rejected("no_sound")
    except (KeyError, TypeError, ValueError, OSError):
        raise rejected("unreadable", container=kind.label) from None
    samples = np.memmap(path, dtype=np.float32, mode="r", shape=(channels, frames))
    return Recording(
        samples=samples,
        sample_rate_hz=rate_hz,
        duration_s=frames / RATE_HZ,
        container=kind.name,
        codec=codec,
        native_channels=channels,
    )


def file_hash(path: Path | str) -> str:
    """SHA-256 of the bytes of `path`, 64 hex digits; constant memory."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safe_name(name: str) -> str:
    """Check the name a file came with and return it fit for showing and for metadata patterns.

    The name is kept only as a label: no file is ever stored under it. A long one loses the end of
    its stem and keeps its extension.

    Raises:
        RecordingRejected: it holds a path, control or direction-changing characters, or nothing.
    """
    name = unicodedata.normalize("NFC", name).strip()
    if not name:
        raise rejected("no_name")
    if name in (".", "..") or any(mark in name for mark in "/\\") or name[1:2] == ":":
        raise rejected("unsafe_name")
    # Cc control, Cf invisible (direction marks), Cs lone surrogates, Zl/Zp line ends
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in name):
        raise rejected("unsafe_name")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = MAX_NAME_BYTES - len((dot + extension).encode())
    stem = stem.encode()[:room].decode("utf-8", errors="ignore")
    return stem + dot + extension


__all__ = [
    "FORMATS",
    "RATE_HZ",
    "AudioLimits",
    "Recording",
    "Samples",
    "clear_left_folders",
    "file_hash",
    "open_recording",
    "safe_name",
]
