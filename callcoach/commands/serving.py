"""`callcoach run` and `callcoach worker`."""

from __future__ import annotations

import logging
import os
import socket
import sys

import click

from callcoach.errors import InvalidInput

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
#: What children may take to stop beyond the time that workers let their jobs finish, in seconds.
_STOP_MARGIN_S = 15.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(min=1), help="Of the web server."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(min=0),
    help="Worker processes; each loads the speech model.",
)
def run(host: str, port: int, threads: int, workers: int) -> None:
    """Serve the pages and work on calls, until told to stop."""
    from callcoach.app import create_app
    from callcoach.commands.readiness import require_ready
    from callcoach.commands.supervisor import Child, Supervisor
    from callcoach.config import Settings

    _log_to_stderr()
    settings = Settings.from_env()
    require_ready(create_app(settings))
    listener = _listen(host, port)
    os.environ["CALLCOACH_DATA"] = str(settings.data_dir)
    os.environ["CALLCOACH_PARENT_PID"] = str(os.getpid())
    children = [
        Child(
            "web server",
            _gunicorn_command(listener.fileno(), threads),
            pass_fds=(listener.fileno(),),
            must_live=True,
        ),
        *(Child(f"worker {number}", _worker_command()) for number in range(1, workers + 1)),
    ]
    click.echo(f"CallCoach listens on {_url(host, listener)} (Ctrl+C stops it)")
    sys.stdout.flush()
    supervisor = Supervisor(children, grace_s=settings.job_drain_s + _STOP_MARGIN_S)
    with listener:
        sys.exit(supervisor.run())


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    help="Jobs side by side in this process; CALLCOACH_WORKER_THREADS by default.",
)
@click.option("--parent", type=int, hidden=True, help="Stop when this process dies.")
def worker(threads: int | None, parent: int | None) -> None:
    """Work on calls, without serving pages."""
    from callcoach.app import create_app
    from callcoach.calls.operations.reanalysis import feed_if_outdated
    from callcoach.commands.readiness import require_ready
    from callcoach.config import Settings
    from callcoach.extensions import db, write_transaction
    from callcoach.jobs.worker import run_worker
    from callcoach.promises.operations.checking import feed_if_unchecked
    from callcoach.script_fit.fitting import feed_if_needed
    from callcoach.sponsors.operations.drawing import look_if_needed

    _log_to_stderr()
    settings = Settings.from_env()
    app = create_app(settings)
    require_ready(app)
    with app.app_context(), write_transaction():
        feed_if_outdated()  # an upgrade may have brought another engine
        feed_if_needed()  # and another way to align calls with their script
        look_if_needed()  # wordings that calls are looked for
        feed_if_unchecked()  # or with their promises
        db.session.commit()
        db.session.remove()
    run_worker(app, threads=threads or max(settings.worker_threads, 1), parent_pid=parent)


def _worker_command() -> list[str]:
    return [sys.executable, "-m", "callcoach.cli", "worker", "--parent", str(os.getpid())]


def _gunicorn_command(descriptor: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:callcoach.commands.gunicorn_config"),
        *("--bind", f"fd://{descriptor}"),
        *("--threads", str(threads)),
        "callcoach.app:create_app()",
    ]


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port here, so that a taken one is told at once and restarts lose no connection.

    Raises:
        InvalidInput: the port or the address is not to be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        raise InvalidInput(
            "Cannot listen on %(host)s, port %(port)s: %(cause)s. Choose another with --port.",
            host=host,
            port=port,
            cause=getattr(error, "strerror", None) or str(error),
        ) from error


def _url(host: str, listener: socket.socket) -> str:
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{listener.getsockname()[1]}/"


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    logging.getLogger("huey").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
