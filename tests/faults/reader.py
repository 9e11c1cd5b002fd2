"""Somebody who reads the published page twenty times a second, and believes nothing.

Of every answer: a whole 200, parsable, stating a revision that never falls at its address; and the
same bytes wherever it is the same revision. What it saw is judged again with the ledger at the end.
"""

import hashlib
import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

EVERY = 0.05
ALWAYS = (
    "index.html",
    ".duckrow/revision.json",
    "api/v2/status.json",
    "api/v2/summary.json",
    "history.atom",
)
_LINK = re.compile(rb'href="([^"#:]+)"')
_INCIDENT = re.compile(rb'href="(?:\./)?(incidents/[a-z0-9]{12}/)"')
_REVISION = re.compile(rb'<meta name="revision" content="(\d+)">|<!-- revision (\d+) -->')
_GREEN = re.compile(rb'<span class="state operational">')
_LONGEST_ANSWER = 10.0

Stated = Any  # a revision, or the time of the change that made it: one kind at each address


@dataclass(frozen=True)
class Sight:
    """One document as it was served, the first time that it said so."""

    path: str
    stated: Stated
    digest: str
    green: bool | None  # None where it says nothing of the kind
    at: float


class Reader:
    """Reads one copy of the page, at `base`, with a closing slash."""

    def __init__(self, base: str, seed: int = 0) -> None:
        self.base = base
        self.gets = 0
        self.sights: list[Sight] = []
        self.violations: list[tuple[str, str]] = []  # invariant, what was seen
        self.looking = threading.Lock()  # held by whoever changes what was seen, too
        self._random = Random(seed)
        self._newest: dict[str, Stated] = {}
        self._known: dict[tuple[str, Stated], str] = {}
        self._stopped = threading.Event()
        self._connection: http.client.HTTPConnection | None = None
        self._thread = threading.Thread(target=self._work, name="reader")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            with self.looking:
                self.look()
            due = max(due + EVERY, time.monotonic() - EVERY)
            self._stopped.wait(max(due - time.monotonic(), 0.001))
        self.hang_up()

    def look(self) -> None:
        """Once at everything that always changes, and at something that the home page links to."""
        home = b""
        for path in ALWAYS:
            body = self.read(path)
            home = home or body or b""
        if incidents := _INCIDENT.findall(home):
            self.read(incidents[0].decode() + "index.html")
        if links := _LINK.findall(home):
            self.read(_as_path(self._random.choice(links).decode()))

    def read(self, path: str) -> bytes | None:
        """One document, judged; None when it was not served as it should be."""
        try:
            status, length, body = self._get(path)
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            self._wrong("I8", f"{path}: {error!r}")
            return None
        self.gets += 1
        if status != http.client.OK or length not in (None, str(len(body))):
            self._wrong("I8", f"{path}: {status}, {len(body)} bytes of {length}")
            return None
        self._judge(path, body)
        return body

    def _get(self, path: str) -> tuple[int, str | None, bytes]:
        if self._connection is None:
            host = urlsplit(self.base).netloc
            self._connection = http.client.HTTPConnection(host, timeout=_LONGEST_ANSWER)
        self._connection.request("GET", urlsplit(urljoin(self.base, path)).path)
        response = self._connection.getresponse()
        return response.status, response.headers.get("Content-Length"), response.read()

    def hang_up(self) -> None:
        """Close the connection; the next look opens another."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def _judge(self, path: str, body: bytes) -> None:
        try:
            stated = stated_by(path, body)
        except (ValueError, LookupError, TypeError, ET.ParseError) as error:
            self._wrong("I5", f"{path} is torn: {error!r}, {body[-60:]!r}")
            return
        if stated is None:
            return
        newest = self._newest.setdefault(path, stated)
        if stated < newest:
            self._wrong("I6", f"{path} went back from {newest} to {stated}")
        self._newest[path] = max(newest, stated)
        self._note(path, stated, body)

    def _note(self, path: str, stated: Stated, body: bytes) -> None:
        digest = hashlib.sha256(body).hexdigest()[:16]
        known = self._known.get((path, stated))
        if known is None:
            self._known[path, stated] = digest
            self.sights.append(Sight(path, stated, digest, is_green(path, body), time.monotonic()))
        elif known != digest and not path.startswith(".duckrow/"):  # that one says who looked when
            self._wrong("I5", f"{path} of {stated} has other bytes than before")

    def _wrong(self, invariant: str, what: str) -> None:
        self.violations.append((invariant, f"{what} ({self.base})"))


def stated_by(path: str, body: bytes) -> Stated | None:
    """What a whole document says it is of; None where it says nothing. Raises when it is torn."""
    if path.endswith(".json"):
        said = json.loads(body)
        if path.startswith(".duckrow/"):
            return int(said["revision"])
        return datetime.fromisoformat(said["page"]["updated_at"])
    if path.endswith((".atom", ".rss", ".xml", ".svg")):
        ET.fromstring(body)
    elif path.endswith(".html") and not body.rstrip().endswith(b"</html>"):
        raise ValueError("no end")
    found = _REVISION.search(body)
    return int(found[1] or found[2]) if found else None


def is_green(path: str, body: bytes) -> bool | None:
    """Whether it says that all is well."""
    if path == "index.html":
        return bool(_GREEN.search(body.partition(b"</h1>")[0]))
    if path in ("api/v2/status.json", "api/v2/summary.json"):
        return bool(json.loads(body)["status"]["indicator"] == "none")
    return None


def _as_path(link: str) -> str:
    return link + "index.html" if link.endswith("/") or link in (".", "..") else link


@contextmanager
def reading(bases: list[str], wait: Callable[[], None] = lambda: None) -> Iterator[list[Reader]]:
    """Readers of each address while the block runs, once the page is there."""
    wait()
    readers = [Reader(base, seed) for seed, base in enumerate(bases)]
    for one in readers:
        one.start()
    try:
        yield readers
    finally:
        for one in readers:
            one.stop()
