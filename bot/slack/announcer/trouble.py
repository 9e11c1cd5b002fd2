"""Telling the channel that the public page is behind, once, and once more when that is over."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.text import escape_slack
from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.client import Ambiguous, Client, Permanent, SlackFailure
from storage.database import Database
from storage.publications import Publication

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)  # a target may hiccup
_PAUSE = timedelta(seconds=30)  # by then Slack has what it was sent, or never
_NEWEST = 15  # messages; what the strictest kind of app may ask for


class PageTrouble:
    """The step that tells of targets in trouble."""

    def __init__(
        self,
        database: Database,
        client: Client,
        channels: Sequence[str],
        targets: Sequence[str],
    ) -> None:
        self._database = database
        self._client = client
        self._channels = tuple(channels)
        self._targets = tuple(targets)
        self._heard: set[tuple[str, str, str]] = set()  # so that a retry repeats nothing
        self._unsure: set[tuple[str, str, str]] = set()  # posts whose outcome nobody knows
        self._wait: Wait | None = None

    def sync(self, now: datetime) -> bool:
        """Tell of one target whose state the channel has not heard."""
        if is_waiting(self._wait, now):
            return False
        with self._database.read() as ledger:
            targets = [ledger.publications.get(target) for target in self._targets]
            url = ledger.page.url
        for one in targets:
            if text := news(one, url, now):
                return self._tell(one, text, now)
        return False

    def _tell(self, one: Publication, text: str, now: datetime) -> bool:
        if not self._heard_by_some(one.target, text):
            self._wait = wait_for(_PAUSE, now)
            return False
        with self._database.write() as ledger:
            if one.recovered:
                ledger.publications.heard(one)
            else:
                ledger.publications.told(one.target, now if one.told_at is None else None)
        self._heard = {heard for heard in self._heard if heard[0] != one.target}
        self._unsure = {unsure for unsure in self._unsure if unsure[0] != one.target}
        return True

    def _heard_by_some(self, target: str, text: str) -> bool:
        """Tell every channel; a channel that will not have us keeps no other from hearing it."""
        heard, may_hear = 0, 0
        for channel in self._channels:
            try:
                self._post(target, channel, text)
                heard += 1
            except SlackFailure as failure:
                log.warning("Slack was not told of the page", extra={"error": failure.error})
                may_hear += not isinstance(failure, Permanent)
        return heard > 0 and may_hear == 0

    def _post(self, target: str, channel: str, text: str) -> None:
        heard = (target, channel, text)
        if heard in self._heard or (heard in self._unsure and self._is_there(channel, text)):
            self._heard.add(heard)
            return
        try:
            self._client.call(
                "chat.postMessage",
                channel=channel,
                text=text,
                parse="none",
                unfurl_links=False,
                unfurl_media=False,
            )
        except Ambiguous:
            self._unsure.add(heard)
            raise
        self._heard.add(heard)
        self._unsure.discard(heard)

    def _is_there(self, channel: str, text: str) -> bool:
        """Among the newest messages; looked for long after Slack must have taken it."""
        said = self._client.call("conversations.history", channel=channel, limit=_NEWEST)
        return any(one.get("bot_id") and one.get("text") == text for one in said["messages"])


def news(one: Publication, url: str, now: datetime) -> str:
    """What the channel has to hear of a target; empty when it knows."""
    if one.recovered:
        return escape_slack(one.recovered)
    is_late = one.behind_since is not None and now - one.behind_since >= PATIENCE
    if one.told_at is None and (one.stopped or is_late):
        return _bad_news(one, url)
    if one.told_at is not None and not one.stopped and one.behind_since is None:
        return f"{_page(url)} is up to date again: {_target(one)} shows revision {one.revision}."
    return ""


def _bad_news(one: Publication, url: str) -> str:
    reason = escape_slack(one.error or "it does not answer")
    if one.stopped:
        return f"{_page(url)} is no longer published to {_target(one)}: {reason}"
    since = int(one.behind_since.timestamp()) if one.behind_since else 0
    when = f"<!date^{since}^{{time}}|{one.behind_since:%H:%M} UTC>"
    return (
        f"{_page(url)} is behind since {when}: {_target(one)} cannot be written ({reason}). "
        "What you type is saved; publishing is tried again until it works."
    )


def _page(url: str) -> str:
    return f"<{escape_slack(url)}|The public page>"


def _target(one: Publication) -> str:
    return f"`{escape_slack(one.target)}`"
