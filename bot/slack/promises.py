"""What became of the calls whose outcome nobody knew, told to those who were promised to hear."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from bot import commands
from bot.commands import Answer, Call
from bot.core.errors import Refusal
from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.announcer.began import Began
from bot.slack.client import NoEffect, Permanent, ReplyClient, SlackFailure
from bot.slack.messages import beside
from bot.slack.replies import pause_after
from bot.slack.steps import until_done
from storage.database import Database
from storage.requests import REPLY_URL_LIVES

log = logging.getLogger(__name__)

_WITHIN = 2.0
_MOST_USES = 3  # of an address, of Slack's five: `Replies` may need the others
_MOST = 100


@dataclass(frozen=True)
class Promise:
    """That somebody will hear what became of their call, and what came of telling them."""

    call: Call
    uses: int = 0
    wait: Wait | None = None
    made: float = field(default_factory=time.monotonic)  # a clock may be put forward meanwhile

    def has_its_address(self) -> bool:
        return time.monotonic() - self.made < REPLY_URL_LIVES.total_seconds()

    def after(self, failure: SlackFailure, now: datetime) -> Self | None:
        """What is left to do; None where nothing can be done."""
        uses = self.uses + (not isinstance(failure, NoEffect))
        if isinstance(failure, Permanent) or uses >= _MOST_USES:
            return None
        return replace(self, uses=uses, wait=wait_for(pause_after(failure), now))


class Promises:
    """The step that keeps them. An address that fails waits; the others go on."""

    def __init__(self, database: Database, http: ReplyClient) -> None:
        self._database = database
        self._http = http
        self._open: deque[Promise] = deque(maxlen=_MOST)
        self._in_hand: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, call: Call) -> None:
        """Its author is to hear what became of it, at their newest address; returns at once."""
        with self._lock:
            others = (one for one in self._open if one.call.key != call.key)
            self._open = deque([*others, Promise(call)], maxlen=_MOST)

    def drop(self, key: str) -> None:
        """Its author was answered otherwise."""
        with self._lock:
            self._open = deque((one for one in self._open if one.call.key != key), maxlen=_MOST)

    @contextmanager
    def in_hand(self, key: str) -> Iterator[Callable[[], bool]]:
        """Says whether another attempt at the same request may have saved it, before or just now.

        Slack may deliver a press twice, and people press twice.
        """
        with self._lock:
            self._in_hand[key] += 1
        try:
            yield lambda: self._is_in_doubt(key)
        finally:
            with self._lock:
                self._in_hand[key] -= 1
                self._in_hand += Counter()  # forgets those that nobody has in hand

    def keep(self, now: datetime) -> bool:
        """Tell what can be told, now that the ledger can be asked. True when any was tried."""
        return until_done(self._one, now)

    def _one(self, now: datetime) -> bool:
        began = Began(now)
        promise = self._next(now)
        if promise is None:
            return False
        call = promise.call
        answer = commands.settled(call, self._database) or not_saved_after_all(call)
        if self._is_open(promise):  # else they pressed again meanwhile, and were answered
            self._change(promise, self._tell(promise, answer, began))
        return True

    def _next(self, now: datetime) -> Promise | None:
        with self._lock:
            live = [one for one in self._open if one.has_its_address()]
            self._open = deque(live, maxlen=_MOST)
            return next((one for one in live if not is_waiting(one.wait, now)), None)

    def _is_open(self, promise: Promise) -> bool:
        with self._lock:
            return promise in self._open

    def _is_in_doubt(self, key: str) -> bool:
        with self._lock:
            return self._in_hand[key] > 1 or any(one.call.key == key for one in self._open)

    def _tell(self, promise: Promise, answer: Answer, began: Began) -> Promise | None:
        """What is left of the promise."""
        try:
            for message in beside(answer):
                self._http.post(promise.call.reply_url or "", message, within=_WITHIN)
        except SlackFailure as failure:
            log.warning("an author was not told", extra={"error": failure.error})
            return promise.after(failure, began.now())
        return None

    def _change(self, promise: Promise, left: Promise | None) -> None:
        with self._lock:
            if promise in self._open:  # else newer ones took its place
                self._open.remove(promise)
                if left:
                    self._open.append(left)


def not_saved_after_all(call: Call) -> Answer:
    """The database is back and does not have it."""
    refusal = Refusal("the database lost it before it was saved.", "Press Try again, or retype it.")
    return replace(commands.refused(refusal, call), buttons=commands.unavailable(call).buttons)
