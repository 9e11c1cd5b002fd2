"""make gallery: every state published and pictured into .gallery, and a choice of it for the docs.

Look at .gallery/index.html.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import product
from pathlib import Path

import click
from playwright.sync_api import Browser

from tests.gallery.building import build
from tests.gallery.shots import SCHEMES, WIDTHS, chromium, kinds, shoot, tab
from tests.gallery.states import STATES, State
from tests.support.serving import serving

ROOT = Path(__file__).parents[2]
OUT = ROOT / ".gallery"
DOCS = ROOT / "docs"
SHOWN = DOCS / "pictures" / "gallery"
TALLEST_SHOWN = 1500  # pixels: the docs stay light


@dataclass(frozen=True)
class Chosen:
    """A picture for the docs."""

    state: str
    kind: str
    width: int
    scheme: str
    words: str

    @property
    def name(self) -> str:
        return f"{self.state}-{self.kind}-{self.width}-{self.scheme}.png"


CHOSEN = (
    Chosen("calm", "home", 1280, "light", "All is well, three days after an outage."),
    Chosen("calm", "home", 360, "dark", "The same on a phone, at night."),
    Chosen("outage", "home", 360, "light", "One outage, on a phone: what is broken, since when."),
    Chosen("outage", "incident", 1280, "light", "The outage's own page, to be passed around."),
    Chosen("four-at-once", "home", 1280, "dark", "Four incidents at once."),
    Chosen("maintenance", "home", 1280, "light", "A running maintenance and a coming one."),
    Chosen("empty", "home", 360, "light", "A new page, before anybody told it anything."),
    Chosen("year", "year", 1280, "light", "A year, one square a day."),
    Chosen("year", "component", 1280, "dark", "A component: its uptime and its incidents."),
    Chosen("sixty", "home", 1280, "light", "Sixty components in eight groups."),
    Chosen("right-to-left", "home", 360, "light", "Right to left."),
    Chosen("long-words", "home", 360, "dark", "Words that do not break, on a narrow screen."),
)


def main() -> None:
    for folder in (OUT / "states", OUT / "pictures", SHOWN):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (OUT / "pictures", SHOWN):
        folder.mkdir(parents=True)
    with chromium() as browser:
        taken = {state.name: list(_picture(state, browser)) for state in STATES}
    (OUT / "index.html").write_text(_index(taken))
    (DOCS / "gallery.md").write_text(gallery_page())
    click.echo(f"{sum(map(len, taken.values()))} pictures; look at {OUT / 'index.html'}")


def _picture(state: State, browser: Browser) -> Iterator[Path]:
    click.echo(f"{state.name}: {state.what}")
    site = build(state, OUT / "states" / state.name)
    chosen = {one.name for one in CHOSEN}
    with serving(site.root) as address:
        for width, scheme in product(WIDTHS, SCHEMES):
            with tab(browser, width, scheme, state.now) as page:
                for kind, path in kinds(site).items():
                    picture = OUT / "pictures" / f"{state.name}-{kind}-{width}-{scheme}.png"
                    shoot(page, address + path, picture)
                    yield picture
                    if picture.name in chosen:
                        shoot(page, address + path, SHOWN / picture.name, TALLEST_SHOWN)


def _index(taken: dict[str, list[Path]]) -> str:
    lines = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Gallery</title>",
        (
            "<style>body{font:16px system-ui;margin:2rem}figure{display:inline-block;margin:1rem;"
            "vertical-align:top}img{max-width:640px;border:1px solid #ccc}</style>"
        ),
    ]
    for state in STATES:
        lines.append(f"<h2>{escape(state.what)}</h2>")
        lines += [
            f"<figure><img loading=lazy src='pictures/{one.name}' alt=''>"
            f"<figcaption>{one.stem}</figcaption></figure>"
            for one in taken[state.name]
        ]
    return "\n".join(lines)


def gallery_page() -> str:
    """docs/gallery.md."""
    pictures = "".join(
        f"\n{one.words}\n\n![{one.words}](pictures/gallery/{one.name})\n" for one in CHOSEN
    )
    return f"""# Gallery

What the page looks like, state by state. `make gallery` takes these pictures, and of every other
state, page, width and colour scheme many more, into `.gallery/`; the states are told in
`tests/gallery/states.py`, and the tests check every page of each.
{pictures}"""


if __name__ == "__main__":
    main()
