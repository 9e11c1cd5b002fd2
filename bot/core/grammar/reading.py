"""From a line as it was typed to a subcommand and what it is told."""

from collections.abc import Sequence
from typing import Any

from bot.core.errors import Refusal
from bot.core.grammar.arguments import read_arguments
from bot.core.grammar.declaration import Command, Kind, Vocabulary, how, listed
from bot.core.grammar.guess import did_you_mean, shown, suggest
from bot.core.grammar.words import read_words
from bot.core.text import unix_lines

_NEEDED: dict[Kind, str] = {
    "incident": "an incident (#12)",
    "components": "a component and its status",
    "maintained": "a component",
    "impact": "an impact",
    "at": "a time",
    "from": "a beginning (from=)",
    "until": "an end (until=)",
    "for": "a length (for=)",
    "title": "a title",
    "text": "a text",
    "subcommand": "the name of a subcommand",
}


def split(line: str, commands: Sequence[Command]) -> tuple[Command, str]:
    """The subcommand that a line begins with, and the rest; an empty line asks for help.

    Raises Refusal, with a guess, when there is no such subcommand.
    """
    line = unix_lines(line).strip()
    word = next(iter(line.split(maxsplit=1)), "help")
    by_word = {name: command for command in commands for name in (command.name, *command.aliases)}
    if command := by_word.get(word.casefold()):
        return command, line[len(word) :]
    guess = suggest(word, by_word)
    raise Refusal(
        f'there is no command "{shown(word)}".',
        (did_you_mean(guess and by_word[guess].name) or f"Commands: {_names(commands)}.").strip(),
    )


def read(command: Command, rest: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """What the subcommand is told, as keywords for its `handle`.

    incident: int, components and maintained: dict of short name to ComponentStatus, impact: Impact,
    at, from and until: datetime (UTC), for: timedelta, title: plain text of one line, text: markup
    as typed. What is not required and was left out is None; components are then an empty dict.
    Raises Refusal.
    """
    found, words = read_arguments(command, unix_lines(rest), vocabulary)
    found |= read_words(command, words, vocabulary)
    missing = [arg.kind for arg in command.args if arg.required and not found.get(arg.kind)]
    if missing:
        raise _lacking(missing, command, vocabulary)
    return {arg.name: found.get(arg.kind) for arg in command.args}


def _lacking(missing: Sequence[Kind], command: Command, vocabulary: Vocabulary) -> Refusal:
    hint = ""
    if missing == ["text"] and command.takes("title"):
        hint = "Put | or a newline between the title and the text.\n"
    needed = listed([_NEEDED[kind] for kind in missing])
    return Refusal(f"{command.name} needs {needed}.", hint + how(command, vocabulary.slash))


def _names(commands: Sequence[Command]) -> str:
    return ", ".join(command.name for command in commands)
