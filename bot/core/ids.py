"""Public ids: 12 characters of [a-z0-9], as Statuspage's own clients expect them."""

import hashlib
import secrets
import string

SHAPE = "[a-z0-9]{12}"  # as a regular expression
_ALPHABET = string.ascii_lowercase + string.digits


def new_id() -> str:
    """A new random id, 62 bits: nobody can guess an unpublished incident's address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def derived_id(*parts: object) -> str:
    """The id that these parts have everywhere: two ledgers that part ways still agree on it.

    Whoever knows the parts knows the id.
    """
    number = int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest())
    return "".join(_ALPHABET[number // len(_ALPHABET) ** at % len(_ALPHABET)] for at in range(12))
