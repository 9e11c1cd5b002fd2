"""The command line: one file per command, read only when it is used, so that it starts at once."""

import sys
from importlib import import_module
from keyword import iskeyword
from typing import NoReturn

import click

from bot.core.errors import Refusal
from storage.errors import LedgerUnavailable, WrongLedger

COMMANDS = {
    "run": "everything in one process: Slack, the loop, the page",
    "sandbox": "try it without Slack: a local Slack in the browser",
    "web": "receive from Slack over HTTP (any number of these)",
    "worker": "run the loop (any number; one has the turn)",
    "incident": "the slash command's language, on the command line",
    "maintenance": "plan maintenances; they begin and end by themselves",
    "components": "add and list the page's components",
    "publish": "bring the page up to date now",
    "emergency": "tell the public although the ledger is gone",
    "recover": "make a lost ledger anew from the page, without any backup",
    "db": "the ledger's tables",
    "export": "write the whole ledger as JSON lines",
    "import": "put an export into an empty ledger",
    "doctor": "check settings, database, target and Slack",
    "manifest": "print the Slack app's manifest",
    "docs": "write the generated pages of docs/",
}

_AWAY = (
    "Check DATABASE_URL: duckrow doctor\n"
    'If it stays away, this tells the public without it: duckrow emergency "…"'
)


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module = f"{name}_" if iskeyword(name) else name
        command: click.Command = import_module(f"bot.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            _stop(f"{refusal.problem}\n{refusal.remedy}".strip())
        except WrongLedger as wrong:
            _stop(str(wrong))
        except LedgerUnavailable as error:
            _stop(f"The database does not answer: {error}\n{_AWAY}")


def _stop(said: str) -> NoReturn:
    click.echo(said, err=True)
    sys.exit(1)


@click.group(cls=_Lazy)
@click.version_option(package_name="duckrow", message="duckrow %(version)s")
def main() -> None:
    """Tell people what is broken, from Slack to a static public status page."""
