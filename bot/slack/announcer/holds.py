"""Who has to wait, and until when: all of Slack, a channel, an incident."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.waiting import Wait, is_waiting, wait_for
from bot.slack.client import NoEffect

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(seconds=15)


class Holds:
    """What keeps whoever writes to channels from the next call. Forgotten on a restart, and then
    learnt anew.
    """

    def __init__(self, pace: timedelta) -> None:
        self._pace = pace
        self._everything: Wait | None = None
        self._pause = _FIRST_PAUSE
        self._channels: dict[str, Wait] = {}
        self._paced: dict[str, Wait] = {}
        self._incidents: dict[int, Wait] = {}

    def everything(self, now: datetime) -> bool:
        return is_waiting(self._everything, now)

    def after(self, failure: NoEffect, channel: str, now: datetime) -> None:
        """Slack said how long to wait, or nothing at all."""
        if failure.retry_after is None:
            self._slack_is_away(now)
        else:
            self.hold_channel(channel, timedelta(seconds=failure.retry_after), now)

    def _slack_is_away(self, now: datetime) -> None:
        """Nobody answers: leave it alone for a while, longer each time."""
        self._everything = wait_for(self._pause, now)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def all_is_well(self) -> None:
        self._everything, self._pause = None, _FIRST_PAUSE

    def posting(self, channel: str, now: datetime) -> Wait | None:
        """What has to pass before the channel takes its next message."""
        waits = (self._everything, self._channels.get(channel), self._paced.get(channel))
        return _longest(waits, now)

    def calling(self, channel: str, now: datetime) -> Wait | None:
        """The same for any call; edits have no pace of their own."""
        return _longest((self._everything, self._channels.get(channel)), now)

    def posted(self, channel: str, now: datetime) -> None:
        """Slack takes one message a second in each channel."""
        self._paced[channel] = wait_for(self._pace, now)

    def hold_channel(self, channel: str, span: timedelta, now: datetime) -> None:
        self._channels[channel] = wait_for(span, now)

    def incident(self, number: int, now: datetime) -> bool:
        if is_waiting(self._incidents.get(number), now):
            return True
        self._incidents.pop(number, None)
        return False

    def hold_incident(self, number: int, wait: Wait) -> None:
        self._incidents[number] = wait

    def release_incident(self, number: int, wait: Wait | None) -> None:
        """It went as it should, or has to wait."""
        self._incidents.pop(number, None)
        if wait:
            self._incidents[number] = wait


def _longest(waits: Iterable[Wait | None], now: datetime) -> Wait | None:
    lasting = [wait for wait in waits if wait and wait.lasts(now)]
    return max(lasting, key=lambda wait: wait.until, default=None)
