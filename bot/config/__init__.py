"""Frozen settings, from the environment and `.env`; all that is wrong with them is said at once."""

from bot.config.forgiving import load_forgiving
from bot.config.problems import Problem, SettingsError
from bot.config.settings import Part, Settings, environment, load

__all__ = ["Part", "Problem", "Settings", "SettingsError", "environment", "load", "load_forgiving"]
