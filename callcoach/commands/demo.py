"""`callcoach demo`: a working floor on the sample recordings, as a new user would try it.

Everything is real: the recordings are decoded, transcribed and analysed by the same worker as in
production. Running it again adds only what is missing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callcoach.commands import demo_data
from callcoach.config import Settings
from callcoach.errors import CallCoachError

if TYPE_CHECKING:
    from flask import Flask

#: How often the terminal looks at the calls, in seconds.
POLL_S = 1.0


def sample_folder() -> Path:
    """`recordings_sample/` of the checkout.

    Raises:
        CallCoachError: there is none (an installed wheel carries no recordings).
    """
    folder = Path(__file__).resolve().parents[2] / "recordings_sample"
    if not (folder / "calls.csv").is_file():
        raise CallCoachError(
            "The demo needs the recordings_sample folder of the source tree; "
            "import your own recordings with `callcoach import FOLDER`."
        )
    return folder


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, help="The next free one when taken.")
@click.option("--exit-when-ready", is_flag=True, help="Stop once every call has been processed.")
def demo(host: str, port: int, exit_when_ready: bool) -> None:
    """Load the sample calls, really transcribe them, and serve."""
    os.environ["CALLCOACH_PRODUCTION"] = "0"  # also for the processes started below
    settings = replace(Settings.from_env(), production=False)
    os.environ["CALLCOACH_DATA"] = str(settings.data_dir)
    from callcoach.app import create_app

    app = create_app(settings)
    with app.app_context():
        _migrate()
        seed()
        _import_samples()
    port = _free_port(host, port)
    command = [sys.executable, "-m", "callcoach.cli", "run", "--host", host, "--port", str(port)]
    log_path = settings.data_dir / "server.log"
    with log_path.open("ab") as log:  # the terminal is for the progress
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_served(server, host, port, log_path)
        _print_sign_ins(f"http://{host}:{port}/")
        all_ready = _show_progress(app, server, log_path)
        if exit_when_ready:
            sys.exit(0 if all_ready else 1)
        click.echo(
            f"\nPress Ctrl+C to stop. Data: {settings.data_dir}, log: {log_path.name} there."
        )
        sys.exit(server.wait())
    except KeyboardInterrupt:
        click.echo("\nStopping…")
    finally:
        server.terminate()
        server.wait(timeout=60)


def _migrate() -> None:
    import flask_migrate

    flask_migrate.upgrade()


def seed() -> None:
    """Create the demo's people, teams and campaigns that are not there yet, and commit."""
    from callcoach.extensions import db, write_transaction

    with write_transaction():
        db.session.rollback()
        teams = _seed_teams()
        sponsors = _seed_campaigns(teams)
        _seed_people(teams, sponsors)
        db.session.commit()


def _seed_teams() -> dict[str, int]:
    from sqlalchemy import select

    from callcoach.accounts.models import Team
    from callcoach.extensions import db

    teams: dict[str, int] = {}
    for name, timezone in demo_data.TEAMS.items():
        team = db.session.scalar(select(Team).where(Team.name == name))
        if team is None:
            team = Team(name=name, timezone=timezone)
            db.session.add(team)
            db.session.flush()
        teams[name] = team.id
    return teams


def _seed_campaigns(teams: dict[str, int]) -> dict[str, int]:
    from sqlalchemy import select

    from callcoach.campaigns.models import Campaign, CampaignTeam, Persona, Sponsor
    from callcoach.extensions import db
    from callcoach.promises.operations.proposing import Content
    from callcoach.promises.operations.seeding import seed

    sponsors: dict[str, int] = {}
    for wanted in demo_data.CAMPAIGNS:
        sponsor = db.session.scalar(select(Sponsor).where(Sponsor.name == wanted.sponsor))
        if sponsor is None:
            sponsor = Sponsor(name=wanted.sponsor)
            db.session.add(sponsor)
            db.session.flush()
        sponsors[wanted.sponsor] = sponsor.id
        known = select(Campaign.id).where(
            Campaign.sponsor_id == sponsor.id, Campaign.name == wanted.name
        )
        if db.session.scalar(known) is None:
            campaign = Campaign(
                sponsor_id=sponsor.id,
                name=wanted.name,
                purpose=wanted.purpose,
                vocabulary=list(wanted.vocabulary),
            )
            campaign.personas = [Persona(name=name, notes=notes) for name, notes in wanted.personas]
            campaign.teams = [CampaignTeam(team_id=team_id) for team_id in teams.values()]
            db.session.add(campaign)
            db.session.flush()
            seed(
                campaign,
                [Content(**asdict(each)) for each in wanted.promises],
                since=demo_data.PROMISES_SINCE,
            )
    return sponsors


def _seed_people(teams: dict[str, int], sponsors: dict[str, int]) -> None:
    from sqlalchemy import select

    from callcoach.accounts.models import Membership, TelephonyId, User
    from callcoach.accounts.passwords import hash_password
    from callcoach.campaigns.models import SponsorSeat
    from callcoach.extensions import db

    for person in demo_data.PEOPLE:
        if db.session.scalar(select(User.id).where(User.login == person.login)) is not None:
            continue
        user = User(
            login=person.login,
            name=person.name,
            role=person.role,
            pseudonym=person.pseudonym,
            locale=person.locale,
            password_hash=hash_password(demo_data.PASSWORD),
            is_demo=True,
        )
        user.memberships = [Membership(team_id=teams[team]) for team in person.teams]
        user.telephony_ids = [TelephonyId(value=value.casefold()) for value in person.telephony_ids]
        db.session.add(user)
        db.session.flush()
        if person.sponsor:
            db.session.add(SponsorSeat(user_id=user.id, sponsor_id=sponsors[person.sponsor]))


def _import_samples() -> None:
    from callcoach.commands.calls import import_folder

    folder = sample_folder()
    click.secho(f"Importing {folder.name}/", bold=True)
    import_folder.main(
        args=[str(folder), "--metadata", str(folder / "calls.csv")], standalone_mode=False
    )


def _free_port(host: str, port: int) -> int:
    """`port`, or the first free one of the hundred after it."""
    for candidate in range(port, port + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    raise CallCoachError("No free port from %(port)s on; choose another with --port.", port=port)


def _wait_until_served(
    server: subprocess.Popen[bytes], host: str, port: int, log_path: Path
) -> None:
    while server.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.2)
    raise _stopped(log_path)


def _stopped(log_path: Path) -> CallCoachError:
    last = log_path.read_text(errors="replace").splitlines()[-5:]
    return CallCoachError(
        "The server stopped. The end of %(path)s says:\n%(last)s",
        path=log_path,
        last="\n".join(last),
    )


def _print_sign_ins(url: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"\n[bold]CallCoach runs at[/bold] [link={url}]{url}[/link]\n")
    table = Table("sign in as", "name", "role", "sees", title=f"password: {demo_data.PASSWORD}")
    for person in demo_data.PEOPLE:
        sees = person.sponsor or ", ".join(person.teams) or "everything"
        table.add_row(person.login, person.name, person.role.value, sees)
    console.print(table)


@dataclass(frozen=True, slots=True)
class _Progress:
    """One call as the terminal shows it; `percent` in [0, 100]."""

    call_id: int
    name: str
    state: str
    percent: float
    is_over: bool
    failure: str


def _show_progress(app: Flask, server: subprocess.Popen[bytes], log_path: Path) -> bool:
    """Follow the calls until none is being processed; true when all are ready."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description:<46}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[state]}"),
        TimeElapsedColumn(),
    ) as bars:
        tasks: dict[int, TaskID] = {}
        while True:
            calls = _progress_of_calls(app)
            for call in calls:
                if call.call_id not in tasks:
                    if call.is_over:
                        continue
                    tasks[call.call_id] = bars.add_task(call.name, total=100, state=call.state)
                bars.update(tasks[call.call_id], completed=call.percent, state=call.state)
            if all(call.is_over for call in calls):
                break
            if server.poll() is not None:
                raise _stopped(log_path)
            time.sleep(POLL_S)
    console = Console()
    failed = [call for call in calls if call.state != "ready"]
    console.print(f"{len(calls) - len(failed)} of {len(calls)} calls are ready.")
    for call in failed:
        console.print(f"  {call.name}: {call.state}. {call.failure}")
    return not failed


def _progress_of_calls(app: Flask) -> list[_Progress]:
    from sqlalchemy import select

    from callcoach.accounts.access import Viewer
    from callcoach.calls.models import Call, CallState
    from callcoach.extensions import db
    from callcoach.jobs.models import fill_reason
    from callcoach.jobs.queries import live_jobs

    over = (CallState.READY, CallState.FAILED, CallState.CANCELLED)
    with app.app_context():
        calls = db.session.scalars(
            select(Call).where(Call.deleted_at.is_(None)).order_by(Call.id)
        ).all()
        jobs = live_jobs(Viewer.system(), [f"call:{call.id}" for call in calls])
        rows = []
        for call in calls:
            job = jobs.get(f"call:{call.id}")
            is_over = call.state in over
            percent = 100.0 if is_over else (100 * job.progress if job else 0.0)
            failure = fill_reason(call.failure, call.failure_values or {}, str)
            rows.append(
                _Progress(call.id, call.file_name, str(call.state), percent, is_over, failure)
            )
        db.session.rollback()
        return rows
