"""`docs/settings.md`, written from the declarations."""

from dataclasses import Field, fields
from typing import Any

from bot.config.settings import PARTS, Settings

INTRODUCTION = """\
<!-- Written by `make docs` from bot/config/settings.py. -->

# Settings

Settings come from the environment and from a file `.env` in the folder where Duckrow is started;
the environment wins. They are checked at start, and everything that is wrong is said at once, with
its remedy. A command line tool needs only the settings it uses.

To run against Slack, this `.env` is enough (with an app-level token it uses Socket Mode, and needs
no address of its own):

```sh
PAGE_NAME=Example
PAGE_URL=https://status.example.com/
PUBLISH_URL=/var/www/status
SLACK_BOT_TOKEN=xoxb-…
SLACK_APP_TOKEN=xapp-…
INCIDENT_CHANNELS=C0123456789
```
"""


def settings_page() -> str:
    """The whole page, in Markdown."""
    return INTRODUCTION + "".join(_section(part, title) for part, title in PARTS.items())


def _section(part: str, title: str) -> str:
    rows = [_row(each) for each in fields(Settings) if each.metadata["part"] == part]
    return "\n".join(["", f"## {title}", "", "| setting | default | |", "|---|---|---|", *rows, ""])


def _row(each: Field[Any]) -> str:
    facts = each.metadata
    default = f"`{facts['default']}`" if facts["default"] else ""
    needed = "required" if facts["required"] else ""
    return f"| `{each.name.upper()}` | {default or needed} | {facts['help']} |"
