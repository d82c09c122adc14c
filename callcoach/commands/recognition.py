"""What the commands that listen to recordings share."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import click

from callcoach.analysis.model import AgentChannel
from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.pipeline import LANGUAGES
from callcoach.speech.audio import AudioLimits
from callcoach.speech.models import resolve_model
from callcoach.speech.transcriber import Transcriber


def load_transcriber(settings: Settings, model: str | None = None) -> Transcriber:
    """The recogniser that the settings, or `model`, name.

    Raises:
        ModelUnavailable: it cannot be had.
    """
    from callcoach.speech.whisper import WhisperTranscriber  # loads the engine: seconds

    path = resolve_model(model or settings.model, settings.data_dir)
    return WhisperTranscriber(path, cpu_threads=settings.cpu_threads)


def limits(settings: Settings) -> AudioLimits:
    """What a recording may cost under these settings."""
    return AudioLimits(
        max_duration_s=settings.max_hours * 3600, max_bytes=settings.max_megabytes << 20
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what libraries say away from standard output and below errors."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        logging.disable(previous)


def print_json(data: Any) -> None:
    """One JSON object on standard output, UTF-8 whatever the locale."""
    # bytes, so that the terminal's encoding cannot fail
    click.echo(json.dumps(data, ensure_ascii=False, allow_nan=False).encode())


def parse_agent_channel(name: str) -> AgentChannel:
    try:
        return AgentChannel(name)
    except ValueError:
        raise InvalidInput(
            "Unknown agent channel %(name)s; say left, right, mixed or auto.", name=name
        ) from None


def parse_language(name: str) -> str:
    if name not in LANGUAGES:
        raise InvalidInput(
            "Unknown language %(name)s; say one of: %(known)s.",
            name=name,
            known=", ".join(LANGUAGES),
        )
    return name
