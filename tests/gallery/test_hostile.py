"""Whatever people typed, every page is its template plus text."""

import pytest

from tests.gallery.hostile import PARTS
from tests.support.dom import places
from tests.support.hostile import check_words

WORDS = ("hostile", "naughty-page", *(f"naughty-{part}" for part in range(PARTS)))


def all_places(site):
    """Where elements stand in some page, and what attributes they have there."""
    return {place for _, page in site.pages() for place in places(page, opaque="text")}


@pytest.mark.parametrize("name", WORDS)
def test_hostile_words_add_nothing_but_text(published, name):
    assert all_places(published(name)) <= all_places(published("harmless"))


@pytest.mark.parametrize("name", WORDS)
def test_texts_hold_only_what_a_text_may_hold(published, name):
    for _, page in published(name).pages():
        check_words(page)
