"""Never backwards, object by object: the store itself refuses to put older over newer.

A put names the ETag of what it replaces. When that is refused, or nobody knows what became of it,
only what stands there counts: our own bytes are our success, something newer is left alone, and
over something older it is put again, upon what was just seen.
"""

from bot.publish.errors import TargetError
from bot.publish.targets.bucket import Bucket, Found, Refused, Thing, Unsure

_ATTEMPTS = 5
_CONTENDED = "others keep writing to it"


class Newer(Exception):  # noqa: N818 -- a state, not a mistake
    """What stands there is another publication's, and not to be written over."""

    def __init__(self, there: Found) -> None:
        super().__init__(there)
        self.there = there


def put(bucket: Bucket, thing: Thing, etag: str | None, *, take_over: bool = False) -> str | None:
    """Put it unless something newer stands there; its ETag. `etag` is what we believe is there.

    Raises Newer, unless `take_over` asks for no such thing, and TargetError.
    """
    reason = _CONTENDED
    for _ in range(_ATTEMPTS):
        try:
            return bucket.put(thing, etag)
        except Refused:
            pass
        except Unsure as unsure:
            reason = str(unsure)
        there = bucket.look(thing.path)
        if there and (there.revision, there.digest) == (thing.revision, thing.digest):
            return there.etag
        if there and not take_over and _is_newer(there, thing):
            raise Newer(there)
        etag = there.etag if there else None
    raise TargetError(reason)


def _is_newer(there: Found, thing: Thing) -> bool:
    """True for another ledger's of the same revision, too."""
    another = there.revision == thing.revision and there.change != thing.change
    return another or there.revision > thing.revision
