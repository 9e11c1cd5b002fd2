"""What to tell Slack next about one incident. Pure: it looks at what is stored, and decides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.incident import Incident, Update
from bot.core.status import Phase
from bot.slack.blocks import ends
from storage.deliveries import Delivery, DeliveryKind

Key = tuple[DeliveryKind, str | None]

_ROOT: Key = (DeliveryKind.ROOT, None)
_ENDINGS = (Phase.RESOLVED, Phase.COMPLETED)


@dataclass(frozen=True)
class Wanted:
    """A message that ought to be there, showing at least this revision."""

    kind: DeliveryKind
    update_id: str | None
    version: int
    is_due: bool = True  # False: only there to be corrected, never posted anew

    @property
    def key(self) -> Key:
        return (self.kind, self.update_id)


@dataclass(frozen=True)
class Post:
    """Send a message; `again` is its bookkeeping where it was begun before."""

    wanted: Wanted
    again: Delivery | None = None


@dataclass(frozen=True)
class Settle:
    """Find out what became of a post whose outcome is not known."""

    delivery: Delivery


@dataclass(frozen=True)
class Edit:
    """Bring a message up to date."""

    wanted: Wanted
    delivery: Delivery


@dataclass(frozen=True)
class Repeat:
    """Edit a message once more: an older edit may have been carried out after the newest."""

    wanted: Wanted
    delivery: Delivery


@dataclass(frozen=True)
class Look:
    """Find what another copy of this ledger may have posted: a root, or all else in its thread."""

    sought: tuple[Delivery, ...]


Step = Post | Settle | Edit | Repeat | Look


def plan(incident: Incident, deliveries: Iterable[Delivery]) -> Step | None:
    """The next step, strictly in order: the root, then each update as the ledger has them."""
    every = list(deliveries)
    here = live(every)
    gone = {_key(one) for one in every if one.deleted} - {_ROOT}
    for wanted in _wanted(incident):
        if wanted.key in gone:
            continue
        if step := _step(wanted, here.get(wanted.key)):
            return _look(step, every) if isinstance(step, Settle) else step
        if wanted.key == _ROOT and here[_ROOT].ts is None:
            return None  # Slack will not have this root: there is no thread to write to
    return _repeat(incident, here)


def live(deliveries: Iterable[Delivery]) -> Mapping[Key, Delivery]:
    """The messages that nobody deleted."""
    return {_key(one): one for one in deliveries if not one.deleted}


def live_root(deliveries: Iterable[Delivery]) -> Delivery | None:
    return live(deliveries).get(_ROOT)


def _key(one: Delivery) -> Key:
    return (one.kind, one.update_id)


def _step(wanted: Wanted, told: Delivery | None) -> Step | None:
    if told is None:
        return Post(wanted) if wanted.is_due else None
    if told.version >= wanted.version:
        return None  # shown; or refused by Slack, and nothing changed since
    if told.ts:
        return Edit(wanted, told)
    if told.attempt_at:
        return Settle(told)
    return Post(wanted, told) if wanted.is_due else None


def _repeat(incident: Incident, here: Mapping[Key, Delivery]) -> Repeat | None:
    """Last of all: it has to wait, and what is new has not."""
    told = ((wanted, here.get(wanted.key)) for wanted in _wanted(incident))
    return next((Repeat(wanted, one) for wanted, one in told if one and one.edit_at), None)


def _look(step: Settle, every: Iterable[Delivery]) -> Step:
    """One reading of a thread finds all that may be in it."""
    if not is_anywhere(step.delivery):
        return step
    if step.delivery.kind is DeliveryKind.ROOT:
        return Look((step.delivery,))
    return Look(tuple(one for one in every if is_anywhere(one)))


def is_anywhere(one: Delivery) -> bool:
    """True for a message that may have been posted, nobody knows where."""
    return one.attempt_at is not None and one.ts is None and not one.channel


def _wanted(incident: Incident) -> Iterator[Wanted]:
    yield Wanted(DeliveryKind.ROOT, None, incident.revision)
    for update in incident.updates:
        yield Wanted(DeliveryKind.UPDATE, update.id, update.revision, is_due=update.is_standing)
        if update.phase in _ENDINGS:
            is_end = ends(incident, update)
            version = _closing_version(incident, update)
            yield Wanted(DeliveryKind.CLOSING, update.id, version, is_due=is_end)


def _closing_version(incident: Incident, update: Update) -> int:
    """The summary changes when its own update does, and when another follows it."""
    later = [one.revision for one in incident.updates if one.number > update.number]
    return max([update.revision, *later[:1]])
