"""page: what the public page says, and whether it is up to date."""

from bot.commands._answer import Answer, Call
from bot.commands._tell import moment
from bot.core.grammar import Command
from bot.core.status import Indicator
from bot.core.text import escape_slack
from storage.ledger import Ledger
from storage.publications import Publication


def handle(call: Call, ledger: Ledger) -> Answer:  # noqa: ARG001
    page, banner = ledger.page, ledger.situation().banner
    calm = banner.indicator is Indicator.NONE
    said = escape_slack(page.headline) if calm else banner.description
    told = [
        f"<{page.url}|{escape_slack(page.name)}> says: {said}",
        f"The ledger is at revision {page.revision}.",
    ]
    targets = [_target(one, ledger) for one in ledger.publications.every()]
    return Answer("\n".join(told + targets))


def _target(one: Publication, ledger: Ledger) -> str:
    name = escape_slack(one.target)
    if one.behind_since:
        since = moment(one.behind_since, ledger.page.zone)
        return f"{name} is behind since {since}: {escape_slack(one.error or 'not written yet')}"
    return f"{name} shows revision {one.revision}."


COMMAND = Command(
    name="page",
    order=140,
    summary="say what the public page shows, and whether it is up to date",
    args=(),
    example="page",
    handle=handle,
    writes=False,
    aliases=("status",),
)
