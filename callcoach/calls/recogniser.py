"""The speech recogniser of this process: loaded at first use, once, shared by its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable

from callcoach.config import Settings
from callcoach.speech.transcriber import Transcriber

_lock = threading.Lock()
_loaded: Transcriber | None = None


def _load_whisper(settings: Settings) -> Transcriber:
    from callcoach.speech.models import resolve_model
    from callcoach.speech.whisper import WhisperTranscriber  # slow to import, needs the engine

    path = resolve_model(settings.model, settings.data_dir)
    return WhisperTranscriber(path, name=settings.model, cpu_threads=settings.cpu_threads)


_load: Callable[[Settings], Transcriber] = _load_whisper


def get_transcriber(settings: Settings) -> Transcriber:
    """The recogniser; loading takes seconds the first time.

    Raises:
        ModelUnavailable: there is no model; the message says what to do.
    """
    global _loaded  # noqa: PLW0603 - one for the process is what this module is for
    with _lock:
        if _loaded is None:
            _loaded = _load(settings)
        return _loaded


def use_transcriber(load: Callable[[Settings], Transcriber] | None = None) -> None:
    """Choose what makes the recogniser of this process; Whisper when None. Forgets a loaded one."""
    global _load, _loaded  # noqa: PLW0603
    with _lock:
        _load = load or _load_whisper
        _loaded = None
