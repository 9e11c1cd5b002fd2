"""Where documents go, by address: one file here per kind of target."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.core.errors import Refusal
from bot.publish.targets.base import File, Target, Writer
from bot.publish.targets.folder import FolderTarget

__all__ = ["File", "FolderTarget", "Target", "Writer", "open_target"]


def open_target(url: str) -> Target:
    """The target at a folder's path or `file:///…`. Raises Refusal for any other address."""
    scheme, colon, _ = url.partition("://")
    if not colon:
        return FolderTarget(Path(url).absolute())
    parts = urlsplit(url)
    if scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/"):
        return FolderTarget(Path(unquote(parts.path)))
    if scheme == "s3":
        raise Refusal(
            "publishing to object stores (s3://…) is not supported.",
            "Publish to a folder, such as ./public, and let any web server serve it.",
        )
    raise Refusal(f'"{url}" is no target.', "Write a folder, or file:///….")
