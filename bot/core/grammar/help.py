"""Help and reference, derived from the declarations. Help is in Slack's markup."""

from collections.abc import Sequence

from bot.core.grammar.declaration import Arg, Command, usage
from bot.core.grammar.values import STATUS_WORDS
from bot.core.text import escape_slack

_ARGUMENTS = """\
Arguments stand before the text, on the first line. They end at the first word that is none, or at
`--`: what follows is text, whatever it looks like. The incident's number needs its `#` and stands
first; it may be left out while only one is meant. A component is given by its short name, or by the
name readers know, in quotes: `"course explorer"=down`.

Times are the page's: `09:00` is today. One that the clocks skip is refused, one that comes twice
means the earlier. A maintenance names its components before its window, a bare name each; its end
is given with `until=`, or with `for=` as its length.
"""
_ELSEWHERE = """\
What Slack does not offer yet: typed after `{}` in a shell, with quotes around
whatever the shell would take for itself. Maintenances are numbered together with incidents.
"""


def help_text(commands: Sequence[Command], slash: str) -> str:
    """Every subcommand in a line: first those that tell readers something, then those that look."""
    groups = {
        "Tell readers": [command for command in commands if command.writes],
        "Look": [command for command in commands if not command.writes],
    }
    parts = [_group(title, members, slash) for title, members in groups.items() if members]
    return "\n\n".join([*parts, f"One in full: `{slash} help {commands[0].name}`"])


def help_one(command: Command, slash: str) -> str:
    """One subcommand: what it does, how it is typed, its arguments, other names, an example."""
    lines = [
        f"*{command.name}*: {escape_slack(command.summary)}.",
        f"`{escape_slack(usage(command, slash))}`",
        *(f"• `{escape_slack(arg.shape)}` {escape_slack(_explained(arg))}" for arg in command.args),
    ]
    if command.aliases:
        lines.append(f"Also: {escape_slack(', '.join(command.aliases))}")
    return "\n".join([*lines, f"Example: `{escape_slack(f'{slash} {command.example}')}`"])


def reference(
    commands: Sequence[Command], slash: str, others: Sequence[Command] = (), tool: str = ""
) -> str:
    """All of it as Markdown, for the documentation; `others` are those of a command line tool."""
    statuses = "\n".join(
        f"| {status.label} | {', '.join(f'`{word}`' for word in words)} |"
        for status, words in STATUS_WORDS.items()
    )
    parts = [
        f"# Commands\n\nEverything is typed after `{slash}`, in upper or lower case.\n",
        *(_section(command, slash) for command in commands),
        *_elsewhere(others, tool),
        f"## Arguments\n\n{_ARGUMENTS}",
        f"## Statuses\n\n| status | words |\n|---|---|\n{statuses}\n",
    ]
    return "\n".join(parts)


def _group(title: str, commands: Sequence[Command], slash: str) -> str:
    lines = (f"`{slash} {command.name}`: {escape_slack(command.summary)}" for command in commands)
    return "\n".join([f"*{title}*", *lines])


def _explained(arg: Arg) -> str:
    if arg.kind != "components":
        return arg.help
    short = (" ".join(words[:-1]) for words in STATUS_WORDS.values())  # the last is the API's own
    return f"{arg.help}: {' · '.join(short)}"


def _elsewhere(commands: Sequence[Command], tool: str) -> list[str]:
    if not commands:
        return []
    sections = (_section(command, tool, level="###") for command in commands)
    return [f"## On the command line\n\n{_ELSEWHERE.format(tool)}", *sections]


def _section(command: Command, slash: str, level: str = "##") -> str:
    summary = f"{command.summary[:1].upper()}{command.summary[1:]}."
    parts = [f"{level} {command.name}\n\n{summary}\n\n```\n{usage(command, slash)}\n```\n"]
    if command.args:
        rows = "\n".join(f"| `{arg.shape}` | {_cell(arg.help)} |" for arg in command.args)
        parts.append(f"| argument | what it is |\n|---|---|\n{rows}\n")
    if command.aliases:
        parts.append(f"Also: {', '.join(f'`{alias}`' for alias in command.aliases)}\n")
    return "\n".join([*parts, f"Example:\n\n```\n{slash} {command.example}\n```\n"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
