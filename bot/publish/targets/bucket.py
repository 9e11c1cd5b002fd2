"""A bucket's calls, each with what came of it: done, refused by its condition, or unknown.

The client's own retries are off: what a repeated put would be answered after a lost response is
"refused", of its own success. Whoever asks again looks first.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from bot.publish.errors import TargetError
from bot.publish.targets.access import Access
from bot.publish.targets.base import LARGEST

PATIENCE = timedelta(seconds=5)  # for one call
_TO_CONNECT = timedelta(seconds=2)
_STATUS = re.compile(r"status code: (\d{3}) ([A-Za-z ]+)")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_CHECK_ACCESS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what the bucket's policy allows"
# What is found in a client's error -> what it means. A role's credentials come from the first.
_REASONS = {
    "169.254.169.254": "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "code: 501": "it does not support conditional writes (501)",
    "kind: Timeout": "timed out",
    "kind: Connect": "it cannot be reached",
    "incorrectly configured region": "the bucket is in another region: set AWS_REGION",
}


class Refused(Exception):  # noqa: N818 -- an answer, not a mistake
    """The condition did not hold, or the store says so of a put that it has carried out."""


class Unsure(TargetError):  # noqa: N818 -- a state, not a mistake
    """Nobody knows what became of it: it may still be carried out."""


@dataclass(frozen=True)
class Thing:
    """An object as it is to be put: its bytes, and what the store says of them to everybody."""

    path: str
    body: bytes
    content_type: str
    cache: str
    revision: int
    change: str  # the id of the change that made the revision

    @cached_property
    def digest(self) -> str:
        return sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Found:
    """What stands under a path. What was not written by us is of revision 0."""

    etag: str | None
    revision: int
    change: str
    digest: str


class Bucket:
    """The objects below a prefix. Any number of threads may use it."""

    def __init__(self, name: str, prefix: str, access: Access) -> None:
        said = {
            "access_key_id": access.key,
            "secret_access_key": access.secret,
            "session_token": access.token,
            "region": access.region,
            "endpoint": access.endpoint,
        }
        self._store = S3Store(
            name,
            prefix=prefix or None,
            config={key: value for key, value in said.items() if value}  # type: ignore[arg-type]
            | {"conditional_put": "etag", "disable_bulk_delete": True},
            client_options={
                "timeout": PATIENCE,
                "connect_timeout": _TO_CONNECT,
                "allow_http": access.endpoint.startswith("http://"),
            },
            retry_config={"max_retries": 0},
        )

    def read(self, path: str) -> tuple[bytes, str | None] | None:
        """An object's bytes and ETag; None where there is none. Raises TargetError."""
        with _told_plainly():
            try:
                found = obstore.get(self._store, path)
            except FileNotFoundError:
                return None
            if found.meta["size"] > LARGEST:
                raise TargetError(f"{path} is too large to be ours")
            return bytes(found.bytes()), found.meta["e_tag"]

    def look(self, path: str) -> Found | None:
        """What stands there; None where nothing does. Raises TargetError."""
        with _told_plainly():
            try:
                found = obstore.get(self._store, path, options={"head": True})
            except FileNotFoundError:
                return None
            said = found.attributes
            revision = str(said.get("revision", ""))
            return Found(
                found.meta["e_tag"],
                int(revision) if revision.isdecimal() else 0,
                str(said.get("change", "")),
                str(said.get("digest", "")),
            )

    def put(self, thing: Thing, etag: str | None) -> str | None:
        """Put it over what has this ETag, or, with none, where nothing is; its new ETag.

        Raises Refused where something else stands there, Unsure when the outcome is unknown,
        and TargetError when it certainly was not put.
        """
        attributes = {
            "Content-Type": thing.content_type,
            "Cache-Control": thing.cache,
            "revision": str(thing.revision),
            "change": thing.change,
            "digest": thing.digest,
        }
        with _told_plainly():
            try:
                return obstore.put(
                    self._store,
                    thing.path,
                    thing.body,
                    attributes=attributes,
                    mode={"e_tag": etag} if etag else "create",
                )["e_tag"]
            except (AlreadyExistsError, PreconditionError) as error:
                raise Refused from error
            except FileNotFoundError as error:
                raise TargetError("there is no such bucket") from error

    def delete(self, path: str) -> None:
        """Remove an object; one that is gone already is no failure. Raises TargetError."""
        with _told_plainly(), suppress(FileNotFoundError):
            obstore.delete(self._store, path)

    def list(self, prefix: str) -> Sequence[str]:
        """The paths that begin so. Raises TargetError."""
        folder = prefix.rpartition("/")[0]  # the client knows whole segments only
        with _told_plainly():
            found = [one["path"] for batch in obstore.list(self._store, folder) for one in batch]
        return [path for path in found if path.startswith(prefix)]


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        said = _answer(str(error)) or "no reason given"
        raise TargetError(f"it denies access ({said}): {_CHECK_ACCESS}") from error
    except BaseError as error:
        raise Unsure(_reason(str(error))) from error


def _reason(text: str) -> str:
    """A client's error in a few words."""
    known = (words for symptom, words in _REASONS.items() if symptom in text)
    answer = _answer(text)
    return next(known, None) or (f"it answers {answer}" if answer else "the connection broke")


def _answer(text: str) -> str:
    """What the store said: its code for it, or that of HTTP."""
    status, code = _STATUS.search(text), _CODE.search(text)
    return f"{status[1]} {code[1] if code else status[2].strip()}" if status else ""
