"""Which addresses a public page may link to."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

_MAIL = re.compile(r"mailto:[\w.+-]+@[\w-]+(?:\.[\w-]+)*", re.ASCII | re.IGNORECASE)
_WEB = re.compile(r"(https?)://([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE)
_LONGEST_HOST = 253  # RFC 1035, and it keeps the IDNA codec's work small
# Harmless in themselves; quoted, they cannot end what holds them. A bare % is no address at all.
_ODD = re.compile(r"[<>\"'`|{}^]|%(?![0-9a-fA-F]{2})")


def safe_url(url: str) -> str | None:
    """The address to link to, or None: only http and https to a plain host, and mailto.

    `url` is decoded once. A foreign host comes back in its ASCII form (xn--), so that one alphabet
    cannot pose as another; a name or password before the host is refused, as are invisible
    characters and whatever browsers and this parser might read differently.
    """
    if any(unicodedata.category(character)[0] in "CZ" for character in url) or "\\" in url:
        return None
    if _MAIL.fullmatch(url):
        return f"mailto:{url.partition(':')[2]}"
    web = _WEB.fullmatch(url)
    host = web and _safe_host(url)
    return f"{web[1].lower()}://{host}{_ODD.sub(_quoted, web[3])}" if web and host else None


def _safe_host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.netloc.removesuffix(f":{parts.port}")), parts.port
    except ValueError:  # a bad port, a bad bracket, a name that IDNA does not know
        return None
    if not _HOST.fullmatch(host):
        return None
    return host if port is None else f"{host}:{port}"


def _ascii(host: str) -> str:
    if len(host) > _LONGEST_HOST:
        raise ValueError(host)
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _quoted(match: re.Match[str]) -> str:
    return quote(match[0])
