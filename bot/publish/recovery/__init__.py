"""Taking back from the page what a stale ledger lacks, and what is made of a page read whole."""

from bot.publish.recovery.clocks import is_ahead, not_after, time_of
from bot.publish.recovery.components import with_slugs
from bot.publish.recovery.reading import Evidence, read_page, slugs, whose
from bot.publish.recovery.report import Recovered, report
from bot.publish.recovery.shapes import Malformed
from bot.publish.recovery.taking_back import WHAT, Unrecoverable, check, recover, tell_slack

__all__ = [
    "WHAT",
    "Evidence",
    "Malformed",
    "Recovered",
    "Unrecoverable",
    "check",
    "is_ahead",
    "not_after",
    "read_page",
    "recover",
    "report",
    "slugs",
    "tell_slack",
    "time_of",
    "whose",
    "with_slugs",
]
