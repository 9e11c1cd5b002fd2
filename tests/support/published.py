"""A published folder, as its readers see it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.dom import Element, parse


class Published:
    """Files by their path."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def paths(self) -> set[str]:
        """Every document; the marker and the lock are none."""
        return {
            str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()
        } - {".duckrow/revision.json", ".duckrow/lock"}

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def page(self, path: str) -> Element:
        return parse(self.read(path).decode())

    def json(self, path: str) -> Any:
        return json.loads(self.read(path))

    @property
    def home(self) -> Element:
        return self.page("index.html")

    @property
    def marker(self) -> dict[str, Any]:
        said: dict[str, Any] = self.json(".duckrow/revision.json")
        return said

    def pages(self) -> Iterator[tuple[str, Element]]:
        for path in sorted(self.paths()):
            if path.endswith(".html"):
                yield path, self.page(path)

    def all_bytes(self) -> dict[str, bytes]:
        """The whole of it, to compare."""
        return {path: self.read(path) for path in self.paths()}
