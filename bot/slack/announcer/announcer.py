"""Brings Slack up to date with the ledger, one call at a time, incident by incident."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.waiting import Wait, wait_for
from bot.slack.announcer.holds import Holds
from bot.slack.announcer.plan import Edit, Post, Settle, Step, plan
from bot.slack.announcer.poster import PACE, Poster
from bot.slack.announcer.story import Story
from bot.slack.client import Client, NoEffect, Permanent, SlackFailure
from bot.slack.steps import until_done
from storage.database import Database

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=12)  # longer than a post's time-out: by then Slack has it, or never

_MOST_INCIDENTS = 1000
_SUSPECT = timedelta(minutes=1)  # for an incident whose step broke
_AGAIN = timedelta(seconds=5)  # after an answer that never came, to a call that is safe to repeat
_REFUSED = timedelta(minutes=1)  # for a channel, or an incident, that Slack will not have
_OF_ALL = frozenset(  # refusals that concern every message to the channel, not the one at hand
    {
        *("is_archived", "is_inactive", "channel_not_found", "not_in_channel"),
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
        *("missing_scope", "not_allowed_token_type", "org_login_required", "ekm_access_denied"),
        *("access_denied", "no_permission", "team_access_not_granted", "team_not_found"),
    }
)


class Announcer:
    """The step that tells Slack. An incident in trouble waits; the others go on."""

    def __init__(
        self,
        database: Database,
        client: Client,
        channels: Sequence[str],
        *,
        settle: timedelta = SETTLE,
        pace: timedelta = PACE,
    ) -> None:
        self._database = database
        self._channels = tuple(channels)
        self._settle = settle
        self._holds = Holds(pace)
        self._poster = Poster(database, client)

    def sync(self, now: datetime) -> bool:
        """Tell what Slack has not seen. True when anything was done."""
        return until_done(self._one, now)

    def _one(self, now: datetime) -> bool:
        if self._holds.everything(now):
            return False
        with self._database.read() as ledger:
            if not ledger.slack().bot:
                return False  # without knowing ourselves we could not recognise our own messages
            untold = ledger.deliveries.untold(limit=_MOST_INCIDENTS)
        waiting = (number for number in untold if not self._holds.incident(number, now))
        return any(self._advance(number, now) for number in waiting) or self._sweep(now)

    def _advance(self, number: int, now: datetime) -> bool:
        story = self._read(number)
        step = plan(story.incident, story.deliveries)
        if step is None:
            return self._told(story)
        if wait := self._wait(step, story, now):
            self._holds.hold_incident(number, wait)
            return False
        # If this breaks, the others go on.
        self._holds.hold_incident(number, wait_for(_SUSPECT, now))
        self._holds.release_incident(number, self._attempt(step, story, now))
        return True

    def _read(self, number: int) -> Story:
        with self._database.read() as ledger:
            incident = ledger.incident(number)
            assert incident is not None, number  # noqa: S101 -- the ledger deletes nothing
            return Story(
                incident=incident,
                page=ledger.page,
                names={one.id: one.slug for one in ledger.components},
                deliveries=ledger.deliveries.of(incident.id),
                home=self._home(incident.channel),
            )

    def _home(self, channel: str) -> str:
        """Incidents typed outside Slack are told in the first channel."""
        return channel or next(iter(self._channels), "")

    def _told(self, story: Story) -> bool:
        with self._database.write() as ledger:
            ledger.deliveries.told(story.incident.number, story.incident.revision)
        return True

    def _wait(self, step: Step, story: Story, now: datetime) -> Wait | None:
        match step:
            case Post():
                return self._holds.posting(story.home, now)
            case Settle(delivery):
                assert delivery.attempt_at  # noqa: S101 -- what makes it a Settle
                begun = wait_for(self._settle, delivery.attempt_at)
                return begun if begun.lasts(now) else self._holds.calling(delivery.channel, now)
            case Edit(delivery=delivery):
                return self._holds.calling(delivery.channel, now)

    def _attempt(self, step: Step, story: Story, now: datetime) -> Wait | None:
        """Take the step; how long to wait before the next try, or None when it went well."""
        began = time.monotonic()
        try:
            self._take(step, story, now)
        except SlackFailure as failure:
            log.warning(
                "Slack was not told",
                extra={
                    "incident": story.incident.number,
                    "step": type(step).__name__,
                    "error": failure.error,
                },
            )
            return self._after(failure, story.home, now + _passed(began))
        self._holds.all_is_well()
        return None

    def _take(self, step: Step, story: Story, now: datetime) -> None:
        match step:
            case Post(wanted, again):
                self._holds.posted(story.home, now)
                self._poster.post(story, wanted, again, now)
            case Settle(delivery):
                self._poster.settle(story, delivery, now)
            case Edit(wanted, delivery):
                self._poster.edit(story, wanted, delivery)

    def _after(self, failure: SlackFailure, channel: str, now: datetime) -> Wait | None:
        match failure:
            case NoEffect(retry_after=None):
                self._holds.slack_is_away(now)
                return None
            case NoEffect(retry_after=float(seconds)):
                self._holds.hold_channel(channel, timedelta(seconds=seconds), now)
                return None
            case Permanent(error=error) if error in _OF_ALL or error.startswith("restricted_"):
                self._holds.hold_channel(channel, _REFUSED, now)
                return None
            case Permanent():  # an incident that nobody may be told of keeps no other waiting
                return wait_for(_REFUSED, now)
        return wait_for(_AGAIN, now)

    def _sweep(self, now: datetime) -> bool:
        try:
            return self._poster.sweep(now)
        except SlackFailure as failure:
            log.warning("no sweep for doubled messages", extra={"error": failure.error})
            return False


def _passed(began: float) -> timedelta:
    """Slack's Retry-After counts from its answer, however long that took."""
    return timedelta(seconds=time.monotonic() - began)
