"""Mistakes made on purpose, each a setup of a child: the harness has to see every one of them.

They are the usual ones: most bots answer first and store then, post again what timed out, write
files by rename alone, and follow a sequence's numbers. (The unconditional put is in targets/.)
"""

import os
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select, update

from bot.commands import _answer, _run
from bot.core.incident import Incident
from bot.publish.targets import folder
from bot.slack.announcer import lookup
from bot.slack.announcer.lookup import Found
from storage import ledger as ledgers
from storage import questions, schema
from storage.errors import LedgerUnavailable, OutcomeUnknown
from storage.ledger import Telling

SLOW = "slow-commit"  # in an update's text: its transaction takes its time
_HIGHEST = 2**30  # revision, above any
_LATE = 1.8  # seconds: the page shows the next change by then, and nobody's patience is over


def ack_before_commit() -> None:
    """The answer leaves as soon as it is known, and the transaction commits behind it."""
    tell, handle, finish = _run._tell, _run._handle, Telling.finish
    mine = threading.local()

    def early(*arguments: Any, **named: Any) -> Any:
        promise: Future[Any] = Future()

        def work() -> None:
            mine.promise = promise
            try:
                promise_at_last(promise, tell(*arguments, **named))
            except BaseException as error:  # noqa: BLE001 -- it is the caller's
                if not promise.done():
                    promise.set_exception(error)

        threading.Thread(target=work).start()
        return promise.result()

    def handled(*arguments: Any) -> Any:
        mine.answer = handle(*arguments)
        return mine.answer

    def finished(telling: Telling) -> Any:
        done = finish(telling)
        if promise := getattr(mine, "promise", None):
            promise_at_last(promise, mine.answer)
            time.sleep(0.2)  # until it has left the process, which a trap may kill here
        return done

    vars(_run).update(_tell=early, _handle=handled)
    Telling.finish = finished  # type: ignore[assignment,method-assign]


def promise_at_last(promise: Future[Any], answer: Any) -> None:
    if not promise.done():
        promise.set_result(answer)


def lose_outcomes() -> None:
    """No mistake, but what one needs: of every other commit nobody hears, for a while of none."""
    tell, numbers = _run._tell, count()
    back: dict[str, float] = {}  # of each key, when its ledger answers again

    def told(command: Any, rest: str, call: Any, *database: Any, within: float) -> Any:
        if is_new := call.key not in back:
            back[call.key] = time.monotonic() + _run.PATIENCE * (next(numbers) % 2)
        elif time.monotonic() < back[call.key]:
            raise LedgerUnavailable("away")
        answer = tell(command, rest, call, *database, within=within)
        if is_new and time.monotonic() < back[call.key]:
            raise OutcomeUnknown("in doubt")
        return answer

    vars(_run)["_tell"] = told


def refuse_what_is_in_doubt() -> None:
    """Whoever does not hear of their commit says that it came to nothing."""
    vars(_answer)["outcome_unknown"] = _answer.unavailable


def post_without_read_back() -> None:
    """A post whose outcome is not known is simply sent again."""
    vars(lookup)["Lookup"].find = lambda *_: {}


def take_what_is_found_for_current() -> None:
    """A message that was posted and not stored is found again, and never looked at any more."""
    vars(lookup)["Found"] = lambda ts, _: Found(ts, _HIGHEST)


def rename_without_fsync() -> None:
    """Files are written beside and renamed, which is atomic, and nothing makes them durable."""

    def write(path: Path, body: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        os.write(descriptor, body)
        os.close(descriptor)

    vars(folder).update(_write=write, _sync_folder=lambda _: None)


def cursor_by_serial() -> None:
    """Revisions come from a sequence, no lock is taken, and the publisher follows the numbers."""
    address = os.environ["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection, suppress(psycopg.Error):
        row = connection.execute("SELECT revision + 1 FROM page").fetchone()
        assert row
        connection.execute(f"CREATE SEQUENCE IF NOT EXISTS serial START {row[0]}".encode())
    questions.PAGE_LOCKED = questions.PAGE
    ledgers._UPDATE_PAGE = update(schema.page).where(_is_newer())
    append = Telling.append

    def serial(telling: Telling) -> int:
        return int(telling.connection.execute(select(func.nextval("serial"))).scalar_one())

    def slowly(telling: Telling, incident: Incident) -> Incident:
        stored = append(telling, incident)
        if SLOW in incident.updates[-1].text:
            Path(SLOW).touch()  # so that whoever is to overtake it knows when
            time.sleep(_LATE)
        return stored

    revision = cached_property(serial)
    revision.__set_name__(Telling, "revision")
    Telling.revision = revision  # type: ignore[assignment,method-assign]
    Telling.append = slowly  # type: ignore[assignment,method-assign]


def _is_newer() -> Any:
    newest = select(func.max(schema.change.c.revision)).scalar_subquery()
    return schema.page.c.revision < newest
