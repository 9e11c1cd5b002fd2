"""The command language: each subcommand is declared once; reading, help and errors follow."""

from bot.core.grammar.declaration import RESERVED, Arg, Command, Kind, Vocabulary, listed, usage
from bot.core.grammar.guess import suggest
from bot.core.grammar.help import help_one, help_text, reference
from bot.core.grammar.reading import read, split
from bot.core.grammar.values import STATUS_WORDS
from bot.core.grammar.words import LONGEST_TEXT, LONGEST_TITLE

__all__ = [
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "RESERVED",
    "STATUS_WORDS",
    "Arg",
    "Command",
    "Kind",
    "Vocabulary",
    "help_one",
    "help_text",
    "listed",
    "read",
    "reference",
    "split",
    "suggest",
    "usage",
]
