"""What a real browser makes of a text is what our own reader of pages says it is: inert.

So what the other tests find with the small reader, with any input, holds in a browser, too.
"""

import random
from typing import Any

from bot.core.text import to_html
from tests.core.test_text import ALLOWED, PLAIN_PIECES, TOKEN_PIECES, VALUES
from tests.support.dom import Element, parse
from tests.support.hostile import HOSTILE, LONGEST, naughty_strings

SEED, MIXED = 20130222, 600
READ = """() => [...document.querySelectorAll("body > div")].map(function read(node) {
  if (node.nodeType == Node.TEXT_NODE) return node.data;
  if (node.nodeType != Node.ELEMENT_NODE) return ["neither element nor text", {}, []];
  const attributes = [...node.attributes].map(one => [one.name, one.value]);
  return [node.localName, Object.fromEntries(attributes), [...node.childNodes].map(read)];
})"""


def texts():
    """Known tricks, and what chance makes of their pieces."""
    dice = random.Random(SEED)
    pieces = [*PLAIN_PIECES, *TOKEN_PIECES, *HOSTILE]
    mixed = ["".join(dice.choices(pieces, k=dice.randrange(1, 30))) for _ in range(MIXED)]
    return [*HOSTILE, LONGEST, *naughty_strings(), *mixed]


def as_lists(element: Element):
    children: list[Any] = []
    for child in element.children:
        if isinstance(child, str) and children and isinstance(children[-1], str):
            children[-1] += child
        else:
            children.append(child if isinstance(child, str) else as_lists(child))
    return [element.tag, element.attributes, children]


def test_a_browser_reads_the_same_elements_and_the_same_words(tab):
    written = [to_html(text) for text in texts()]
    tab.set_content("<!doctype html><body>" + "".join(f"<div>{one}</div>" for one in written))
    seen = tab.evaluate(READ)
    assert len(seen) == len(written)
    for html, tree in zip(written, seen, strict=True):
        assert tree == as_lists(parse(f"<div>{html}</div>").one("div")), html
        check(tree[2])


def check(children):
    """Only the listed elements, with only the listed attributes and values."""
    for child in children:
        if isinstance(child, list):
            tag, attributes, inside = child
            assert tag in ALLOWED
            assert set(attributes) <= ALLOWED[tag]
            assert all(VALUES[name].fullmatch(value) for name, value in attributes.items())
            check(inside)
