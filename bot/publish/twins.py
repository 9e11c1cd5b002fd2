"""Compressed twins: `index.html.gz` beside `index.html`, for web servers that serve such.

A twin is made of the very bytes it stands beside, in the same publication, and is a file of ours
like any other. Where it would save nothing there is none.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import brotli

from bot.publish.targets import File

Words = tuple[str, ...]  # of ENCODINGS

_GZIP_LEVEL = 9  # costs what 6 costs, on pages as small as ours
_BROTLI_LEVEL = 5  # within 1 % of 9, in a tenth of its time; 11 saves 10 %, and takes 150 ms


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)  # no time in it: the same bytes every time


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_LEVEL))


# The setting's word -> its ending, its name in Content-Encoding, and how it is made.
ENCODINGS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "gzip": (".gz", "gzip", _gzip),
    "brotli": (".br", "br", _brotli),
}


def with_twins(files: Iterable[File], words: Words) -> Iterator[File]:
    """Each file, and right behind it its twins."""
    for file in files:
        yield file
        yield from _twins(file, words)


def twin_paths(path: str, words: Words) -> Iterator[str]:
    """Where its twins stand, if it has any."""
    return (path + ENCODINGS[word][0] for word in words)


def _twins(file: File, words: Words) -> Iterator[File]:
    for word in words:
        ending, encoding, compress = ENCODINGS[word]
        body = compress(file.body)
        if len(body) < len(file.body):
            path = file.path + ending
            yield replace(file, path=path, body=body, encoding=encoding, etag=None)
