"""Break-glass: telling the public with the ledger gone, from nothing but the page itself."""

from bot.emergency.notice import Notice, names, read_notice
from bot.emergency.publishing import Look, Outcome, publish, read_targets
from bot.emergency.shown import Shown

__all__ = ["Look", "Notice", "Outcome", "Shown", "names", "publish", "read_notice", "read_targets"]
