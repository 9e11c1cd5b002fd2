"""The subcommands, found by looking into this folder: adding one is adding one file."""

import pkgutil
from importlib import import_module
from pathlib import Path

from bot.core.grammar import Command


def _found() -> tuple[Command, ...]:
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    found = [
        import_module(f"bot.commands.{name}").COMMAND for name in names if not name.startswith("_")
    ]
    return tuple(sorted(found, key=lambda command: command.order))


COMMANDS: tuple[Command, ...] = _found()
