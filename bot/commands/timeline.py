"""timeline: everything that was told of one incident, retracted updates included."""

from datetime import tzinfo

from bot.commands._answer import Answer, Call
from bot.commands._args import INCIDENT
from bot.commands._say import latest_one
from bot.commands._tell import line, moment
from bot.core.grammar import Command
from bot.core.incident import Update
from bot.core.text import escape_slack, summary
from storage.ledger import Ledger

_SHORT = 140


def handle(call: Call, ledger: Ledger, *, incident: int | None) -> Answer:
    one = latest_one(call, ledger, incident)
    zone = ledger.page.zone
    return Answer("\n".join([line(one, zone), *(_entry(update, zone) for update in one.updates)]))


def _entry(update: Update, zone: tzinfo) -> str:
    marks = [
        f"typed {moment(update.created_at, zone)}" if update.is_backdated else "",
        "edited" if update.edited_at else "",
        "retracted" if update.retracted_at else "",
    ]
    noted = "".join(f" ({mark})" for mark in marks if mark)
    return (
        f"{update.number}. {moment(update.display_at, zone)} *{update.phase.label}*{noted}, "
        f"{escape_slack(update.author.name)}: {escape_slack(summary(update.text, _SHORT))}"
    )


COMMAND = Command(
    name="timeline",
    order=130,
    summary="show everything that was told of one incident, with who and when",
    args=(INCIDENT,),
    example="timeline #12",
    handle=handle,
    writes=False,
    aliases=("history", "log"),
)
