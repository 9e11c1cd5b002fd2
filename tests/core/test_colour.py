"""A colour of the owner's choice can be read on the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.colour import AA, contrast, mix, readable

LIGHT, DARK = ("#ffffff", "#f6f7f8"), ("#0f1216", "#171b21")
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_what_can_be_read_stays_as_it_is():
    assert readable("#0b57d0", LIGHT, "#000000") == "#0b57d0"
    assert readable("#8ab4ff", DARK, "#ffffff") == "#8ab4ff"


def test_a_mixture_is_between_its_two():
    assert mix("#000000", "#ffffff", 0) == "#000000"
    assert mix("#000000", "#ffffff", 1) == "#ffffff"
    assert mix("#ff0000", "#0000ff", 0.5) == "#800080"


@given(COLOURS)
def test_every_colour_becomes_readable_in_light_and_dark(colour):
    for surfaces, toward in ((LIGHT, "#000000"), (DARK, "#ffffff")):
        shade = readable(colour, surfaces, toward)
        assert all(contrast(shade, surface) >= AA for surface in surfaces)
