"""Telling the channel that the public page is behind, once, and once more when that is over."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.text import escape_slack
from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.announcer.began import Began
from bot.slack.announcer.holds import Holds
from bot.slack.announcer.page_news import (
    Kind,
    News,
    bad_news,
    good_news,
    is_in_trouble,
    lacks_something,
)
from bot.slack.announcer.page_posts import PagePosts, Place, Sent
from bot.slack.client import Client, NoEffect, Permanent, SlackFailure
from storage.database import Database
from storage.publications import Publication

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=10)  # a target may hiccup
STEADY = timedelta(minutes=1)  # up to date for so long, it is well; a flap is one story
_PAUSE = timedelta(seconds=30)  # by then Slack has what it was sent, or never


class PageTrouble:
    """The step that tells of targets in trouble."""

    def __init__(
        self,
        database: Database,
        client: Client,
        holds: Holds,
        channels: Sequence[str],
        targets: Sequence[str],
    ) -> None:
        self._database = database
        self._holds = holds
        self._channels = tuple(channels)
        self._targets = tuple(targets)
        self._posts = PagePosts(client, holds)
        self._well: dict[str, Wait] = {}  # targets that were in trouble, since they are not
        self._wait: Wait | None = None

    def sync(self, now: datetime) -> bool:
        """Tell of one target whose state the channel has not heard."""
        if is_waiting(self._wait, now):
            return False
        with self._database.read() as ledger:
            targets = [ledger.publications.get(target) for target in self._targets]
            url = ledger.page.url
        for one in targets:
            if overtaken := self._overtaken(one):
                return self._settle(one, overtaken, Began(now))
            may_flap = self._may_flap(one, now) and not one.recovered
            if not may_flap and (due := news(one, url, now)):
                return self._tell(one, due, Began(now))
        return False

    def _overtaken(self, one: Publication) -> Mapping[Place, Sent]:
        """Posts of what is no longer so, while the ledger does not know who read them."""
        if is_in_trouble(one) != (one.told_at is not None):
            return {}
        return self._posts.of(one.target, Kind.WELL if is_in_trouble(one) else Kind.TROUBLE)

    def _settle(self, one: Publication, overtaken: Mapping[Place, Sent], began: Began) -> bool:
        """Learn whether anybody read it, as what has to be said next depends on that."""
        read = [self._was_read(place, sent, began) for place, sent in overtaken.items()]
        if None in read and not any(read):
            return False
        self._wait = None
        if any(read):
            self._heard(one, began)
        self._posts.forget(one.target, Kind.TROUBLE, Kind.WELL)
        return True

    def _was_read(self, place: Place, sent: Sent, began: Began) -> bool | None:
        """None: that cannot be said yet."""
        if sent.arrived:
            return True
        if self._holds.calling(place.channel, began.now()):
            return None
        try:
            return self._posts.stands(place, sent)
        except Permanent:
            return True  # nobody will ever know: an end too many is better than none
        except SlackFailure as failure:
            self._after(failure, place.channel, began.now())
            return None

    def _may_flap(self, one: Publication, now: datetime) -> bool:
        """True for a target that was in trouble, and has not been well for long."""
        if not _is_over(one):
            self._well.pop(one.target, None)
            return False
        return self._well.setdefault(one.target, wait_for(STEADY, now)).lasts(now)

    def _tell(self, one: Publication, due: News, began: Began) -> bool:
        if not self._heard_by_some(one.target, due, began):
            return False
        self._wait = None
        if due.kind is Kind.CAME_BACK:
            with self._database.write() as ledger:
                ledger.publications.heard(one)
            self._posts.forget(one.target, Kind.CAME_BACK)
        else:
            self._heard(one, began)
            self._posts.forget(one.target, Kind.TROUBLE, Kind.WELL)
        return True

    def _heard(self, one: Publication, began: Began) -> None:
        """Note that the channel heard of trouble, or that it is over."""
        with self._database.write() as ledger:
            ledger.publications.told(one.target, began.at if one.told_at is None else None)

    def _heard_by_some(self, target: str, due: News, began: Began) -> bool:
        """Tell every channel; a channel that will not have us keeps no other from hearing it."""
        heard, may_hear = 0, 0
        for channel in self._channels:
            place = Place(target, due.kind, channel)
            is_there = self._posts.arrived(place, due.text)
            if not is_there and self._holds.posting(channel, began.now()):
                may_hear += 1
                continue
            try:
                self._posts.post(place, due.text, began)
                heard += 1
            except SlackFailure as failure:
                self._after(failure, channel, began.now())
                may_hear += not isinstance(failure, Permanent)
        return heard > 0 and may_hear == 0

    def _after(self, failure: SlackFailure, channel: str, now: datetime) -> None:
        log.warning("Slack was not told of the page", extra={"error": failure.error})
        if isinstance(failure, NoEffect):
            self._holds.after(failure, channel, now)
        else:
            self._wait = wait_for(_PAUSE, now)


def news(one: Publication, url: str, now: datetime) -> News | None:
    """What the channel has to hear of a target; nothing when it knows."""
    if one.recovered:
        return News(Kind.CAME_BACK, escape_slack(one.recovered))
    is_late = one.behind_since is not None and now - one.behind_since >= PATIENCE
    if one.told_at is None and (one.stopped or is_late or lacks_something(one)):
        return bad_news(one, url)
    return good_news(one, url) if _is_over(one) else None


def _is_over(one: Publication) -> bool:
    return one.told_at is not None and not is_in_trouble(one)
