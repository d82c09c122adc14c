"""`callcoach import` and `callcoach watch`: recordings from folders."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from callcoach.errors import CallCoachError, InvalidInput

if TYPE_CHECKING:
    from callcoach.calls.metadata import CallMetadata

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Exit code when at least one file was not imported and is not known already.
SOME_REFUSED = 1


def metadata_options(command: _Command) -> _Command:
    """Options that say what neither a metadata file nor the file names do."""
    options = (
        click.option("--team", default="", help="Team, by name."),
        click.option("--agent", default="", help="Agent: telephony id, sign-in name or name."),
        click.option("--sponsor", default="", help="Sponsor, by name."),
        click.option("--campaign", default="", help="Campaign, by name."),
        click.option("--persona", default="", help="Kind of person called."),
        click.option(
            "--agent-channel",
            type=click.Choice(["auto", "left", "right", "mixed"]),
            default=None,
            help="On which channel the agent is.",
        ),
        click.option("--language", default="", help="fr or en; the campaign's by default."),
        click.option("--timezone", default="", help="Zone of times that carry none."),
        click.option(
            "--source", default="import", show_default=True, help="Where external ids come from."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--metadata",
    "metadata_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="calls.csv of the folder by default.",
)
@click.option("--dry-run", is_flag=True, help="Check everything, import nothing.")
@metadata_options
def import_folder(
    folder: Path, metadata_path: Path | None, dry_run: bool, source: str, **given: str
) -> None:
    """Import the recordings of FOLDER, with what calls.csv and the file names say of them.

    Prints a line a file, then totals. Exit code 0 when every recording is in, 1 when some were
    refused, 2 when nothing could be started.
    """
    from callcoach.commands.folder_import import FolderImport, Report

    with app_context(), refusals_end_it():
        job = FolderImport(
            folder,
            metadata_path=metadata_path,
            defaults=_defaults(given),
            zone=_zone(given),
            source=source,
            is_dry_run=dry_run,
        )
        report = Report()
        for line in job.run():
            report.add(line)
            click.secho(str(line), fg=line.colour)
        report.side_files = job.side_files
        for total in report.totals(is_dry_run=dry_run):
            click.echo(total)
        if report.has_refusals:
            click.get_current_context().exit(SOME_REFUSED)


@click.command("watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--settle",
    "settle_s",
    type=click.FloatRange(min=0),
    default=5.0,
    show_default=True,
    help="Seconds that a file must stay the same before it is read.",
)
@click.option("--once", is_flag=True, help="Take what is there, then stop.")
@click.option(
    "--keep", is_flag=True, help="Leave imported files where they are instead of moving to done/."
)
@click.option("--poll", is_flag=True, help="Look by the clock: for network drives.")
@metadata_options
def watch_folder(
    folder: Path, *, settle_s: float, once: bool, keep: bool, poll: bool, source: str, **given: str
) -> None:
    """Import recordings as they arrive in FOLDER.

    Imported files move to FOLDER/done, refused ones to FOLDER/quarantine with a .reason.txt beside
    them. What a recording is about: FILE.json or FILE.csv beside it, calls.csv in the folder, its
    name, or the options.
    """
    from callcoach.commands.folder_watch import FolderWatch

    with app_context(), refusals_end_it():
        watch = FolderWatch(
            folder,
            settle_s=settle_s,
            keeps_files=keep,
            is_polling=poll,
            defaults=_defaults(given),
            zone=_zone(given),
            source=source,
        )
        with contextlib.suppress(KeyboardInterrupt), _interrupted_by(watch.stop):
            for line in watch.run(once=once):
                click.secho(str(line), fg=line.colour)
        if once and watch.has_refusals:
            click.get_current_context().exit(SOME_REFUSED)


@contextlib.contextmanager
def _interrupted_by(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl+C call `stop` too: Python drops a KeyboardInterrupt that is raised within a callback
    of the garbage collector, and what was asked to end would go on.
    """

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        stop()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def app_context() -> Iterator[None]:
    """The application's context: the running one, or one of our own on a database that is ready."""
    from flask import has_app_context

    if has_app_context():
        yield
        return
    from callcoach.app import create_app
    from callcoach.commands.readiness import require_ready
    from callcoach.config import Settings

    app = create_app(Settings.from_env())
    require_ready(app)
    with app.app_context():
        yield


@contextlib.contextmanager
def refusals_end_it() -> Iterator[None]:
    """A refusal of the whole is one line and exit code 2, also when not run by `cli.main`."""
    try:
        yield
    except CallCoachError as error:
        click.echo(f"callcoach: {error}", err=True)
        click.get_current_context().exit(2)


def _zone(given: dict[str, str]) -> str:
    from zoneinfo import ZoneInfo

    from flask import current_app

    zone: str = given["timezone"] or current_app.extensions["callcoach"].import_timezone
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError) as error:
        raise InvalidInput("The time zone %(zone)s is not known.", zone=zone) from error
    return zone


def _defaults(given: dict[str, str]) -> CallMetadata:
    from callcoach.calls.metadata import CallMetadata

    return CallMetadata.from_values({name: given[name] for name in given if name != "timezone"})


def visible_files(folder: Path, *, skipped: frozenset[str] = frozenset()) -> Iterator[Path]:
    """All files below `folder` by name, without hidden ones, links and folders in `skipped`."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in skipped)
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path
