"""What can go wrong between the ledger and a target, as callers need to tell it apart."""

from collections.abc import Sequence

from bot.core.errors import Trouble


class PublishError(Trouble):
    """The page could not be brought up to date; the message is a short reason for people."""


class TargetError(PublishError):
    """The target could not be read or written."""


class RenderError(PublishError):
    """A document without which nothing may be called published could not be made."""


class Outrun(Exception):  # noqa: N818 -- a state, not a mistake
    """Somebody else has published this revision's successor, or is doing so: leave it to them."""


def unrendered(paths: Sequence[str]) -> str | None:
    """What to tell people of documents that could not be made; None where there are none."""
    if not paths:
        return None
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more} could not be rendered"
