"""Where things stand on the page: absolute addresses, and links that hold behind any host name."""

from urllib.parse import urlsplit


def root(url: str) -> str:
    """The path that links on the page begin with: "/", or the page's folder on its host."""
    return urlsplit(url).path or "/"


def host(url: str) -> str:
    """The host without its port, as tag URIs want it."""
    return urlsplit(url).hostname or "localhost"


def incident(url: str, public_id: str) -> str:
    """The permalink of an incident, below the page's own address."""
    return f"{url}incidents/{public_id}/"
