"""duckrow emergency: tell the public although the ledger is gone."""

import sys

import click

from bot import app
from bot.core.errors import Refusal
from bot.core.text import escape_slack
from bot.emergency import Look, Outcome, names, publish, read_notice, read_targets

_NEXT = """
No database was asked. When the ledger is back, the bot finds this on the page, takes it into the
ledger by itself, and publishes above it. Until then:
  duckrow emergency "what is new"                 adds to it
  duckrow emergency --resolve "what is well again"  ends it
While the database answers, use duckrow incident instead.
"""


@click.command
@click.option("--resolve", is_flag=True, help="End the emergency with this text.")
@click.argument("text", nargs=-1, required=True)
def command(*, resolve: bool, text: tuple[str, ...]) -> None:
    """Tell the public with the database gone: needs the target's credentials, and nothing else.

    TEXT is what readers will see, after a title and | if you like; statuses and an impact may stand
    before it, as in: duckrow emergency www=down impact=major "Outage | We are on it."

    Use it again to add to it, and with --resolve to end it.
    """
    loaded = app.tool_settings("page", "target")
    shown, failed = read_targets(app.targets_of(loaded), app.now())
    outcomes = list(failed)
    if shown:
        line = escape_slack(" ".join(text))
        notice = read_notice(line, names(shown[0].components), app.now(), is_end=resolve)
        look = Look(app.page_of(loaded), app.renderer_of(loaded), loaded.publish_compressed)
        outcomes += publish(shown, notice, look, app.now())
    for outcome in outcomes:
        click.echo(_told(outcome), err=bool(outcome.trouble))
    if not any(one.address for one in outcomes):
        raise Refusal("Nothing was published.", "Check PUBLISH_URL and its credentials.")
    click.echo(_NEXT.strip())
    sys.exit(1 if any(one.trouble for one in outcomes) else 0)


def _told(one: Outcome) -> str:
    if one.trouble:
        return f"NOT on {one.target}: {one.trouble}"
    return f"On {one.target} as revision {one.revision}: {one.address}"
