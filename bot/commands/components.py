"""components: the names that component=status understands."""

from bot.commands._answer import Answer, Call
from bot.core.grammar import Command
from bot.core.page import Component, Situation
from bot.core.text import escape_slack
from storage.ledger import Ledger


def handle(call: Call, ledger: Ledger) -> Answer:  # noqa: ARG001
    situation = ledger.situation()
    told = [_line(component, situation) for component in situation.components]
    return Answer("\n".join(told) or "The page has no components yet.")


def _line(component: Component, situation: Situation) -> str:
    name, status = escape_slack(component.name), situation.statuses[component.id]
    if component.is_group:
        return f"*{name}*: {status.label.lower()}"
    return f"`{component.slug}` {name}: {status.label.lower()}"


COMMAND = Command(
    name="components",
    order=150,
    summary="list the components and their status",
    args=(),
    example="components",
    handle=handle,
    writes=False,
)
