"""What an object store wants to know of whoever writes to it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Access:
    """Empty fields are the client's to find out: credentials from the machine's role."""

    key: str = ""
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    region: str = ""
    endpoint: str = ""  # AWS's own when empty
