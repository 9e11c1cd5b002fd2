"""What somebody may have meant."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from bot.core.text import to_line

_CLOSE = 0.7
_LONGEST = 40  # no name is longer; comparing takes time that grows with the square


def suggest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that is spelled almost like the word, if one is."""
    if len(word) > _LONGEST:
        return None
    folded = {fold(choice): choice for choice in choices}
    close = get_close_matches(fold(word), folded, n=1, cutoff=_CLOSE)
    return folded[close[0]] if close else None


def fold(word: str) -> str:
    """The same for every way to type the same word; look-alikes of other alphabets stay apart."""
    return " ".join(unicodedata.normalize("NFC", word).casefold().split())


def shown(word: str) -> str:
    """Something typed, as an answer can repeat it."""
    line = " ".join(to_line(word).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def did_you_mean(guess: str | None) -> str:
    """The question to put before a list of what there is, or nothing."""
    return f"Did you mean {guess}? " if guess else ""
