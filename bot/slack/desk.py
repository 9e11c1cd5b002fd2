"""Where commands and pressed buttons are answered: access first, then the ledger, then the words.

Nothing here knows Bolt; nothing here calls Slack, but for one look at somebody unknown.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot import commands
from bot.commands import Answer, Call
from bot.core.errors import Refusal
from bot.core.grammar import split
from bot.core.incident import Author
from bot.core.observer import NOBODY, Observer
from bot.slack.access import Access
from bot.slack.directory import Directory
from bot.slack.messages import Json, beside, ephemeral, replacing
from bot.slack.payloads import Origin, Press
from bot.slack.replier import Replier
from storage.database import Database

log = logging.getLogger(__name__)

_MOST_UNSETTLED = 100


class Desk:
    """Answers what people type and press."""

    def __init__(
        self,
        database: Database,
        access: Access,
        directory: Directory,
        replier: Replier,
        *,
        now: Callable[[], datetime],
        slash: str = "/incident",
        observer: Observer = NOBODY,
    ) -> None:
        self._observer = observer
        self._database = database
        self._access = access
        self._directory = directory
        self._replier = replier
        self._now = now
        self._slash = slash
        self._unsettled: deque[Call] = deque(maxlen=_MOST_UNSETTLED)
        self._lock = threading.Lock()

    def command(self, origin: Origin, line: str) -> Json:
        """The message that answers a typed line, which is in the ledger by then, or is not."""
        first, *more = ephemeral(self._commanded(origin, line))
        self._send(origin.reply_url, more)
        return first

    def press(self, origin: Origin, press: Press | None) -> None:
        """Carry out a pressed button. A question stays, buttons and all, until it is answered."""
        self._send(origin.reply_url, self._pressed(origin, press))

    def settle(self, now: datetime) -> bool:  # noqa: ARG002 -- a step's shape
        """Finish the answers whose outcome was unknown, now that the ledger can be asked."""
        settled = False
        while call := self._next_unsettled():
            found = commands.settled(call, self._database)
            self._forget(call)
            settled = True
            self._send(call.reply_url, beside(found or not_saved_after_all(call)))
        return settled

    def _send(self, url: str | None, messages: list[Json]) -> None:
        if url:
            for message in messages:
                self._replier.send(url, message)

    def _commanded(self, origin: Origin, line: str) -> Answer:
        call = self._call(origin, line)
        if refusal := self._access.refusal(origin, call.at):
            self._tell(call, "turned_away")
            return turned_away(refusal, call, writes=may_save(line))
        return self._answered(commands.run, call)

    def _pressed(self, origin: Origin, press: Press | None) -> list[Json]:
        value = press.value if press else {}
        key, line, number = value.get("key"), value.get("line", ""), value.get("number")
        call = self._call(origin, line if isinstance(line, str) else "")
        if refusal := self._access.refusal(origin, call.at):
            self._tell(call, "turned_away")
            return beside(turned_away(refusal, call))
        if not isinstance(key, str) or not key.startswith(f"{origin.team}:{origin.app}:"):
            return replacing(turned_away(_STALE, call))
        match press:
            case Press(action="choose") if isinstance(number, int):
                answer = self._answered(commands.choose, replace(call, key=key, number=number))
                return replacing(answer) if answer.saved else beside(answer)
            case Press(action="retry"):
                return replacing(self._answered(commands.run, replace(call, key=key)))
        return replacing(turned_away(_STALE, call))

    def _answered(self, carry_out: Callable[[Call, Database], Answer], call: Call) -> Answer:
        answer = carry_out(call, self._database)
        self._tell(call, answer.outcome)
        if answer.unknown:
            log.warning("it is not known yet whether a command was saved", extra={"key": call.key})
            with self._lock:
                self._unsettled.append(call)
        return answer

    def _tell(self, call: Call, outcome: str) -> None:
        seconds = (self._now() - call.at).total_seconds()
        self._observer.answered(_subcommand(call.line), outcome, max(seconds, 0.0))

    def _next_unsettled(self) -> Call | None:
        with self._lock:
            return self._unsettled[0] if self._unsettled else None

    def _forget(self, call: Call) -> None:
        with self._lock:
            if call in self._unsettled:
                self._unsettled.remove(call)

    def _call(self, origin: Origin, line: str) -> Call:
        return Call(
            key=origin.key,
            line=line,
            author=Author(origin.user, self._directory.name(origin.user)),
            channel=origin.channel,
            at=self._now(),
            slash=self._slash,
            reply_url=origin.reply_url or None,
        )


_STALE = Refusal("that button can no longer be used.", "Type the command again.")


def turned_away(refusal: Refusal, call: Call, *, writes: bool = True) -> Answer:
    """As every refusal looks, but its remedy may name a channel in Slack's markup."""
    said = commands.refused(Refusal(refusal.problem), replace(call, line=""), writes=writes).text
    lines = (said, refusal.remedy, commands.handed_back(call))
    return Answer("\n".join(line for line in lines if line), refused=True)


def may_save(line: str) -> bool:
    """False for a subcommand that only looks."""
    try:
        return split(line, commands.COMMANDS)[0].writes
    except Refusal:
        return True


def _subcommand(line: str) -> str:
    """Its name, however it was written; what is none is not repeated."""
    try:
        return split(line, commands.COMMANDS)[0].name
    except Refusal:
        return "none"


def not_saved_after_all(call: Call) -> Answer:
    """The database is back and does not have it."""
    refusal = Refusal("the database lost it before it was saved.", "Press Try again, or retype it.")
    return replace(commands.refused(refusal, call), buttons=commands.unavailable(call).buttons)
