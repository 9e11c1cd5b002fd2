"""A page as a tree of elements, read by the standard library's own parser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: "list[Element | str]" = field(default_factory=list)

    def every(self, tag: str = "", **attributes: str) -> "list[Element]":
        """Elements below, in order; a class matches any of an element's classes."""
        return [one for one in self._walk() if one.fits(tag, attributes)]

    def one(self, tag: str = "", **attributes: str) -> "Element":
        (found,) = self.every(tag, **attributes)
        return found

    def fits(self, tag: str, attributes: dict[str, str]) -> bool:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return (not tag or tag == self.tag) and all(
            value in self.attributes.get(name, "").split() for name, value in wanted.items()
        )

    @property
    def text(self) -> str:
        """All text within, its blanks collapsed."""
        return " ".join("".join(self._texts()).split())

    def _walk(self) -> "Iterator[Element]":
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._walk()

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, Element):
                yield from child._texts()
            else:
                yield child


def places(
    element: Element, opaque: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Each element below, as tags and classes from the root and the names of its attributes.

    What stands inside an element of the class `opaque` does not count.
    """
    for child in element.children:
        if isinstance(child, Element):
            here = (*above, child.tag, child.attributes.get("class", ""))
            yield (*above, *_kind(child))
            if not opaque or opaque not in child.attributes.get("class", "").split():
                yield from places(child, opaque, here)


def _kind(element: Element) -> tuple[str, ...]:
    return (element.tag, element.attributes.get("class", ""), *sorted(element.attributes))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """The tree; fails where an element is not closed in its place."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.open) == 1, f"<{builder.open[-1].tag}> is not closed"
    return builder.root
