"""duckrow emergency: tell the public although the ledger is gone."""

import sys
from collections.abc import Sequence
from dataclasses import replace

import click

from bot import app
from bot.config import Settings
from bot.core.errors import Refusal
from bot.core.text import escape_slack
from bot.emergency import Look, Outcome, Shown, names, publish, read_notice, read_targets

_NEXT = """
No database was asked. When the ledger is back, the bot finds this on the page, takes it into the
ledger by itself, and publishes above it. Until then:
  duckrow emergency "what is new"                   adds to it
  duckrow emergency --resolve "what is well again"  ends it
While the database answers, use duckrow incident instead.
"""
_MEND = "Mend what is named above, be it PUBLISH_URL, its credentials or a file, and say it again."


@click.command
@click.option("--resolve", is_flag=True, help="End the emergency with this text.")
@click.argument("text", nargs=-1, required=True)
def command(*, resolve: bool, text: tuple[str, ...]) -> None:
    """Tell the public with the database gone: needs the target's credentials, and nothing else.

    TEXT is what readers will see, after a title and | if you like; statuses and an impact may stand
    before it, as in: duckrow emergency www=down impact=major "Outage | We are on it."

    Use it again to add to it, and with --resolve to end it. While the database answers, use duckrow
    incident instead.
    """
    loaded, left_out = app.emergency_settings()
    for one in left_out:
        _warn(one.setting, one.problem)
    shown, failed = read_targets(app.targets_of(loaded), app.now())
    outcomes = list(failed)
    if shown:
        outcomes += _tell(shown, " ".join(text), _look(loaded), is_end=resolve)
    for outcome in outcomes:
        click.echo(_told(outcome), err=bool(outcome.trouble))
    if not any(one.address for one in outcomes):
        raise Refusal("Nothing was published.", _MEND)
    click.echo(_NEXT.strip())
    sys.exit(1 if any(one.trouble for one in outcomes) else 0)


def _look(loaded: Settings) -> Look:
    """A theme that is not whole is left out: to tell in our own look is better than not to tell."""
    try:
        renderer = app.renderer_of(loaded)
    except (Refusal, OSError) as error:
        _warn("PAGE_THEME", error.problem if isinstance(error, Refusal) else str(error))
        renderer = app.renderer_of(replace(loaded, page_theme=""))
    return Look(app.page_of(loaded), renderer, loaded.publish_compressed)


def _warn(setting: str, problem: str) -> None:
    click.echo(f"Left out: {setting}: {problem}", err=True)


def _tell(shown: Sequence[Shown], typed: str, look: Look, *, is_end: bool) -> Sequence[Outcome]:
    """By the components that any target knows. Raises Refusal, and nothing is published."""
    known = {slug: name for each in shown for slug, name in names(each.components).items()}
    try:
        notice = read_notice(escape_slack(typed), known, app.now(), is_end=is_end)
        return list(publish(shown, notice, look, app.now()))
    except Refusal as refusal:
        raise Refusal(f"Not published: {refusal.problem}", refusal.remedy) from None


def _told(one: Outcome) -> str:
    if one.trouble:
        return f"NOT on {one.target}: {one.trouble}"
    return f"On {one.target} as revision {one.revision}: {one.address}"
