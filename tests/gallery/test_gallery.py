"""The gallery in the docs is what `make gallery` would write, and small."""

from tests.gallery.render import CHOSEN, DOCS, SHOWN, gallery_page
from tests.gallery.states import STATES


def test_the_gallery_in_the_docs_is_up_to_date():
    assert (DOCS / "gallery.md").read_text() == gallery_page(), "write it again with: make gallery"
    assert {path.name for path in SHOWN.iterdir()} == {one.name for one in CHOSEN}


def test_pictures_are_of_states_that_there_are():
    assert {one.state for one in CHOSEN} <= {state.name for state in STATES}


def test_pictures_are_small():
    assert sum(path.stat().st_size for path in SHOWN.iterdir()) < 1_500_000
