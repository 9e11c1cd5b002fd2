"""The arguments that subcommands about maintenances share, declared once."""

from bot.core.grammar import Arg

NUMBER = Arg(
    "incident", "incident", "the maintenance's number; may be left out while only one is meant"
)
COMPONENTS = Arg(
    "components", "maintained", "the short names of what it touches, before the window"
)
FROM = Arg("begins", "from", "when it begins: 22:00, 2026-11-25T22:00 or now")
UNTIL = Arg("ends", "until", "when it ends: 23:30 or 2026-11-26T01:00")
LENGTH = Arg("lasts", "for", "how long it takes, instead of until: 2h, 90min or 1h30m")
WHOLE_LENGTH = Arg(
    "lasts", "for", "how long it takes in all, from the beginning of its window, instead of until"
)
SENTENCE = Arg("text", "text", "what readers will see; left out, a customary sentence")
