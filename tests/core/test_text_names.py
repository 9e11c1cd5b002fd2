"""Names: nothing hidden in them, and none that readers would take for another."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.text import clean_name, skeleton

names = st.text(max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Api", "\u0410pi"),
        ("Api", "\u0391\u03c1\u0456"),
        ("API", "APl"),
        ("API", "AP1"),
        ("Home page", "H\u043eme\u00a0 page"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("Mail", "M\u200bail"),
        ("Mail", "Mail\ufe0f"),
        ("web-app", "web\u2011app"),
        ("Modem", "Modern"),
        ("O2", "02"),
    ],
)
def test_names_that_look_the_same_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Api", "App"), ("Resume", "Résumé"), ("\u0e14\u0e35", "\u0e14\u0e37"), ("web 2", "web 3")],
)
def test_names_that_readers_tell_apart_have_two(one, other):
    assert skeleton(one) != skeleton(other)


@given(names)
def test_a_skeleton_is_its_own_and_blind_to_case_and_form(name):
    for form in ("NFC", "NFD"):
        assert skeleton(unicodedata.normalize(form, name)) == skeleton(name)
    assert skeleton(skeleton(name)) == skeleton(name)


@given(names)
def test_a_clean_name_hides_nothing(name):
    try:
        cleaned = clean_name(name, limit=100, what="name")
    except Refusal:
        return
    hidden = {one for one in cleaned if unicodedata.category(one) in {"Cc", "Cs"}}
    assert not hidden | set(cleaned) & set("\u202e\u2066\u200b\u2060\ufeff\u00ad\n\u2028")
    assert cleaned == cleaned.strip() != ""
    assert clean_name(cleaned, limit=100, what="name") == cleaned


def test_joiners_stay_where_emoji_and_scripts_need_them():
    for name in (
        "\U0001f469\u200d\U0001f692 crew",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ):
        assert clean_name(name, limit=100, what="name") == name
