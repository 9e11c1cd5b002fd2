"""Taking back from the page what a stale ledger lacks."""

from bot.publish.recovery.components import with_slugs
from bot.publish.recovery.reading import Evidence, read_page, slugs
from bot.publish.recovery.shapes import Malformed
from bot.publish.recovery.taking_back import Unrecoverable, recover

__all__ = [
    "Evidence",
    "Malformed",
    "Unrecoverable",
    "read_page",
    "recover",
    "slugs",
    "with_slugs",
]
