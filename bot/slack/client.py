"""Calls out to Slack: one connection pool, no retries, and failures sorted in one place.

What a failure means for the caller is the whole question: nothing happened (try again later),
nobody knows (look before trying again), or Slack will not do it (somebody must act).
"""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Self

import httpx

from bot.core.observer import NOBODY, Observer
from bot.slack.deadline import deadline, keeping_deadlines

SLACK = "https://slack.com/api/"
POST_TIMEOUT = 10.0  # seconds; a post may take long, and its outcome matters

_LONGEST_WAIT = 3600.0  # seconds; a Retry-After beyond this is no plan
_UNREADABLE_WAIT = 30.0

_HARMLESS = frozenset({"ratelimited", "rate_limited", "team_added_to_org"})
_UNCERTAIN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SlackFailure(Exception):  # noqa: N818 -- the three kinds below are named for what they mean
    """A call that did not give the wanted answer; `error` is Slack's word, or ours."""

    outcome = "failed"

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class NoEffect(SlackFailure):
    """Nothing happened: safe to try again, after so many seconds where Slack says so."""

    outcome = "no_effect"

    def __init__(self, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.retry_after = retry_after


class Ambiguous(SlackFailure):
    """It may have happened: look before trying again."""

    outcome = "ambiguous"


class Permanent(SlackFailure):
    """Slack refuses, and will again until somebody changes something."""

    outcome = "refused"


class Client:
    """Slack's Web API with one token. Safe to use from several threads; close it when done."""

    def __init__(self, token: str, base_url: str = SLACK, observer: Observer = NOBODY) -> None:
        self._observer = observer
        self._http = keeping_deadlines(
            httpx.Client(
                base_url=base_url,
                headers={"Authorization": f"Bearer {token}"},
                verify=_certificates(),
            )
        )

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(
        self,
        method: str,
        /,
        *,
        within: float = POST_TIMEOUT,
        since: float | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Slack's answer, which says ok. Raises NoEffect, Ambiguous or Permanent.

        `since`: from when on `within` counts (monotonic seconds), else from now on. Whoever comes
        too late, because the machine stood still perhaps, sends nothing.
        """
        return self._answer(method, _until(within, since), params)[0]

    def scopes(self) -> frozenset[str]:
        """What the token may do, as Slack grants it."""
        _, headers = self._answer("auth.test", _until(POST_TIMEOUT), {})
        said = headers.get("x-oauth-scopes", "").split(",")
        return frozenset(scope.strip() for scope in said if scope.strip())

    def _answer(
        self, method: str, until: float, params: Mapping[str, Any]
    ) -> tuple[dict[str, Any], httpx.Headers]:
        with _told(self._observer, method):
            response = _sent(self._http, method, until, data=_form(params))
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise NoEffect("ratelimited", _retry_after(response))
            answer = _object(response)
            if not answer.get("ok"):
                raise _refused(str(answer.get("error", "unknown_error")), response)
        return answer, response.headers


class ReplyClient:
    """Messages to the addresses that Slack hands out with each command (`response_url`)."""

    def __init__(self, api_url: str = SLACK, observer: Observer = NOBODY) -> None:
        self._slack = httpx.URL(api_url)
        self._observer = observer
        self._http = keeping_deadlines(httpx.Client(verify=_certificates()))

    def close(self) -> None:
        self._http.close()

    def post(self, url: str, message: Mapping[str, Any], *, within: float) -> None:
        """Raises NoEffect, Ambiguous, or Permanent once the address is used up or expired."""
        with _told(self._observer, "response_url"):
            self._post(url, message, within)

    def _post(self, url: str, message: Mapping[str, Any], within: float) -> None:
        if not self._is_slacks(url):
            raise Permanent("invalid_url")
        response = _sent(self._http, url, _until(within), json=message)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise NoEffect("ratelimited", _retry_after(response))
        if response.is_server_error:
            raise Ambiguous(f"http_{response.status_code}")
        if not response.is_success or response.text.startswith('{"ok":false'):
            raise Permanent(f"http_{response.status_code}")

    def _is_slacks(self, url: str) -> bool:
        """Whoever got hold of the signing secret must not have us knock at other doors."""
        try:
            to = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        host = self._slack.host
        same_place = to.host == host or to.host.endswith(f".{host}")
        return to.scheme == self._slack.scheme and same_place and not to.userinfo


@cache
def _certificates() -> ssl.SSLContext:
    """Whom we trust: one for all clients, as reading it takes 40 ms, and megabytes."""
    return httpx.create_ssl_context()


@contextmanager
def _told(observer: Observer, method: str) -> Iterator[None]:
    """Say how the call in the block ended."""
    try:
        yield
    except SlackFailure as failure:
        observer.called(method, failure.outcome)
        raise
    observer.called(method, "ok")


def _until(within: float, since: float | None = None) -> float:
    """The end of a call, in monotonic seconds."""
    return within + (time.monotonic() if since is None else since)


def _sent(http: httpx.Client, url: str, until: float, **content: Any) -> httpx.Response:
    left = until - time.monotonic()
    if left <= 0:
        raise NoEffect("too_late")
    try:
        with deadline(until):
            return http.post(url, timeout=left, **content)
    except _NEVER_SENT as error:
        raise NoEffect(type(error).__name__) from error
    except httpx.UnsupportedProtocol as error:
        raise Permanent("invalid_url") from error
    except httpx.RequestError as error:  # time-outs, resets, bodies cut short
        raise Ambiguous(type(error).__name__) from error


def _form(params: Mapping[str, Any]) -> dict[str, str]:
    """Every method takes forms, and only some take JSON."""
    return {name: _text(value) for name, value in params.items() if value is not None}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as error:
        raise Ambiguous(f"http_{response.status_code}") from error
    if not isinstance(answer, dict):
        raise Ambiguous(f"http_{response.status_code}")
    return answer


def _refused(error: str, response: httpx.Response) -> SlackFailure:
    if error in _HARMLESS:
        return NoEffect(error, _retry_after(response))
    if error in _UNCERTAIN or response.is_server_error:
        return Ambiguous(error)
    return Permanent(error)


def _retry_after(response: httpx.Response) -> float:
    said = response.headers.get("retry-after", "")
    seconds = float(said) if said.isascii() and said.isdigit() else _UNREADABLE_WAIT
    return min(seconds, _LONGEST_WAIT)
