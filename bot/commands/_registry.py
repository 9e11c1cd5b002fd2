"""The subcommands, found by looking into a folder: adding one is adding one file.

Those in this folder are Slack's and the command line's; those about maintenances, in the folder
of that name, are the command line's alone.
"""

import pkgutil
from importlib import import_module
from pathlib import Path

from bot.core.grammar import Command
from bot.core.status import Kind

_HERE = Path(__file__).parent


def _found(folder: Path, package: str) -> tuple[Command, ...]:
    names = [module.name for module in pkgutil.iter_modules([str(folder)]) if not module.ispkg]
    found = [import_module(f"{package}.{name}").COMMAND for name in names if name[0] != "_"]
    return tuple(sorted(found, key=lambda command: command.order))


COMMANDS: tuple[Command, ...] = _found(_HERE, "bot.commands")
MAINTENANCE: tuple[Command, ...] = _found(_HERE / "maintenance", "bot.commands.maintenance")


def commands_about(kind: Kind) -> tuple[Command, ...]:
    """The subcommands that a line about this kind may begin with."""
    return MAINTENANCE if kind is Kind.MAINTENANCE else COMMANDS
