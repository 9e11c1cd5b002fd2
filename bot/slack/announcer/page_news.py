"""What the channel has to hear of the public page, in words."""

from dataclasses import dataclass
from enum import Enum, auto

from bot.core.text import escape_slack
from storage.publications import Publication

_PAGE = "The public page"


class Kind(Enum):
    """Of trouble people hear once, and once when it is over; of what came back, whenever it did."""

    TROUBLE = auto()
    WELL = auto()
    CAME_BACK = auto()


@dataclass(frozen=True)
class News:
    """A message to the channel."""

    kind: Kind
    text: str


def is_in_trouble(one: Publication) -> bool:
    return one.stopped or one.behind_since is not None or bool(one.error)


def lacks_something(one: Publication) -> bool:
    """True where all is published but a document that could not be made."""
    return bool(one.error) and not one.stopped and one.behind_since is None


def bad_news(one: Publication, url: str) -> News:
    return News(Kind.TROUBLE, _bad_news(one, url))


def good_news(one: Publication, url: str) -> News:
    shown = f"{_target(one.target)} shows revision {one.revision}."
    return News(Kind.WELL, f"{_page(url)} is up to date again: {shown}")


def is_about(target: str, text: str) -> bool:
    """True for a message that says how a target is, whatever it says."""
    return f"|{_PAGE}> " in text and _target(target) in text


def _bad_news(one: Publication, url: str) -> str:
    target, reason = _target(one.target), escape_slack(one.error or "it does not answer")
    if one.stopped:
        return f"{_page(url)} is no longer published to {target}: {reason}"
    if lacks_something(one):
        return (
            f"{_page(url)} is published, but for this: {reason} for {target}, and stays as "
            "it was. The bot's log says why."
        )
    since = int(one.behind_since.timestamp()) if one.behind_since else 0
    when = f"<!date^{since}^{{time}}|{one.behind_since:%H:%M} UTC>"
    return (
        f"{_page(url)} is behind since {when}: {target} cannot be written ({reason}). "
        "What you type is saved; publishing is tried again until it works."
    )


def _page(url: str) -> str:
    return f"<{escape_slack(url)}|{_PAGE}>"


def _target(target: str) -> str:
    return f"`{escape_slack(target)}`"
