"""What came back, in words for the channel and for whoever runs a command."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.incident import Incident
from bot.core.page import Component
from bot.core.text import escape_slack, summary

_MOST_LINES, _LONGEST_TITLE = 20, 80
_OLDER = "The ledger was an older copy than the page at {}."
_LOST = "The ledger was lost, and was made anew from the page at {}."
_AHEAD = (
    "The clock of whoever published it was ahead: what it told for later than now stands as told "
    "now."
)
_NOT_HERE = (
    "Not on the page, and so not back: who wrote it, formatting, drafts, texts that had been "
    "corrected or retracted, and the audit of it."
)


@dataclass(frozen=True)
class Recovered:
    """One incident that the page knew better."""

    now: Incident
    was: Incident | None  # as the ledger had it
    number_there: int  # on the page

    @property
    def line(self) -> str:
        """What came back of it: "#3 Site Outage: 2 updates"."""
        title = summary(escape_slack(self.now.title), _LONGEST_TITLE)
        return f"#{self.now.number} {title}: {', '.join(self._parts())}"

    @property
    def new(self) -> int:
        """How many updates the ledger did not have."""
        return len(self.now.updates) - len(self.was.updates if self.was else ())

    def _parts(self) -> Iterable[str]:
        if self.was is None:
            yield f"the whole of it, {_count(self.new, 'update')}"
            if self.number_there != self.now.number:
                yield f"on the page until now #{self.number_there}"
            return
        if self.new:
            yield _count(self.new, "update")
        yield from self._changes(self.was)

    def _changes(self, was: Incident) -> Iterable[str]:
        now = {one.id: one for one in self.now.updates}
        pairs = [(one, now[one.id]) for one in was.updates]
        if edited := sum(old.text != new.text for old, new in pairs):
            yield f"{_count(edited, 'text')} corrected"
        if retracted := sum(old.is_standing and not new.is_standing for old, new in pairs):
            yield f"{_count(retracted, 'update')} retracted"
        if was.title != self.now.title:
            yield "its new title"
        if was.scheduled_for != self.now.scheduled_for or (
            was.scheduled_until != self.now.scheduled_until
        ):
            yield "its new window"


def report(
    target: str,
    revision: int,
    recovered: Iterable[Recovered],
    components: Iterable[Component],
    *,
    lost: bool = False,
    ahead: bool = False,
) -> str:
    """What came back from a target, which publishing now goes on above.

    `lost`: there was no ledger any more; `ahead`: the clock of whoever published there was.
    """
    every = list(recovered)
    lines = [f"• {one.line}" for one in every[:_MOST_LINES]]
    if len(every) > _MOST_LINES:
        lines.append(f"• and {_count(len(every) - _MOST_LINES, 'incident')} more")
    names = [one.name for one in components]
    if names:
        lines.append(f"• {_count(len(names), 'component')}: {', '.join(names[:_MOST_LINES])}")
    why = _LOST if lost else _OLDER
    beginning = f"{why.format(target)} Publishing stopped, and goes on from revision {revision}."
    if not lines:
        return f"{beginning} It lacked nothing that the page tells."
    total = sum(one.new for one in every)
    came_back = f"{_count(total, 'update')} of {_count(len(every), 'incident')} came back from it:"
    clock = [_AHEAD] if ahead else []
    return "\n".join([f"{beginning} {came_back}", *lines, *clock, _NOT_HERE])


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
