"""help: the same, of these subcommands."""

from dataclasses import replace

from bot.commands import help as incidents_help

COMMAND = replace(incidents_help.COMMAND, example="help schedule")
