"""Where documents go, by address: one file here per kind of target."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.core.errors import Refusal
from bot.publish.targets.access import Access
from bot.publish.targets.base import File, Target, Writer
from bot.publish.targets.folder import FolderTarget

__all__ = ["Access", "File", "FolderTarget", "Target", "Writer", "open_target"]

_NOBODY = Access()


def open_target(url: str, access: Access = _NOBODY, *, several: bool = False) -> Target:
    """The target at a folder's path, `file:///…` or `s3://bucket/prefix`.

    `several` says that other machines may publish there too. Raises Refusal for other addresses.
    """
    scheme, colon, rest = url.partition("://")
    if not colon:
        return FolderTarget(Path(url).absolute())
    parts = urlsplit(url)
    if scheme == "file" and parts.netloc in ("", "localhost") and parts.path.strip("/"):
        return FolderTarget(Path(unquote(parts.path)))
    if scheme == "s3" and rest:
        from bot.publish.targets.s3 import S3Target  # noqa: PLC0415 -- its client is large

        return S3Target(url, access, several=several)
    raise Refusal(f'"{url}" is no target.', "Write a folder, file:///… or s3://bucket/prefix.")
