"""Is this process well? Its looks ask ledger and Slack; whoever asks here waits for nobody."""

from bot.health.check import COUNTS_FOR, Check
from bot.health.health import VERSION, Health, Ready
from bot.health.ledger import LedgerLook, Seen, TargetSeen
from bot.health.slack import SlackLook

__all__ = [
    "COUNTS_FOR",
    "VERSION",
    "Check",
    "Health",
    "LedgerLook",
    "Ready",
    "Seen",
    "SlackLook",
    "TargetSeen",
]
