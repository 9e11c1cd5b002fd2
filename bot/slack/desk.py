"""Where commands and pressed buttons are answered: access first, then the ledger, then the words.

Nothing here knows Bolt; nothing here calls Slack, but for one look at somebody unknown.
"""

import logging
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
from bot.slack.promises import Promises
from bot.slack.replier import Replier
from storage.database import Database

log = logging.getLogger(__name__)


class Desk:
    """Answers what people type and press."""

    def __init__(
        self,
        database: Database,
        access: Access,
        directory: Directory,
        replier: Replier,
        promises: Promises,
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
        self._promises = promises
        self._now = now
        self._slash = slash

    def command(self, origin: Origin, line: str) -> Json:
        """The message that answers a typed line, which is in the ledger by then, or is not."""
        first, *more = ephemeral(self._commanded(origin, line))
        self._send(origin.reply_url, more)
        return first

    def press(self, origin: Origin, press: Press | None) -> None:
        """Carry out a pressed button. A question stays, buttons and all, until it is answered."""
        self._send(origin.reply_url, self._pressed(origin, press))

    def settle(self, now: datetime) -> bool:
        """Finish the answers whose outcome was unknown, now that the ledger can be asked."""
        return self._promises.keep(now)

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
        doubtful = value.get("doubtful") is True
        call = self._call(origin, line if isinstance(line, str) else "")
        if refusal := self._access.refusal(origin, call.at):
            self._tell(call, "turned_away")
            return beside(turned_away(refusal, call, writes=not doubtful))
        if not isinstance(key, str) or not key.startswith(f"{origin.team}:{origin.app}:"):
            return replacing(turned_away(_STALE, call))
        match press:
            case Press(action="choose") if isinstance(number, int):
                answer = self._answered(commands.choose, replace(call, key=key, number=number))
                return replacing(answer) if answer.saved else beside(answer)
            case Press(action="retry"):
                again = replace(call, key=key, doubtful=doubtful)
                return replacing(self._answered(commands.run, again))
        return replacing(turned_away(_STALE, call))

    def _answered(self, carry_out: Callable[[Call, Database], Answer], call: Call) -> Answer:
        outcome = "failed"
        try:
            answer = self._certain(carry_out, call)
            outcome = answer.outcome
        finally:
            self._tell(call, outcome)
        if answer.unknown:
            log.warning("it is not known yet whether a command was saved", extra={"key": call.key})
            self._promises.add(call)
        else:
            self._promises.drop(call.key)
        return answer

    def _certain(self, carry_out: Callable[[Call, Database], Answer], call: Call) -> Answer:
        """An answer that does not say "Not saved" while another attempt may have saved it."""
        with self._promises.in_hand(call.key) as is_in_doubt:
            answer = carry_out(call, self._database)
            if answer.away and is_in_doubt():
                return commands.outcome_unknown(replace(call, doubtful=True))
            return answer

    def _tell(self, call: Call, outcome: str) -> None:
        seconds = (self._now() - call.at).total_seconds()
        self._observer.answered(_subcommand(call.line), outcome, max(seconds, 0.0))

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
