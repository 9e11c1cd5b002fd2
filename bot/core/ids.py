"""Public ids: 12 characters of [a-z0-9], as Statuspage's own clients expect them."""

import secrets
import string

_ALPHABET = string.ascii_lowercase + string.digits


def new_id() -> str:
    """A new random id, 62 bits: nobody can guess an unpublished incident's address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))
