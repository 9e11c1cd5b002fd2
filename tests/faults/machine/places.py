"""Places on disks of their own, small or about to fail, and in a time of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.faults.place import Place, Servers
from tests.faults.scenario import Around
from tests.faults.world import Topology, World
from tests.support.machine import Disk, tmpfs

LEDGER, PAGE = "small", "public"  # folders, each on a disk of its own
_SMALL = "16m"


def ledger(world: World) -> Path:
    """The ledger's file."""
    return Path(world.place.database_url.removeprefix("sqlite:///"))


@contextmanager
def small_disks(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """The ledger on a disk of some megabytes, and the page on another."""
    with (
        tmpfs(folder / LEDGER, _SMALL) as disk,
        tmpfs(folder / PAGE, _SMALL),
        servers.place(topology.database, topology.targets, folder) as place,
    ):
        yield replace(place, database_url=f"sqlite:///{disk / 'ledger.db'}")


@contextmanager
def dying_disk(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
    """The ledger on an ext4 that turns read-only when it finds an error; the page on a tmpfs."""
    disk = DISKS[folder] = Disk(folder, "ext4")
    with (
        disk.mounted() as mount,
        tmpfs(folder / PAGE, _SMALL),
        servers.place(topology.database, topology.targets, folder) as place,
    ):
        yield replace(place, database_url=f"sqlite:///{mount / 'ledger.db'}")
    del DISKS[folder]


def one_disk(kind: str) -> Around:
    """Ledger and page on the same disk."""

    @contextmanager
    def around(servers: Servers, topology: Topology, folder: Path) -> Iterator[Place]:
        disk = DISKS[folder] = Disk(folder, kind)
        with disk.mounted() as mount:
            (mount / PAGE).mkdir()
            (folder / PAGE).symlink_to(mount / PAGE)
            os.sync()
            with servers.place("sqlite", topology.targets, folder) as place:
                yield replace(place, database_url=f"sqlite:///{mount / 'ledger.db'}")
        del DISKS[folder]

    return around


DISKS: dict[Path, Disk] = {}  # by the world's folder
