"""The arguments that subcommands share, declared once."""

from bot.core.grammar import Arg

INCIDENT = Arg("incident", "incident", "the incident's number; may be left out while one is open")
COMPONENTS = Arg("components", "components", "what is wrong where, as component=status")
IMPACT = Arg("impact", "impact", "how bad it is, set by hand: none, minor, major or critical")
AT = Arg("at", "at", "when readers should see it happened: 09:00 or 2013-02-22T09:00")
TITLE = Arg("title", "title", "the incident's title, up to 200 characters", required=True)
TEXT = Arg("text", "text", "what readers will see, up to 3,000 characters", required=True)
SUBCOMMAND = Arg("subcommand", "subcommand", "the subcommand to explain")
