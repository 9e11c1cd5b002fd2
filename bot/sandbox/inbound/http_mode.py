"""Signed requests to the app's request URL.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from bot.sandbox.inbound.envelope import DEADLINE, DeliveryFailed, Envelope
from bot.sandbox.model.errors import Json

FORM = "application/x-www-form-urlencoded"
AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Version v0: HMAC-SHA256 over v0:timestamp:body."""
    base = b":".join((b"v0", timestamp.encode(), body))
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def form_or_json(envelope: Envelope) -> tuple[bytes, str]:
    """The body and its type: commands are forms, interactions a form's one field, events JSON."""
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload).encode(), FORM
    if envelope.kind == "interactive":
        return urlencode({"payload": json.dumps(envelope.payload)}).encode(), FORM
    return json.dumps(envelope.payload).encode(), "application/json"


class HttpMode:
    """Sends to one address."""

    def __init__(self, url: str, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.url, self.secret, self.clock = url, secret, clock

    def deliver(self, envelope: Envelope, seconds: float) -> Json | None:
        """One signed POST; raises DeliveryFailed."""
        retry = {"X-Slack-Retry-Num": str(envelope.retry)}
        retry["X-Slack-Retry-Reason"] = envelope.retry_reason
        more = retry if envelope.retry else {}
        return _read(*self.send(*form_or_json(envelope), more, seconds))

    def verify_url(self) -> bool:
        """Whether the address answers Slack's challenge; raises DeliveryFailed."""
        challenge = secrets.token_urlsafe(16)
        body = {"type": "url_verification", "token": "sandbox", "challenge": challenge}
        envelope = Envelope("", "events_api", body)
        response, answer = self.send(*form_or_json(envelope))
        return response.status == http.client.OK and challenge in answer.decode()

    def check_ssl(self) -> bool:
        """Whether the address takes Slack's now and then check; raises DeliveryFailed."""
        response, _ = self.send(urlencode({"ssl_check": "1", "token": "sandbox"}).encode(), FORM)
        return response.status == http.client.OK

    def send(
        self,
        body: bytes,
        kind: str,
        headers: Mapping[str, str] | None = None,
        seconds: float = DEADLINE,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Sign and send anything; `headers` win, for forgeries. Raises DeliveryFailed."""
        timestamp = str(int(self.clock()))
        signed = {
            "Content-Type": kind,
            "Accept": "*/*",
            "User-Agent": AGENT,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.secret, timestamp, body),
        }
        return self._post(body, {**signed, **(headers or {})}, seconds)

    def _post(
        self, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[http.client.HTTPResponse, bytes]:
        to = urlsplit(self.url)
        connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=seconds)
        try:
            connection.request("POST", to.path or "/", body, headers)
            response = connection.getresponse()
            return response, response.read()
        except TimeoutError as error:
            raise DeliveryFailed("operation_timeout") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed("dispatch_failed") from error
        finally:
            connection.close()


def _read(response: http.client.HTTPResponse, body: bytes) -> Json | None:
    if response.status != http.client.OK:
        again = response.headers.get("x-slack-no-retry") != "1"
        raise DeliveryFailed("dispatch_failed", may_retry=again)
    text = body.decode("utf-8", "replace")
    if not text.strip():
        return None
    if "json" not in response.headers.get("content-type", ""):
        return {"text": text}
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise DeliveryFailed("invalid_command_response") from error
    return answer if isinstance(answer, dict) else {"text": str(answer)}
