"""The console script. Commands are imported when called, so that `analyze` loads no Flask."""

from __future__ import annotations

import importlib
import sys

import click

from callcoach import __version__
from callcoach.errors import CallCoachError

#: command -> "module:attribute", in the order the help shows them
COMMANDS = {
    "run": "callcoach.commands.serving:run",
    "worker": "callcoach.commands.serving:worker",
    "demo": "callcoach.commands.demo:demo",
    "import": "callcoach.commands.calls:import_folder",
    "watch": "callcoach.commands.calls:watch_folder",
    "analyze": "callcoach.commands.analysis:analyze",
    "evaluate": "callcoach.commands.analysis:evaluate",
    "users": "callcoach.commands.accounts:users",
    "models": "callcoach.commands.analysis:models",
    "reindex": "callcoach.commands.searching:reindex",
    "reanalyse": "callcoach.commands.reanalysing:reanalyse",
    "refit": "callcoach.commands.refitting:refit",
    "audit": "callcoach.commands.auditing:audit",
    "migrate": "callcoach.commands.upkeep:migrate",
    "backup": "callcoach.commands.upkeep:backup",
    "check": "callcoach.commands.upkeep:check",
}


class _LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callcoach")
def cli() -> None:
    """CallCoach: listen, understand where the call turned, coach, and recheck."""


def main() -> None:
    """Run the command line; bad input is one line on stderr and exit code 2."""
    try:
        outcome = cli(prog_name="callcoach", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(0)
    except click.ClickException as error:
        click.echo(f"callcoach: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("callcoach: stopped.", err=True)
        sys.exit(130)
    except CallCoachError as error:
        click.echo(f"callcoach: {error}", err=True)
        sys.exit(2)
    sys.exit(outcome if isinstance(outcome, int) else 0)


if __name__ == "__main__":
    main()
