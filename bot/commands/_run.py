"""From a typed line to an answer: read it, carry it out in one transaction, once."""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.commands import _answer
from bot.commands._answer import Answer, Ask, Call
from bot.commands._registry import commands_about
from bot.core.errors import Refusal
from bot.core.grammar import Command, Vocabulary, read, split
from bot.core.status import Kind
from bot.core.text import clean
from storage.database import Database
from storage.engines import WAIT
from storage.errors import LedgerUnavailable, OutcomeUnknown, WrongLedger
from storage.ledger import Cause, Ledger
from storage.requests import Request

log = logging.getLogger(__name__)

PATIENCE = 2.5  # seconds until a command is refused because the ledger does not answer
_PAUSE = 0.1
SAME_WORDS = timedelta(minutes=2)  # the same line again within these is a repetition


def run(call: Call, database: Database) -> Answer:
    """Carry out a line and answer it. The answer is final once this returns.

    A repeated key changes nothing and answers the same.
    """
    writes = True
    try:
        _refuse_what_no_database_keeps(call.line)
        command, rest = split(call.line, commands_about(call.about))
        writes = command.writes
        if not writes:
            return _look(command, rest, call, database)
        return _tell_within_patience(command, rest, call, database)
    except Refusal as refusal:
        return _answer.refused(refusal, call, writes=writes)
    except OutcomeUnknown:
        return _answer.outcome_unknown(call)
    except (LedgerUnavailable, WrongLedger) as error:
        log.warning("the ledger does not answer", extra={"reason": str(error)})
        return _answer.unavailable(call, writes=writes)


def choose(call: Call, database: Database) -> Answer:
    """Carry out the line kept under `call.key`, for the incident `call.number`."""
    try:
        with database.read() as ledger:
            asked = ledger.requests.get(call.key)
    except LedgerUnavailable as error:
        log.warning("the ledger does not answer", extra={"reason": str(error)})
        return _answer.unavailable(call)
    if asked is None or asked.author_id != call.author.id:
        return _answer.refused(Refusal("that question is gone.", "Type the line again."), call)
    return run(replace(call, line=asked.line), database)


def settled(call: Call, database: Database, *, within: float = WAIT) -> Answer | None:
    """What became of a call whose outcome was unknown; None if it was not saved.

    Looks under the page's lock, which a commit still in flight would hold, and commits, which a
    server that was replaced never does. Raises LedgerUnavailable while there is nobody to ask.
    """
    with database.telling(_cause(call, "settle"), within=within) as ledger:
        found = ledger.requests.get(call.key)
    return Answer.from_json(found.answer) if found else None


def _refuse_what_no_database_keeps(line: str) -> None:
    if line.strip():
        clean(line, limit=len(line), what="line")


def _look(command: Command, rest: str, call: Call, database: Database) -> Answer:
    with database.read() as ledger:
        return _handle(command, rest, call, ledger)


def _tell_within_patience(command: Command, rest: str, call: Call, database: Database) -> Answer:
    give_up = time.monotonic() + PATIENCE
    unknown = call.doubtful
    while True:
        try:
            if unknown:  # a server that was replaced refuses too, but does not get past this
                settled(call, database, within=give_up - time.monotonic())
            return _tell(command, rest, call, database, within=give_up - time.monotonic())
        except (LedgerUnavailable, WrongLedger) as error:  # the key makes another attempt safe
            unknown = unknown or isinstance(error, OutcomeUnknown)
            time.sleep(_PAUSE)
            if time.monotonic() + 5 * _PAUSE < give_up:
                continue
            raise (OutcomeUnknown if unknown else LedgerUnavailable)(str(error)) from error


def _tell(command: Command, rest: str, call: Call, database: Database, *, within: float) -> Answer:
    with database.telling(_cause(call, _what(command, call)), within=within) as ledger:
        asked = ledger.requests.get(call.key)
        if asked and (asked.revision is not None or call.number is None):
            return _repeated(asked, call)
        if not asked and (said := _said_before(_what(command, call), call, ledger)):
            answer = _answer.already(Answer.from_json(said.answer))
            ledger.requests.add(_request(replace(call, reply_url=None), answer, said.revision))
            return answer
        try:
            answer = _handle(command, rest, call, ledger)
        except Ask as ask:
            answer = _answer.asking(ask, call)
        request = _request(call, answer, ledger.revision if answer.saved else None)
        if asked:
            ledger.requests.complete(request)
        else:
            ledger.requests.add(request)
        return answer


def _what(command: Command, call: Call) -> str:
    """The subcommand as the audit has it: the same word may stand in both languages."""
    return command.name if call.about is Kind.INCIDENT else f"{call.about.value} {command.name}"


def _cause(call: Call, what: str) -> Cause:
    return Cause(call.key, what, call.author, call.at)


def _repeated(asked: Request, call: Call) -> Answer:
    if asked.line != call.line or asked.author_id != call.author.id:
        raise Refusal("this request was used for another line already.", "Type it again.")
    return Answer.from_json(asked.answer)


def _said_before(what: str, call: Call, ledger: Ledger) -> Request | None:
    return ledger.requests.said(
        what, call.line, call.author.id, call.channel, at=call.at, within=SAME_WORDS
    )


def _handle(command: Command, rest: str, call: Call, ledger: Ledger) -> Answer:
    values = dict(read(command, rest, _vocabulary(call, ledger)))
    if call.number is not None:
        values["incident"] = call.number
    answer: Answer = command.handle(call, ledger, **values)
    return answer


def _vocabulary(call: Call, ledger: Ledger) -> Vocabulary:
    names: Mapping[str, str] = {
        component.slug: component.name for component in ledger.components if not component.is_group
    }
    return Vocabulary(components=names, zone=ledger.page.zone, now=call.at, slash=call.slash)


def _request(call: Call, answer: Answer, revision: int | None) -> Request:
    return Request(
        key=call.key,
        line=call.line,
        author_id=call.author.id,
        channel=call.channel,
        at=call.at,
        answer=answer.to_json(),
        revision=revision,
        reply_url=call.reply_url if answer.saved else None,
    )
