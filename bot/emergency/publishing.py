"""A notice onto every target: under its fence, above what it shows, as ordinary documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Refusal
from bot.core.page import Page
from bot.emergency.notice import Notice, current, tell
from bot.emergency.shown import Shown, read_back
from bot.emergency.stand_in import standing_in
from bot.publish import Publisher, PublishError, Renderer
from bot.publish.targets import Target
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
    going_on = current({id_: one for each in every for id_, one in each.incidents.items()})
    for shown in every:
        here = shown.with_incident(going_on) if going_on else shown
        try:
            yield _publish(here, notice, look, now)
        except PublishError as error:
            yield Outcome(here.target.url, trouble=str(error))


def _publish(shown: Shown, notice: Notice, look: Look, now: datetime) -> Outcome:
    """Until it is there: whoever publishes meanwhile is newer, and gone above in turn."""
    target = shown.target
    for attempt in range(_ATTEMPTS):
        at = now + timedelta(milliseconds=attempt)
        with standing_in(shown, look.page) as database:
            going_on = current(shown.incidents)
            with database.telling(Cause("emergency", "emergency", PROGRAM, at)) as ledger:
                told = tell(ledger, notice, going_on.id if going_on else None)
                revision = ledger.revision
            program = shown.marker.fingerprint  # it writes what is new, and nothing again
            if Publisher(database, target, program, look.renderer, look.compressed).sync(at):
                url = shown.evidence.masthead.url
                return Outcome(target.url, f"{url}incidents/{told.id}/", revision)
        shown = read_back(target, at)
    return Outcome(target.url, trouble="somebody else publishes to it all the time")
