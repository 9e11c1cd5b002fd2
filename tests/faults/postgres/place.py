"""A place whose database is a primary and its synchronous standby."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from tests.faults.place import TARGETS, Place, Servers
from tests.faults.world import Topology, World
from tests.support.clusters import Pair, running_pair


@dataclass(frozen=True)
class Paired(Place):
    """The two servers are the test's to break."""

    pair: Pair = field(kw_only=True)


@contextmanager
def paired(_servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """Both hosts stand in the database's address."""
    with ExitStack() as stack:
        pair = stack.enter_context(running_pair())
        targets = tuple(stack.enter_context(TARGETS[kind](folder)) for kind in topology.targets)
        url = f"{pair.url()}&target_session_attrs=read-write&connect_timeout=2"
        yield Paired(url, targets, pair=pair)


def pair_of(world: World) -> Pair:
    return cast(Paired, world.place).pair
