"""The second sentence to a command's author: the page shows it, or it is late."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands import Answer
from bot.core.text import escape_slack
from bot.core.waiting import Wait, wait_for
from bot.slack.announcer.began import Began
from bot.slack.client import NoEffect, Permanent, ReplyClient, SlackFailure
from bot.slack.messages import beside
from bot.slack.steps import until_done
from storage.database import Database
from storage.publications import Publication
from storage.requests import REPLY_URL_LIVES, Request

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)  # then the author hears that the page is late

_WITHIN = 2.0
_AGAIN = timedelta(seconds=5)
_MOST_REPLIES = 3


class Replies:
    """The step that completes answers. An address that fails waits; the others go on."""

    def __init__(self, database: Database, http: ReplyClient, targets: Sequence[str]) -> None:
        self._database = database
        self._http = http
        self._targets = tuple(targets)
        self._held: dict[str, Wait] = {}

    def sync(self, now: datetime) -> bool:
        """Tell authors what became of their updates. True when anybody was told."""
        return until_done(self._one, now)

    def _one(self, now: datetime) -> bool:
        with self._database.read() as ledger:
            waiting = ledger.requests.waiting_for_reply()
            targets = [ledger.publications.get(target) for target in self._targets]
            url = ledger.page.url
        if not waiting:
            return False
        if waiting[0].at < now - REPLY_URL_LIVES:
            return self._forget_old(now)
        self._held = {key: wait for key, wait in self._held.items() if wait.lasts(now)}
        for request in waiting:
            if request.key not in self._held and (text := sentence(request, targets, url, now)):
                text += self._refusal(request)
                return self._reply(request, text, is_live(request, targets), now)
        return False

    def _refusal(self, request: Request) -> str:
        """What its author has to know of a channel in which the bot may not speak."""
        with self._database.read() as ledger:
            error = ledger.deliveries.refusal(request.channel)
        if not error:
            return ""
        return (
            f" Its thread has to wait: Slack refuses the bot's messages here "
            f"({escape_slack(error)}); `duckrow doctor` says what to do."
        )

    def _reply(self, request: Request, text: str, is_last: bool, now: datetime) -> bool:
        assert request.reply_url  # noqa: S101 -- what it waits with
        began = Began(now)
        try:
            self._http.post(request.reply_url, beside(Answer(text))[0], within=_WITHIN)
        except SlackFailure as failure:
            log.warning("an author was not told", extra={"error": failure.error})
            self._held[request.key] = wait_for(pause_after(failure), began.now())
            if isinstance(failure, NoEffect):  # the address is as good as before
                return True
            is_last = isinstance(failure, Permanent)
        with self._database.write() as ledger:
            used_up = request.replies + 1 >= _MOST_REPLIES
            ledger.requests.replied(request.key, last=is_last or used_up)
        return True

    def _forget_old(self, now: datetime) -> bool:
        with self._database.write() as ledger:
            return ledger.requests.forget_old_urls(now) > 0


def pause_after(failure: SlackFailure) -> timedelta:
    """How long to leave an address alone."""
    said = failure.retry_after if isinstance(failure, NoEffect) else None
    return max(_AGAIN, timedelta(seconds=said or 0.0))


def is_live(request: Request, targets: Sequence[Publication]) -> bool:
    """Every target shows it."""
    wanted = request.revision or 0
    return all(one.revision >= wanted for one in targets)


def sentence(request: Request, targets: Sequence[Publication], url: str, now: datetime) -> str:
    """What to tell the author now; empty when there is nothing new."""
    subject = Answer.from_json(request.answer).subject
    if is_live(request, targets):
        revision = min(one.revision for one in targets)
        after = _published_at(targets, now) - request.at
        return (
            f"{subject} is live on <{escape_slack(url)}|the page> after "
            f"{max(after.total_seconds(), 0.0):.1f} s (revision {revision})."
        )
    if request.replies == 0 and now - request.at >= PATIENCE:
        return (
            f"{subject} is saved, but the page could not be published yet "
            f"({_reason(request, targets)}). Retrying; nothing is lost."
        )
    return ""


def _published_at(targets: Sequence[Publication], now: datetime) -> datetime:
    """When the last target was written; the marker's own time, where it is known."""
    return min(max(one.checked_at or now for one in targets), now)


def _reason(request: Request, targets: Sequence[Publication]) -> str:
    behind = [one for one in targets if one.revision < (request.revision or 0)]
    return "; ".join(
        f"{escape_slack(one.target)}: {escape_slack(one.error or 'no answer yet')}"
        for one in behind
    )
