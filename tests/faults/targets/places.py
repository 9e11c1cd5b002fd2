"""Installations whose object store is reached by a way that can be made to fail."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import cast

from tests.faults.place import Place, Servers, Target, folder_target, s3_target
from tests.faults.world import Topology, World
from tests.support.s3 import Request, Road, road_to, running_s3

ONE_BOTH = Topology("sqlite-both", ("run",), "sqlite", ("folder", "s3"))


@dataclass(frozen=True)
class RoadPlace(Place):
    """Readers reach the store as always; the bot by the road."""

    road: Road = field(default_factory=Road)


def road_of(world: World) -> Road:
    return cast("RoadPlace", world.place).road


@contextmanager
def by_road(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """The topology's database and targets."""
    with ExitStack() as stack:
        url = stack.enter_context(servers.database(topology.database, folder))
        endpoint = stack.enter_context(running_s3())
        road = stack.enter_context(road_to(endpoint))
        targets: list[Target] = []
        for kind in topology.targets:
            if kind == "folder":
                targets.append(stack.enter_context(folder_target(folder)))
            else:
                made = stack.enter_context(s3_target(folder, endpoint))
                targets.append(replace(made, env={**made.env, "AWS_ENDPOINT_URL": road.endpoint}))
        yield RoadPlace(url, tuple(targets), road=road)


def lossy(random: Random, share: float, ways: tuple[str, ...]) -> Callable[[Request], str]:
    """A fault that hits a share of all puts, each time in one of these ways."""

    def fault(request: Request) -> str:
        is_hit = request.method == "PUT" and random.random() < share
        return random.choice(ways) if is_hit else "pass"

    return fault
