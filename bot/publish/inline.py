"""What stands inside every page: the stylesheet, the script, and the policy that lets in just them.

Both are templates, so that a theme can build upon ours, and the script can speak.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup

from bot.core.colour import readable

# Where links stand; the same as in _style.css, to which a test holds them.
LIGHT = ("#ffffff", "#f6f7f8")
DARK = ("#0f1216", "#171b21")


@dataclass(frozen=True)
class Inline:
    """For the page's head and foot."""

    style: Markup
    script: Markup
    csp: str


@lru_cache(64)
def inline(environment: Environment, accent: str) -> Inline:
    """In the environment's language, with the page's accent where it has one."""
    style, script = _tight(_source(environment, "_style.css")), _source(environment, "_script.js")
    style += accent_style(accent) if accent else ""
    return Inline(Markup(style), Markup(script), _policy(style, script))  # noqa: S704 -- ours


def accent_style(accent: str) -> str:
    """The accent as it is where it can be read, else the nearest shade of it that can."""
    light, dark = readable(accent, LIGHT, "#000000"), readable(accent, DARK, "#ffffff")
    return (
        f"\n@media screen{{:root{{--link:{light}}}}}"
        f"\n@media screen and (prefers-color-scheme:dark){{:root{{--link:{dark}}}}}"
    )


def _source(environment: Environment, name: str) -> str:
    """A file to stand inside a page, without its comments and indentation."""
    said = environment.get_template(name).render()
    text = re.sub(r"/\*.*?\*/", "", said, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


# A string stands as it is; around the rest blanks say nothing. Before a colon one does: `a :hover`.
_BLANKS = re.compile(r"""("[^"]*"|'[^']*')|\s*([{};,])\s*|(:)\s+""")


def _tight(style: str) -> str:
    """The stylesheet in fewer bytes: every page carries it whole."""
    return _BLANKS.sub(lambda found: "".join(filter(None, found.groups())), style)


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "img-src data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
