"""rename: give an incident another title."""

from bot.commands._answer import Answer, Call
from bot.commands._args import INCIDENT, TITLE
from bot.commands._say import standing_one
from bot.core.grammar import Command
from bot.core.text import escape_slack
from storage.ledger import Telling


def handle(call: Call, ledger: Telling, *, incident: int | None, title: str) -> Answer:
    one, _ = standing_one(call, ledger, incident)
    ledger.rename(one, title)
    return Answer(
        f"Saved: #{one.number} is now called {escape_slack(title)}.",
        saved=True,
        subject=f"The new title of #{one.number}",
    )


COMMAND = Command(
    name="rename",
    order=80,
    summary="give an incident another title",
    args=(INCIDENT, TITLE),
    example="rename #12 Home page and course explorer outage",
    handle=handle,
)
