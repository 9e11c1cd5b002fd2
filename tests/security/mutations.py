"""Requests that nobody at Slack sent: each is a good one with one thing wrong.

`tampered` are wrong as they arrive; `signed` are signed by somebody who has the secret, and still
say what they may not. Whatever comes out must leave no row behind.
"""

import gzip
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from bot.sandbox.inbound.http_mode import FORM, signature
from bot.sandbox.model.errors import Json

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire."""

    body: bytes
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/slack/events"

    def having(self, **headers: str | bytes) -> "Sent":
        """With other headers; `_` stands for a hyphen."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})

    def without(self, *names: str) -> "Sent":
        kept = {name: said for name, said in self.headers.items() if name not in names}
        return replace(self, headers=kept)


def signed(
    secret: str, body: bytes, kind: str = FORM, *, ago: int = 0, stamp: str | None = None
) -> Sent:
    """Signed so many seconds ago."""
    timestamp = stamp if stamp is not None else str(int(time.time()) - ago)
    headers = {
        "Content-Type": kind,
        STAMP: timestamp,
        SIGNATURE: signature(secret, timestamp, body),
    }
    return Sent(body, headers)


PEOPLE = ("U00000GUS", "U0000SOLO", "U00000EVE", "U000000DEE", "U0000ROBO", "U00000BOT")

# Another workspace, app, organisation, channel or person than those that may.
WRONG: dict[str, tuple[str, ...]] = {
    "team_id": ("T0000OTHER", "", "t00000home"),
    "api_app_id": ("A0000OTHER", ""),
    "channel_id": ("C00000GEN", "C00000EXT", "G0000SECR", "", "c00000inc", "C00000INC "),
    "user_id": (*PEOPLE, "USLACKBOT", "U0NOBODY", "", "../users", "U00000ANA\n"),
    "enterprise_id": ("E0000OTHER",),
    "is_enterprise_install": ("true",),
    "trigger_id": ("",),
}

# The same of a pressed button: what stands around its value, and in it.
WRONG_PRESSES: tuple[tuple[Json, Json], ...] = (
    ({"user": {"id": "U00000EVE", "team_id": "T0000OTHER"}}, {}),
    ({"user": {"id": "U00000ANA", "team_id": "T0000OTHER"}}, {}),
    *(({"user": {"id": person, "team_id": "T00000HOME"}}, {}) for person in PEOPLE),
    ({"team": {"id": "T0000OTHER"}}, {}),
    ({"channel": {"id": "C00000GEN"}}, {}),
    ({"channel": None}, {}),
    ({"api_app_id": "A0000OTHER"}, {}),
    ({"trigger_id": ""}, {}),
    ({"enterprise": {"id": "E0000OTHER"}}, {}),
    ({"is_enterprise_install": True}, {}),
    ({}, {"key": "T0000OTHER:A00000DUCK:1"}),
    ({}, {"key": 5}),
    ({}, {"line": ["open A | B"]}),
    ({}, {"line": None}),
)

Mutation = Callable[[random.Random, str, Json], Sent]


def _good(secret: str, fields: Json) -> Sent:
    return signed(secret, urlencode(fields).encode())


# As they arrive: not signed, not now, or not what was signed.


def _other_signature(dice: random.Random, secret: str, fields: Json) -> Sent:
    good = _good(secret, fields)
    digits = str(good.headers[SIGNATURE])
    at = dice.randrange(3, len(digits))
    flipped = digits[:at] + format(int(digits[at], 16) ^ (1 << dice.randrange(4)), "x")
    forms: list[str | bytes] = [
        flipped + digits[at + 1 :],
        digits[:at],
        digits + "0",
        digits.upper(),
        digits.replace("v0=", "v1="),
        digits.removeprefix("v0="),
        digits.encode()[:at] + bytes([dice.randrange(128, 256)]),
        b"v0=\xff\xfe",
        "v0=",
        "",
    ]
    return good.having(X_Slack_Signature=dice.choice(forms))


def _nothing_signed(dice: random.Random, secret: str, fields: Json) -> Sent:
    missing = dice.choice([(SIGNATURE,), (STAMP,), (SIGNATURE, STAMP)])
    return _good(secret, fields).without(*missing)


def _other_time(dice: random.Random, secret: str, fields: Json) -> Sent:
    """Well signed, too long ago or to come."""
    ago = dice.choice([302, 303, 600, 3600, 10**6, -305, -3600, -(10**6)])
    return signed(secret, urlencode(fields).encode(), ago=ago)


def _odd_time(dice: random.Random, secret: str, fields: Json) -> Sent:
    now = str(int(time.time()))
    odd = ["", "now", "1e9", f"{now}.0", f"+{now}", f"-{now}", f"0x{int(now):x}", "9" * 40, "NaN"]
    return signed(secret, urlencode(fields).encode(), stamp=dice.choice(odd))


def _moved_time(dice: random.Random, secret: str, fields: Json) -> Sent:
    """Another time than the one that was signed."""
    moved = str(int(time.time()) + dice.choice([-60, -2, 2, 60]))
    return _good(secret, fields).having(X_Slack_Request_Timestamp=moved)


def _altered_body(dice: random.Random, secret: str, fields: Json) -> Sent:
    good = _good(secret, fields)
    at = dice.randrange(len(good.body))
    flipped = bytes([good.body[at] ^ (1 << dice.randrange(8))])
    bodies = [
        good.body[:at] + flipped + good.body[at + 1 :],
        good.body[:at] + good.body[at + 1 :],
        good.body + b"&text=more",
        good.body * 2,
        b"",
    ]
    return replace(good, body=dice.choice(bodies))


def _other_secret(dice: random.Random, secret: str, fields: Json) -> Sent:
    others = [secret.upper(), secret[:-1], secret + "0", f"{dice.getrandbits(128):032x}", " "]
    return _good(dice.choice(others), fields)


# Signed with the secret, by whoever got hold of it.


def _other_authority(dice: random.Random, secret: str, fields: Json) -> Sent:
    name, values = dice.choice([*WRONG.items()])
    return _good(secret, fields | {name: dice.choice(values)})


def _missing_field(dice: random.Random, secret: str, fields: Json) -> Sent:
    name = dice.choice(["team_id", "api_app_id", "channel_id", "user_id", "trigger_id", "command"])
    return _good(secret, {key: value for key, value in fields.items() if key != name})


def _twice(dice: random.Random, secret: str, fields: Json) -> Sent:
    """A key that stands twice: readers would differ about which one counts."""
    name = dice.choice([*fields])
    return signed(secret, urlencode([*fields.items(), (name, fields[name])]).encode())


def _other_kind(dice: random.Random, secret: str, fields: Json) -> Sent:
    kinds = ["text/plain", "multipart/form-data; boundary=x", "application/json", "", "x" * 500]
    return signed(secret, urlencode(fields).encode(), dice.choice(kinds))


def _compressed(dice: random.Random, secret: str, fields: Json) -> Sent:
    """A small body that would be a large one."""
    body = gzip.compress(urlencode(fields).encode() + b"&pad=" + b"0" * 100_000)
    return signed(secret, body).having(Content_Encoding=dice.choice(["gzip", "deflate", "br"]))


def _noise(dice: random.Random, secret: str, _: Json) -> Sent:
    kind = dice.choice([FORM, "application/json"])
    bodies = [
        dice.randbytes(dice.randrange(400)),
        b"",
        b"&" * 300,
        b"payload=" + b"%5B" * 5000,
        b'{"type":' * 2000,
        b"text=%ED%A0%80&command=%2Fincident",
        "command=/incident&text=x".encode("utf-16"),
        json.dumps({"type": dice.choice(["event_callback", "block_actions", 5])}).encode(),
    ]
    return signed(secret, dice.choice(bodies), kind)


def _pressed(dice: random.Random, secret: str, fields: Json) -> Sent:
    payload = json.dumps(dice.choice(wrong_presses(fields)))
    return signed(secret, urlencode({"payload": payload}).encode())


def wrong_presses(fields: Json) -> list[Json]:
    """Buttons that we never made, and good ones pressed by somebody else or somewhere else."""
    home = {"team": {"id": "T00000HOME"}, "api_app_id": "A00000DUCK"}
    body = home | {
        "type": "block_actions",
        "user": {"id": "U00000ANA", "team_id": "T00000HOME"},
        "channel": {"id": "C00000INC"},
        "trigger_id": fields["trigger_id"],
        "response_url": fields["response_url"],
    }
    value = {"key": f"T00000HOME:A00000DUCK:{fields['trigger_id']}", "line": fields["text"]}
    return [
        body | outside | {"actions": [_action(value | inside)]} for outside, inside in WRONG_PRESSES
    ]


def _action(value: Json) -> Json:
    return {"action_id": "retry:0", "block_id": "b", "type": "button", "value": json.dumps(value)}


TAMPERED: tuple[Mutation, ...] = (
    *(_other_signature, _nothing_signed, _other_time, _odd_time, _moved_time),
    *(_altered_body, _other_secret),
)
SIGNED: tuple[Mutation, ...] = (
    *(_other_authority, _missing_field, _twice, _other_kind, _compressed, _noise, _pressed),
)
