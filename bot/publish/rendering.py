"""From what is due to bytes. One document that cannot be made does not stop the others."""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jinja2 import TemplateError

from bot.publish.documents import HOME, When
from bot.publish.due import Due
from bot.publish.errors import RenderError, unrendered
from bot.publish.site import Site
from bot.publish.targets import File
from bot.publish.twins import Words, with_twins
from bot.publish.words import POISON
from storage.publications import Published

log = logging.getLogger(__name__)

_POISON = (*POISON, TemplateError)


@dataclass(frozen=True)
class Batch:
    """Documents of one snapshot, in the order in which they may appear."""

    files: tuple[File, ...] = ()
    home: tuple[File, ...] = ()  # last, so that it links to nothing that is not there
    missing: tuple[str, ...] = ()  # paths that could not be made: what stands there stays
    is_partial: bool = False  # one of those says how things are now

    def require_whole(self) -> None:
        """Raise RenderError where the page could contradict itself: that is not published."""
        if self.is_partial:
            raise RenderError(unrendered(self.missing))


def render_all(
    site: Site, every: Iterable[Due], known: Mapping[str, Published], compressed: Words = ()
) -> Batch:
    """The documents as bytes with their twins, but for what `known` says stands there already."""
    files: list[File] = []
    missing: list[Due] = []
    for due in every:
        try:
            file = _render(site, due, known.get(due.path))
        except _POISON:
            log.exception("a document could not be rendered", extra={"path": due.path})
            missing.append(due)
        else:
            files.append(file)
    changed = [file for file in files if not _stands(file, known)]
    return Batch(
        files=tuple(with_twins((file for file in changed if not _is_home(file)), compressed)),
        home=tuple(with_twins(filter(_is_home, changed), compressed)),
        missing=tuple(due.path for due in missing),
        is_partial=any(due.document.when is When.ALWAYS for due in missing),
    )


def published(files: Iterable[File], etags: Iterable[str | None]) -> list[Published]:
    """What to remember of files that were put."""
    return [
        Published(file.path, _digest(file.body), file.revision, etag)
        for file, etag in zip(files, etags, strict=True)
    ]


def _render(site: Site, due: Due, known: Published | None) -> File:
    return File(
        path=due.path,
        body=due.document.render(site, due.key).encode("utf-8", "replace"),
        content_type=due.document.content_type,
        cache=due.document.cache,
        revision=site.page.revision,
        etag=known.etag if known else None,
    )


def _is_home(file: File) -> bool:
    return file.path == HOME.path


def _stands(file: File, known: Mapping[str, Published]) -> bool:
    return file.path in known and known[file.path].digest == _digest(file.body)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
