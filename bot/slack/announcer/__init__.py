"""Telling the channel: each incident's root message and thread catch up with the ledger."""

from bot.slack.announcer.announcer import Announcer
from bot.slack.announcer.trouble import PageTrouble

__all__ = ["Announcer", "PageTrouble"]
