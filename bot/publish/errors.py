"""What can go wrong between the ledger and a target, as callers need to tell it apart."""

from bot.core.errors import Trouble


class PublishError(Trouble):
    """The page could not be brought up to date; the message is a short reason for people."""


class TargetError(PublishError):
    """The target could not be read or written."""


class RenderError(PublishError):
    """A document without which nothing may be called published could not be made."""


class Outrun(Exception):  # noqa: N818 -- a state, not a mistake
    """Somebody else has published this revision's successor, or is doing so: leave it to them."""
