"""The home page stays light: thirty components, ninety days, twenty incidents of four updates."""

from tests.gallery.weights import zipped

FIRST_VIEW = 14_000  # bytes: what ten packets, the first answer of a server, can hold


def test_the_home_page_fits_into_a_servers_first_answer(published):
    assert zipped(published("weight").read("index.html")) <= FIRST_VIEW
