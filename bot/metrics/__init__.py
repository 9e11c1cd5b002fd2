"""Prometheus' view of one process: what happened in it, and what its looks found."""

from bot.metrics.counting import Counting
from bot.metrics.found import Found

__all__ = ["Counting", "Found"]
