"""What the settings of the page's look must be; see bot.config.values."""

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from bot.core.errors import Refusal
from bot.core.page import LANGUAGES, PageLink
from bot.core.text import safe_url

LARGEST_LOGO = 10_000  # bytes of its data: address, which is a part of every page
MOST_LINKS = 6

_SVG = re.compile(r"<svg\b[^>]*\bxmlns\s*=\s*[\"']http://www\.w3\.org/2000/svg[\"']")
_PLAIN = " /:=;,()@!*$?+~"  # what an address of an SVG may hold as it is, inside quotes too


def language(text: str) -> str:
    """One that the page's words are translated into."""
    if text.lower() not in LANGUAGES:
        raise Refusal(f'"{text}" is no language of the page.', f"Write {one_of(LANGUAGES)}.")
    return text.lower()


def one_of(choices: tuple[str, ...]) -> str:
    """One, two or three."""
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


def accent(text: str) -> str:
    """A colour in six hexadecimal digits."""
    if not re.fullmatch(r"#[0-9a-f]{6}", text.lower()):
        raise Refusal(f'"{text}" is no colour.', "Write six hexadecimal digits, such as #0b57d0.")
    return text.lower()


def on_or_off(text: str) -> bool:
    """A switch."""
    if text.lower() not in {"on", "off"}:
        raise Refusal(f'"{text}" is neither on nor off.', "Write on or off.")
    return text.lower() == "on"


def links(text: str) -> tuple[PageLink, ...]:
    """Words and address of each, as in `Support=https://… Status of the office=https://…`."""
    found = tuple(_labelled(text.split()))
    if not found or not all(map(all, found)) or not text.isprintable():
        remedy = "Write each as words=address: Support=https://help.example.com/"
        raise Refusal("it is no list of links.", remedy)
    if len(found) > MOST_LINKS:
        raise Refusal(f"these are {len(found)} links.", f"Leave at most {MOST_LINKS}.")
    return tuple(PageLink(label, _address(address)) for label, address in found)


def _labelled(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Label and address of each link; what a label or an address is missing from has it empty."""
    label = ""
    for word in words:
        last, equals, address = word.partition("=")
        label = f"{label} {last}".strip()
        if equals:
            yield label, address
            label = ""
    if label:
        yield label, ""


def _address(text: str) -> str:
    address = safe_url(text)
    if address is None:
        remedy = "Begin it with https://, http:// or mailto:, without a user's name."
        raise Refusal(f'"{text}" cannot be linked to.', remedy)
    return address


def logo(text: str) -> str:
    """An image's file, as the data: address under which it stands inside every page."""
    if re.match(r"(https?:)?//", text, re.IGNORECASE):
        remedy = "Save the image as a file, and write the file's path."
        raise Refusal("it is on another server, and the page asks nobody else.", remedy)
    address = _data_address(_image(Path(text)))
    if len(address) > LARGEST_LOGO:
        remedy = f"Make that {LARGEST_LOGO:,} at most. SVG is smallest."
        raise Refusal(f"the image takes {len(address):,} bytes of every page.", remedy)
    return address


def _data_address(body: bytes) -> str:
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return _base64("png", body)
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return _base64("webp", body)
    svg = " ".join(_svg(body).split())
    quoted = f"data:image/svg+xml,{quote(svg, safe=_PLAIN)}"
    return min(quoted, _base64("svg+xml", svg.encode()), key=len)


def _image(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror or error}."
        raise Refusal(reason, "Write the path of an image.") from None


def _svg(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if not _SVG.search(text):
        remedy = "Write the path of an SVG (with its xmlns), a PNG or a WebP."
        raise Refusal("the file is no such image.", remedy)
    return text


def _base64(kind: str, body: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(body).decode()}"


def theme(text: str) -> Path:
    """A folder of templates."""
    folder = Path(text).absolute()
    if not folder.is_dir():
        raise Refusal(f'"{text}" is no folder.', "Write the path of the theme's folder.")
    return folder
