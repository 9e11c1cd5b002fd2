"""Taking back from the page what a stale ledger lacks."""

from bot.publish.recovery.taking_back import Unrecoverable, recover

__all__ = ["Unrecoverable", "recover"]
