"""What the sandbox opens on: the page of the first story, in a ledger of its own."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from bot import app, config
from bot.config import Settings

# How the page looks can be tried: these settings come through.
LOOK = {"PAGE_LANGUAGE", "PAGE_LOGO", "PAGE_ACCENT", "PAGE_LINKS", "PAGE_DUCKS", "PAGE_THEME"}
STORY = Path(__file__).parents[1] / "templates" / "sandbox" / "first-story.json"


def environment(folder: Path, page_url: str) -> dict[str, str]:
    """The settings of the first page, with ledger and page in `folder`.

    But for its look, nothing of an installation that happens to be configured here comes through:
    the sandbox never touches a real ledger, target or Slack.
    """
    ours = {each.name.upper() for each in fields(Settings)} - LOOK
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    said: dict[str, str] = _story()["environment"]
    own = {
        "PAGE_URL": page_url,
        "DATABASE_URL": f"sqlite:///{folder / 'duckrow.db'}",
        "PUBLISH_URL": (folder / "public").as_uri(),
    }
    return inherited | said | own


def prepare(env: Mapping[str, str]) -> None:
    """Give a new ledger the first page's components."""
    with app.opened(config.load(env, "page", "ledger", "target")) as duckrow:
        with duckrow.database.read() as ledger:
            known = {component.slug for component in ledger.components}
        for slug, name in _story()["components"].items():
            if slug not in known:
                duckrow.add_component(slug, name, group="", description="")


def _story() -> dict[str, Any]:
    return dict(json.loads(STORY.read_text(encoding="utf-8")))
