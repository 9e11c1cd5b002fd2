"""make weights: what the pages of the weight state take on the wire."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import brotli
import click

from tests.gallery.building import build
from tests.gallery.shots import kinds
from tests.gallery.states import STATES
from tests.support.published import Published

WEIGHED = ("home", "incident", "month", "year", "component")
HEAD = ("page", "raw", "gzip -6", "gzip -9", "brotli 11")


def weights(site: Published) -> Iterator[tuple[str, int, int, int, int]]:
    """Bytes of one page of each kind: as it is, and compressed."""
    pages = kinds(site)
    for kind in WEIGHED:
        body = site.read(f"{pages[kind]}index.html")
        yield kind, len(body), zipped(body, 6), zipped(body, 9), len(brotli.compress(body))


def zipped(body: bytes, level: int = 9) -> int:
    return len(gzip.compress(body, level, mtime=0))


def main() -> None:
    (state,) = (one for one in STATES if one.name == "weight")
    with tempfile.TemporaryDirectory(prefix="duckrow-weights-") as name:
        site = build(state, Path(name) / "weight")
        rows = list(weights(site))
    click.echo("".join(f"{word:>11}" for word in HEAD))
    for kind, *sizes in rows:
        click.echo(f"{kind:>11}" + "".join(f"{size:>11,}" for size in sizes))


if __name__ == "__main__":
    main()
