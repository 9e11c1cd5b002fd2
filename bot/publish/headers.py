"""What a web server has to say beside each document, as hosts read it from a `_headers` file.

Netlify, Cloudflare Pages and others take such a file from the folder they publish. docs/serving.md
has the same for servers with a configuration of their own, and a test compares.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

NAME = "_headers"

Headers = Mapping[str, str]

# A page's own policy is stricter: it names the hashes of its style and script, and both hold. Said
# here is what no upgrade changes, and what a page cannot say of itself: who may frame it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
EVERYWHERE: Headers = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}

# For programs on other pages, and badges; pages themselves are nobody's to read from there.
_SHARED = frozenset(
    {
        "application/atom+xml",
        "application/json",
        "application/rss+xml",
        "image/svg+xml",
        "text/calendar",
    }
)
_API = "api/"
_FOREWORD = """\
# Written with the page, revision {}.
# What Netlify, Cloudflare Pages and their like say beside each file.
# Pages themselves have what these hosts say of every page: ask first whether it changed.
"""


class Described(Protocol):
    """A document, as far as a server needs to know it."""

    @property
    def path(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def cache(self) -> str: ...


def headers_of(document: Described) -> Headers:
    """Its own headers, beside those that everything has."""
    own = {"Cache-Control": document.cache, "Content-Type": document.content_type}
    kind = document.content_type.partition(";")[0]
    return own | ({"Access-Control-Allow-Origin": "*"} if kind in _SHARED else {})


def for_hosts(documents: Iterable[Described], revision: int) -> str:
    """The `_headers` file. No header stands in two rules for one path: hosts would join them."""
    rules = {"/*": EVERYWHERE} | dict(_rules(documents))
    return _FOREWORD.format(revision) + "".join(
        f"\n{path}\n" + "".join(f"  {name}: {value}\n" for name, value in said.items())
        for path, said in rules.items()
    )


def _rules(documents: Iterable[Described]) -> Iterator[tuple[str, Headers]]:
    for one in documents:
        said = headers_of(one)
        if one.path.startswith(_API):  # for what is not there too, which is a page, and no JSON
            yield f"/{_API}*", {name: said[name] for name in said if name != "Content-Type"}
        elif not one.content_type.startswith("text/html") and one.path != NAME:
            yield "/" + one.path.format(":name"), said
