"""Brings Slack up to date with the ledger, one call at a time, incident by incident."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.core.errors import Trouble
from bot.core.incident import Incident
from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.announcer.began import Began
from bot.slack.announcer.books import Books
from bot.slack.announcer.doubts import Doubts
from bot.slack.announcer.finder import Finder
from bot.slack.announcer.holds import Holds
from bot.slack.announcer.lookup import Lookup
from bot.slack.announcer.plan import Edit, Look, Post, Repeat, Settle, Step, plan
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
        turn: Callable[[], int] = lambda: 0,
    ) -> None:
        self._database = database
        self._channels = tuple(channels)
        self._settle = settle
        self.holds = Holds(pace)
        self._doubts = Doubts(turn)
        books, lookup = Books(database, self._doubts.wrote), Lookup(database, client)
        self._poster = Poster(client, books, lookup)
        self._finder = Finder(client, books, lookup)

    def sync(self, now: datetime) -> bool:
        """Tell what Slack has not seen. True when anything was done."""
        return until_done(self._one, now)

    def _one(self, now: datetime) -> bool:
        if self.holds.everything(now):
            return False
        began = Began(now)
        with self._database.read() as ledger:
            if not ledger.slack().bot:
                return False  # without knowing ourselves we could not recognise our own messages
            untold = ledger.deliveries.untold(limit=_MOST_INCIDENTS)
            self._doubts.look(ledger, untold)
        waiting = (number for number in untold if not self.holds.incident(number, now))
        return any(self._advance(number, began) for number in waiting) or self._sweep(now)

    def _advance(self, number: int, began: Began) -> bool:
        """Take the incident's next step."""
        story = self._read(number)
        if self._doubts.about(number):
            return self._look_for(story.incident)
        step = plan(story.incident, story.deliveries)
        if step is None:
            return self._told(story)
        if wait := self._wait(step, story, began.at):
            if not isinstance(step, Repeat):  # else what is new would wait with it
                self.holds.hold_incident(number, wait)
            return False
        # If this breaks, the others go on.
        self.holds.hold_incident(number, wait_for(_SUSPECT, began.at))
        try:
            wait = self._attempt(step, story, began)
        except Trouble:  # a ledger that is away is not this incident's fault
            self.holds.release_incident(number, None)
            raise
        self.holds.release_incident(number, wait)
        return True

    def _look_for(self, incident: Incident) -> bool:
        with self._database.write() as ledger:
            ledger.deliveries.look_for(incident)
        self._doubts.settle(incident.number)
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
                channels=self._all_channels(incident.channel),
            )

    def _all_channels(self, typed_in: str) -> tuple[str, ...]:
        """Incidents typed outside Slack are told in the first channel."""
        return tuple(dict.fromkeys(filter(None, (typed_in, *self._channels))))

    def _told(self, story: Story) -> bool:
        incident = story.incident
        with self._database.write() as ledger:
            ledger.deliveries.hold(incident.id)
            if ledger.deliveries.of(incident.id) == story.deliveries:  # else look once more
                ledger.deliveries.told(incident.number, incident.revision)
        return True

    def _wait(self, step: Step, story: Story, now: datetime) -> Wait | None:
        match step:
            case Post():
                return self.holds.posting(story.home, now)
            case Settle(delivery):
                begun = self._settling(delivery.attempt_at, now)
                return begun or self.holds.calling(delivery.channel, now)
            case Repeat(delivery=delivery):
                begun = self._settling(delivery.edit_at, now)
                return begun or self.holds.calling(delivery.channel, now)
            case Look():  # for what nobody is posting any more
                return self.holds.calling(story.home, now)
            case Edit(delivery=delivery):
                return self.holds.calling(delivery.channel, now)

    def _settling(self, begun: datetime | None, now: datetime) -> Wait | None:
        """As long as Slack may still carry out what was begun then."""
        wait = wait_for(self._settle, begun) if begun else None
        return wait if is_waiting(wait, now) else None

    def _attempt(self, step: Step, story: Story, began: Began) -> Wait | None:
        """Take the step; how long to wait before the next try, or None when it went well."""
        try:
            self._take(step, story, began)
        except SlackFailure as failure:
            log.warning(
                "Slack was not told",
                extra={
                    "incident": story.incident.number,
                    "step": type(step).__name__,
                    "error": failure.error,
                },
            )
            return self._after(failure, story.home, began.now())
        self.holds.all_is_well()
        return None

    def _take(self, step: Step, story: Story, began: Began) -> None:
        now = began.at
        match step:
            case Post(wanted, again):
                self.holds.posted(story.home, now)
                self._poster.post(story, wanted, again, began)
            case Settle(delivery):
                self._finder.settle(delivery, now)
            case Look(sought):
                self._finder.look(story, sought, now)
            case Edit(wanted, delivery) | Repeat(wanted, delivery):
                doubt = delivery.edit_at if self._settling(delivery.edit_at, now) else None
                self._poster.edit(story, wanted, delivery, began, doubt=doubt)

    def _after(self, failure: SlackFailure, channel: str, now: datetime) -> Wait | None:
        match failure:
            case NoEffect():
                self.holds.after(failure, channel, now)
                return None
            case Permanent(error=error) if error in _OF_ALL or error.startswith("restricted_"):
                self.holds.hold_channel(channel, _REFUSED, now)
                return None
            case Permanent():  # an incident that nobody may be told of keeps no other waiting
                return wait_for(_REFUSED, now)
        return wait_for(_AGAIN, now)

    def _sweep(self, now: datetime) -> bool:
        try:
            return self._finder.sweep(now)
        except SlackFailure as failure:
            log.warning("no sweep for doubled messages", extra={"error": failure.error})
            return False
