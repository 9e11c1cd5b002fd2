"""Settings for a tool that has to go on whatever is wrong with some of them."""

from collections.abc import Collection, Mapping
from dataclasses import fields

from bot.config.problems import Problem, SettingsError
from bot.config.settings import Part, Settings, load


def load_forgiving(
    env: Mapping[str, str], *parts: Part, forgiven: Collection[Part]
) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of all these parts, and what is wrong with the forgiven ones.

    What cannot be used of those has its default. Raises SettingsError for the others.
    """
    try:
        return load(env, *parts, *forgiven), ()
    except SettingsError as error:
        names = {one.name.upper() for one in fields(Settings) if one.metadata["part"] in forgiven}
        wrong = {one.setting: one for one in error.problems if one.setting in names}
    usable = {name: value for name, value in env.items() if name not in wrong}
    return load(usable, *parts, *forgiven), tuple(wrong.values())
