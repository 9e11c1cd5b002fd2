"""Who has to wait, and until when: all of Slack, a channel, an incident."""

from datetime import datetime, timedelta

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(seconds=15)


class Holds:
    """What keeps the announcer from its next call. Forgotten on a restart, and then learnt anew."""

    def __init__(self, pace: timedelta) -> None:
        self._pace = pace
        self._everything: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._channels: dict[str, datetime] = {}
        self._paced: dict[str, datetime] = {}
        self._incidents: dict[int, datetime] = {}

    def everything_until(self, now: datetime) -> bool:
        return self._everything is not None and now < self._everything

    def slack_is_away(self, now: datetime) -> None:
        """Nobody answers: leave it alone for a while, longer each time."""
        self._everything = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def all_is_well(self) -> None:
        self._everything, self._pause = None, _FIRST_PAUSE

    def posting(self, channel: str) -> datetime | None:
        """When the channel takes its next message."""
        dues = (self._channels.get(channel), self._paced.get(channel))
        return max((due for due in dues if due), default=None)

    def calling(self, channel: str) -> datetime | None:
        """When the channel takes any call; edits have no pace of their own."""
        return self._channels.get(channel)

    def posted(self, channel: str, now: datetime) -> None:
        """Slack takes one message a second in each channel."""
        self._paced[channel] = now + self._pace

    def hold_channel(self, channel: str, until: datetime) -> None:
        self._channels[channel] = until

    def incident(self, number: int, now: datetime) -> bool:
        until = self._incidents.get(number)
        if until is not None and now >= until:
            del self._incidents[number]
        return until is not None and now < until

    def hold_incident(self, number: int, until: datetime) -> None:
        self._incidents[number] = until

    def release_incident(self, number: int, until: datetime | None) -> None:
        """It went as it should, or must wait until then."""
        self._incidents.pop(number, None)
        if until:
            self._incidents[number] = until
