"""Break-glass, from nothing but the page: telling the public, and making a lost ledger anew."""

from bot.emergency.anew import make_anew
from bot.emergency.notice import Notice, names, read_notice
from bot.emergency.publishing import Look, Outcome, publish, read_targets
from bot.emergency.shown import Shown

__all__ = [
    "Look",
    "Notice",
    "Outcome",
    "Shown",
    "make_anew",
    "names",
    "publish",
    "read_notice",
    "read_targets",
]
