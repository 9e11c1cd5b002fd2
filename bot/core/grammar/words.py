"""What stands after the arguments of a line: a title, a text, or the name of a subcommand."""

from bot.core.errors import Refusal
from bot.core.grammar.declaration import Command, Vocabulary, how, listed
from bot.core.text import clean, clean_name, leaks, split_title, to_line

LONGEST_TITLE = 200
LONGEST_TEXT = 3000  # what a modal's field and a section block can hold


def read_words(command: Command, words: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Values by kind, for those that are there; a title is plain text, a text stays as typed."""
    parts = _parts(command, words.strip(), vocabulary)
    return {kind: _checked(kind, part) for kind, part in parts.items() if part}


def _parts(command: Command, words: str, vocabulary: Vocabulary) -> dict[str, str]:
    kinds = [kind for kind in ("title", "text", "subcommand") if command.takes(kind)]
    if kinds == ["title", "text"]:
        return dict(zip(kinds, split_title(words) or (words, ""), strict=True))
    if words and not kinds:
        guess = f"Did you mean #{words}?\n" if _is_bare_number(command, words) else ""
        raise Refusal(f"{command.name} takes no text.", f"{guess}{how(command, vocabulary.slash)}")
    return dict.fromkeys(kinds, words)


def _is_bare_number(command: Command, words: str) -> bool:
    return command.takes("incident") and words.isdecimal() and words.isascii()


def _checked(kind: str, typed: str) -> str:
    if kind == "subcommand":
        return typed
    if named := leaks(typed):
        raise Refusal(
            f"the {kind} names {listed(named)}, which readers outside would see.",
            "Say it without the name.",
        )
    if kind == "text":
        return clean(typed, limit=LONGEST_TEXT, what=kind)
    sound = clean(typed, limit=len(typed), what=kind)  # its length counts once it is plain
    return clean_name(to_line(sound), limit=LONGEST_TITLE, what=kind)
