"""Texts that nobody means well, and what a page may make of them: text."""

import json
import re

from tests.support.dom import Element, parse
from tests.support.npm import borrowed

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></style></script><svg onload=alert(1)>",
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "]]> <!-- --> <![CDATA[ &amp; &#60; &lt;b&gt;",
    "javascript:alert(1) <javascript:alert(1)|x> <https://a@evil.example|x>",
    "\x01\x08\x0b\x1f\ufffe\uffff end",
    "\u202egnp.exe\u2066 \u200b\ufeff",
    "`" * 40 + "*_~>" * 40,
    "<!channel> <@U123|ana> <#C1|secret>",
    "../../../etc/passwd %2e%2e/ CON a:b",
    "\u200b\u200d\u2060|\u00ad\u034f\u180e zero width",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏿🇦🇶" * 12,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "W" * 200,
    "اَلسَّلَامُ " + "עִבְרִית " * 10 + "(abc) [123] <def>",
    "\u2028line\u2029paragraph\u0085next",
]
LONGEST = (
    "Long words and https://example.com/" + "a" * 165 + " " + "word " * 560
)  # 3,000 characters

ALLOWED_IN_TEXT = {
    *("a", "bdi", "blockquote", "br", "code", "del", "em", "li", "ol", "p", "pre", "strong"),
    *("time", "ul"),
}


def naughty_strings() -> list[str]:
    """Max Woolf's Big List of Naughty Strings, but for the empty ones."""
    listed: list[str] = json.loads(borrowed("blns/resources/blns.json").read_text())
    return [one for one in listed if one.strip()]


def check_words(page: Element) -> None:
    """Fails where a page has more than text of what people typed."""
    for text in page.every(class_="text"):
        assert {one.tag for one in text.every()} <= ALLOWED_IN_TEXT
    check_inert(page)


def check_inert(page: Element) -> None:
    """Fails where anything in it runs, is styled, or leads to more than a page."""
    for element in page.every():
        assert not any(name.startswith("on") or name == "style" for name in element.attributes)
        check_address(element)


def check_feed(html: str) -> None:
    """Fails where a feed's reader would be given more than text with its times and labels."""
    told = parse(f"<div>{html}</div>")
    assert {one.tag for one in told.one("div").every()} <= ALLOWED_IN_TEXT | {"small", "var"}
    check_inert(told)


def check_address(element: Element) -> None:
    """Fails where a link leads to more than a page."""
    address = element.attributes.get("href", element.attributes.get("src", "/"))
    icon = element.tag == "link" and element.attributes.get("rel") == "icon"
    allowed = ("/", "#", "http://", "https://", "mailto:", "webcal:")
    assert icon or address.startswith(allowed), address
    assert not re.match(r"[/\\]{2}", address), f"{address} names another host"
    assert "@evil" not in address
