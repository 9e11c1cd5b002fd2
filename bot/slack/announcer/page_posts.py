"""What was posted of the page, for certain or perhaps, until the ledger knows it to be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.announcer.began import Began
from bot.slack.announcer.holds import Holds
from bot.slack.announcer.page_news import Kind, is_about
from bot.slack.client import Ambiguous, Client

_NEWEST = 15  # messages; what the strictest kind of app may ask for


@dataclass(frozen=True)
class Place:
    """Where news of a kind is told: of a target, to a channel."""

    target: str
    kind: Kind
    channel: str


@dataclass(frozen=True)
class Sent:
    """What was sent there last, and whether it is known to have arrived."""

    text: str
    arrived: bool


class PagePosts:
    """Posts, and remembers it, so that a retry repeats nothing. Forgotten on a restart."""

    def __init__(self, client: Client, holds: Holds) -> None:
        self._client = client
        self._holds = holds
        self._sent: dict[Place, Sent] = {}

    def of(self, target: str, kind: Kind) -> Mapping[Place, Sent]:
        return {
            at: sent for at, sent in self._sent.items() if (at.target, at.kind) == (target, kind)
        }

    def forget(self, target: str, *kinds: Kind) -> None:
        for kind in kinds:
            for place in self.of(target, kind):
                del self._sent[place]

    def arrived(self, place: Place, text: str) -> bool:
        """True where no call is needed to know it."""
        return self._sent.get(place) == Sent(text, arrived=True)

    def post(self, place: Place, text: str, began: Began) -> None:
        """Have people read it, once. Raises SlackFailure."""
        if not self._is_read(place, text):
            self._holds.posted(place.channel, began.now())
            self._send(place, text)
            self._holds.all_is_well()
        self._sent[place] = Sent(text, arrived=True)

    def stands(self, place: Place, sent: Sent) -> bool:
        """Whether it is there, looked for long after Slack must have taken it. It is among the
        newest messages, and nothing newer tells of the target: an older story may read the same.
        """
        said = self._client.call("conversations.history", channel=place.channel, limit=_NEWEST)
        ours = (one.get("text", "") for one in said["messages"] if one.get("bot_id"))
        telling = (text for text in ours if text == sent.text or is_about(place.target, text))
        return next(telling, None) == sent.text

    def _is_read(self, place: Place, text: str) -> bool:
        """True where people read this already, or the same news with another reason in it."""
        sent = self._sent.get(place)
        if sent is None or (place.kind is Kind.CAME_BACK and sent.text != text):
            return False
        return self.arrived(place, text) or self.stands(place, sent)

    def _send(self, place: Place, text: str) -> None:
        try:
            self._client.call(
                "chat.postMessage",
                channel=place.channel,
                text=text,
                parse="none",
                unfurl_links=False,
                unfurl_media=False,
            )
        except Ambiguous:
            self._sent[place] = Sent(text, arrived=False)
            raise
