"""Hostile words in every field, through the command language where it takes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot import commands
from bot.commands import Call
from bot.core.text import escape_slack
from storage.database import Database
from tests.gallery.lines import pacific
from tests.support.hostile import HOSTILE, LONGEST, naughty_strings
from tests.support.maintenance import plan
from tests.support.telling import ANA, a_component, a_page, cause

NOW = pacific("2013-02-22 16:00")
BEGAN = NOW - timedelta(hours=14)
PARTS = 4  # the naughty strings are told to so many ledgers
COMPONENTS = 8
PAGE = replace(a_page(), name=HOSTILE[3], about=HOSTILE[1], headline=HOSTILE[0])
HARMLESS = "Nothing but harmless words."


def hostile(database: Database) -> None:
    """Our own list; some of it while it is open."""
    tell_words(database, [HARMLESS, LONGEST, *HOSTILE])


def harmless(database: Database) -> None:
    """The same with other words, to compare."""
    tell_words(database, [f"{HARMLESS} {number}" for number in range(9)])


def naughty(part: int) -> Callable[[Database], None]:
    """One part of the naughty strings, in everything that a page tells of."""
    return lambda database: tell_words(database, [HARMLESS, *naughty_strings()[part::PARTS]])


def naughty_page(database: Database) -> None:
    """All naughty strings in what a page says of itself."""
    words = naughty_strings()
    with database.telling(cause("settings", at=BEGAN)) as ledger:
        ledger.configure(name=" ".join(words), about="\n".join(words), headline=" ".join(words))
    tell_words(database, [HARMLESS])


def tell_words(database: Database, every: Sequence[str]) -> None:
    """All as names and descriptions; each as an incident's title and texts; and a maintenance."""
    for at in range(COMPONENTS):
        _add(database, at, " ".join(every[at::COMPONENTS]))
    for number, words in enumerate(every):
        say = partial(_say, database, BEGAN + timedelta(minutes=3 * number))
        opening = f"open h{number % (COMPONENTS - 1)}=down"  # the last one never fails
        if not say(f"{number} open", f"{opening} {words}\n{words}"):
            say(f"{number} open", f"{opening} Refused\nThe title was refused.")
        say(f"{number} edit", f"edit {escape_slack(words)}")
        say(f"{number} resolve", f"resolve {words}")
        say(f"{number} resolve", "resolve It is over.")
    _say(database, NOW - timedelta(minutes=9), "last", f"open h0=slow {HOSTILE[0]}\n{HOSTILE[1]}")
    plan(database, HOSTILE[1], at=NOW, begins=NOW + timedelta(days=1), of="h0")


def _add(database: Database, at: int, words: str) -> None:
    """A component, and a group with one, whatever the command line would say to their names."""
    with database.telling(cause("components", at=BEGAN)) as ledger:
        group = a_component(f"g{at}", 2 * at + 1, ledger.at, is_group=True)
        alone = a_component(f"h{at}", 2 * at + 2, ledger.at)
        inside = a_component(f"i{at}", 1, ledger.at, group=group.id)
        for one in (group, alone, inside):
            ledger.add_component(replace(one, name=f"{one.slug} {words}", description=words))


def _say(database: Database, at: datetime, key: str, line: str) -> bool:
    call = Call(f"{key} {line}"[:200], line, ANA, "C0INCIDENTS", at)
    return commands.run(call, database).saved
