"""A notice onto every target: under its fence, above what it shows, as ordinary documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.errors import Refusal
from bot.core.incident import Incident
from bot.core.page import Page
from bot.emergency.notice import Notice, current, tell
from bot.emergency.shown import Shown, read_back
from bot.emergency.stand_in import standing_in
from bot.publish import Publisher, PublishError, Renderer
from bot.publish.errors import RenderError
from bot.publish.renderer import built_in
from bot.publish.targets import Target
from storage.errors import LedgerUnavailable
from storage.ledger import PROGRAM, Cause

_ATTEMPTS = 5


@dataclass(frozen=True)
class Outcome:
    """What became of a notice on one target."""

    target: str
    address: str = ""  # of the incident's own page
    revision: int = 0
    trouble: str = ""  # why it is not there


@dataclass(frozen=True)
class Look:
    """How the page looks, by the settings of whoever runs this."""

    page: Page
    renderer: Renderer
    compressed: tuple[str, ...]


def read_targets(
    targets: Sequence[Target], now: datetime
) -> tuple[Sequence[Shown], Sequence[Outcome]]:
    """What each target shows; those that cannot be read, and why."""
    shown: list[Shown] = []
    failed: list[Outcome] = []
    for target in targets:
        try:
            shown.append(read_back(target, now))
        except Refusal as refusal:
            failed.append(Outcome(target.url, trouble=str(refusal)))
    return shown, failed


def publish(every: Sequence[Shown], notice: Notice, look: Look, now: datetime) -> Iterator[Outcome]:
    """Tell it on each target; one that fails does not keep the others from it. Raises Refusal."""
    going_on = current(one for each in every for one in each.incidents.values())
    for shown in every:
        yield _outcome(shown, going_on, notice, look, now)


def _outcome(
    shown: Shown, going_on: Sequence[Incident], notice: Notice, look: Look, now: datetime
) -> Outcome:
    """In our own look where a theme cannot make the page."""
    try:
        return _publish(shown, going_on, notice, look, now)
    except RenderError as error:
        if look.renderer.theme:
            plain = replace(look, renderer=built_in())
            return _outcome(shown, going_on, notice, plain, now)
        return Outcome(shown.target.url, trouble=str(error))
    except PublishError as error:
        return Outcome(shown.target.url, trouble=str(error))
    except LedgerUnavailable as error:  # ours: whoever runs this has none to look after
        return Outcome(shown.target.url, trouble=f"the page could not be worked out: {error}")


def _publish(
    shown: Shown, going_on: Sequence[Incident], notice: Notice, look: Look, now: datetime
) -> Outcome:
    """Until it is there: whoever publishes meanwhile is newer, and gone above in turn.

    What it is told in is the same on every target, or the ledger could not take it back from both.
    """
    target = shown.target
    for attempt in range(_ATTEMPTS):
        at = now + timedelta(milliseconds=attempt)
        here = shown
        for one in going_on:
            here = here.with_incident(one)
        with standing_in(here, look.page) as database:
            with database.telling(Cause("emergency", "emergency", PROGRAM, at)) as ledger:
                told = tell(ledger, notice, going_on[-1].id if going_on else None)
                revision = ledger.revision
            program = shown.marker.fingerprint  # it writes what is new, and nothing again
            if Publisher(database, target, program, look.renderer, look.compressed).sync(at):
                url = shown.evidence.masthead.url
                return Outcome(target.url, f"{url}incidents/{told.id}/", revision)
        try:
            shown = read_back(target, at)
        except Refusal as refusal:
            return Outcome(target.url, trouble=str(refusal))
    return Outcome(target.url, trouble="somebody else publishes to it all the time")
