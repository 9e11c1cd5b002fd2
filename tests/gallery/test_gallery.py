"""The gallery in the docs is what `make gallery` would write, and small."""

import json

from tests.gallery.render import CHOSEN, DOCS, ROOT, SHOWN, gallery_page
from tests.gallery.states import STATES


def test_the_gallery_in_the_docs_is_up_to_date():
    assert (DOCS / "gallery.md").read_text() == gallery_page(), "write it again with: make gallery"
    assert {path.name for path in SHOWN.iterdir()} == {one.name for one in CHOSEN}


def test_pictures_are_of_states_that_there_are():
    assert {one.state for one in CHOSEN} <= {state.name for state in STATES}


def test_pictures_are_small():
    assert sum(path.stat().st_size for path in SHOWN.iterdir()) < 1_500_000


def test_what_npm_installs_is_pinned_and_comes_from_no_certain_place():
    wanted = json.loads((ROOT / "tests/package.json").read_text())["dependencies"]
    lock = json.loads((ROOT / "tests/package-lock.json").read_text())["packages"]
    borrowed = {name: one for name, one in lock.items() if name}
    assert {f"node_modules/{name}": version for name, version in wanted.items()} == {
        name: one["version"] for name, one in borrowed.items()
    }
    assert all(one["integrity"].startswith("sha512-") for one in borrowed.values())
    assert not any("resolved" in one for one in borrowed.values())
