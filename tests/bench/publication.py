"""What publishing costs at the very least: the same documents rendered, and their bytes put."""

import os
import time
from pathlib import Path

from bot.app import Duckrow
from bot.publish.due import due_since
from bot.publish.rendering import render_all
from bot.publish.site import Site


class Floor:
    """Renders what a revision made due and writes it durably, with nothing around it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "floor"
        self._folder.mkdir()

    def again(self, duckrow: Duckrow, base: int) -> float:
        """Milliseconds for all that was due since revision `base`."""
        with duckrow.database.read() as ledger:
            site = Site(ledger)
            due = due_since(site, ledger.told_since(base), base)
            render_all(site, due, {})  # what it reads of the ledger is not part of the floor
            began = time.perf_counter()
            batch = render_all(site, due, {})
            for at, file in enumerate((*batch.files, *batch.home)):
                self._put(f"{at}", file.body)
            return (time.perf_counter() - began) * 1000

    def _put(self, name: str, body: bytes) -> None:
        beside = self._folder / f"{name}.new"
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._folder / name)
        descriptor = os.open(self._folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
